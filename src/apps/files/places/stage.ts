import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type Clock, type Random, randomToken } from "#platform/clock";
import { AppError, errnoOf } from "#platform/errors";

export interface StageDeps {
  /** Of the disk that a folder is on; asked of the system unless given. */
  readonly freeBytes?: (folder: string) => number;
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** Left free on the disk whatever is uploaded. */
const reserveBytes = 256 * 1024 * 1024;
const keepMs = 2 * 86_400_000;
/** A body without a length is stopped by the disk alone: it is asked so often. */
const askEveryBytes = 16 * 1024 * 1024;

/** Files on their way to a place, on this machine's disk: one copy, until the place has it. */
export function createStage({ folder, clock, random, freeBytes = freeBytesAt }: StageDeps) {
  let isReady = false;
  const ready = () => {
    if (isReady) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    isReady = true;
    // What a crash left; uploads that go on have been written to lately.
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (clock.now() - statSync(path).mtimeMs > keepMs) rmSync(path, { force: true });
    }
  };
  const pathOf = (name: string) => join(folder, name);
  const requireSpace = (sizeBytes: number): void => {
    ready();
    if (freeBytes(folder) < sizeBytes + reserveBytes) throw new AppError("disk-full");
  };
  return {
    newName: () => randomToken(random, 120),
    pathOf,
    /** Throws `disk-full` when so much more does not fit. */
    requireSpace,
    sizeOf: (name: string): number => {
      try {
        return statSync(pathOf(name)).size;
      } catch (thrown) {
        if (errnoOf(thrown) === "ENOENT") return 0;
        throw thrown;
      }
    },
    /**
     * Writes from `offset` on; on disk when it resolves, also what came before a stream that failed. Answers the size. Throws
     * `disk-full` before nothing would be left for others.
     */
    write: async (name: string, offset: number, body: ReadableStream<Uint8Array>): Promise<number> => {
      ready();
      const fd = openSync(pathOf(name), "a+", 0o600);
      try {
        let position = offset;
        let askAt = offset + askEveryBytes;
        try {
          for await (const chunk of body) {
            if (position >= askAt) {
              requireSpace(chunk.byteLength);
              askAt = position + askEveryBytes;
            }
            let written = 0;
            while (written < chunk.byteLength) written += writeSync(fd, chunk, written);
            position += written;
          }
        } finally {
          fdatasyncSync(fd);
        }
        return position;
      } finally {
        closeSync(fd);
      }
    },
    /** The time that the file gets where it goes. */
    setTime: (name: string, modifiedAtMs: number): void =>
      utimesSync(pathOf(name), modifiedAtMs / 1000, modifiedAtMs / 1000),
    remove: (name: string): void => rmSync(pathOf(name), { force: true }),
  };
}

function freeBytesAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export type Stage = ReturnType<typeof createStage>;
