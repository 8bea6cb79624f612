/** What happened to one's account and was not put away yet. */
export const notices = {
  label: "About your account",
  kinds: {
    "new-device": (device: string): string => `Your account was opened on a new device: ${device}.`,
    "second-factor-refused": (device: string): string =>
      `Somebody entered your password but not your second factor, on ${device}.`,
    "recovery-code-used": (device: string): string => `A recovery code was used on ${device}.`,
    "factor-added": (device: string, subject: string): string =>
      `New way to log in to your account: ${subject}. It was set up on ${device}.`,
    "factor-removed": (device: string, subject: string): string =>
      `A way to log in to your account was removed: ${subject}. That was on ${device}.`,
    "factors-reset": (): string => "Your second factors were taken off your account by an administrator.",
    "ransomware-suspected": (_device: string, subject: string): string =>
      `Hearth has stopped "${subject}": what it did to files looks like ransomware. See "Ransomware guard".`,
    "password-changed": (device: string): string => `Your password was changed on ${device}.`,
  },
  unknownDevice: "an unknown device",
  aFactor: "a second factor",
  where: (when: string, address: string): string => (address ? `${when}, from ${address}` : when),
  wasMe: "That was me",
  notMe: "That was not me",
  dismissAll: "All of that was me",
  endedAndChange: "That session has ended. Now choose a new password: it ends all the others too.",
  change: "Now choose a new password: it ends all your other sessions.",
  more: (n: number): string => (n === 1 ? "1 more" : `${n} more`),
  title: "What happened lately",
} as const;
