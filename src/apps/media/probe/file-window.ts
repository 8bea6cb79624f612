import { readSync } from "node:fs";

/** The file ended, or says something that cannot be: whoever reads it asks ffprobe instead. */
export class Unreadable extends Error {}

const windowBytes = 32 * 1024;

/** Random access to an open file through a window; for a thread of its own, since it waits for the disk. */
export class FileWindow {
  readonly sizeBytes: number;
  readonly #fd: number;
  readonly #window = Buffer.allocUnsafe(windowBytes);
  #start = 0;
  #length = 0;

  constructor(fd: number, sizeBytes: number) {
    this.#fd = fd;
    this.sizeBytes = sizeBytes;
  }

  /** Exactly these bytes, good until the next call. Throws Unreadable when the file has no such part. */
  bytes(offset: number, length: number): Buffer {
    if (offset < 0 || length < 0 || offset + length > this.sizeBytes) throw new Unreadable("beyond the end");
    if (length > windowBytes) return this.#whole(offset, length);
    if (offset < this.#start || offset + length > this.#start + this.#length) {
      this.#start = offset;
      this.#length = this.#fill(this.#window, offset);
      if (this.#length < length) throw new Unreadable("cut short");
    }
    const from = offset - this.#start;
    return this.#window.subarray(from, from + length);
  }

  #whole(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    if (this.#fill(bytes, offset) < length) throw new Unreadable("cut short");
    return bytes;
  }

  #fill(target: Buffer, offset: number): number {
    let at = 0;
    for (let count = 1; at < target.length && count > 0; at += count) {
      count = readSync(this.#fd, target, at, target.length - at, offset + at);
    }
    return at;
  }
}

/** 64 bits as a number. Throws Unreadable above what is exact: no file is so large or so long. */
export function uint64(bytes: Buffer, at: number): number {
  const value = bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(value)) throw new Unreadable("a number too large");
  return value;
}
