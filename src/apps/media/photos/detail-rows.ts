import type { Db } from "#platform/db";
import type { PhotoKind, TakenSource } from "./schemas.ts";

export interface DetailRow {
  readonly itemId: number;
  readonly nodeId: number;
  readonly spaceId: number;
  readonly libraryId: number;
  readonly state: string;
  readonly path: string;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly kind: PhotoKind;
  readonly day: number;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number | null;
  readonly takenLocalMs: number;
  readonly offsetMinutes: number | null;
  readonly takenFrom: TakenSource;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly country: string | null;
  readonly camera: string | null;
  readonly lens: string | null;
  readonly exposureSeconds: number | null;
  readonly aperture: number | null;
  readonly iso: number | null;
  readonly focalMm: number | null;
  readonly description: string | null;
  readonly rating: number | null;
  readonly motionOffset: number | null;
  readonly motionBytes: number | null;
  readonly motionItemId: number | null;
  readonly stackId: number;
  readonly problem: string | null;
}

const detailColumns = `photo.item_id AS itemId, item.node_id AS nodeId, item.space_id AS spaceId, item.library_id AS libraryId,
  item.state, item.path, item.etag, item.size_bytes AS sizeBytes, photo.kind, photo.day, photo.width, photo.height,
  photo.duration_ms AS durationMs, photo.taken_local_ms AS takenLocalMs, photo.offset_minutes AS offsetMinutes,
  photo.taken_from AS takenFrom, photo.latitude, photo.longitude, photo.country, photo.camera, photo.lens,
  photo.exposure_seconds AS exposureSeconds, photo.aperture, photo.iso, photo.focal_mm AS focalMm, photo.description,
  photo.rating, photo.motion_offset AS motionOffset, photo.motion_bytes AS motionBytes,
  photo.motion_item_id AS motionItemId, photo.stack_id AS stackId, photo.problem`;

export interface StackRow {
  readonly itemId: number;
  readonly path: string;
  readonly etag: string;
}

/** SQL about single pictures, and the marks of a person. */
export function createDetailRows(db: Db) {
  const get = db.prepare<DetailRow, [number]>(
    `SELECT ${detailColumns} FROM media_photo AS photo JOIN media_item AS item ON item.id = photo.item_id WHERE photo.item_id = ?`,
  );
  const mark = db.prepare<{ isFavourite: number; isArchived: number }, [number, number]>(
    `SELECT is_favourite AS isFavourite, is_archived AS isArchived FROM media_photo_mark WHERE user_id = ? AND item_id = ?`,
  );
  const setMark = db.prepare<never, [number, number, number, number]>(
    "INSERT OR REPLACE INTO media_photo_mark VALUES (?, ?, ?, ?)",
  );
  const stack = db.prepare<StackRow, [number]>(
    `SELECT photo.item_id AS itemId, item.path, item.etag FROM media_photo AS photo
     JOIN media_item AS item ON item.id = photo.item_id
     WHERE photo.stack_id = ? AND item.state <> 'gone' ORDER BY photo.is_shown DESC, item.path LIMIT 500`,
  );
  return {
    get: (itemId: number) => get.get(itemId) ?? undefined,
    markOf: (userId: number, itemId: number) => {
      const row = mark.get(userId, itemId);
      return { isFavourite: row?.isFavourite === 1, isArchived: row?.isArchived === 1 };
    },
    setMark: (userId: number, itemId: number, of: { readonly isFavourite: boolean; readonly isArchived: boolean }) =>
      void setMark.run(userId, itemId, of.isFavourite ? 1 : 0, of.isArchived ? 1 : 0),
    stack: (stackId: number) => stack.all(stackId),
    /** These, and everything that is shown as one of them. */
    withStacks: (itemIds: readonly number[]): number[] =>
      db
        .prepare<{ id: number }, [string]>(
          `SELECT other.item_id AS id FROM media_photo AS photo JOIN media_photo AS other ON other.stack_id = photo.stack_id
           WHERE photo.item_id IN (SELECT value FROM json_each(?)) ORDER BY other.item_id`,
        )
        .all(JSON.stringify(itemIds))
        .map(({ id }) => id),
  };
}

export type DetailRows = ReturnType<typeof createDetailRows>;
