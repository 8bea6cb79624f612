/** A file that no program here can read; the message is for the person who owns it. */
export class Broken extends Error {}

const sentences: readonly (readonly [RegExp, string])[] = [
  [
    /not in whitelist|Format not on whitelist|playlist|Protocol/i,
    "This is a list of other files or addresses, not a media file itself.",
  ],
  [
    /moov atom not found/i,
    "The file is cut short: the part that says where everything is (moov) is missing. Copy it again.",
  ],
  [/End of file|partial file|truncat/i, "The file is cut short. Copy it again."],
  [/Cannot allocate memory/i, "The file claims to hold more than any real one does."],
  [/Input\/output error/i, "Its disk gives errors while it is read."],
  [
    /EBML header|Invalid data found/i,
    "This is no media file that can be read, or it is damaged from its beginning on.",
  ],
];

/** What a failed ffprobe means for a person. */
export function sentenceFor(stderr: string, exitCode: number): string {
  const known = sentences.find(([pattern]) => pattern.test(stderr));
  if (known !== undefined) return known[1];
  // 128 + signal: it crashed, or met one of its limits.
  return exitCode > 128
    ? "The file makes the program that reads it fail: it is damaged."
    : "This is no media file that can be read.";
}
