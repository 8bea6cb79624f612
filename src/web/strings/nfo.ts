const files = (amount: number): string => (amount === 1 ? "1 file" : `${amount.toLocaleString()} files`);

export const nfo = {
  menu: "NFO files…",
  title: (library: string): string => `NFO files in ${library}`,
  intro:
    "NFO files lie beside films and say in text what they are; Kodi, Jellyfin and Emby read them too. What a file says that Hearth does not know stays to the letter, and each file that is written keeps its versions.",
  isOn: "Write edits into NFO files",
  isOnHint:
    "What you change on the page of a film, a series or an episode is written beside it, and taken back out when you undo it.",
  switchedOn: "Edits are written into NFO files from now on.",
  switchedOff: "Edits are not written into NFO files any more. Those that are there stay.",
  writeAll: "Write all now",
  cancel: "Cancel",
  close: "Close",
  waiting: "Begins in a moment",
  writing: (done: number, total: number): string => `${done.toLocaleString()} of ${total.toLocaleString()}`,
  left: (time: string): string => `${time} left`,
  done: (written: number, refused: number): string =>
    refused === 0
      ? `Done: ${files(written)} written.`
      : `Done: ${files(written)} written, ${files(refused)} left as they were because they are not understood.`,
  cancelled: (written: number): string => `Cancelled after ${files(written)}.`,
  failed: "It could not be finished. Try again; what is written stays.",
  problems: "NFO files with something wrong",
  problemsHint: "What could be read of them counts. They are never written over while they are not understood.",
  problem: (line: number, message: string): string => `Line ${line}: ${message}`,
  showMore: "Show more",
} as const;
