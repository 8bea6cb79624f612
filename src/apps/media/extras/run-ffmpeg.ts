import { AppError } from "#platform/errors";
import type { Exec, RunResult } from "#platform/exec";
import { bounds, ffmpegInput } from "#platform/ffmpeg";
import type { Failure } from "./contract.ts";

/** An open film or song, and who waits for what is made of it. */
export interface Source {
  readonly fd: number;
  readonly sizeBytes: number;
  readonly durationMs: number;
}

export interface MakeOptions {
  readonly signal?: AbortSignal;
  readonly niceness?: number;
  /** Told when a pass over the whole file begins, with what says how far it has read; null while that is not known. */
  readonly onReading?: (doneBytes: () => number | null) => void;
}

/** A try to make something from this file failed. Maybe it always will, maybe the machine was in trouble. */
export class Unmakeable extends Error {
  readonly why: Failure;
  constructor(why: Failure, message: string) {
    super(message);
    this.why = why;
  }
}

const background = 15;

/** How long a pass over a whole file may take: of the slowest disk, and of the slowest decoder. */
function passTimeoutMs({ sizeBytes, durationMs }: Source): number {
  return Math.min(6 * 3_600_000, 120_000 + sizeBytes / 4_000 + durationMs);
}

/** What ffmpeg says when a disk fails while it reads: it then ends as if the file did. */
const readErrors = /Input\/output error|Stale file handle|No such device|Transport endpoint is not connected/;

/** One ffmpeg over an open file, on one core, with nothing else to do first. Throws Unmakeable when it fails. */
export async function runFfmpeg(
  exec: Exec,
  source: Source,
  argv: { readonly before?: readonly string[]; readonly after: readonly string[] },
  { signal, niceness = background }: MakeOptions,
  limits: { readonly timeoutMs?: number; readonly maxOutputBytes?: number; readonly logLevel?: string } = {},
): Promise<RunResult> {
  const { timeoutMs = passTimeoutMs(source), maxOutputBytes = 1024, logLevel = "error" } = limits;
  const command = [
    ...["ffmpeg", "-v", logLevel, "-nostdin", "-nostats", "-hide_banner", "-y", "-threads", "1"],
    ...[...(argv.before ?? []), ...ffmpegInput(source.fd), ...argv.after],
  ];
  // Also of what it writes: an attachment may be as large as the film says.
  const options = {
    timeoutMs,
    maxOutputBytes,
    niceness,
    limits: bounds.make,
    ...(signal === undefined ? {} : { signal }),
  };
  const result = await exec.run(command, options).catch((thrown: unknown) => {
    if (signal?.aborted === true || !(thrown instanceof AppError) || exec.which("ffmpeg") === null) throw thrown;
    throw new Unmakeable(thrown.code === "unavailable" ? "too-slow" : "damaged", thrown.detail);
  });
  const why = failureOf(result);
  if (why !== undefined) throw new Unmakeable(why, result.stderr.slice(-500));
  return result;
}

function failureOf({ exitCode, stderr }: RunResult): Failure | undefined {
  if (readErrors.test(stderr)) return "read-error";
  if (exitCode === 0) return undefined;
  if (/No space left on device|Disk quota exceeded/.test(stderr)) return "no-room";
  // A signal that was not ours, as for want of memory.
  return exitCode > 128 && exitCode < 160 ? "ended" : "damaged";
}
