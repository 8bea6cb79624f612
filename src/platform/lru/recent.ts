/** A bounded cache for hot paths: cheaper to ask than `LruMap`, and a little less exact about what it forgets. */
export interface RecentMap<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  /** Deletes every entry that `matches`; walks the whole map. */
  deleteWhere(matches: (value: Value) => boolean): void;
  clear(): void;
}

/**
 * Two generations: what is used moves to the young one; when that holds half of `maxEntries`, the old one is forgotten and the
 * young one grows old. What was used within the last `maxEntries / 2` different keys is always there.
 */
export function createRecentMap<Key, Value>(maxEntries: number): RecentMap<Key, Value> {
  const half = Math.max(1, Math.floor(maxEntries / 2));
  let young = new Map<Key, Value>();
  let old = new Map<Key, Value>();
  const set = (key: Key, value: Value) => {
    if (young.size >= half && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    get: (key) => {
      const value = young.get(key);
      if (value !== undefined) return value;
      const aged = old.get(key);
      if (aged !== undefined) set(key, aged);
      return aged;
    },
    set,
    delete: (key) => {
      young.delete(key);
      old.delete(key);
    },
    deleteWhere: (matches) => {
      for (const generation of [young, old]) {
        for (const [key, value] of generation) if (matches(value)) generation.delete(key);
      }
    },
    clear: () => {
      young.clear();
      old.clear();
    },
  };
}
