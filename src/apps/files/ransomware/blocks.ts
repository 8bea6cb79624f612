import { type ContentType, isNearRandom } from "./sniff.ts";

const blockBytes = 4096;

/** A part of a content, from its place on. */
export interface Window {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

type BlockState = "same" | "random" | "other";

/**
 * Whether islands of random bytes stand between parts that stayed as they were: what encrypts every so many blocks, to be quick or
 * to be overlooked, leaves them; saving a file again, growing it or changing its tags does not. Both contents are given at the same
 * places.
 */
export function hasNewIslands(type: ContentType, before: readonly Window[], after: readonly Window[]): boolean {
  const states: BlockState[] = [];
  for (const [index, { bytes, offset }] of after.entries()) {
    const old = before[index];
    if (old === undefined || old.offset !== offset) return false;
    for (let at = 0; at + blockBytes <= Math.min(bytes.length, old.bytes.length); at += blockBytes) {
      states.push(stateOf(old.bytes.subarray(at, at + blockBytes), bytes.subarray(at, at + blockBytes), type));
    }
  }
  return isInterleaved(states);
}

/** Contents that are as even as a cipher's themselves, and that no program changes in their middle. */
const compact = new Set([
  "jpeg",
  "png",
  "zip",
  "mp4",
  "mkv",
  "gzip",
  "7z",
  "rar",
  "mp3",
  "flac",
  "xz",
  "bzip2",
  "zstd",
  "riff",
  "pdf",
]);

function stateOf(old: Uint8Array, now: Uint8Array, type: ContentType): BlockState {
  if (Buffer.compare(old, now) === 0) return "same";
  // What was empty is being filled, as by a download.
  if (!isNearRandom(now) || old.every((byte) => byte === 0)) return "other";
  if (!isNearRandom(old)) return "random";
  return compact.has(type ?? "") ? "random" : "other";
}

/** One content alone: blocks that cannot belong to its type between blocks that can. */
export function hasForeignIslands(type: ContentType, windows: readonly Window[]): boolean {
  const isForeign = type === "text" ? isNearRandom : type === "jpeg" ? breaksScan : undefined;
  if (isForeign === undefined) return false;
  const states: BlockState[] = [];
  for (const { bytes } of windows) {
    for (let at = 0; at + blockBytes <= bytes.length; at += blockBytes) {
      states.push(isForeign(bytes.subarray(at, at + blockBytes)) ? "random" : "same");
    }
  }
  return isInterleaved(states);
}

/** Something foreign, with what belongs there before and behind it. */
function isInterleaved(states: readonly BlockState[]): boolean {
  const first = states.indexOf("same");
  const last = states.lastIndexOf("same");
  return states.some((state, index) => state === "random" && index > first && first !== -1 && index < last);
}

/** In the picture data of a JPEG 0xFF is followed by 0, a restart marker or the next marker; of random bytes nearly never. */
function breaksScan(bytes: Uint8Array): boolean {
  let broken = 0;
  for (let at = 0; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1] as number;
    if (next !== 0 && next < 0xc0) broken += 1;
  }
  return broken >= 3 && isNearRandom(bytes);
}
