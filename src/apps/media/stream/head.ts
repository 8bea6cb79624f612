import type { Clock } from "#platform/clock";
import { AppError, toAppError } from "#platform/errors";
import type { Exec, ProgramStream } from "#platform/exec";
import { bounds } from "#platform/ffmpeg";
import { headArguments, type Source, type Start } from "./arguments.ts";
import { createBoxReader, joined } from "./boxes.ts";
import { createCutter, OffGrid } from "./cutter.ts";
import { whole } from "./init.ts";
import type { Recipe } from "./recipe.ts";
import { type Sample, samplesOf, trackDefaults } from "./samples.ts";
import type { Segment } from "./segment.ts";

export interface OpenedSource extends Source {
  close(): void;
}

export interface HeadDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  /** Throws AppError when the file is gone, away, or another one by now. */
  readonly openSource: () => Promise<OpenedSource>;
}

export interface HeadOptions {
  readonly recipe: Recipe;
  readonly start: Start;
  /** `ftyp` and `moov`. */
  readonly onInit: (parts: readonly Uint8Array[]) => Promise<void>;
  /** In order, without gaps, from the first wanted one. Reading goes on when it has resolved. */
  readonly onSegment: (segment: Segment) => Promise<void>;
}

/**
 * `done`: to the end of the title. `short`: the file ended before the grid did. `late` and `failed`: see `error`. `stopped`: by us.
 */
export interface HeadEnd {
  readonly how: "done" | "short" | "late" | "failed" | "stopped";
  readonly error: AppError | undefined;
}

/** One run of ffmpeg from one place of the title on. */
export interface Head {
  readonly start: Start;
  readonly startedAtMs: number;
  /** Number of the segment that comes next. */
  next(): number;
  /** Not reading is the throttle: the pipe fills and ffmpeg sleeps. */
  setPaused(isPaused: boolean): void;
  /** Since when nobody has read; null while it is read. */
  pausedSinceMs(): number | null;
  /** Time for which it has been read. */
  readMs(): number;
  /** Ends it when it has not moved for so long though it was read. */
  watch(maxSilenceMs: number): void;
  stop(): void;
  isStopped(): boolean;
  readonly ended: Promise<HeadEnd>;
}

const maxLifeMs = 24 * 3_600_000;
/** Whoever serves what is there already goes first. */
const niceness = 1;
/** `-progress` on the error output: what is no message. */
const progressLine = /^[a-z0-9_]+=.*\n/gm;

/** How far it says that it is; changes while it moves, also when nothing has come out yet. */
function progressOf(words: string): string {
  const last = (name: string) => {
    const at = words.lastIndexOf(name);
    return at < 0 ? "" : words.slice(at, words.indexOf("\n", at));
  };
  return last("frame=") + last("out_time_us=");
}

export function startHead(deps: HeadDeps, { recipe, start, onInit, onSegment }: HeadOptions): Head {
  const { clock } = deps;
  const startedAtMs = clock.now();
  const cutter = createCutter(recipe, start.index, !start.isSecondTry);
  let stream: ProgramStream | undefined;
  let isStopped = false;
  let stalled: AppError | undefined;
  let next = start.index;
  let gate: PromiseWithResolvers<void> | undefined;
  let pausedAtMs: number | null = null;
  let pausedMs = 0;
  let movedAtMs = startedAtMs;
  let lastSeen = "";

  const kill = () => {
    stream?.kill();
    gate?.resolve();
  };
  const messages = () => (stream?.stderr() ?? "").replaceAll(progressLine, "").slice(-2000).trim();

  const run = async (source: OpenedSource): Promise<HeadEnd["how"]> => {
    const argv = headArguments(recipe, source, start);
    stream = deps.exec.stream([...argv.slice(0, -1), "-progress", "pipe:2", ...argv.slice(-1)], {
      timeoutMs: maxLifeMs,
      niceness,
      limits: bounds.film,
    });
    if (isStopped) stream.kill();
    const reader = stream.stdout.getReader();
    const read = async () => {
      while (gate !== undefined && !isStopped) await gate.promise;
      const { done, value } = await reader.read();
      movedAtMs = clock.now();
      return done ? undefined : value;
    };
    try {
      const isDone = await cut(createBoxReader(read)).catch((thrown: unknown) => {
        if (!isSilent(recipe, next === start.index, messages())) throw thrown;
        return give(cutter.end()).then(() => cutter.isDone());
      });
      await keeping;
      return isDone ? "done" : "short";
    } finally {
      stream.kill();
      reader.cancel().catch(() => undefined);
    }
  };

  /** One segment is kept while the next is read. */
  let keeping: Promise<void> = Promise.resolve();
  const give = async (segments: readonly Segment[]): Promise<void> => {
    for (const segment of segments) {
      await keeping;
      next = segment.index + 1;
      keeping = onSegment(segment);
      keeping.catch(() => undefined);
    }
  };

  const cut = async (nextBox: ReturnType<typeof createBoxReader>): Promise<boolean> => {
    const init: Uint8Array[] = [];
    let defaults: ReturnType<typeof trackDefaults> | undefined;
    let samples: readonly Sample[] = [];
    for (;;) {
      const box = await nextBox();
      if (box === undefined) break;
      if (box.type === "ftyp" || box.type === "moov") {
        const content = joined(box.parts);
        init.push(whole(box.type, content));
        if (box.type !== "moov") continue;
        defaults = trackDefaults(content);
        await onInit(init);
      } else if (box.type === "moof" && defaults !== undefined) samples = samplesOf(joined(box.parts), defaults);
      else if (box.type === "mdat") await give(cutter.push(samples, box.parts));
      if (cutter.isDone()) return true;
    }
    await give(cutter.end());
    return cutter.isDone();
  };

  const live = async (): Promise<HeadEnd> => {
    let source: OpenedSource | undefined;
    try {
      source = await deps.openSource();
      return { how: await run(source), error: undefined };
    } catch (thrown) {
      if (stalled !== undefined) return { how: "failed", error: stalled };
      if (isStopped) return { how: "stopped", error: undefined };
      const isLate = thrown instanceof OffGrid && thrown.isLate;
      return { how: isLate ? "late" : "failed", error: explain(thrown, messages()) };
    } finally {
      source?.close();
    }
  };

  return {
    start,
    startedAtMs,
    next: () => next,
    setPaused: (isPaused) => {
      if (isPaused === (pausedAtMs !== null) || isStopped) return;
      if (isPaused) {
        gate = Promise.withResolvers();
        pausedAtMs = clock.now();
        return;
      }
      pausedMs += clock.now() - (pausedAtMs ?? 0);
      pausedAtMs = null;
      movedAtMs = clock.now();
      gate?.resolve();
      gate = undefined;
    },
    pausedSinceMs: () => pausedAtMs,
    readMs: () => (pausedAtMs ?? clock.now()) - startedAtMs - pausedMs,
    watch: (maxSilenceMs) => {
      if (pausedAtMs !== null || isStopped) return;
      const seen = progressOf(stream?.stderr() ?? "");
      if (seen !== lastSeen) movedAtMs = clock.now();
      lastSeen = seen;
      if (clock.now() - movedAtMs <= maxSilenceMs) return;
      stalled = new AppError("unavailable", "The encoder has stopped moving.", { cause: messages() });
      isStopped = true;
      kill();
    },
    stop: () => {
      isStopped = true;
      kill();
    },
    isStopped: () => isStopped,
    ended: live(),
  };
}

/** What goes to whoever watches: the last words of ffmpeg, without the path by which it found the file. */
function explain(thrown: unknown, messages: string): AppError {
  if (thrown instanceof OffGrid)
    return new AppError("unavailable", "The pieces of this film do not fit.", { cause: thrown });
  const error = toAppError(thrown);
  if (error.code !== "internal") return error;
  const words = messages
    .replaceAll(/file:\/proc\/\d+\/fd\/\d+/g, "the file")
    .split("\n")
    .slice(-3)
    .join(" ")
    .slice(-300);
  const detail = words === "" ? "The encoder failed." : `The encoder failed: ${words}`;
  return new AppError("unavailable", detail, { cause: error });
}

/** The sound that is copied has ended before the place: ffmpeg calls it an error that there is nothing to describe. */
function isSilent(recipe: Recipe, hasNothing: boolean, messages: string): boolean {
  const isCopiedSound = recipe.kind === "sound" && recipe.encode === null;
  return isCopiedSound && hasNothing && /Cannot write moov atom before|Output file is empty/.test(messages);
}
