import type { Db } from "#platform/db";

/** What one person has settled about one mount. */
export interface Place {
  readonly nodeId: number;
  /** Null while its owner's name counts. */
  readonly name: string | null;
  /** A folder of the person's own home; null is the top. */
  readonly folderId: number | null;
  readonly declinedAtMs: number | null;
}

export type Repository = ReturnType<typeof createRepository>;

/** All SQL of the module, with the places of everybody who has asked in memory. */
export function createRepository(db: Db) {
  const ofUser = db.prepare<Place, [number]>(
    `SELECT node_id AS nodeId, name, folder_id AS folderId, declined_at_ms AS declinedAtMs FROM mount WHERE user_id = ?`,
  );
  const upsert = db.prepare<unknown, [number, number, string | null, number | null, number | null]>(
    `INSERT INTO mount (user_id, node_id, name, folder_id, declined_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET name = excluded.name, folder_id = excluded.folder_id, declined_at_ms = excluded.declined_at_ms`,
  );
  const forgetAll = db.prepare<unknown, [string]>(
    "DELETE FROM mount WHERE node_id IN (SELECT value FROM json_each(?))",
  );
  const kept = new Map<number, Map<number, Place>>();
  const placesOf = (userId: number): Map<number, Place> => {
    let places = kept.get(userId);
    if (places === undefined) {
      places = new Map(ofUser.all(userId).map((place) => [place.nodeId, place]));
      kept.set(userId, places);
    }
    return places;
  };
  return {
    placesOf: (userId: number): ReadonlyMap<number, Place> => placesOf(userId),
    save: (userId: number, place: Place): void => {
      const { nodeId, name, folderId, declinedAtMs } = place;
      upsert.run(userId, nodeId, name, folderId, declinedAtMs);
      placesOf(userId).set(nodeId, place);
    },
    forget: (nodeIds: readonly number[]): void => {
      if (forgetAll.run(JSON.stringify(nodeIds)).changes > 0) kept.clear();
    },
  };
}
