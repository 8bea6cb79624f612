import type { Db } from "#platform/db";
import type { Item, ItemKind, Library, LibraryKind } from "./types.ts";

/** A row of `media_item`; a disk that is away is not known here. */
export type StoredItem = Omit<Item, "state"> & {
  readonly state: "found" | "ready" | "broken" | "gone";
  readonly folderId: number;
  readonly sha1: string | null;
  readonly goneAtMs: number | null;
};

export interface LibraryRow extends Library {
  readonly isAutomatic: boolean;
  /** Since when it is put away: off, and to be forgotten. */
  readonly removedAtMs: number | null;
  readonly createdAtMs: number;
}

/** What a node says of a file. */
export interface Sighting {
  readonly libraryId: number;
  readonly nodeId: number;
  readonly spaceId: number;
  readonly folderId: number;
  readonly kind: ItemKind;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly sha1: string | null;
  readonly etag: string;
}

export const itemColumns = `item.id, item.library_id AS libraryId, item.node_id AS nodeId, item.space_id AS spaceId,
  item.folder_id AS folderId, item.kind, item.path, item.size_bytes AS sizeBytes, item.modified_at_ms AS modifiedAtMs, item.sha1,
  item.etag, item.content_key AS contentKey, item.state, item.reason, item.added_at_ms AS addedAtMs, item.gone_at_ms AS goneAtMs`;

interface RawLibrary {
  id: number;
  name: string;
  kind: string;
  space_id: number;
  folder_id: number;
  is_on: number;
  is_automatic: number;
  created_at_ms: number;
  removed_at_ms: number | null;
}

type Values = (string | number | null)[];

interface GoneQuery {
  readonly afterId: number;
  readonly spaceIds: readonly number[];
  /** Conditions on `item`. */
  readonly kept: readonly string[];
  readonly plainMs: number;
  readonly keptMs: number;
  readonly limit: number;
}

/** All SQL on items but for sights of people. */
export function createItemRows(db: Db) {
  const from = `SELECT ${itemColumns} FROM media_item AS item`;
  const byId = db.prepare<StoredItem, [number]>(`${from} WHERE item.id = ?`);
  const byNode = db.prepare<StoredItem, [number]>(`${from} WHERE item.node_id = ?`);
  const inFolder = db.prepare<StoredItem, [number]>(
    `${from} WHERE item.folder_id = ? AND item.state <> 'gone' ORDER BY item.path`,
  );
  const besideSongs = db.prepare<StoredItem, [number]>(
    `${from} WHERE item.folder_id = ? AND item.kind <> 'audio' AND item.state <> 'gone' ORDER BY item.path`,
  );
  const subtitleFolders = db.prepare<{ id: number }, [number]>(
    `WITH beside(id) AS (SELECT id FROM node WHERE parent_id = ? AND kind = 1 AND lower(name) IN ('sub', 'subs', 'subtitle', 'subtitles', 'untertitel', 'sous-titres'))
       SELECT id FROM beside UNION ALL SELECT node.id FROM node JOIN beside ON node.parent_id = beside.id WHERE node.kind = 1
       LIMIT 2000`,
  );
  const after = db.prepare<StoredItem, [number, number, number]>(
    `${from} WHERE item.library_id = ? AND item.id > ? ORDER BY item.id LIMIT ?`,
  );
  const unkeyed = db.prepare<StoredItem, [number, number]>(
    `${from} WHERE item.content_key IS NULL AND item.state <> 'gone' AND item.id > ? ORDER BY item.id LIMIT ?`,
  );
  const withKey = db.prepare<StoredItem, [string]>(`${from} WHERE item.content_key = ? ORDER BY item.id LIMIT 50`);
  const goneOfSize = db.prepare<StoredItem, [number]>(
    `${from} WHERE item.size_bytes = ? AND item.state = 'gone' AND item.content_key IS NOT NULL ORDER BY item.id LIMIT 50`,
  );
  const nodeEtag = "coalesce((SELECT etag FROM node WHERE node.id = ?), -1)";
  const insert = db.prepare<{ id: number }, Values>(
    `INSERT INTO media_item (library_id, space_id, folder_id, kind, path, size_bytes, modified_at_ms, sha1, etag, node_id, node_etag,
       content_key, state, added_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${nodeEtag}, ?, 'found', ?) RETURNING id`,
  );
  const update = db.prepare<never, Values>(
    `UPDATE media_item SET library_id = ?, space_id = ?, folder_id = ?, kind = ?, path = ?, size_bytes = ?, modified_at_ms = ?,
       sha1 = ?, etag = ?, node_id = ?, node_etag = ${nodeEtag}, content_key = ?, state = ?, reason = ?, gone_at_ms = NULL,
       state_before = NULL WHERE id = ?`,
  );
  const setGone = db.prepare<never, [number, number]>(
    "UPDATE media_item SET state_before = state, state = 'gone', gone_at_ms = ? WHERE id = ? AND state <> 'gone'",
  );
  const setKey = db.prepare<never, [string, number, string]>(
    "UPDATE media_item SET content_key = ? WHERE id = ? AND etag = ?",
  );
  const setProbed = db.prepare<never, Values>(
    "UPDATE media_item SET state = ?, reason = ? WHERE id = ? AND etag = ? AND state <> 'gone'",
  );
  const before = db.prepare<{ state_before: string | null }, [number]>(
    "SELECT state_before FROM media_item WHERE id = ?",
  );
  const setNode = db.prepare<never, [number, number]>("UPDATE media_item SET node_id = ? WHERE id = ?");
  const inTrash = db.prepare<{ id: string }, [number]>(
    `WITH RECURSIVE up(id, parent_id, depth) AS (SELECT id, parent_id, 0 FROM node WHERE id = ?
       UNION ALL SELECT above.id, above.parent_id, up.depth + 1 FROM up JOIN node AS above ON above.id = up.parent_id WHERE up.depth < 4096)
     SELECT trash.id FROM up JOIN trash ON trash.node_id = up.id LIMIT 1`,
  );
  const sightingValues = (of: Sighting): Values => [
    of.libraryId,
    of.spaceId,
    of.folderId,
    of.kind,
    of.path,
    of.sizeBytes,
    of.modifiedAtMs,
    of.sha1,
    of.etag,
    of.nodeId,
    of.nodeId,
  ];
  return {
    get: (id: number) => byId.get(id) ?? undefined,
    ofNode: (nodeId: number) => byNode.get(nodeId) ?? undefined,
    inFolder: (folderId: number) => inFolder.all(folderId),
    besideSongs: (folderId: number) => besideSongs.all(folderId),
    /** `Subs`, `Subtitles` in a folder, and the folders in them: `Subs/EPISODE`. */
    subtitleFolders: (folderId: number): number[] => subtitleFolders.all(folderId).map(({ id }) => id),
    after: (libraryId: number, id: number, limit: number) => after.all(libraryId, id, limit),
    unkeyedAfter: (id: number, limit: number) => unkeyed.all(id, limit),
    unkeyedCount: () =>
      db
        .prepare<{ count: number }, []>(
          "SELECT count(*) AS count FROM media_item WHERE content_key IS NULL AND state <> 'gone'",
        )
        .get()?.count ?? 0,
    /** Whether more than so many have no key. */
    hasUnkeyed: (more: number): boolean =>
      db
        .prepare<{ id: number }, [number]>(
          "SELECT id FROM media_item WHERE content_key IS NULL AND state <> 'gone' LIMIT 1 OFFSET ?",
        )
        .get(more) !== null,
    withKey: (key: string) => withKey.all(key),
    goneOfSize: (sizeBytes: number) => goneOfSize.all(sizeBytes),
    insert: (of: Sighting, contentKey: string | null, nowMs: number): number =>
      insert.get(...sightingValues(of), contentKey, nowMs)?.id ?? 0,
    update: (
      id: number,
      of: Sighting,
      now: { readonly contentKey: string | null; readonly state: string; readonly reason: string | null },
    ) => void update.run(...sightingValues(of), now.contentKey, now.state, now.reason, id),
    /** Whether it was there. */
    setGone: (id: number, nowMs: number): boolean => setGone.run(nowMs, id).changes > 0,
    stateBefore: (id: number) => before.get(id)?.state_before ?? null,
    /** Whether the item is still the file that was read. */
    setKey: (id: number, etag: string, key: string): boolean => setKey.run(key, id, etag).changes > 0,
    setProbed: (id: number, etag: string, state: "ready" | "broken", reason: string | null): boolean =>
      setProbed.run(state, reason, id, etag).changes > 0,
    /** Gives an item that is gone a node that no file has, so that another can have its own. */
    parkNode: (id: number) => void setNode.run(-id, id),
    /** Whether a node was deleted, itself or with a folder above it, and can be restored. */
    isInTrash: (nodeId: number): boolean => inTrash.get(nodeId) !== null,
    setNode: (id: number, nodeId: number) => void setNode.run(nodeId, id),
    retryBroken: (libraryId: number): number[] =>
      db
        .prepare<{ id: number }, [number]>(
          "UPDATE media_item SET state = 'found', reason = NULL WHERE library_id = ? AND state = 'broken' RETURNING id",
        )
        .all(libraryId)
        .map(({ id }) => id),
    /** Items of a space whose nodes are not in the index any more. */
    missingAfter: (spaceId: number, id: number, limit: number) =>
      db
        .prepare<{ id: number; isMissing: number }, [number, number, number]>(
          `SELECT item.id, node.id IS NULL AS isMissing FROM media_item AS item LEFT JOIN node ON node.id = item.node_id
           WHERE item.space_id = ? AND item.state <> 'gone' AND item.id > ? ORDER BY item.id LIMIT ?`,
        )
        .all(spaceId, id, limit),
    /**
     * In order of id, what has been gone since before `plainMs` and fulfils no condition of `kept`; and what does since before `keptMs`,
     * when no file, not even one in the trash, can make it come back.
     */
    goneBefore: (of: GoneQuery): { id: number; libraryId: number }[] => {
      const isKept = of.kept.length === 0 ? "0" : of.kept.map((condition) => `(${condition})`).join(" OR ");
      return db
        .prepare<{ id: number; libraryId: number }, [number, string, number, number, number]>(
          `SELECT item.id, item.library_id AS libraryId FROM media_item AS item WHERE item.state = 'gone' AND item.id > ?
             AND item.space_id IN (SELECT value FROM json_each(?)) AND item.gone_at_ms < ? AND (NOT (${isKept})
               OR (item.gone_at_ms < ? AND NOT EXISTS (SELECT 1 FROM node WHERE node.id = item.node_id))) ORDER BY item.id LIMIT ?`,
        )
        .all(of.afterId, JSON.stringify(of.spaceIds), of.plainMs, of.keptMs, of.limit);
    },
    forget: (ids: readonly number[]) =>
      void db
        .prepare<never, [string]>("DELETE FROM media_item WHERE id IN (SELECT value FROM json_each(?))")
        .run(JSON.stringify(ids)),
    /** How far each space was followed. */
    seen: () => db.prepare<{ space_id: number; seq: number }, []>("SELECT * FROM media_seen").all(),
    setSeen: (spaceId: number, seq: number) =>
      void db
        .prepare<never, [number, number]>(
          "INSERT INTO media_seen VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq",
        )
        .run(spaceId, seq),
  };
}

export type ItemRows = ReturnType<typeof createItemRows>;

/** All SQL on libraries. */
export function createLibraryRows(db: Db) {
  const toLibrary = (row: RawLibrary): LibraryRow => ({
    id: row.id,
    name: row.name,
    kind: row.kind as LibraryKind,
    spaceId: row.space_id,
    folderId: row.folder_id,
    isOn: row.is_on === 1,
    isAutomatic: row.is_automatic === 1,
    removedAtMs: row.removed_at_ms,
    createdAtMs: row.created_at_ms,
  });
  return {
    all: (): LibraryRow[] => db.prepare<RawLibrary, []>("SELECT * FROM media_library ORDER BY id").all().map(toLibrary),
    insert: (of: Omit<LibraryRow, "id" | "removedAtMs">): number =>
      db
        .prepare<{ id: number }, Values>(
          `INSERT INTO media_library (name, kind, space_id, folder_id, is_on, is_automatic, created_at_ms)
           VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        )
        .get(of.name, of.kind, of.spaceId, of.folderId, Number(of.isOn), Number(of.isAutomatic), of.createdAtMs)?.id ??
      0,
    update: ({
      id,
      name,
      kind,
      isOn,
      spaceId,
      removedAtMs,
    }: Omit<LibraryRow, "folderId" | "isAutomatic" | "createdAtMs">) =>
      void db
        .prepare<never, Values>(
          "UPDATE media_library SET name = ?, kind = ?, is_on = ?, space_id = ?, removed_at_ms = ? WHERE id = ?",
        )
        .run(name, kind, Number(isOn), spaceId, removedAtMs, id),
    remove: (id: number) => void db.prepare<never, [number]>("DELETE FROM media_library WHERE id = ?").run(id),
  };
}

export type LibraryRows = ReturnType<typeof createLibraryRows>;
