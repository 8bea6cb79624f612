/** A map that forgets what was used longest ago once it holds `maxEntries`: a cache that no flood of keys can grow. */
export interface LruMap<Key, Value> {
  readonly size: number;
  /** The value, which is now the most recently used one. */
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  /** Deletes every entry that `matches`; walks the whole map. */
  deleteWhere(matches: (value: Value) => boolean): void;
  clear(): void;
}

export function createLruMap<Key, Value>(maxEntries: number): LruMap<Key, Value> {
  // A Map iterates in order of insertion, so re-inserting on use keeps the stalest key first.
  const entries = new Map<Key, Value>();
  return {
    get size() {
      return entries.size;
    },
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= maxEntries) return;
      const stalest = entries.keys().next();
      if (stalest.done !== true) entries.delete(stalest.value);
    },
    delete: (key) => {
      entries.delete(key);
    },
    deleteWhere: (matches) => {
      for (const [key, value] of entries) if (matches(value)) entries.delete(key);
    },
    clear: () => entries.clear(),
  };
}

export { createRecentMap, type RecentMap } from "./recent.ts";
