import type { Db } from "#platform/db";
import type { PhotoKind } from "./schemas.ts";
import { allOf, type Condition, photosFrom } from "./sight.ts";

/** Pictures of one day of a view, in its order. */
export interface DayRow {
  /** 20240131; 0 for a view that is not in the order of time. */
  readonly day: number;
  readonly count: number;
  readonly ratios: string;
}

/** A picture in a column. */
export interface CellRow {
  readonly itemId: number;
  readonly thumbhash: Uint8Array | null;
  readonly kind: PhotoKind;
  readonly etag: string;
  readonly isFavourite: number | null;
  readonly isArchived: number | null;
  readonly hasStack: number;
  readonly hasProblem: number;
}

const byTime = "photo.taken_local_ms DESC, photo.item_id DESC";
const byAdding = "item.added_at_ms DESC, photo.item_id DESC";
/** What has come lately, and no more: it is one row of pictures that is laid out as a whole. */
const maxRecent = 1000;

const cellColumns = `photo.item_id AS itemId, photo.thumbhash, photo.kind, item.etag, mark.is_favourite AS isFavourite,
  mark.is_archived AS isArchived, photo.problem IS NOT NULL AS hasProblem,
  EXISTS (SELECT 1 FROM media_photo AS other WHERE other.stack_id = photo.item_id AND other.item_id <> photo.item_id
    AND other.item_id IS NOT photo.motion_item_id) AS hasStack`;

/** All SQL of views; one query each. */
export function createViewRows(db: Db) {
  const all = <Row>(sql: string, params: readonly (string | number)[]) =>
    db.prepare<Row, (string | number)[]>(sql).all(...params);
  return {
    days: (userId: number, { sql, params }: Condition): DayRow[] =>
      all(
        `SELECT photo.day, count(*) AS count, group_concat(photo.ratio, '' ORDER BY ${byTime}) AS ratios
         FROM ${photosFrom} WHERE ${sql} GROUP BY photo.day ORDER BY photo.day DESC`,
        [userId, ...params],
      ),
    cells: (userId: number, month: { readonly from: number; readonly to: number }, condition: Condition): CellRow[] => {
      const { sql, params } = allOf({ sql: "photo.day BETWEEN ? AND ?", params: [month.from, month.to] }, condition);
      return all(`SELECT ${cellColumns} FROM ${photosFrom} WHERE ${sql} ORDER BY ${byTime}`, [userId, ...params]);
    },
    recent: (userId: number, { sql, params }: Condition): (CellRow & { readonly ratio: string })[] =>
      all(
        `SELECT ${cellColumns}, photo.ratio FROM ${photosFrom} WHERE ${sql} ORDER BY ${byAdding} LIMIT ${maxRecent}`,
        [userId, ...params],
      ),
    /** In the order of the ids. */
    cellsOf: (
      userId: number,
      itemIds: readonly number[],
    ): (CellRow & { readonly ratio: string; readonly day: number })[] =>
      all(
        `SELECT ${cellColumns}, photo.ratio, photo.day FROM json_each(?) AS wanted
         JOIN media_photo AS photo ON photo.item_id = wanted.value
         JOIN media_item AS item ON item.id = photo.item_id
         LEFT JOIN media_photo_mark AS mark ON mark.user_id = ? AND mark.item_id = photo.item_id ORDER BY wanted.key`,
        [JSON.stringify(itemIds), userId],
      ),
    count: (userId: number, { sql, params }: Condition): number =>
      all<{ count: number }>(`SELECT count(*) AS count FROM ${photosFrom} WHERE ${sql}`, [userId, ...params])[0]
        ?.count ?? 0,
    years: (userId: number, { sql, params }: Condition) =>
      all<{ year: number; count: number; coverId: number; etag: string; best: number }>(
        `SELECT photo.day / 10000 AS year, count(*) AS count, photo.item_id AS coverId, item.etag,
           max(coalesce(mark.is_favourite, 0) * 10 + coalesce(photo.rating, 0)) AS best
         FROM ${photosFrom} WHERE photo.problem IS NULL AND ${sql} GROUP BY year ORDER BY year DESC`,
        [userId, ...params],
      ),
    clusters: (userId: number, shift: number, limit: number, { sql, params }: Condition) =>
      all<{ x: number; y: number; count: number; latitude: number; longitude: number; itemId: number; etag: string }>(
        `SELECT photo.cell_x >> ? AS x, photo.cell_y >> ? AS y, count(*) AS count, avg(photo.latitude) AS latitude,
           avg(photo.longitude) AS longitude, photo.item_id AS itemId, item.etag, max(photo.taken_local_ms) AS newest
         FROM ${photosFrom} WHERE photo.cell_x IS NOT NULL AND photo.problem IS NULL AND ${sql} GROUP BY x, y ORDER BY count DESC LIMIT ?`,
        [shift, shift, userId, ...params, limit],
      ),
    hashes: (userId: number, { sql, params }: Condition) =>
      all<HashRow>(
        `SELECT photo.item_id AS itemId, photo.hash64, photo.ratio, photo.width, photo.height, item.size_bytes AS sizeBytes,
           coalesce(mark.is_favourite, 0) AS isFavourite, coalesce(photo.rating, 0) AS rating
         FROM ${photosFrom} WHERE photo.hash64 IS NOT NULL AND photo.kind <> 'video' AND ${sql}`,
        [userId, ...params],
      ),
    problems: (userId: number, limit: number, { sql, params }: Condition) =>
      all<{ itemId: number; nodeId: number; path: string; reason: string }>(
        `SELECT photo.item_id AS itemId, item.node_id AS nodeId, item.path, photo.problem AS reason
         FROM ${photosFrom} WHERE photo.problem IS NOT NULL AND ${sql} ORDER BY item.path LIMIT ?`,
        [userId, ...params, limit],
      ),
  };
}

export interface HashRow {
  readonly itemId: number;
  readonly hash64: Uint8Array;
  readonly ratio: string;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
  readonly isFavourite: number;
  readonly rating: number;
}

export type ViewRows = ReturnType<typeof createViewRows>;
