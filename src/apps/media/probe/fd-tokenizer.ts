import { readSync } from "node:fs";
import { AbstractTokenizer, EndOfStreamError, type IRandomAccessFileInfo, type IReadChunkOptions } from "strtok3/core";

const windowBytes = 64 * 1024;

/** Reads an open file for music-metadata, a window at a time. The descriptor stays the caller's. */
export class FdTokenizer extends AbstractTokenizer {
  readonly fileInfo: IRandomAccessFileInfo;
  readonly #fd: number;
  readonly #window = Buffer.allocUnsafe(windowBytes);
  #windowStart = 0;
  #windowLength = 0;

  constructor(fd: number, sizeBytes: number, name: string) {
    super();
    this.#fd = fd;
    this.fileInfo = { size: sizeBytes, path: name };
  }

  supportsRandomAccess(): boolean {
    return true;
  }

  setPosition(position: number): void {
    this.position = position;
  }

  async readBuffer(target: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    const { position } = this.normalizeOptions(target, options);
    const count = await this.peekBuffer(target, options);
    this.position = position + count;
    return count;
  }

  peekBuffer(target: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    const { position, length, mayBeLess } = this.normalizeOptions(target, options);
    const wanted = Math.max(0, Math.min(length, this.fileInfo.size - position));
    const count =
      wanted > windowBytes ? this.#direct(target, wanted, position) : this.#windowed(target, wanted, position);
    if (count < length && mayBeLess !== true) return Promise.reject(new EndOfStreamError());
    return Promise.resolve(count);
  }

  #direct(target: Uint8Array, wanted: number, position: number): number {
    let at = 0;
    for (let count = 1; at < wanted && count > 0; at += count) {
      count = readSync(this.#fd, target, at, wanted - at, position + at);
    }
    return at;
  }

  #windowed(target: Uint8Array, wanted: number, position: number): number {
    const isInside = position >= this.#windowStart && position + wanted <= this.#windowStart + this.#windowLength;
    if (!isInside) {
      this.#windowStart = position;
      this.#windowLength = this.#direct(this.#window, windowBytes, position);
    }
    const from = position - this.#windowStart;
    const count = Math.min(wanted, this.#windowLength - from);
    target.set(this.#window.subarray(from, from + count));
    return count;
  }
}
