import { type Db, queries } from "#platform/db";

interface UploadTable {
  id: string;
  user_id: number;
  place_id: number;
  path: string;
  size_bytes: number;
  modified_at_ms: number | null;
  note: string;
  expires_at_ms: number;
}
const sql = queries<{ place_upload: UploadTable }>();

export interface UploadRow {
  readonly id: string;
  readonly userId: number;
  readonly placeId: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number | null;
  /** What the protocol remembers. */
  readonly note: string;
  readonly expiresAtMs: number;
}

export function createUploadRepository(db: Db) {
  const select = () => sql.selectFrom("place_upload").selectAll();
  return {
    byId: (id: string): UploadRow | undefined => db.all<UploadTable>(select().where("id", "=", id)).map(uploadOf)[0],
    expiredAt: (nowMs: number): UploadRow[] =>
      db.all<UploadTable>(select().where("expires_at_ms", "<=", nowMs).limit(100)).map(uploadOf),
    insert: (row: UploadRow): void => {
      const { id, userId, placeId, path, sizeBytes, modifiedAtMs, note, expiresAtMs } = row;
      const where = { id, user_id: userId, place_id: placeId, path, size_bytes: sizeBytes };
      db.run(
        sql
          .insertInto("place_upload")
          .values({ ...where, modified_at_ms: modifiedAtMs, note, expires_at_ms: expiresAtMs }),
      );
    },
    remove: (id: string): void => {
      db.run(sql.deleteFrom("place_upload").where("id", "=", id));
    },
  };
}

function uploadOf(row: UploadTable): UploadRow {
  const { id, path, note } = row;
  const numbers = { userId: row.user_id, placeId: row.place_id, sizeBytes: row.size_bytes };
  return { ...numbers, id, path, note, modifiedAtMs: row.modified_at_ms, expiresAtMs: row.expires_at_ms };
}
