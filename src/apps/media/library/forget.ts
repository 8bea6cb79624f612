import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Events } from "#platform/events";
import { handleJob, type JobHandler } from "#platform/jobs";
import type { Storage } from "#storage/primary";
import { libraryForget } from "./jobs.ts";
import type { Libraries } from "./libraries.ts";
import type { ItemRows } from "./repository.ts";
import type { LibraryEvents } from "./types.ts";

interface ForgetDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly items: ItemRows;
  readonly libraries: Libraries;
  readonly events: Events<LibraryEvents>;
  /** Conditions on `item`: somebody did something with it that must not be lost. */
  readonly kept: readonly string[];
}

const dayMs = 86_400_000;
/** Items of which nothing but their files tells. */
const plainMs = 90 * dayMs;
/** Items that somebody did something with, after the last of their files has left the trash. */
const keptMs = 365 * dayMs;
/** A library that was removed; until then it comes back whole. */
export const removedMs = 30 * dayMs;
const batchSize = 200;

/** What has been gone for long will not come back; on a disk that is away nobody can tell. */
export function forgetHandler(deps: ForgetDeps): JobHandler {
  return handleJob(libraryForget, async ({ signal }) => {
    await forgetLibraries(deps, signal);
    await forgetItems(deps, signal);
  });
}

async function forgetItems(deps: ForgetDeps, signal: AbortSignal): Promise<void> {
  const { storage, clock, items, kept } = deps;
  const online = new Set(storage.volumes().flatMap(({ name, online: isOnline }) => (isOnline ? [name] : [])));
  const spaceIds = storage.spaces().flatMap(({ id, volume }) => (online.has(volume) ? [id] : []));
  const before = { plainMs: clock.now() - plainMs, keptMs: clock.now() - keptMs };
  for (let afterId = 0; ;) {
    signal.throwIfAborted();
    const rows = items.goneBefore({ afterId, spaceIds, kept, ...before, limit: batchSize });
    const last = rows.at(-1);
    if (last === undefined) return;
    afterId = last.id;
    for (const [libraryId, of] of Map.groupBy(rows, (row) => row.libraryId)) {
      forget(
        deps,
        libraryId,
        of.map(({ id }) => id),
      );
    }
    await breathe();
  }
}

/** Broken off, it goes on with the next run: the library stays removed until nothing is left of it. */
async function forgetLibraries(deps: ForgetDeps, signal: AbortSignal): Promise<void> {
  const { db, clock, items, libraries, events } = deps;
  const isDue = (libraryId: number) => {
    const removedAtMs = libraries.get(libraryId)?.removedAtMs ?? null;
    return removedAtMs !== null && removedAtMs < clock.now() - removedMs;
  };
  for (const { id: libraryId } of libraries.all()) {
    // Asked before each piece: it may have been brought back meanwhile.
    for (let isMore = true; isMore && isDue(libraryId);) {
      signal.throwIfAborted();
      const itemIds = items.after(libraryId, 0, batchSize).map(({ id }) => id);
      isMore = itemIds.length > 0;
      if (isMore) forget(deps, libraryId, itemIds);
      else db.transaction(() => libraries.remove(libraryId));
      await breathe();
    }
    if (libraries.get(libraryId) === undefined) events.publish("librariesChanged", {});
  }
}

/** In pieces: nobody who writes waits for a library to be forgotten. */
function forget({ db, items, events }: ForgetDeps, libraryId: number, itemIds: readonly number[]): void {
  db.transaction(() => items.forget(itemIds));
  events.publish("itemsForgotten", { libraryId, itemIds });
}

const breathe = () => new Promise<void>((resume) => void setImmediate(resume));
