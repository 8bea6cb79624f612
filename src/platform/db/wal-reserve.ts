import { fdatasync, fstatSync, writeSync } from "node:fs";

/** As much as the log grows between two checkpoints. */
const reserveBytes = 16 * 1024 * 1024;
const portionBytes = 512 * 1024;

/**
 * Gives the write-ahead log its size in advance, in portions between other work. A sync of a file that grows makes the file system
 * commit its own journal, with everything in it; a sync of one that does not writes only the data (ADR 3). Zeros are no valid frame,
 * so SQLite reads the log as if they were not there; it writes from this same thread, so nothing of its own is overwritten.
 * Returns the function that ends it.
 */
export function reserveWal(fd: number): () => void {
  const zeros = new Uint8Array(portionBytes);
  let ended = false;
  const extend = () => {
    if (ended) return;
    const { size } = fstatSync(fd);
    if (size < reserveBytes) {
      writeSync(fd, zeros, 0, Math.min(portionBytes, reserveBytes - size), size);
      next = setTimeout(extend, 1);
    } else {
      // The size itself reaches the disk now rather than with the first acknowledged write.
      fdatasync(fd, () => undefined);
    }
  };
  let next = setTimeout(extend, 0);
  return () => {
    ended = true;
    clearTimeout(next);
  };
}
