import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Act, EventRow, WatchRepository } from "./repository.ts";
import { marked, progressed, serverTime, together, untouched, type Watched } from "./rules.ts";
import type { VersionStates } from "./versions.ts";

/** Saves of one item within so long are one playing of it. */
const onePlayingMs = 4 * 3_600_000;

interface NotesDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repository: WatchRepository;
  readonly versions: VersionStates;
}

export interface Progress {
  readonly positionMs: number;
  readonly durationMs: number;
  readonly atMs: number;
  readonly sentAtMs: number;
}

/** Who does something, and with what. */
export interface Doer {
  readonly userId: number;
  readonly device: string | null;
}

/**
 * Writes down what people do; each act is one entry of their history, and can be taken back. What is written of an item goes on from
 * what was done with any version of it. The caller syncs the database.
 */
export function createNotes({ db, clock, repository, versions }: NotesDeps) {
  /** The row of the item itself, and what is known of its work, which the next row is written upon. */
  const now = (userId: number, itemId: number) => {
    const all = versions.rows(userId, [itemId]).get(itemId) ?? [];
    const upon = all.flatMap((one) => (one.itemId === itemId ? [] : [one.itemId]));
    return {
      own: all.find((one) => one.itemId === itemId)?.state,
      before: { ...(together(all) ?? untouched), upon },
    };
  };
  const note = ({ userId, device }: Doer, itemId: number, act: Act, own: Watched | undefined) =>
    repository.addEvent(userId, {
      ...{ itemId, atMs: clock.now(), act, device },
      before: own === undefined ? null : JSON.stringify(own),
    });
  /** The row that was written last says all of a work: its time is later than that of any other one. */
  const put = (userId: number, itemId: number, before: Watched, next: Watched) =>
    repository.put(userId, itemId, { ...next, atMs: Math.max(next.atMs, before.atMs + 1) });
  const lastOf = (userId: number, itemId: number) => repository.lastEvent(userId, versions.withOthers([itemId]));

  return {
    save: (doer: Doer, itemId: number, at: Progress): void =>
      db.transaction(() => {
        const { userId } = doer;
        const nowMs = clock.now();
        const { own, before } = now(userId, itemId);
        const last = lastOf(userId, itemId);
        const atMs = serverTime(at, nowMs);
        const isSame = isOnePlaying(last, itemId, nowMs);
        const isCounted = isSame && last.act === "watched";
        const after = progressed(before, { ...at, atMs }, isCounted);
        if (after === before) return;
        put(userId, itemId, before, after);
        const act = after.playCount > before.playCount ? "watched" : "played";
        if (!isSame) note(doer, itemId, act, own);
        else if (act === "watched") repository.updateEvent(last.id, { atMs: nowMs, act });
        // Watched to the end, and begun again at once: that is another playing.
        else if (isCounted && after.positionMs !== null) note(doer, itemId, act, own);
        else repository.updateEvent(last.id, { atMs: nowMs, act: last.act });
      }),
    mark: (doer: Doer, itemIds: readonly number[], isWatched: boolean): void =>
      db.transaction(() => {
        for (const itemId of itemIds) {
          const { own, before } = now(doer.userId, itemId);
          put(doer.userId, itemId, before, marked(before, isWatched, clock.now()));
          note(doer, itemId, isWatched ? "watched" : "unwatched", own);
        }
      }),
    change: (doer: Doer, itemId: number, act: Act, change: Partial<Watched>): void =>
      db.transaction(() => {
        const { own, before } = now(doer.userId, itemId);
        put(doer.userId, itemId, before, { ...before, ...change, atMs: clock.now() });
        note(doer, itemId, act, own);
      }),
    /** Nothing of its work is gone on with. */
    forget: (doer: Doer, itemId: number): void =>
      db.transaction(() => {
        const { own, before } = now(doer.userId, itemId);
        const atMs = clock.now();
        put(doer.userId, itemId, before, { ...before, positionMs: null, positionAtMs: atMs, atMs });
        note(doer, itemId, "forgotten", own);
      }),
    /** Answers which item is as it was before. */
    undo: (userId: number, entryId: number): number =>
      db.transaction(() => {
        const entry = repository.event(userId, entryId);
        if (entry === undefined) throw new AppError("not-found", "There is no such entry in your history.");
        const { itemId, before } = entry;
        if (lastOf(userId, itemId)?.id !== entryId) {
          throw new AppError("conflict", "Something was done with it since; take that back first.");
        }
        if (before === null) repository.remove(userId, itemId);
        else repository.put(userId, itemId, { ...(JSON.parse(before) as Watched), positionAtMs: clock.now() });
        repository.removeEvent(entryId);
        return itemId;
      }),
    /** Takes entries out of the history; answers what puts them back. */
    remove: (userId: number, entryIds: readonly number[] | null): { removedAtMs: number; count: number } =>
      db.transaction(() => {
        const removedAtMs = clock.now();
        return { removedAtMs, count: repository.hideEvents(userId, entryIds, removedAtMs) };
      }),
    restore: (userId: number, removedAtMs: number): number =>
      db.transaction(() => repository.showEvents(userId, removedAtMs, clock.now())),
  };
}

function isOnePlaying(last: EventRow | undefined, itemId: number, nowMs: number): last is EventRow {
  if (last === undefined || last.itemId !== itemId || last.removedAtMs !== null) return false;
  return (last.act === "played" || last.act === "watched") && nowMs - last.atMs < onePlayingMs;
}
