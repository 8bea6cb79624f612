import type { ItemFilter } from "#apps/media/library";
import type { Db } from "#platform/db";
import type { AlbumMember } from "./schemas.ts";

export interface AlbumRow {
  readonly id: number;
  readonly ownerId: number;
  readonly name: string;
  readonly order: "date" | "own";
  readonly coverId: number | null;
  readonly removedAtMs: number | null;
}

/** A picture in an album, whoever may see it. */
export interface AlbumEntry {
  readonly itemId: number;
  readonly nodeId: number;
  readonly spaceId: number;
  readonly libraryId: number;
  readonly addedBy: number;
  readonly takenLocalMs: number;
  readonly etag: string;
  readonly hasProblem: number;
}

const albumColumns =
  'album.id, album.owner_id AS ownerId, album.name, album.ordered_by AS "order", album.cover_id AS coverId, album.removed_at_ms AS removedAtMs';
/** Positions are so far apart at first, so that something fits between two. */
const step = 1024;

/** All SQL of albums. */
export function createAlbumRows(db: Db) {
  const entriesBy = (order: string) =>
    db.prepare<AlbumEntry, [number]>(
      `SELECT entry.item_id AS itemId, item.node_id AS nodeId, item.space_id AS spaceId, item.library_id AS libraryId,
         entry.added_by AS addedBy, photo.taken_local_ms AS takenLocalMs, item.etag,
         photo.problem IS NOT NULL AS hasProblem
       FROM media_photo_album_item AS entry JOIN media_item AS item ON item.id = entry.item_id
       JOIN media_photo AS photo ON photo.item_id = entry.item_id
       WHERE entry.album_id = ? AND item.state <> 'gone' ORDER BY ${order}`,
    );
  const byDate = entriesBy("photo.taken_local_ms DESC, photo.item_id DESC");
  const byPosition = entriesBy("entry.position, entry.item_id");
  const has = db.prepare<{ addedBy: number }, [number, number]>(
    "SELECT added_by AS addedBy FROM media_photo_album_item WHERE album_id = ? AND item_id = ?",
  );
  const ids = (values: readonly number[]) => JSON.stringify(values);
  return {
    get: (albumId: number): AlbumRow | undefined =>
      db
        .prepare<AlbumRow, [number]>(`SELECT ${albumColumns} FROM media_photo_album AS album WHERE id = ?`)
        .get(albumId) ?? undefined,
    /** Own ones, and those shared with the person or one of these groups. */
    reachable: (userId: number, groupIds: readonly number[]): AlbumRow[] =>
      db
        .prepare<AlbumRow, [number, number, string]>(
          `SELECT ${albumColumns} FROM media_photo_album AS album WHERE album.removed_at_ms IS NULL AND (album.owner_id = ? OR album.id IN (
             SELECT album_id FROM media_photo_album_member WHERE (kind = 'person' AND member_id = ?)
               OR (kind = 'group' AND member_id IN (SELECT value FROM json_each(?))))) ORDER BY album.name, album.id`,
        )
        .all(userId, userId, ids(groupIds)),
    members: (albumId: number): AlbumMember[] =>
      db
        .prepare<{ kind: "person" | "group"; id: number; contributes: number }, [number]>(
          "SELECT kind, member_id AS id, contributes FROM media_photo_album_member WHERE album_id = ? ORDER BY kind, member_id",
        )
        .all(albumId)
        .map((row) => ({ ...row, contributes: row.contributes === 1 })),
    entries: (album: Pick<AlbumRow, "id" | "order">) => (album.order === "own" ? byPosition : byDate).all(album.id),
    /** Of these items those that a condition on `item` lets pass. */
    within: (itemIds: readonly number[], { sql, params }: ItemFilter): number[] =>
      db
        .prepare<{ id: number }, (string | number)[]>(
          `SELECT item.id FROM media_item AS item WHERE item.id IN (SELECT value FROM json_each(?)) AND (${sql})`,
        )
        .all(ids(itemIds), ...params)
        .map(({ id }) => id),
    addedBy: (albumId: number, itemId: number) => has.get(albumId, itemId)?.addedBy,
    albumsOf: (itemId: number) =>
      db
        .prepare<{ albumId: number }, [number]>(
          "SELECT album_id AS albumId FROM media_photo_album_item WHERE item_id = ?",
        )
        .all(itemId)
        .map(({ albumId }) => albumId),
    create: (ownerId: number, name: string, nowMs: number): number =>
      db
        .prepare<{ id: number }, [number, string, number]>(
          "INSERT INTO media_photo_album (owner_id, name, ordered_by, created_at_ms) VALUES (?, ?, 'date', ?) RETURNING id",
        )
        .get(ownerId, name, nowMs)?.id ?? 0,
    save: ({ id, name, order, coverId, removedAtMs }: Omit<AlbumRow, "ownerId">) =>
      void db
        .prepare<never, (string | number | null)[]>(
          "UPDATE media_photo_album SET name = ?, ordered_by = ?, cover_id = ?, removed_at_ms = ? WHERE id = ?",
        )
        .run(name, order, coverId, removedAtMs, id),
    setMembers: (albumId: number, members: readonly AlbumMember[]) => {
      db.prepare<never, [number]>("DELETE FROM media_photo_album_member WHERE album_id = ?").run(albumId);
      const insert = db.prepare<never, [number, string, number, number]>(
        "INSERT OR REPLACE INTO media_photo_album_member VALUES (?, ?, ?, ?)",
      );
      for (const { kind, id, contributes } of members) insert.run(albumId, kind, id, contributes ? 1 : 0);
    },
    /** Those that were not in it. */
    add: (albumId: number, itemIds: readonly number[], userId: number, nowMs: number): number[] => {
      const last = db.prepare<{ last: number | null }, [number]>(
        "SELECT max(position) AS last FROM media_photo_album_item WHERE album_id = ?",
      );
      let position = last.get(albumId)?.last ?? 0;
      const insert = db.prepare<never, [number, number, number, number, number]>(
        "INSERT OR IGNORE INTO media_photo_album_item VALUES (?, ?, ?, ?, ?)",
      );
      return itemIds.filter((itemId) => {
        position += step;
        return insert.run(albumId, itemId, position, userId, nowMs).changes > 0;
      });
    },
    remove: (albumId: number, itemIds: readonly number[], addedBy: number | null): number[] =>
      db
        .prepare<{ id: number }, [number, string, number | null, number | null]>(
          `DELETE FROM media_photo_album_item WHERE album_id = ? AND item_id IN (SELECT value FROM json_each(?))
             AND (? IS NULL OR added_by = ?) RETURNING item_id AS id`,
        )
        .all(albumId, ids(itemIds), addedBy, addedBy)
        .map(({ id }) => id),
    /** Gives all entries of an album the positions of this order. */
    reorder: (albumId: number, itemIds: readonly number[]) => {
      const move = db.prepare<never, [number, number, number]>(
        "UPDATE media_photo_album_item SET position = ? WHERE album_id = ? AND item_id = ?",
      );
      for (const [index, itemId] of itemIds.entries()) move.run((index + 1) * step, albumId, itemId);
    },
    purgeRemoved: (beforeMs: number) =>
      void db.prepare<never, [number]>("DELETE FROM media_photo_album WHERE removed_at_ms < ?").run(beforeMs),
  };
}

export type AlbumRows = ReturnType<typeof createAlbumRows>;
