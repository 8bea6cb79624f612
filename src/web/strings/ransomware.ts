import type { Outcome, Signal } from "#contract/apps/files/ransomware";

const files = (n: number): string => (n === 1 ? "1 file" : `${n.toLocaleString()} files`);
const folders = (n: number): string => (n === 1 ? "1 folder" : `${n.toLocaleString()} folders`);

/** How a reason reads; `subject` is the ending, note or type it is about. */
const signals: Readonly<Record<Signal, (n: number, subject: string) => string>> = {
  "type-lost": (n, type) =>
    `${files(n)} overwritten with bytes that look encrypted${type ? `; before they were ${type}` : ""}`,
  "name-broken": (n, ending) =>
    `${files(n)} called .${ending} that hold nothing of the kind, only bytes that look encrypted`,
  "broken-new": (n, ending) => `${files(n)}, new, called .${ending} that hold only bytes that look encrypted`,
  scrambled: (n, type) =>
    `${files(n)} with encrypted parts between parts that stayed as they were${type ? ` (${type})` : ""}`,
  "new-ending": (n, ending) => `${files(n)} that look encrypted and now end in .${ending}`,
  renamed: (n, ending) => `${files(n)} renamed so that they end in .${ending}`,
  "copy-and-delete": (n, ending) =>
    `${files(n)} deleted after a copy that looks encrypted was made${ending ? `, ending in .${ending}` : ""}`,
  "locked-beside": (n, ending) => `${files(n)} with an encrypted copy ending in .${ending} beside them`,
  "packed-away": (n, ending) =>
    `${files(n)} packed or encrypted one by one${ending ? ` as .${ending}` : ""}, then deleted`,
  "ransom-note": (n, name) => `A text that reads like a ransom note${name ? `, ${name},` : ""} in ${folders(n)}`,
  "same-note": (n, name) => `The same new text${name ? `, ${name},` : ""} in ${folders(n)}`,
  canary: (n) => (n === 1 ? "1 decoy touched" : `${n} decoys touched`),
};

const outcomes: Readonly<Record<Outcome, string>> = {
  version: "Earlier content comes back",
  "older-version": "An older content comes back",
  untrash: "Comes back from the trash",
  "rename-back": "Gets its name and place back",
  "remove-new": "New; goes to the trash",
  lost: "Cannot come back",
  "changed-since": "Stays as it is",
  same: "Stays as it is",
};

const devices = {
  "app-password": (label: string): string => `the app password "${label}"`,
  session: (label: string): string => `a browser session (${label})`,
  password: (label: string): string => `programs that log in with the password of ${label}`,
  link: (label: string): string => `links made by ${label}`,
  disk: (label: string): string => `whatever writes into "${label}" past Hearth`,
} as const;

/** The guard against ransomware: its page. */
export const ransomware = {
  title: "Ransomware guard",
  quiet: "All quiet",
  quietHint: "When a device encrypts files, it is stopped, and what it did can be taken back here.",
  off: "The guard is switched off",
  offHint: "Nothing is watched. Set services.storage.ransomware.enabled in hearth.yaml to switch it on.",
  devices: "Devices watched",
  lastLook: "Last look",
  never: "Not yet",
  waiting: "Changes not looked at yet",
  past: "Earlier incidents",
  stopped: (device: keyof typeof devices, label: string, person: string | null): string =>
    `Hearth has stopped ${devices[device](label)}${person && device !== "password" ? `, of ${person}` : ""}`,
  stoppedHint: (n: number): string => `${files(n)} show signs of ransomware.`,
  times: (from: string, until: string): string => `First sign ${from}, stopped ${until}.`,
  now: "Now",
  frozen: "The device is refused. Nothing else of its owner is.",
  heldSync: (names: string): string =>
    `Clients that sync wait with ${names}, so that nothing spreads. This page still reads.`,
  heldReadOnly: (names: string): string => `${names} can only be read.`,
  heldTrash: "Nothing is deleted for good there: trash and earlier versions stay.",
  home: (name: string): string => `the files of ${name}`,
  why: "Why",
  patience: (times: number): string =>
    `It took ${times.toLocaleString()} times as much as usual, since only few kinds of files or folders were concerned. `,
  points: (points: number, threshold: number, hours: string): string =>
    `${points} points in ${hours}; this device is stopped from ${threshold} on. It made `,
  anHour: "an hour",
  aDay: "a day",
  risky: (now: number, usual: number): string =>
    `${now.toLocaleString()} overwrites, renames and deletions in that hour; its busiest other hour had ${usual.toLocaleString()}.`,
  signals,
  examples: (names: string): string => `For example ${names}`,
  timeline: "What it did",
  timelineSpan: (when: string, changes: number, spoiled: number): string =>
    `${when}: ${changes} changes, ${spoiled} suspicious`,
  actions: "What to do",
  first: "Take the device off the network and look for the program that did it, before you let it go on.",
  rollBack: "Take its changes back…",
  release: "Let it go on",
  releaseHint: "After the device is clean.",
  releaseDisk: "Make it writable again",
  wasMe: "This was me",
  wasMeHint: "It goes on, and needs more to be stopped the next time.",
  released: "It can go on.",
  taught: "It can go on. The guard has learned that this was no attack.",
  outcome: {
    "was-me": (by: string): string => `${by} said that it was them.`,
    released: (by: string): string => `${by} let it go on.`,
    withdrawn: (): string => "Its password was withdrawn.",
  },
  preview: {
    title: "Take its changes back",
    moment: "Back to before",
    began: (when: string): string => `The first sign (${when})`,
    earlier: (span: string, when: string): string => `${span} earlier (${when})`,
    quarter: "A quarter of an hour",
    hour: "An hour",
    day: "A day",
    totals: (returns: number, removes: number, cannot: number, bytes: string): string =>
      `${returns.toLocaleString()} come back (${bytes}), ${removes.toLocaleString()} new ones go to the trash, ${cannot.toLocaleString()} stay as they are or cannot come back.`,
    search: "Search in paths",
    only: "Show",
    filters: { all: "All", returns: "Coming back", removes: "New", cannot: "Not coming back" },
    hidden: "A file that you may not see",
    include: (path: string): string => `Take back ${path}`,
    from: (when: string): string => `from ${when}`,
    to: (path: string): string => `→ ${path}`,
    more: "Show more",
    none: "Nothing there.",
    cut: "The log does not reach further: what was changed before is not listed.",
    left: (n: number): string => (n === 0 ? "" : `${n} left out.`),
    start: "Take back",
    cancel: "Not now",
    safe: "It can be undone: what is replaced is kept as a version, and nothing is deleted for good.",
    outcomes,
  },
  progress: {
    label: "Taking the changes back",
    running: (done: number, total: number): string =>
      `Taking back: ${done.toLocaleString()} of ${total.toLocaleString()}`,
    undoing: (done: number, total: number): string => `Undoing: ${done.toLocaleString()} of ${total.toLocaleString()}`,
    left: (span: string): string => `· about ${span} left`,
    done: (n: number): string => `The changes were taken back (${n.toLocaleString()} steps).`,
    failed: (n: number): string => `${files(n)} did not come back.`,
    cancelled: "It was stopped in the middle. What was done so far stays.",
    broke: "It has ended before its time. What was done so far stays.",
    undone: "It was undone: everything is as it was before.",
    cancel: "Stop",
    resume: "Go on",
    undo: "Undo",
    showFailed: "What did not come back",
  },
  decoys: {
    title: "Decoys",
    hint: "A hidden folder .decoys with three small files that nobody needs. Whatever writes to them gives itself away. They are synced like other files.",
    on: (name: string): string => `Decoys in ${name}`,
    count: (n: number): string => (n === 3 ? "in place" : `${n} of 3 in place`),
    off: "none",
  },
} as const;
