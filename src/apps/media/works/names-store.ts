import type { Db } from "#platform/db";

/** What an item is, as grouping sees it; a disk that is away changes nothing. */
const stamp = "item.path || '|' || item.state || '|' || item.etag";

/** Rounds in which files bring further files in: titles lead to folders, folders to numbers. */
const mostRounds = 6;
const mostTogether = 20_000;

/** What brings files together, and which of them were grouped as they are now. */
export function createNamesStore(db: Db) {
  const keysOf = db.prepare<{ key: string }, [number]>("SELECT key FROM media_work_key WHERE item_id = ?");
  const dropKeys = db.prepare<never, [number]>("DELETE FROM media_work_key WHERE item_id = ?");
  const addKey = db.prepare<never, [number, string, number]>("INSERT OR IGNORE INTO media_work_key VALUES (?, ?, ?)");
  const stampNow = db.prepare<{ stamp: string }, [number]>(
    `SELECT ${stamp} AS stamp FROM media_item AS item WHERE id = ?`,
  );
  const see = db.prepare<never, [number, string]>(
    "INSERT INTO media_work_seen VALUES (?, ?) ON CONFLICT DO UPDATE SET stamp = excluded.stamp",
  );
  const withKeys = db.prepare<{ itemId: number }, [number, string]>(
    `SELECT DISTINCT item_id AS itemId FROM media_work_key
       WHERE library_id = ? AND key IN (SELECT value FROM json_each(?)) LIMIT ${mostTogether}`,
  );
  const keysOfMany = db.prepare<{ key: string }, [string]>(
    "SELECT DISTINCT key FROM media_work_key WHERE item_id IN (SELECT value FROM json_each(?)) AND key NOT LIKE 'd:%'",
  );
  const stale = db.prepare<{ id: number; libraryId: number }, [string, number, number]>(
    `SELECT item.id, item.library_id AS libraryId FROM media_item AS item LEFT JOIN media_work_seen AS seen ON seen.item_id = item.id
       WHERE item.library_id IN (SELECT value FROM json_each(?)) AND item.id > ?
         AND coalesce(seen.stamp, '') <> ${stamp}
       ORDER BY item.id LIMIT ?`,
  );
  return {
    keysOf: (itemId: number) => keysOf.all(itemId).map(({ key }) => key),
    setKeys: (libraryId: number, itemId: number, keys: readonly string[]) => {
      dropKeys.run(itemId);
      for (const key of keys) addKey.run(libraryId, key, itemId);
    },
    stampOf: (itemId: number) => stampNow.get(itemId)?.stamp,
    /** Files with these keys, and nothing that belongs with them. */
    having: (libraryId: number, keys: readonly string[]) =>
      withKeys.all(libraryId, JSON.stringify(keys)).map(({ itemId }) => itemId),
    setSeen: (itemId: number, stamp: string) => void see.run(itemId, stamp),
    /** Everything that may belong together with what has these keys. */
    together: (libraryId: number, keys: readonly string[]): number[] => {
      let known = new Set(keys);
      let itemIds: number[] = [];
      for (let round = 0; round < mostRounds; round += 1) {
        itemIds = withKeys.all(libraryId, JSON.stringify([...known])).map(({ itemId }) => itemId);
        const next = new Set([...known, ...keysOfMany.all(JSON.stringify(itemIds)).map(({ key }) => key)]);
        if (next.size === known.size) break;
        known = next;
      }
      return itemIds;
    },
    /** Items of these libraries that are not grouped as they are now. */
    staleAfter: (libraryIds: readonly number[], id: number, limit: number) =>
      stale.all(JSON.stringify(libraryIds), id, limit),
  };
}

export type NamesStore = ReturnType<typeof createNamesStore>;
