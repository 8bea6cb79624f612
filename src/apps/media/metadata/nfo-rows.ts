import { type ItemFilter, itemsFrom } from "#apps/media/library";
import type { Db } from "#platform/db";

export interface NfoRunRow {
  readonly libraryId: number;
  readonly jobId: number;
  readonly state: "waiting" | "running" | "done" | "cancelled" | "failed";
  /** Id of the last work that was written. */
  readonly cursor: number;
  readonly doneCount: number;
  readonly totalCount: number;
  readonly writtenCount: number;
  readonly refusedCount: number;
  readonly busyMs: number;
}

export interface NfoProblemRow {
  readonly itemId: number;
  readonly nodeId: number;
  readonly libraryId: number;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What was written of the fields that people set, and what the file said before; by field. */
export type WrittenFields = Readonly<Record<string, { readonly value: unknown; readonly before: unknown }>>;

/** All SQL of NFO files that are written. */
export function createNfoRows(db: Db) {
  type Values = (string | number)[];
  const isOn = db.prepare<{ one: number }, [number]>("SELECT 1 AS one FROM media_nfo_library WHERE library_id = ?");
  const run = db.prepare<NfoRunRow, [number]>(
    `SELECT library_id AS libraryId, job_id AS jobId, state, cursor, done_count AS doneCount, total_count AS totalCount,
       written_count AS writtenCount, refused_count AS refusedCount, busy_ms AS busyMs FROM media_nfo_run WHERE library_id = ?`,
  );
  const written = db.prepare<{ fields: string }, [number]>("SELECT fields FROM media_nfo_written WHERE work_id = ?");
  const problem = db.prepare<{ line: number; message: string }, [number]>(
    "SELECT line, message FROM media_nfo_problem WHERE item_id = ?",
  );
  return {
    isOn: (libraryId: number): boolean => isOn.get(libraryId) !== null,
    setOn: (libraryId: number, on: boolean): void =>
      void db
        .prepare<never, [number]>(
          on
            ? "INSERT INTO media_nfo_library VALUES (?) ON CONFLICT DO NOTHING"
            : "DELETE FROM media_nfo_library WHERE library_id = ?",
        )
        .run(libraryId),
    run: (libraryId: number) => run.get(libraryId) ?? undefined,
    saveRun: (row: NfoRunRow): void =>
      void db
        .prepare<never, Values>("INSERT OR REPLACE INTO media_nfo_run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .run(
          ...[row.libraryId, row.jobId, row.state, row.cursor, row.doneCount, row.totalCount],
          ...[row.writtenCount, row.refusedCount, row.busyMs],
        ),
    written: (workId: number): WrittenFields => {
      const row = written.get(workId);
      return row === null ? {} : (JSON.parse(row.fields) as WrittenFields);
    },
    setWritten: (workId: number, fields: WrittenFields): void =>
      void db
        .prepare<never, [number, string]>(
          `INSERT INTO media_nfo_written SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM media_work WHERE id = ?1)
             ON CONFLICT DO UPDATE SET fields = excluded.fields`,
        )
        .run(workId, JSON.stringify(fields)),
    hasProblem: (itemId: number): boolean => problem.get(itemId) !== null,
    /** Undefined: nothing is wrong with it any more. */
    setProblem: (itemId: number, found: { readonly line: number; readonly message: string } | undefined): void => {
      const known = problem.get(itemId);
      if (known?.line === found?.line && known?.message === found?.message) return;
      if (found === undefined) {
        db.prepare<never, [number]>("DELETE FROM media_nfo_problem WHERE item_id = ?").run(itemId);
        return;
      }
      db.prepare<never, [number, number, string]>(
        "INSERT OR REPLACE INTO media_nfo_problem SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM media_item WHERE id = ?1)",
      ).run(itemId, found.line, found.message);
    },
    problems: (
      { sql, params }: ItemFilter,
      limit: number,
      offset: number,
    ): { problems: NfoProblemRow[]; total: number } => {
      const from = `FROM ${itemsFrom} JOIN media_nfo_problem AS problem ON problem.item_id = item.id WHERE (${sql})`;
      const total =
        db.prepare<{ total: number }, Values>(`SELECT count(*) AS total ${from}`).get(...params)?.total ?? 0;
      const problems = db
        .prepare<NfoProblemRow, Values>(
          `SELECT item.id AS itemId, item.node_id AS nodeId, item.library_id AS libraryId, item.path, problem.line, problem.message
             ${from} ORDER BY item.library_id, item.path LIMIT ? OFFSET ?`,
        )
        .all(...params, limit, offset);
      return { problems, total };
    },
  };
}

export type NfoRows = ReturnType<typeof createNfoRows>;
