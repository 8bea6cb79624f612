import { Unreadable } from "./extract-limits.ts";

/** Bytes looked at to tell text from something else. */
const probeBytes = 8192;

/** Text of a file that is nothing else: UTF-8, UTF-16 with its mark, or Latin letters of one byte. Throws Unreadable. */
export function decodePlain(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.subarray(0, probeBytes).includes(0)) throw new Unreadable("malformed");
  try {
    // What was cut off in the middle of a letter is no reason to take it for another alphabet.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
