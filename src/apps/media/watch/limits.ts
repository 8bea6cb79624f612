import type { ItemFilter } from "#apps/media/library";
import type { Limits } from "#contract/apps/media/watch";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { normalizedMark } from "./certificates.ts";
import { createLimitRepository } from "./repository.ts";

export interface LimitsDeps {
  readonly db: Db;
  /**
   * SQL over `item` (a row of `media_item`) that gives what it is marked with, as "FSK 12" or "PG-13", or null; several marks of one item
   * count as the strictest when it is an aggregate. Without it nothing has an age class.
   */
  readonly certificateSql?: string;
}

/** What people may watch, set by whoever looks after the household. */
export interface WatchLimits {
  /** Undefined: everything they can see. */
  of(userId: number): Limits | undefined;
  all(): readonly Limits[];
  set(limits: Limits): void;
  /** To be added to a sight of items; undefined when nothing is to be added. It reads `item`, a row of `media_item`. */
  filterOf(actor: Actor): ItemFilter | undefined;
  /** Called after the limits of somebody have changed; answers how to stop that. */
  onChanged(listener: (userId: number) => void): () => void;
}

export function createLimits({ db, certificateSql }: LimitsDeps): WatchLimits {
  const repository = createLimitRepository(db);
  const known = new Map(repository.all().map((limits) => [limits.userId, limits]));
  const listeners = new Set<(userId: number) => void>();
  return {
    of: (userId) => known.get(userId),
    all: () => [...known.values()],
    set: (limits) => {
      const isFree = isUnlimited(limits);
      db.transaction(() => (isFree ? repository.remove(limits.userId) : repository.put(limits)));
      if (isFree) known.delete(limits.userId);
      else known.set(limits.userId, limits);
      for (const listener of listeners) listener(limits.userId);
    },
    filterOf: ({ kind, userId }) => {
      const limits = kind === "person" ? known.get(userId) : undefined;
      return limits && filterOf(limits, certificateSql);
    },
    onChanged: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function isUnlimited({ maxAge, libraryIds, maxHeight, maxBitsPerSecond }: Limits): boolean {
  return maxAge === null && libraryIds === null && maxHeight === null && maxBitsPerSecond === null;
}

function filterOf(limits: Limits, certificateSql: string | undefined): ItemFilter | undefined {
  const { maxAge, allowsUnrated, libraryIds } = limits;
  const parts: string[] = [];
  const params: (string | number)[] = [];
  if (libraryIds !== null) {
    parts.push("item.library_id IN (SELECT value FROM json_each(?))");
    params.push(JSON.stringify(libraryIds));
  }
  if (maxAge !== null) {
    const unrated = allowsUnrated ? 0 : 99;
    const age =
      certificateSql === undefined
        ? "NULL"
        : `(SELECT age FROM media_certificate WHERE mark = ${normalizedMark(`(${certificateSql})`)})`;
    // Only films and series are marked; songs, photos and what stands beside them have no age.
    parts.push(`(item.kind <> 'video' OR coalesce(${age}, ?) <= ?)`);
    params.push(unrated, maxAge);
  }
  return parts.length === 0 ? undefined : { sql: parts.join(" AND "), params };
}
