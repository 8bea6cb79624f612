import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { AppError, toAppError } from "#platform/errors";

/** An outcome of ffmpeg that grows in a file, and whoever waits for more of it. */
export interface Encoding {
  /** Where it is now; it moves when it is whole. */
  path(): string;
  /** Bytes that can be read. */
  sizeBytes(): number;
  /** `failed` has thrown in `more` and `done`. */
  state(): "running" | "done" | "failed";
  /** Resolves when there are more than `size` bytes or it is whole; throws when it failed. */
  more(size: number, signal?: AbortSignal): Promise<void>;
  done(): Promise<void>;
  /** While somebody holds it, it goes on. */
  hold(): () => void;
}

interface Source {
  readonly stdout: ReadableStream<Uint8Array>;
  kill(): void;
}

/** Nobody wants it any more. */
const lonelyMs = 60_000;
const waitMs = 120_000;

/** Writes what comes into a new file; `finish` is called when it is whole, and says where it has moved it. */
export function createEncoding(newPath: string, source: Source, finish: (failed: boolean) => string): Encoding {
  let path = newPath;
  let size = 0;
  let state: ReturnType<Encoding["state"]> = "running";
  let failure: AppError | undefined;
  let holders = 0;
  let lonely: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };

  const run = async (): Promise<void> => {
    let fd: number | undefined;
    try {
      fd = openSync(path, "wx", 0o600);
      for await (const chunk of source.stdout) {
        let from = 0;
        while (from < chunk.length) from += writeSync(fd, chunk, from, chunk.length - from, size + from);
        size += chunk.length;
        tell();
      }
      if (size === 0) throw new AppError("unsupported-type", "This file has no sound that can be played.");
      state = "done";
    } catch (thrown) {
      source.kill();
      failure = failureOf(thrown);
      state = "failed";
    } finally {
      if (fd !== undefined) closeSync(fd);
      clearTimeout(lonely);
      path = finish(state === "failed");
      tell();
    }
  };
  const ended = run();
  const changed = (signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(slow())), waitMs);
      const wake = () => end(resolve);
      const stop = () => end(() => reject(new AppError("unavailable", "The listener went away.")));
      const end = (act: () => void) => {
        clearTimeout(timer);
        waiting.delete(wake);
        signal?.removeEventListener("abort", stop);
        act();
      };
      signal?.addEventListener("abort", stop, { once: true });
      waiting.add(wake);
    });
  const encoding: Encoding = {
    path: () => path,
    sizeBytes: () => size,
    state: () => state,
    more: async (than, signal) => {
      while (state === "running" && size <= than) await changed(signal);
      if (failure !== undefined) throw failure;
    },
    done: async () => {
      await ended;
      if (failure !== undefined) throw failure;
    },
    hold: () => {
      holders += 1;
      clearTimeout(lonely);
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        if (holders === 0 && state === "running") lonely = setTimeout(source.kill, lonelyMs);
      };
    },
  };
  return encoding;
}

const slow = () => new AppError("unavailable", "The song is encoded too slowly just now. Try again.");

/** What ffmpeg has against a file is nothing the person can mend; a full disk is. */
function failureOf(thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (error.code !== "internal") return error;
  return new AppError("unsupported-type", "This song cannot be converted: its file is damaged or of an unknown kind.", {
    cause: thrown,
  });
}

/** One that was made before. */
export function keptEncoding(path: string, size: number): Encoding {
  const ready = Promise.resolve();
  return {
    path: () => path,
    sizeBytes: () => size,
    state: () => "done",
    more: () => ready,
    done: () => ready,
    hold: () => () => {},
  };
}

/** The bytes of an encoding as they come. */
export function streamOfEncoding(encoding: Encoding, signal: AbortSignal): ReadableStream<Uint8Array> {
  const release = encoding.hold();
  // Open for as long as it is read: the file may be moved or removed meanwhile.
  const fd = openSync(encoding.path(), "r");
  let position = 0;
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(fd);
    release();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          await encoding.more(position, signal);
          const buffer = new Uint8Array(Math.min(pieceBytes, encoding.sizeBytes() - position));
          const count = buffer.length === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, position);
          position += count;
          if (count > 0) controller.enqueue(buffer.subarray(0, count));
          else {
            close();
            controller.close();
          }
        } catch (thrown) {
          close();
          throw thrown;
        }
      },
      cancel: close,
    },
    { highWaterMark: 1 },
  );
}

const pieceBytes = 64 * 1024;
