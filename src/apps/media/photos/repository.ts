import type { Db } from "#platform/db";
import type { PhotoKind, TakenSource } from "./schemas.ts";

/** A file of a library of photos, as far as reading it needs to know. */
export interface PendingItem {
  readonly id: number;
  readonly nodeId: number;
  readonly folderId: number;
  readonly kind: "image" | "video";
  readonly path: string;
  readonly etag: string;
  readonly contentKey: string | null;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** Everything that is read from a file, its name and what lies beside it. */
export interface ReadPhoto {
  readonly itemId: number;
  /** Empty: from the name alone. */
  readonly readOf: string;
  readonly kind: PhotoKind;
  readonly taken: { readonly localMs: number; readonly offsetMinutes: number | null; readonly from: TakenSource };
  readonly width: number;
  readonly height: number;
  readonly ratio: string;
  readonly durationMs: number | null;
  readonly thumbhash: Uint8Array | null;
  readonly hash64: Uint8Array | null;
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
  readonly country: string | null;
  readonly camera: string | null;
  readonly lens: string | null;
  readonly exposureSeconds: number | null;
  readonly aperture: number | null;
  readonly iso: number | null;
  readonly focalMm: number | null;
  readonly description: string | null;
  readonly rating: number | null;
  readonly motion: { readonly offset: number; readonly bytes: number } | null;
  readonly contentId: string | null;
  readonly stackKey: string;
  readonly stackRank: number;
  readonly words: string;
  readonly problem: string | null;
}

type Value = string | number | null | Uint8Array;

const pendingColumns = `item.id, item.node_id AS nodeId, item.folder_id AS folderId, item.kind, item.path, item.etag,
  item.content_key AS contentKey, item.size_bytes AS sizeBytes, item.modified_at_ms AS modifiedAtMs`;
const ofPhotos = `JOIN media_library AS library ON library.id = item.library_id AND library.kind = 'photos' AND library.is_on`;

const columns = [
  ...["item_id", "read_of", "kind", "file_local_ms", "file_offset_minutes", "file_from", "width", "height", "ratio"],
  ...["duration_ms", "thumbhash", "hash64", "file_latitude", "file_longitude", "country", "camera", "lens"],
  ...["exposure_seconds", "aperture", "iso", "focal_mm", "description", "file_rating", "motion_offset", "motion_bytes"],
  ...["content_id", "stack_key", "stack_rank", "words", "problem"],
] as const;
/** Made of the others: see `settleEdits`, and `stacks.ts`. */
const derived = ["taken_local_ms", "taken_from", "day", "is_shown", "stack_id"] as const;

/** What is written of what was read; sights of people are in `views.ts`. */
export function createPhotoRows(db: Db) {
  const save = db.prepare<never, Value[]>(
    `INSERT INTO media_photo (${[...columns, ...derived].join(", ")})
     VALUES (${columns.map(() => "?").join(", ")}, ?, ?, 0, 1, ?)
     ON CONFLICT (item_id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(", ")}`,
  );
  const unknown = db.prepare<PendingItem, [number, number]>(
    `SELECT ${pendingColumns} FROM media_item AS item ${ofPhotos}
     WHERE item.kind IN ('image', 'video') AND item.state <> 'gone' AND item.id > ?
       AND NOT EXISTS (SELECT 1 FROM media_photo AS photo WHERE photo.item_id = item.id) ORDER BY item.id LIMIT ?`,
  );
  const unread = db.prepare<PendingItem, [string, number]>(
    `SELECT ${pendingColumns} FROM media_photo AS photo JOIN media_item AS item ON item.id = photo.item_id ${ofPhotos}
     WHERE photo.read_of = '' AND item.state <> 'gone' AND item.id NOT IN (SELECT value FROM json_each(?))
     ORDER BY photo.day DESC, photo.item_id DESC LIMIT ?`,
  );
  const touched = db.prepare<{ itemId: number; readOf: string; etag: string; path: string }, [string]>(
    `SELECT photo.item_id AS itemId, photo.read_of AS readOf, item.etag, item.path FROM media_photo AS photo
     JOIN media_item AS item ON item.id = photo.item_id WHERE photo.item_id IN (SELECT value FROM json_each(?))`,
  );
  const setUnread = db.prepare<never, [string]>(
    "UPDATE media_photo SET read_of = '' WHERE item_id IN (SELECT value FROM json_each(?))",
  );
  return {
    save: (photo: ReadPhoto): void => {
      const { taken, place, motion } = photo;
      const values: Value[] = [
        ...[photo.itemId, photo.readOf, photo.kind, taken.localMs, taken.offsetMinutes, taken.from],
        ...[photo.width, photo.height, photo.ratio, photo.durationMs, photo.thumbhash, photo.hash64],
        ...[place?.latitude ?? null, place?.longitude ?? null, photo.country, photo.camera, photo.lens],
        ...[photo.exposureSeconds, photo.aperture, photo.iso, photo.focalMm, photo.description, photo.rating],
        ...[motion?.offset ?? null, motion?.bytes ?? null, photo.contentId, photo.stackKey, photo.stackRank],
        ...[photo.words, photo.problem],
      ];
      save.run(...values, taken.localMs, taken.from, photo.itemId);
    },
    /** Not taken in at all yet. */
    unknownAfter: (id: number, limit: number) => unknown.all(id, limit),
    /** Known from their names alone, the newest first, but for these. */
    unread: (without: readonly number[], limit: number) => unread.all(JSON.stringify(without), limit),
    /** What was read of each, and what there is to read now. */
    touched: (ids: readonly number[]) => touched.all(JSON.stringify(ids)),
    setUnread: (ids: readonly number[]) => void setUnread.run(JSON.stringify(ids)),
    filmsOf: (ids: readonly number[]) =>
      db
        .prepare<{ id: number }, [string]>(
          "SELECT item_id AS id FROM media_photo WHERE kind = 'video' AND item_id IN (SELECT value FROM json_each(?))",
        )
        .all(JSON.stringify(ids))
        .map((row) => row.id),
    readAfter: (id: number, limit: number) =>
      db
        .prepare<{ id: number }, [number, number]>(
          "SELECT item_id AS id FROM media_photo WHERE read_of <> '' AND item_id > ? ORDER BY item_id LIMIT ?",
        )
        .all(id, limit)
        .map((row) => row.id),
    unreadCount: () =>
      db.prepare<{ count: number }, []>("SELECT count(*) AS count FROM media_photo WHERE read_of = ''").get()?.count ??
      0,
    /** Pictures in the folder of this item whose name begins like it: what an XMP file beside them is about. */
    besideSidecar: (sidecarId: number) =>
      db
        .prepare<{ id: number; path: string; sidecar: string }, [number]>(
          `SELECT item.id, item.path, sidecar.path AS sidecar FROM media_item AS sidecar
           JOIN media_item AS item ON item.folder_id = sidecar.folder_id AND item.kind IN ('image', 'video')
           WHERE sidecar.id = ? AND sidecar.kind = 'sidecar' LIMIT 20000`,
        )
        .all(sidecarId),
  };
}

export type PhotoRows = ReturnType<typeof createPhotoRows>;
