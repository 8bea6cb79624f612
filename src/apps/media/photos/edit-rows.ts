import type { Db } from "#platform/db";
import { dayOf } from "./moment.ts";
import { cellOf } from "./place.ts";
import type { Edit, TakenSource } from "./schemas.ts";

interface SaidRow {
  readonly itemId: number;
  readonly fileLocalMs: number;
  readonly fileOffset: number | null;
  readonly fileFrom: TakenSource;
  readonly fileLatitude: number | null;
  readonly fileLongitude: number | null;
  readonly fileRating: number | null;
  readonly hasTaken: number | null;
  readonly editLocalMs: number | null;
  readonly editOffset: number | null;
  readonly hasPlace: number | null;
  readonly editLatitude: number | null;
  readonly editLongitude: number | null;
  readonly hasRating: number | null;
  readonly editRating: number | null;
}

/** What people have set by hand, and what holds because of it. */
export function createEditRows(db: Db) {
  const said = db.prepare<SaidRow, [string]>(
    `SELECT photo.item_id AS itemId, photo.file_local_ms AS fileLocalMs, photo.file_offset_minutes AS fileOffset,
       photo.file_from AS fileFrom, photo.file_latitude AS fileLatitude, photo.file_longitude AS fileLongitude,
       photo.file_rating AS fileRating, edit.has_taken AS hasTaken, edit.taken_local_ms AS editLocalMs,
       edit.offset_minutes AS editOffset, edit.has_place AS hasPlace, edit.latitude AS editLatitude,
       edit.longitude AS editLongitude, edit.has_rating AS hasRating, edit.rating AS editRating
     FROM media_photo AS photo LEFT JOIN media_photo_edit AS edit ON edit.item_id = photo.item_id
     WHERE photo.item_id IN (SELECT value FROM json_each(?))`,
  );
  const settle = db.prepare<never, (string | number | null)[]>(
    `UPDATE media_photo SET taken_local_ms = ?, offset_minutes = ?, taken_from = ?, day = ?, latitude = ?, longitude = ?,
       cell_x = ?, cell_y = ?, rating = ? WHERE item_id = ?`,
  );
  const save = db.prepare<never, (string | number | null)[]>(
    "INSERT OR REPLACE INTO media_photo_edit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const rowsOf = (itemIds: readonly number[]) => said.all(JSON.stringify(itemIds));

  /** Brings what holds up to date with what the files say and what people have set; a part of the caller's transaction. */
  const settleEdits = (itemIds: readonly number[]): void => {
    for (const row of rowsOf(itemIds)) {
      const isSet = row.hasTaken === 1 && row.editLocalMs !== null;
      const localMs = isSet ? (row.editLocalMs ?? 0) : row.fileLocalMs;
      const latitude = row.hasPlace === 1 ? row.editLatitude : row.fileLatitude;
      const longitude = row.hasPlace === 1 ? row.editLongitude : row.fileLongitude;
      const cell = latitude === null || longitude === null ? null : cellOf(latitude, longitude);
      settle.run(
        ...[localMs, isSet ? row.editOffset : row.fileOffset, isSet ? "person" : row.fileFrom, dayOf(localMs)],
        ...[latitude, longitude, cell?.x ?? null, cell?.y ?? null],
        ...[row.hasRating === 1 ? row.editRating : row.fileRating, row.itemId],
      );
    }
  };
  return {
    settleEdits,
    /** What is set now, in the form that sets it again. */
    editsOf: (itemIds: readonly number[]): Edit[] =>
      rowsOf(itemIds).map((row) => ({
        itemId: row.itemId,
        taken:
          row.hasTaken === 1 && row.editLocalMs !== null
            ? { localMs: row.editLocalMs, offsetMinutes: row.editOffset }
            : null,
        place:
          row.hasPlace === 1 && row.editLatitude !== null && row.editLongitude !== null
            ? { latitude: row.editLatitude, longitude: row.editLongitude }
            : null,
        rating: row.hasRating === 1 ? row.editRating : null,
      })),
    /** The date that holds now. */
    takenNow: (itemIds: readonly number[]) =>
      db
        .prepare<{ itemId: number; localMs: number; offsetMinutes: number | null }, [string]>(
          `SELECT item_id AS itemId, taken_local_ms AS localMs, offset_minutes AS offsetMinutes FROM media_photo
           WHERE item_id IN (SELECT value FROM json_each(?))`,
        )
        .all(JSON.stringify(itemIds)),
    /** A part of the caller's transaction. What is absent stays as it was. */
    saveEdits: (edits: readonly Edit[], userId: number, nowMs: number): void => {
      const before = new Map(rowsOf(edits.map(({ itemId }) => itemId)).map((row) => [row.itemId, row]));
      for (const { itemId, taken, place, rating } of edits) {
        const row = before.get(itemId);
        if (row === undefined) continue;
        const date =
          taken === undefined
            ? [row.hasTaken ?? 0, row.editLocalMs, row.editOffset]
            : [taken === null ? 0 : 1, taken?.localMs ?? null, taken?.offsetMinutes ?? null];
        const where =
          place === undefined
            ? [row.hasPlace ?? 0, row.editLatitude, row.editLongitude]
            : [place === null ? 0 : 1, place?.latitude ?? null, place?.longitude ?? null];
        const stars = rating === undefined ? [row.hasRating ?? 0, row.editRating] : [rating === null ? 0 : 1, rating];
        save.run(itemId, ...date, ...where, ...stars, userId, nowMs);
      }
      settleEdits(edits.map(({ itemId }) => itemId));
    },
  };
}

export type EditRows = ReturnType<typeof createEditRows>;
