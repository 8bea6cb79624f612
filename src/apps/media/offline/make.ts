import { availableParallelism } from "node:os";
import { wholeFilmArguments } from "#apps/media/stream";
import type { MediaFacts } from "#apps/media/probe";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { bounds, ffmpegInput } from "#platform/ffmpeg";
import type { CopyRecipe } from "./choices.ts";

export interface MakeInput {
  readonly fd: number;
  readonly facts: MediaFacts;
  readonly recipe: CopyRecipe;
  /** Path of the file to write. */
  readonly output: string;
  readonly signal: AbortSignal;
  readonly withSubtitles: boolean;
}

export interface MakeWatch {
  /** Asked twice a second: it holds still while this is true. */
  readonly isPaused: () => boolean;
  /** Looked at as often; throws AppError when it may not go on. */
  readonly look: (doneMs: number) => void;
}

const niceness = 15;
const timeoutMs = 7 * 86_400_000;
const lookEveryMs = 500;
const maxReportBytes = 256 * 2 ** 20;

/** ffmpeg could not make it from this file. */
export class MakeFailed extends Error {}

/** Runs ffmpeg over a whole film. Throws AppError when it is ended or the disk is full, MakeFailed for what stands in the file. */
export async function makeCopy(exec: Exec, input: MakeInput, watch: MakeWatch): Promise<void> {
  const { signal } = input;
  const options = { timeoutMs, niceness, signal, maxOutputBytes: maxReportBytes, limits: bounds.film };
  const child = exec.stream(copyArguments(input), options);
  let doneMs = 0;
  let stopped: unknown;
  let isPaused = false;
  const look = () => {
    try {
      watch.look(doneMs);
      const pauses = watch.isPaused();
      if (pauses !== isPaused) child.pause(pauses);
      isPaused = pauses;
    } catch (thrown) {
      stopped ??= thrown;
      child.kill();
    }
  };
  const timer = setInterval(look, lookEveryMs);
  const reports = readReports(child.stdout, (ms) => (doneMs = Math.max(doneMs, ms)));
  try {
    const { exitCode, stderr } = await child.finished;
    await reports;
    if (exitCode === 0) return;
    if (/No space left on device/.test(stderr)) throw new AppError("disk-full");
    throw new MakeFailed(stderr.slice(-500));
  } catch (thrown) {
    throw stopped ?? thrown;
  } finally {
    clearInterval(timer);
  }
}

function copyArguments({ fd, facts, recipe, output, withSubtitles }: MakeInput): string[] {
  const { rung, audio } = recipe;
  const [video] = facts.video;
  if (video === undefined) throw new MakeFailed("there is no picture");
  const track = facts.audio.find(({ index }) => index === audio?.index);
  const sound = audio === null || track === undefined ? null : { track, rendition: audio };
  const threads = Math.max(1, Math.floor(availableParallelism() / 2));
  const texts = withSubtitles ? facts.subtitles.filter(({ form }) => form === "text") : [];
  return [
    ...["ffmpeg", "-nostdin", "-hide_banner", "-v", "error", "-nostats", "-progress", "pipe:1", "-y"],
    ...[...ffmpegInput(fd), ...wholeFilmArguments({ facts, video, rung, sound, threads })],
    ...(texts.length === 0 ? ["-sn"] : [...texts.flatMap(({ index }) => ["-map", `0:${index}`]), "-c:s", "mov_text"]),
    ...["-dn", "-map_chapters", "0", "-max_muxing_queue_size", "4096", "-movflags", "+faststart", "-f", "mp4", output],
  ];
}

/** Lines such as `out_time_us=1480000`, several times a second. The end of the child is told elsewhere. */
async function readReports(stdout: ReadableStream<Uint8Array>, tell: (doneMs: number) => void): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stdout) {
      const us = [...decoder.decode(chunk).matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1];
      if (us !== undefined) tell(Number(us) / 1000);
    }
  } catch {
    // `finished` says why.
  }
}
