import { mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";

/** Where media are made before they are put into the volume whole, as a finished upload is. */
export interface Workshop {
  /** Path of a file that is needed only while making; on the file system of the volume. */
  scratch(name: string): string;
  writeScratch(name: string, content: string | Uint8Array): string;
  /** Runs ffmpeg at the lowest priority. Throws AppError with its last words. */
  ffmpeg(options: readonly string[], stdin?: Uint8Array): Promise<void>;
  /** Puts a scratch file, or content, at a path below the volume. */
  place(path: string, made: { readonly scratch: string } | string | Uint8Array): void;
}

const timeoutMs = 120_000;
const maxOutputBytes = 64 * 1024;
const niceness = 15;

interface WorkshopDeps {
  readonly volume: string;
  /** For what is being made; on the same file system. */
  readonly folder: string;
  /** When files were last changed, as it shall look. */
  readonly atMs: number;
  readonly exec: Exec;
  /** Ends what is being made. */
  readonly signal: AbortSignal;
}

export function createWorkshop({ volume, folder, atMs, exec, signal }: WorkshopDeps): Workshop {
  mkdirSync(folder, { recursive: true });
  const atSeconds = atMs / 1000;
  const scratch = (name: string) => join(folder, name);
  return {
    scratch,
    writeScratch: (name, content) => {
      writeFileSync(scratch(name), content);
      return scratch(name);
    },
    ffmpeg: async (options, stdin) => {
      const argv = ["ffmpeg", "-v", "error", "-y", ...(stdin === undefined ? ["-nostdin"] : []), ...options];
      const { exitCode, stderr } = await exec.run(argv, { timeoutMs, maxOutputBytes, niceness, signal, stdin });
      if (exitCode !== 0) throw new AppError("unavailable", `ffmpeg failed: ${stderr.trim()}`);
    },
    place: (path, made) => {
      signal.throwIfAborted();
      const target = join(volume, path);
      mkdirSync(dirname(target), { recursive: true });
      if (typeof made === "string" || made instanceof Uint8Array) writeFileSync(target, made);
      else renameSync(made.scratch, target);
      utimesSync(target, atSeconds, atSeconds);
    },
  };
}
