import type { Item, LibraryReader } from "#apps/media/library";
import type { Probe } from "#apps/media/probe";
import type { Clock } from "#platform/clock";
import { AppError, toAppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { handleJob, type JobContext } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";
import type { CopyRecipe } from "./choices.ts";
import { offlineMake } from "./jobs.ts";
import { makeCopy, MakeFailed } from "./make.ts";
import type { CopyRow, OfflineRows } from "./repository.ts";
import type { Shelf } from "./shelf.ts";

export interface MakingDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Pick<Storage, "open" | "node">;
  readonly library: Pick<LibraryReader, "item" | "isAway">;
  readonly probe: Pick<Probe, "facts">;
  readonly playing: () => boolean;
  readonly rows: OfflineRows;
  readonly shelf: Shelf;
  /** Called about once a second while a copy is made, and when its state is another. */
  readonly tell: (copyId: number, done: number, total: number) => void;
}

/** How far the copy is that is made now. */
export interface MakingNow {
  readonly copyId: number;
  readonly isPaused: boolean;
  /** Part, 0 to 1. */
  readonly progress: number;
  readonly leftMs: number | null;
}

const maxAttempts = 3;
const waitStepMs = 500;
const tellEveryMs = 1000;
/** So much stays free for everything else. */
export const reserveBytes = 500e6;
/** Before so much of the film is made, its speed says little. */
const leastForEstimateMs = 3_000;

export type Making = ReturnType<typeof createMaking>;

/** Makes copies one after the other while nobody plays. */
export function createMaking(deps: MakingDeps) {
  const { rows, shelf, playing, clock, log } = deps;
  let now: (MakingNow & { readonly abort: AbortController }) | undefined;
  let isRunning = false;

  const makeOne = async (copy: CopyRow, context: JobContext): Promise<void> => {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, context.signal]);
    now = { copyId: copy.id, isPaused: playing(), progress: 0, leftMs: null, abort };
    const update = (change: Partial<MakingNow>) => {
      if (now?.copyId === copy.id) now = { ...now, ...change };
    };
    rows.begin(copy.id);
    try {
      if (copy.attempts >= maxAttempts) throw new AppError("unavailable", "The server stopped each time it was made.");
      while (playing() && !signal.aborted) await Bun.sleep(waitStepMs);
      signal.throwIfAborted();
      await makeFile(deps, copy, signal, update);
      // Whoever gave it up has removed its row.
      if (rows.find(copy.id) === undefined) return shelf.remove(copy.id);
      rows.settle(copy.id, "ready", null, shelf.keep(copy.id), clock.now());
    } catch (thrown) {
      shelf.dropPart(copy.id);
      if (context.signal.aborted) rows.interrupted(copy.id);
      else if (!abort.signal.aborted) {
        log.warn("an offline copy was not made", { copyId: copy.id, cause: thrown });
        rows.settle(copy.id, "failed", describe(thrown), copy.sizeBytes, null);
      }
      context.signal.throwIfAborted();
    } finally {
      now = undefined;
      deps.tell(copy.id, 1, 1);
    }
  };

  return {
    handler: handleJob(offlineMake, async (context) => {
      if (isRunning) return;
      isRunning = true;
      try {
        for (let copy = rows.next(); copy !== undefined; copy = rows.next()) {
          context.signal.throwIfAborted();
          await makeOne(copy, context);
        }
      } finally {
        isRunning = false;
      }
    }),
    /** Whoever runs looks for more before it ends. */
    isRunning: () => isRunning,
    now: (): MakingNow | undefined => now,
    /** What is made of it is given up. */
    giveUp: (copyId: number): void => {
      if (now?.copyId === copyId) now.abort.abort();
    },
  };
}

function describe(thrown: unknown): string {
  if (thrown instanceof MakeFailed) return "The film could not be read to its end; it may be damaged.";
  const { code, detail } = toAppError(thrown);
  return code === "disk-full"
    ? "The disk of the server is full. Make room on it, then ask for the copy again."
    : detail;
}

/** An item with the content of the copy, whichever of those who asked named it. */
function sourceOf({ rows, library }: MakingDeps, copy: CopyRow): Item {
  const items = rows.requests(copy.id).flatMap(({ itemId }) => library.item(itemId) ?? []);
  const same = items.filter(({ contentKey, state }) => contentKey === copy.contentKey && state === "ready");
  const item = same.find(({ spaceId }) => !library.isAway(spaceId));
  if (item !== undefined) return item;
  if (same.length > 0) throw new AppError("unavailable", "The disk of this film is not there now.");
  throw new AppError("gone", "The file was changed or deleted; ask for the new one.");
}

async function makeFile(
  deps: MakingDeps,
  copy: CopyRow,
  signal: AbortSignal,
  update: (change: Partial<MakingNow>) => void,
): Promise<void> {
  const { storage, probe, exec, shelf } = deps;
  const item = sourceOf(deps, copy);
  const facts = probe.facts(item);
  if (facts === undefined) throw new AppError("unavailable", "This file is still being looked into; try again later.");
  const recipe = JSON.parse(copy.recipe) as CopyRecipe;
  const watch = watchOf(deps, copy, facts.durationMs ?? 0, update);
  const file = storage.open(item.nodeId);
  try {
    if (file.node.etag !== item.etag) throw changed();
    for (const withSubtitles of facts.subtitles.length === 0 ? [false] : [true, false]) {
      try {
        await makeCopy(exec, { fd: file.fd, facts, recipe, output: shelf.part(copy.id), signal, withSubtitles }, watch);
        break;
      } catch (thrown) {
        // Subtitles that cannot be read are no reason to have no film.
        if (!(thrown instanceof MakeFailed && withSubtitles)) throw thrown;
        deps.log.info("an offline copy is made without subtitles", { copyId: copy.id, cause: thrown });
      }
    }
    if (storage.node(item.nodeId)?.etag !== item.etag) throw changed();
  } finally {
    file.close();
  }
}

const changed = () => new AppError("gone", "The file was replaced while the copy was made; ask for the new one.");

/** Room, holding still and how long it will take. */
function watchOf(deps: MakingDeps, copy: CopyRow, totalMs: number, update: (change: Partial<MakingNow>) => void) {
  const { shelf, rows, clock, playing } = deps;
  let workedMs = 0;
  let lastMs = clock.now();
  let toldMs = -Infinity;
  let wasPaused = false;
  const budgetBytes = shelf.budgetBytes(rows.usedBytes()) - (rows.usedBytes() - copy.sizeBytes);
  return {
    isPaused: playing,
    look: (doneMs: number) => {
      const nowMs = clock.now();
      if (!wasPaused) workedMs += nowMs - lastMs;
      lastMs = nowMs;
      wasPaused = playing();
      if (shelf.freeBytes() < reserveBytes) throw new AppError("disk-full");
      if (shelf.partBytes(copy.id) > budgetBytes) {
        throw new AppError(
          "quota-exceeded",
          "It became larger than the space for offline copies; choose a lower quality.",
        );
      }
      const progress = totalMs > 0 ? Math.min(0.99, doneMs / totalMs) : 0;
      const isKnown = doneMs > 0 && workedMs >= leastForEstimateMs && totalMs > 0;
      const leftMs = isKnown ? Math.round((Math.max(0, totalMs - doneMs) / doneMs) * workedMs) : null;
      update({ isPaused: wasPaused, progress, leftMs });
      if (nowMs - toldMs < tellEveryMs) return;
      toldMs = nowMs;
      deps.tell(copy.id, Math.round(Math.min(doneMs, totalMs)), Math.max(1, Math.round(totalMs)));
    },
  };
}
