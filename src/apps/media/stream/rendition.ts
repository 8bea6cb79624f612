import type { Piece, Shelf } from "#cache/segments";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { findBox, joined } from "./boxes.ts";
import { type Head, type HeadDeps, type HeadEnd, startHead } from "./head.ts";
import { formOf, type TrackForm } from "./init.ts";
import { type Recipe, segmentAt, segmentCount, segmentStart } from "./recipe.ts";
import type { Segment } from "./segment.ts";
import { createViewers, type Viewers } from "./viewers.ts";
import { createWaitingRoom, type WaitingRoom } from "./waiting.ts";

export interface RenditionDeps extends HeadDeps {
  readonly log: Logger;
  /** Makes room for one more run, or throws AppError `unavailable`. */
  readonly admit: (rendition: Rendition) => void;
  /** An encoder in hardware has failed: it is not to be trusted for a while. */
  readonly hardwareFailed: (why: string) => void;
}

export interface RenditionOptions {
  readonly key: string;
  readonly recipe: Recipe;
  readonly shelf: Shelf;
  /** Part of the machine that making it takes while it is watched. */
  readonly machineShare: number;
}

/** One sound or picture of a title in one form: its segments, who wants them, and the runs of ffmpeg that make them. */
export interface Rendition {
  readonly key: string;
  readonly recipe: Recipe;
  readonly isEncode: boolean;
  readonly machineShare: number;
  /** Throws AppError: `not-found` behind the end, `unavailable` when it is not ready in time, or why it cannot be made. */
  segment(index: number, viewer: string, signal?: AbortSignal): Promise<Piece>;
  init(viewer: string, seconds: number, signal?: AbortSignal): Promise<Piece>;
  /** As the initialisation segment says; waits for it. */
  form(viewer: string, seconds: number): Promise<TrackForm>;
  /** Begins to make what will be asked for at this place. */
  prepare(viewer: string, seconds: number): void;
  /** A file of it has vanished from the cache. */
  forget(name: string): void;
  leave(viewer: string): void;
  heads(): readonly Head[];
  /** How many times faster than real time the last run was; null before the first. */
  speed(): number | null;
  /** Somebody watches it now. */
  isWatched(): boolean;
  /** Stops what nobody needs, pauses what is far ahead; called now and then. */
  look(): void;
  stop(reason: AppError): void;
  isIdle(): boolean;
}

/** So far ahead of whoever is furthest a head is stopped being read, and below the second it is read again. */
const leadSeconds = 60;
const resumeSeconds = 30;
/** A head further away than this from everybody serves nobody. */
const nearSeconds = leadSeconds + 45;
const blockedMs = 5 * 60_000;
const silenceMs = 20_000;
const waitMs = 15_000;
const retryAfterSeconds = 2;
const maxLateness = 5;
/** Before anything was measured. */
const guesses = {
  copy: { speed: 40, startSeconds: 0.3 },
  sound: { speed: 30, startSeconds: 0.5 },
  picture: { speed: 1.5, startSeconds: 0.8 },
};
/** Two runs share the processor, so a new one is worth it only for what is further away than this. */
const minReachSeconds = 13;
const pinnedBehindSeconds = 15;
const pinnedAheadSeconds = 160;

export const initName = "init.mp4";
export const segmentName = (index: number) => `${index}.m4s`;
const indexOf = (name: string) => (name === initName ? 0 : Number.parseInt(name, 10));

/** What the parts of a rendition share. */
interface State extends RenditionOptions {
  readonly deps: RenditionDeps;
  readonly isEncode: boolean;
  readonly viewers: Viewers;
  readonly waiting: WaitingRoom<Piece>;
  readonly heads: Set<Head>;
  /** Names of what is made and about to be on the shelf. */
  readonly keeping: Set<string>;
  form: TrackForm | undefined;
  /** In a row, without a segment between them. */
  failures: number;
  isHardwareBad: boolean;
  stopped: AppError | undefined;
  speed: number | null;
  startSeconds: number;
  /** Number behind the last segment that the file turned out to have. */
  realCount: number;
}

export function createRendition(deps: RenditionDeps, options: RenditionOptions): Rendition {
  const { key, recipe, shelf, machineShare } = options;
  const isEncode = recipe.encode !== null;
  const state: State = {
    ...options,
    deps,
    isEncode,
    viewers: createViewers(deps.clock),
    waiting: createWaitingRoom(waitMs, lateError),
    heads: new Set(),
    keeping: new Set(),
    form: undefined,
    failures: 0,
    isHardwareBad: false,
    stopped: undefined,
    speed: null,
    startSeconds: guessOf(recipe).startSeconds,
    realCount: segmentCount(recipe),
  };
  const { viewers, waiting, heads } = state;
  shelf.pinned = (name) => {
    if (name === initName) return !viewers.isEmpty();
    const at = segmentStart(recipe, indexOf(name));
    return viewers.furthestIn(at - pinnedAheadSeconds, at + pinnedBehindSeconds) !== undefined;
  };
  const requireRunning = () => {
    if (state.stopped !== undefined) throw state.stopped;
  };
  const runs = createRuns(state, () => rendition);

  const init: Rendition["init"] = async (viewer, seconds, signal) => {
    const piece = shelf.get(initName);
    if (piece !== undefined) return piece;
    requireRunning();
    const index = segmentAt(recipe, seconds);
    viewers.touch(viewer, segmentStart(recipe, index));
    return waiting.wait(initName, () => (heads.size === 0 ? runs.ensure(index) : undefined), signal);
  };
  const rendition: Rendition = {
    key,
    recipe,
    isEncode,
    machineShare,
    init,
    segment: async (index, viewer, signal) => {
      if (!Number.isInteger(index) || index < 0 || index >= state.realCount) throw beyondEnd();
      viewers.touch(viewer, segmentStart(recipe, index));
      const name = segmentName(index);
      const piece = shelf.get(name);
      for (const head of heads) runs.pace(head);
      if (piece !== undefined) return piece;
      requireRunning();
      return waiting.wait(name, () => runs.ensure(index), signal);
    },
    form: async (viewer, seconds) => (state.form ??= await readForm(await init(viewer, seconds))),
    prepare: (viewer, seconds) => {
      const index = segmentAt(recipe, seconds);
      viewers.touch(viewer, segmentStart(recipe, index));
      if (!shelf.has(segmentName(index))) runs.ensure(index);
    },
    forget: (name) => shelf.forget(name),
    leave: (viewer) => {
      viewers.leave(viewer);
      runs.endUnneeded();
    },
    heads: () => [...heads],
    speed: () => state.speed,
    isWatched: () => !viewers.isEmpty(),
    look: () => {
      viewers.forgetOld();
      runs.look();
    },
    stop: (reason) => {
      state.stopped = reason;
      for (const name of waiting.names()) waiting.refuse(name, reason);
      for (const head of heads) head.stop();
    },
    isIdle: () => heads.size === 0 && viewers.isEmpty() && waiting.names().length === 0,
  };
  return rendition;
}

function guessOf({ kind, encode }: Recipe) {
  return encode === null ? guesses.copy : guesses[kind];
}

async function readForm(piece: Piece): Promise<TrackForm> {
  const bytes = "content" in piece ? piece.content : await Bun.file(piece.path).bytes();
  const moov = findBox(Buffer.from(bytes), ["moov"]);
  return moov === undefined ? { codecString: null, width: null, height: null } : formOf(moov);
}

/** Who of the runs is needed, and when a new one begins. */
function createRuns(state: State, rendition: () => Rendition) {
  const { deps, recipe, shelf, viewers, waiting, heads } = state;

  /** A head that is so far behind a wanted place will be there sooner than a new one. */
  const reachSeconds = () => Math.max(minReachSeconds, 2 * state.startSeconds * (state.speed ?? guessOf(recipe).speed));
  const furthestBehind = (head: Head): number | undefined => {
    const position = segmentStart(recipe, head.next());
    return viewers.furthestIn(position - nearSeconds, position + reachSeconds());
  };
  const isAwaited = (head: Head): boolean => {
    const from = head.next();
    const until = segmentStart(recipe, from) + reachSeconds();
    return waiting.names().some((name) => {
      const index = name === initName ? from : indexOf(name);
      return index >= from && segmentStart(recipe, index) <= until;
    });
  };
  const pace = (head: Head): void => {
    if (isAwaited(head)) return head.setPaused(false);
    const furthest = furthestBehind(head);
    if (furthest === undefined) return;
    const lead = segmentStart(recipe, head.next()) - furthest;
    if (lead > leadSeconds) head.setPaused(true);
    else if (lead < resumeSeconds) head.setPaused(false);
  };
  const endUnneeded = (): void => {
    for (const head of heads) if (furthestBehind(head) === undefined && !isAwaited(head)) head.stop();
  };

  const onSegment = async (head: () => Head, segment: Segment): Promise<void> => {
    const name = segmentName(segment.index);
    state.failures = 0;
    state.keeping.add(name);
    const piece = shelf.get(name) ?? (await shelf.put(name, segment.parts));
    state.keeping.delete(name);
    waiting.give(name, piece);
    measure(state, head());
    // What follows was made before.
    if ([1, 2].every((ahead) => shelf.has(segmentName(segment.index + ahead)))) head().stop();
    else pace(head());
  };
  const onInit = async (parts: readonly Uint8Array[]): Promise<void> => {
    const bytes = joined(parts);
    const moov = findBox(bytes, ["moov"]);
    if (moov !== undefined) state.form = formOf(moov);
    waiting.give(initName, shelf.get(initName) ?? (await shelf.put(initName, [bytes])));
  };

  const begin = (index: number, lateness: number, isSecondTry: boolean): void => {
    if (state.stopped !== undefined) throw state.stopped;
    endUnneeded();
    deps.admit(rendition());
    const head = startHead(deps, {
      recipe,
      start: { index, lateness, isSecondTry: isSecondTry || state.isHardwareBad },
      onInit,
      onSegment: (segment) => onSegment(() => head, segment),
    });
    heads.add(head);
    void head.ended.then((end) => onEnd(head, end));
  };
  const ensure = (index: number): void => {
    if (state.keeping.has(segmentName(index))) return;
    const wanted = segmentStart(recipe, index);
    for (const head of heads) {
      const isBefore = head.next() <= index && !head.isStopped();
      if (isBefore && wanted - segmentStart(recipe, head.next()) <= reachSeconds()) return pace(head);
    }
    begin(index, 0, false);
  };

  const onEnd = (head: Head, end: HeadEnd): void => {
    heads.delete(head);
    try {
      follow(head, end);
    } catch (thrown) {
      const error = thrown instanceof AppError ? thrown : new AppError("internal", undefined, { cause: thrown });
      for (const name of waiting.names()) waiting.refuse(name, error);
    }
  };
  const follow = (head: Head, { how, error }: HeadEnd): void => {
    const { start } = head;
    if (how === "short") state.realCount = Math.min(state.realCount, Math.max(1, head.next()));
    if (how === "late" && start.lateness < maxLateness) {
      return begin(start.index, start.lateness + 1, start.isSecondTry);
    }
    if (how === "failed" || how === "late") {
      state.failures += 1;
      const { key } = state;
      deps.log.warn("a film could not be made ready", {
        key,
        index: head.next(),
        detail: error?.detail,
        cause: error?.cause,
      });
      noteHardware(state, error);
      if (state.failures > 1 || error?.code === "gone") throw error ?? lateError();
      return begin(head.next(), start.lateness, true);
    }
    // Whoever still waits gets a head.
    for (const name of waiting.names()) {
      if (indexOf(name) >= state.realCount) waiting.refuse(name, beyondEnd());
      else ensure(indexOf(name));
    }
  };

  const look = (): void => {
    endUnneeded();
    for (const head of heads) {
      head.watch(silenceMs);
      pace(head);
      const pausedSince = head.pausedSinceMs();
      if (pausedSince !== null && deps.clock.now() - pausedSince > blockedMs) head.stop();
    }
  };
  return { ensure, pace, endUnneeded, look };
}

function measure(state: State, head: Head): void {
  const { recipe } = state;
  const readSeconds = head.readMs() / 1000;
  const made = segmentStart(recipe, head.next()) - segmentStart(recipe, head.start.index);
  if (head.next() === head.start.index + 1) state.startSeconds = 0.5 * (state.startSeconds + readSeconds);
  if (readSeconds > 0.2 && made > 0) state.speed = made / readSeconds;
}

function noteHardware(state: State, error: AppError | undefined): void {
  const { recipe, deps } = state;
  const isHardware = recipe.kind === "picture" && recipe.encode !== null && recipe.encode.encoder !== "software";
  if (!isHardware || state.isHardwareBad) return;
  state.isHardwareBad = true;
  deps.hardwareFailed(error?.detail ?? "");
}

function lateError(): AppError {
  return new AppError("unavailable", "It is not ready yet; try again in a moment.", { retryAfterSeconds });
}

function beyondEnd(): AppError {
  return new AppError("not-found", "The film ends before that.");
}
