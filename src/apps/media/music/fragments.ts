import { closeSync, openSync, readSync } from "node:fs";
import { AppError } from "#platform/errors";
import type { Encoding } from "./encoding.ts";

/** Part of the file, from `start` to before `end`. */
export interface Fragment {
  readonly start: number;
  readonly end: number;
}

/** How far the boxes of a fragmented MP4 (ISO/IEC 14496-12 §4.2, §8.8) are known. */
interface Known {
  readonly fragments: Fragment[];
  /** Of `ftyp` and `moov`; 0 while they are not whole. */
  initEnd: number;
  /** Where the next box begins. */
  next: number;
  /** Where the fragment that is being read begins. */
  begun: number | undefined;
}

const headBytes = 8;
const kept = new WeakMap<Encoding, Known>();

/**
 * A part of an encoding as soon as it is there: `init`, or a fragment by its number from 0. Undefined behind the last one. `isLast` is sure,
 * since a fragment is whole only when the next has begun or nothing follows.
 */
export async function fragmentOf(
  encoding: Encoding,
  which: number | "init",
  signal: AbortSignal,
): Promise<{ readonly fragment: Fragment; readonly isLast: boolean } | undefined> {
  const known = kept.get(encoding) ?? { fragments: [], initEnd: 0, next: 0, begun: undefined };
  kept.set(encoding, known);
  const release = encoding.hold();
  try {
    for (;;) {
      const size = encoding.sizeBytes();
      const isWhole = encoding.state() === "done";
      read(encoding, known, size, isWhole);
      const found = which === "init" ? initOf(known) : known.fragments[which];
      if (found !== undefined) return { fragment: found, isLast: isWhole && which === known.fragments.length - 1 };
      if (isWhole) return undefined;
      await encoding.more(size, signal);
    }
  } finally {
    release();
  }
}

function initOf({ initEnd }: Known): Fragment | undefined {
  return initEnd === 0 ? undefined : { start: 0, end: initEnd };
}

/** Goes on from box to box as far as the bytes reach. */
function read(encoding: Encoding, known: Known, size: number, isWhole: boolean): void {
  if (known.next + headBytes > size && !isWhole) return;
  const fd = openSync(encoding.path(), "r");
  const head = Buffer.alloc(headBytes);
  const close = (end: number) => {
    if (known.begun !== undefined) known.fragments.push({ start: known.begun, end });
    known.begun = undefined;
  };
  try {
    while (known.next + headBytes <= size) {
      readSync(fd, head, 0, headBytes, known.next);
      const length = head.readUInt32BE(0);
      const type = head.toString("latin1", 4, 8);
      if (length < headBytes) throw new AppError("unsupported-type", "This song cannot be converted.");
      if (known.next + length > size) break;
      if (type === "moov") known.initEnd = known.next + length;
      if (type === "moof") {
        close(known.next);
        known.begun = known.next;
      } else if (type !== "mdat") close(known.next);
      known.next += length;
    }
    if (isWhole) close(known.next);
  } finally {
    closeSync(fd);
  }
}

/** The bytes of a fragment. */
export function fragmentBytes(encoding: Encoding, { start, end }: Fragment): Uint8Array<ArrayBuffer> {
  const fd = openSync(encoding.path(), "r");
  try {
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, start + filled);
      if (count === 0) throw new AppError("unavailable", "The converted song has gone. Try again.");
      filled += count;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}
