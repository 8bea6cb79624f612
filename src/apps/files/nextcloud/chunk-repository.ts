import type { Db } from "#platform/db";
import type { Chunk } from "./chunk-names.ts";

export interface ChunkedUpload {
  readonly userId: number;
  /** The folder a client made for it. */
  readonly name: string;
  /** The upload of the storage that holds the bytes. */
  readonly uploadId: string;
  readonly totalBytes: number | null;
  /** The file it has become; null while it is under way. */
  readonly nodeId: number | null;
  readonly createdAtMs: number;
}

const columns = `user_id AS userId, name, upload_id AS uploadId, total_bytes AS totalBytes, node_id AS nodeId,
  created_at_ms AS createdAtMs`;

/** The caller syncs the database where an answer says that something is kept. */
export function createChunkRepository(db: Db) {
  const find = db.prepare<ChunkedUpload, [number, string]>(
    `SELECT ${columns} FROM nextcloud_upload WHERE user_id = ? AND name = ?`,
  );
  const ofUser = db.prepare<ChunkedUpload, [number]>(`SELECT ${columns} FROM nextcloud_upload WHERE user_id = ?`);
  const insert = db.prepare<never, [number, string, string, number | null, number]>(
    "INSERT INTO nextcloud_upload VALUES (?, ?, ?, ?, NULL, ?)",
  );
  const remove = db.prepare<never, [number, string]>("DELETE FROM nextcloud_upload WHERE user_id = ? AND name = ?");
  const finish = db.prepare<never, [number, number, string]>(
    "UPDATE nextcloud_upload SET node_id = ? WHERE user_id = ? AND name = ?",
  );
  const chunks = db.prepare<Chunk, [number, string]>(
    "SELECT name, offset_bytes AS offsetBytes, size_bytes AS sizeBytes FROM nextcloud_chunk WHERE user_id = ? AND upload = ?",
  );
  const putChunk = db.prepare<never, [number, string, string, number, number]>(
    "INSERT OR REPLACE INTO nextcloud_chunk VALUES (?, ?, ?, ?, ?)",
  );
  const removeChunk = db.prepare<never, [number, string, string]>(
    "DELETE FROM nextcloud_chunk WHERE user_id = ? AND upload = ? AND name = ?",
  );
  const removeChunks = db.prepare<never, [number, string]>(
    "DELETE FROM nextcloud_chunk WHERE user_id = ? AND upload = ?",
  );
  return {
    find: (userId: number, name: string) => find.get(userId, name) ?? undefined,
    ofUser: (userId: number) => ofUser.all(userId),
    insert: ({ userId, name, uploadId, totalBytes, createdAtMs }: Omit<ChunkedUpload, "nodeId">): void =>
      void insert.run(userId, name, uploadId, totalBytes, createdAtMs),
    remove: ({ userId, name }: ChunkedUpload): void =>
      db.transaction(() => {
        removeChunks.run(userId, name);
        remove.run(userId, name);
      }),
    finish: ({ userId, name }: ChunkedUpload, nodeId: number): void =>
      db.transaction(() => {
        removeChunks.run(userId, name);
        finish.run(nodeId, userId, name);
      }),
    chunks: ({ userId, name }: ChunkedUpload) => chunks.all(userId, name),
    putChunk: ({ userId, name: upload }: ChunkedUpload, { name, offsetBytes, sizeBytes }: Chunk): void =>
      void putChunk.run(userId, upload, name, offsetBytes, sizeBytes),
    /** False when there was none. */
    removeChunk: ({ userId, name: upload }: ChunkedUpload, name: string): boolean =>
      removeChunk.run(userId, upload, name).changes > 0,
  };
}
