/** Pictures and shared files of the device one holds. */
export const camera = {
  title: "From this device",
  pictures: "Pictures and videos",
  hint: "Choose as many as you like, also all of them: what is here already is not sent again.",
  choose: "Choose pictures",
  place: (folder: string): string => `They go to “${folder}” in your files, by year and month.`,
  folder: "Camera uploads",
  otherFolder: "Uploads",
  looking: (done: number, total: number): string =>
    `Looking what is here already: ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`,
  none: "Nothing was chosen.",
  allKnown: (n: number): string =>
    n === 1 ? "This one is here already." : `All ${n.toLocaleString("en")} are here already.`,
  sent: (fresh: number, known: number): string =>
    `${fresh.toLocaleString("en")} ${fresh === 1 ? "is" : "are"} on the way${known > 0 ? `, ${known.toLocaleString("en")} ${known === 1 ? "was" : "were"} here already` : ""}.`,
  stay: "Keep this page open until they have arrived. If it closes, choose them again: it goes on where it stopped.",
  show: "Show the folder",
  shared: (n: number): string =>
    n === 1 ? "1 file was shared with Hearth" : `${n.toLocaleString("en")} files were shared with Hearth`,
  sendShared: "Upload",
  lost: "What was shared did not arrive. Open Hearth from its icon once, then share again.",
  offline: "You are offline. You see what was opened last.",
} as const;
