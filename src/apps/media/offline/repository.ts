import type { Db } from "#platform/db";

export type CopyState = "waiting" | "making" | "ready" | "failed";

export interface CopyRow {
  readonly id: number;
  readonly key: string;
  readonly contentKey: string;
  /** JSON of `CopyRecipe`. */
  readonly recipe: string;
  readonly state: CopyState;
  readonly reason: string | null;
  readonly attempts: number;
  readonly sizeBytes: number;
  readonly readyAtMs: number | null;
  readonly createdAtMs: number;
}

/** A copy that somebody asked for. */
export interface RequestedCopy extends CopyRow {
  readonly itemId: number;
  readonly atMs: number;
}

const columns = `copy.id, copy.key, copy.content_key AS contentKey, copy.recipe, copy.state, copy.reason, copy.attempts,
  copy.size_bytes AS sizeBytes, copy.ready_at_ms AS readyAtMs, copy.created_at_ms AS createdAtMs`;
const requested = `SELECT ${columns}, request.item_id AS itemId, request.at_ms AS atMs
  FROM media_offline_request request JOIN media_offline_copy copy ON copy.id = request.copy_id`;
const maxListed = 500;

export type OfflineRows = ReturnType<typeof createOfflineRows>;

/** All SQL on offline copies. */
export function createOfflineRows(db: Db) {
  const byId = db.prepare<CopyRow, [number]>(`SELECT ${columns} FROM media_offline_copy copy WHERE id = ?`);
  const byKey = db.prepare<CopyRow, [string]>(`SELECT ${columns} FROM media_offline_copy copy WHERE key = ?`);
  const add = db.prepare<{ id: number }, [string, string, string, number, number]>(
    `INSERT INTO media_offline_copy (key, content_key, recipe, state, size_bytes, created_at_ms)
     VALUES (?, ?, ?, 'waiting', ?, ?) RETURNING id`,
  );
  const addRequest = db.prepare<never, [number, number, number, number]>(
    `INSERT INTO media_offline_request (copy_id, user_id, item_id, at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET item_id = excluded.item_id, at_ms = excluded.at_ms`,
  );
  const own = db.prepare<RequestedCopy, [number, number]>(
    `${requested} WHERE request.user_id = ? AND request.copy_id = ?`,
  );
  const ofPerson = db.prepare<RequestedCopy, [number, number]>(
    `${requested} WHERE request.user_id = ? ORDER BY request.at_ms DESC, copy.id DESC LIMIT ?`,
  );
  const drop = db.prepare<never, [number, number]>(
    "DELETE FROM media_offline_request WHERE user_id = ? AND copy_id = ?",
  );
  const requests = db.prepare<{ userId: number; itemId: number }, [number]>(
    "SELECT user_id AS userId, item_id AS itemId FROM media_offline_request WHERE copy_id = ? ORDER BY at_ms",
  );
  const next = db.prepare<CopyRow, []>(
    `SELECT ${columns} FROM media_offline_copy copy WHERE state IN ('waiting', 'making') ORDER BY id LIMIT 1`,
  );
  const begin = db.prepare<never, [number]>(
    "UPDATE media_offline_copy SET state = 'making', attempts = attempts + 1, reason = NULL WHERE id = ?",
  );
  const settle = db.prepare<never, [CopyState, string | null, number, number | null, number]>(
    "UPDATE media_offline_copy SET state = ?, reason = ?, size_bytes = ?, ready_at_ms = ? WHERE id = ?",
  );
  const again = db.prepare<never, [number, number, number]>(
    `UPDATE media_offline_copy SET state = 'waiting', reason = NULL, attempts = 0, size_bytes = ?, created_at_ms = ?,
       ready_at_ms = NULL WHERE id = ?`,
  );
  const interrupted = db.prepare<never, [number]>(
    "UPDATE media_offline_copy SET state = 'waiting', attempts = attempts - 1 WHERE id = ? AND state = 'making'",
  );
  const forget = db.prepare<never, [number]>("DELETE FROM media_offline_copy WHERE id = ?");
  const outdated = db.prepare<CopyRow, [number, number]>(
    `SELECT ${columns} FROM media_offline_copy copy
     WHERE ready_at_ms <= ? OR (state = 'failed' AND created_at_ms <= ?)
        OR NOT EXISTS (SELECT 1 FROM media_offline_request request WHERE request.copy_id = copy.id) LIMIT 200`,
  );
  const used = db.prepare<{ bytes: number }, []>(
    "SELECT coalesce(sum(size_bytes), 0) AS bytes FROM media_offline_copy WHERE state <> 'failed'",
  );
  return {
    find: (id: number) => byId.get(id) ?? undefined,
    findByKey: (key: string) => byKey.get(key) ?? undefined,
    /** Its id. */
    add: (key: string, contentKey: string, recipe: string, sizeBytes: number, nowMs: number): number =>
      add.get(key, contentKey, recipe, sizeBytes, nowMs)?.id ?? 0,
    request: (copyId: number, userId: number, itemId: number, nowMs: number) =>
      void addRequest.run(copyId, userId, itemId, nowMs),
    own: (userId: number, copyId: number) => own.get(userId, copyId) ?? undefined,
    ofPerson: (userId: number) => ofPerson.all(userId, maxListed),
    drop: (userId: number, copyId: number) => void drop.run(userId, copyId),
    /** Who asked for a copy, and by which item. */
    requests: (copyId: number) => requests.all(copyId),
    next: () => next.get() ?? undefined,
    begin: (id: number) => void begin.run(id),
    settle: (id: number, state: CopyState, reason: string | null, sizeBytes: number, readyAtMs: number | null) =>
      void settle.run(state, reason, sizeBytes, readyAtMs, id),
    /** One that failed, or whose file is lost, is made again. */
    again: (id: number, sizeBytes: number, nowMs: number) => void again.run(sizeBytes, nowMs, id),
    /** The server stops: this time does not count. */
    interrupted: (id: number) => void interrupted.run(id),
    forget: (id: number) => void forget.run(id),
    /** Ready or failed before a time, or wanted by nobody any more. */
    outdated: (beforeMs: number) => outdated.all(beforeMs, beforeMs),
    /** Of what is kept and what is to be made. */
    usedBytes: () => used.get()?.bytes ?? 0,
  };
}
