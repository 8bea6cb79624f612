import type { Db } from "#platform/db";

/** Files and folders a person has marked. The caller syncs the database. */
export function createFavorites(db: Db) {
  const insert = db.prepare<never, [number, number]>("INSERT OR IGNORE INTO nextcloud_favorite VALUES (?, ?)");
  const remove = db.prepare<never, [number, number]>(
    "DELETE FROM nextcloud_favorite WHERE user_id = ? AND node_id = ?",
  );
  const all = db.prepare<{ node_id: number }, [number]>(
    "SELECT node_id FROM nextcloud_favorite WHERE user_id = ? ORDER BY node_id",
  );
  const forget = db.prepare<never, [number]>("DELETE FROM nextcloud_favorite WHERE node_id = ?");
  /** By person; a household marks few. */
  const kept = new Map<number, ReadonlySet<number>>();
  let version = 0;
  const of = (userId: number): ReadonlySet<number> => {
    let found = kept.get(userId);
    if (found === undefined) {
      found = new Set(all.all(userId).map(({ node_id }) => node_id));
      kept.set(userId, found);
    }
    return found;
  };
  return {
    of,
    /** Raised by every change. */
    version: () => version,
    set: (userId: number, nodeId: number, isFavorite: boolean): void => {
      (isFavorite ? insert : remove).run(userId, nodeId);
      kept.delete(userId);
      version += 1;
    },
    forget: (nodeIds: readonly number[]): void => {
      db.transaction(() => {
        for (const nodeId of nodeIds) forget.run(nodeId);
      });
      kept.clear();
      version += 1;
    },
  };
}

export type Favorites = ReturnType<typeof createFavorites>;
