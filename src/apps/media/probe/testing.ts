import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { systemClock } from "#platform/clock";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { createAudioReader } from "./audio-thread.ts";
import { createContainerReader } from "./container-thread.ts";
import type { FileToProbe } from "./probe-file.ts";

/** A folder in which a test makes its own small films and sounds, and what reads them. */
export function openTestFilms() {
  const folder = mkdtempSync(join(tmpdir(), "hearth-films-"));
  const log = createLogger({ clock: systemClock, level: "error", write: (line) => process.stderr.write(line) });
  const exec = createExec({ log, clock: systemClock });
  const audio = createAudioReader();
  const containers = createContainerReader();
  const run = async (argv: readonly string[]): Promise<Uint8Array> => {
    const limits = { timeoutMs: 60_000, maxOutputBytes: 64 * 2 ** 20, cwd: folder };
    const { exitCode, stdout, stderr } = await exec.run(argv, limits);
    if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
    return stdout;
  };
  return {
    ...{ exec, audio, containers },
    path: (name: string) => join(folder, name),
    /** Runs a program in the folder; its output. */
    run,
    /** ffmpeg with inputs and options; the last one is the name of the file to make. */
    make: async (...argv: string[]): Promise<void> => {
      await run(["ffmpeg", "-v", "error", "-nostdin", "-y", ...argv]);
    },
    /** With an open file, closed afterwards. */
    opened: async <T>(
      name: string,
      kind: FileToProbe["kind"],
      work: (file: FileToProbe) => Promise<T> | T,
    ): Promise<T> => {
      const fd = openSync(join(folder, name), "r");
      try {
        return await work({ fd, sizeBytes: fstatSync(fd).size, name: basename(name), kind });
      } finally {
        closeSync(fd);
      }
    },
    close: async () => {
      await Promise.all([audio.stop(), containers.stop()]);
      await exec.stopAll();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Inputs and an encoder that take little time. */
export const picture = (seconds: number, rate = "25") => [
  ...["-f", "lavfi", "-i", `testsrc2=s=160x90:r=${rate}:d=${seconds}`],
];
export const tone = (seconds: number) => ["-f", "lavfi", "-i", `sine=f=440:d=${seconds}`];
export const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
