import type { Db } from "#platform/db";

export interface ScanRow {
  readonly libraryId: number;
  readonly jobId: number | null;
  readonly state: "waiting" | "running" | "done" | "cancelled" | "failed";
  /** Id of the last folder that was compared. */
  readonly cursor: number;
  readonly doneCount: number;
  readonly totalCount: number;
  readonly busyMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly reason: string | null;
}

/** A file of a folder, beside the item that stands for it. */
export interface Compared {
  readonly id: number;
  readonly fold: string;
  readonly name: string;
  readonly differs: number;
}

export interface FolderBelow {
  readonly id: number;
  /** Below the library; ends with `/` unless it is empty. */
  readonly prefix: string;
}

/** All SQL of scans. */
export function createScanRows(db: Db) {
  const columns = `library_id AS libraryId, job_id AS jobId, state, cursor, done_count AS doneCount, total_count AS totalCount,
    busy_ms AS busyMs, started_at_ms AS startedAtMs, finished_at_ms AS finishedAtMs, reason`;
  const get = db.prepare<ScanRow, [number]>(`SELECT ${columns} FROM media_scan WHERE library_id = ?`);
  const save = db.prepare<never, (string | number | null)[]>(
    `INSERT INTO media_scan VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET job_id = excluded.job_id, state = excluded.state, cursor = excluded.cursor,
       done_count = excluded.done_count, total_count = excluded.total_count, busy_ms = excluded.busy_ms,
       started_at_ms = excluded.started_at_ms, finished_at_ms = excluded.finished_at_ms, reason = excluded.reason`,
  );
  const compare = db.prepare<Compared, (string | number)[]>(
    `SELECT node.id, node.fold, node.name, (item.id IS NULL OR item.node_etag <> node.etag OR item.library_id <> ?
         OR item.folder_id <> node.parent_id OR item.state = 'gone' OR item.path <> ? || node.name) AS differs
       FROM node LEFT JOIN media_item AS item ON item.node_id = node.id
       WHERE node.parent_id = ? AND node.kind = 0 AND (node.fold, node.name) > (?, ?)
       ORDER BY node.fold, node.name LIMIT ?`,
  );
  const folders = db.prepare<FolderBelow, [number]>(
    `WITH RECURSIVE below(id, prefix) AS (SELECT ?1, ''
       UNION ALL SELECT node.id, below.prefix || node.name || '/' FROM node JOIN below ON node.parent_id = below.id
         WHERE node.kind = 1 AND node.name NOT LIKE '.%')
     SELECT id, prefix FROM below ORDER BY id`,
  );
  const placed = db.prepare<
    { id: number; nodeId: number; folderId: number; isThere: number },
    [number, number, number]
  >(
    `SELECT item.id, item.node_id AS nodeId, item.folder_id AS folderId, coalesce(node.parent_id = item.folder_id, 0) AS isThere
       FROM media_item AS item LEFT JOIN node ON node.id = item.node_id
       WHERE item.library_id = ? AND item.state <> 'gone' AND item.id > ? ORDER BY item.id LIMIT ?`,
  );
  return {
    get: (libraryId: number) => get.get(libraryId) ?? undefined,
    save: (row: ScanRow) =>
      void save.run(
        ...[row.libraryId, row.jobId, row.state, row.cursor, row.doneCount, row.totalCount, row.busyMs],
        ...[row.startedAtMs, row.finishedAtMs, row.reason],
      ),
    /** The next files of a folder in their order. */
    compare: (libraryId: number, folder: FolderBelow, after: readonly [string, string], limit: number) =>
      compare.all(libraryId, folder.prefix, folder.id, ...after, limit),
    folders: (folderId: number) => folders.all(folderId),
    /** Items of a library, and whether their files are still where they were. */
    placedAfter: (libraryId: number, id: number, limit: number) => placed.all(libraryId, id, limit),
  };
}

export type ScanRows = ReturnType<typeof createScanRows>;
