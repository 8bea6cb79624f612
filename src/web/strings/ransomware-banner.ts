/** What stands above every page while something is stopped; apart from the rest, which only its page needs. */
export const ransomwareBanner = {
  label: "Ransomware guard",
  text: (label: string): string => `"${label}" was stopped: what it did to files looks like ransomware.`,
  textDisk: (label: string): string => `"${label}" can only be read for now: something encrypts files in it.`,
  show: "See what happened",
} as const;
