import { type FileWindow, uint64, Unreadable } from "./file-window.ts";

/** A box (ISO 14496-12) inside a buffer: `start` and `end` are of its content. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const maxBoxes = 20_000;

/** The boxes in a part of a buffer. What does not fit into its container ends the walk. Throws Unreadable for more than any file has. */
export function* boxesIn(bytes: Buffer, from: number, to: number): Generator<Box> {
  for (let at = from, count = 0; at + 8 <= to; count += 1) {
    if (count > maxBoxes) throw new Unreadable("too many boxes");
    const short = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const head = short === 1 ? 16 : 8;
    if (at + head > to) return;
    const size = short === 1 ? uint64(bytes, at + 8) : short === 0 ? to - at : short;
    if (size < head || at + size > to) return;
    yield { type, start: at + head, end: at + size };
    at += size;
  }
}

export function boxIn(bytes: Buffer, parent: Pick<Box, "start" | "end"> | undefined, type: string): Box | undefined {
  if (parent === undefined) return undefined;
  for (const box of boxesIn(bytes, parent.start, parent.end)) if (box.type === type) return box;
  return undefined;
}

/** Down a path of boxes. */
export function boxAt(bytes: Buffer, parent: Pick<Box, "start" | "end">, ...path: string[]): Box | undefined {
  return path.reduce<Pick<Box, "start" | "end"> | undefined>((at, type) => boxIn(bytes, at, type), parent) as
    | Box
    | undefined;
}

export interface FileBox {
  readonly type: string;
  /** Of the whole box in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly headBytes: number;
}

const maxFileBoxes = 2_000_000;

/** The boxes of a file, one after the other; the last may be cut short. */
export function* fileBoxes(file: FileWindow): Generator<FileBox> {
  let offset = 0;
  for (let count = 0; offset + 8 <= file.sizeBytes; count += 1) {
    if (count > maxFileBoxes) throw new Unreadable("too many boxes");
    const head = file.bytes(offset, Math.min(16, file.sizeBytes - offset));
    const short = head.readUInt32BE(0);
    const type = head.toString("latin1", 4, 8);
    const headBytes = short === 1 ? 16 : 8;
    if (head.length < headBytes) return;
    const sizeBytes = short === 1 ? uint64(head, 8) : short === 0 ? file.sizeBytes - offset : short;
    if (sizeBytes < headBytes) throw new Unreadable("a box without a size");
    yield { type, offset, sizeBytes, headBytes };
    offset += sizeBytes;
  }
}

const maxMoovBytes = 128 * 2 ** 20;

/** The content of a box that is read as a whole. */
export function contentOf(file: FileWindow, { offset, headBytes, sizeBytes }: FileBox): Buffer {
  if (sizeBytes > maxMoovBytes) throw new Unreadable("an index too large");
  return Buffer.from(file.bytes(offset + headBytes, sizeBytes - headBytes));
}
