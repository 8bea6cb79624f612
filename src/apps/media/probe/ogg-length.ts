import { type FileWindow, Unreadable } from "./file-window.ts";

const headBytes = 27;
const tailBytes = 64 * 1024;
/** With a large picture among the tags. */
const maxPages = 1000;
const firstOfStream = 2;
/** What plays before is no beginning any more: a recording of a stream, whose clock began long ago. */
const longestStartSeconds = 2;

interface Page {
  /** Of the last sample that ends in it; null when none does. */
  readonly granule: number | null;
  readonly serial: number;
  readonly isFirst: boolean;
  readonly end: number;
}

/**
 * Samples until the end of the only stream of an Ogg file (RFC 3533), from its last page, less those that `preSkip` names. Throws
 * Unreadable for several streams, beside or after one another, and for one that does not begin at its beginning.
 */
export function oggSamples(file: FileWindow, samplesPerSecond: number, preSkip: number): number {
  const first = pageAt(file, 0);
  requireStart(file, first, samplesPerSecond);
  const from = Math.max(0, file.sizeBytes - tailBytes);
  const tail = Buffer.from(file.bytes(from, file.sizeBytes - from));
  for (let at = tail.lastIndexOf("OggS"); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf("OggS", at - 1)) {
    const page = at + headBytes <= tail.length ? pageAt(file, from + at) : undefined;
    if (page === undefined || page.granule === null || page.end > file.sizeBytes) continue;
    if (page.serial !== first.serial) throw new Unreadable("several streams");
    if (page.granule <= preSkip) break;
    return page.granule - preSkip;
  }
  throw new Unreadable("no end");
}

function requireStart(file: FileWindow, first: Page, samplesPerSecond: number): void {
  let page = first;
  for (let count = 0; count < maxPages; count += 1) {
    if (page.granule !== null && page.granule > 0) {
      if (page.granule > longestStartSeconds * samplesPerSecond) throw new Unreadable("a late beginning");
      return;
    }
    page = pageAt(file, page.end);
    if (page.isFirst || page.serial !== first.serial) throw new Unreadable("several streams");
  }
  throw new Unreadable("no beginning");
}

function pageAt(file: FileWindow, offset: number): Page {
  const head = file.bytes(offset, headBytes);
  if (head.toString("latin1", 0, 4) !== "OggS") throw new Unreadable("no page");
  const granule = head.readBigInt64LE(6);
  const serial = head.readUInt32LE(14);
  const isFirst = ((head[5] ?? 0) & firstOfStream) !== 0;
  const segments = head[26] ?? 0;
  if (granule > BigInt(Number.MAX_SAFE_INTEGER)) throw new Unreadable("a number too large");
  const body = file.bytes(offset + headBytes, segments).reduce((sum, length) => sum + length, 0);
  return { granule: granule < 0n ? null : Number(granule), serial, isFirst, end: offset + headBytes + segments + body };
}
