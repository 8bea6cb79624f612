import { AppError } from "#platform/errors";

const maxNameBytes = 255;
const ascii = /^[\x20-\x7e]*$/;
/** Control characters, the separator, and the marks that make a name read in another order than it is written. */
// oxlint-disable-next-line no-control-regex -- control characters are what is refused here
const refused = /[\u0000-\u001f\u007f/\u202a-\u202e\u2066-\u2069]/u;

/**
 * The name a new file or folder gets: NFC, at most 255 bytes of UTF-8, no separator, no control or direction characters, not `.`
 * or `..`. Throws `invalid-name` with a sentence for a person.
 */
export function acceptName(raw: string): string {
  const name = ascii.test(raw) ? raw : raw.normalize("NFC");
  if (name === "" || name === "." || name === "..")
    throw new AppError("invalid-name", "A name cannot be empty, '.' or '..'.");
  if (!name.isWellFormed()) throw new AppError("invalid-name", "The name is not valid Unicode.");
  if (refused.test(name))
    throw new AppError("invalid-name", "A name cannot hold '/', control or direction characters.");
  if (name.length * 3 > maxNameBytes && Buffer.byteLength(name) > maxNameBytes) {
    throw new AppError("invalid-name", `A name can have at most ${maxNameBytes} bytes.`);
  }
  return name;
}

/** What two names have in common when a Mac or Windows machine would take them for the same: NFC and lower case. */
export function foldName(name: string): string {
  return (ascii.test(name) ? name : name.normalize("NFC")).toLowerCase();
}

/** True when the names are the same but for their Unicode form. */
export function sameName(a: string, b: string): boolean {
  return a === b || (!(ascii.test(a) && ascii.test(b)) && a.normalize("NFC") === b.normalize("NFC"));
}

/** `a.tar.gz` → [`a`, `.tar.gz`]; a leading dot belongs to the stem. */
export function splitExtension(name: string): [stem: string, extension: string] {
  const match = /^(.+?)((?:\.tar)?\.[^.\s]{1,12})$/.exec(name);
  return match === null ? [name, ""] : [match[1] as string, match[2] as string];
}

/** The `count`-th way around a taken name: `a (2).txt`, shortened so that it still fits. */
export function numberedName(name: string, count: number): string {
  const [stem, extension] = splitExtension(name);
  const tail = ` (${count})${extension}`;
  let head = stem;
  while (Buffer.byteLength(head + tail) > maxNameBytes) head = [...head].slice(0, -1).join("");
  return head + tail;
}
