import type { Db } from "#platform/db";
import type { Lane } from "./kind.ts";

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  readonly id: number;
  readonly kind: string;
  readonly lane: Lane;
  readonly state: JobState;
  readonly attempts: number;
  readonly done: number;
  readonly total: number;
  /** Why it failed, or why its last run did. */
  readonly error: string | null;
  readonly runAtMs: number;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

export interface ClaimedJob extends Job {
  readonly payload: string;
  readonly maxAttempts: number;
}

export interface NewJob {
  readonly kind: string;
  readonly lane: Lane;
  readonly payload: string;
  readonly dedupeKey: string | null;
  readonly maxAttempts: number;
  readonly runAtMs: number;
  readonly nowMs: number;
}

const columns = `id, kind, lane, state, attempts, progress_done AS done, progress_total AS total, error,
  run_at_ms AS runAtMs, created_at_ms AS createdAtMs, started_at_ms AS startedAtMs, finished_at_ms AS finishedAtMs`;
/** A lease that ran out belongs to a process that died; our own is only late, and its run still goes on. */
const orphaned = "state = 'running' AND lease_until_ms <= :nowMs AND lease_owner <> :owner";
const due = `((state = 'queued' AND run_at_ms <= :nowMs) OR (${orphaned}))`;
const unlease = "lease_owner = NULL, lease_until_ms = NULL";
const mine = "id = :id AND lease_owner = :owner AND state = 'running'";
const sweepBatch = 1000;

export type JobsRepository = ReturnType<typeof createJobsRepository>;

type Values = Readonly<Record<string, string | number | null>>;
interface Sql {
  /** Whether the statement touched a row. */
  run(sql: string, values: Values): boolean;
  get<Row>(sql: string, values: Values): Row | undefined;
  all<Row>(sql: string, values: Values): Row[];
}

/** All SQL of the queue, for one instance of the program, `owner`. Each method is one statement, so instances cannot interleave. */
export function createJobsRepository(db: Db, owner: string) {
  const sql: Sql = {
    run: (text, values) => db.prepare<unknown, [Values]>(text).run(values).changes > 0,
    get: <Row>(text: string, values: Values) => db.prepare<Row, [Values]>(text).get(values) ?? undefined,
    all: <Row>(text: string, values: Values) => db.prepare<Row, [Values]>(text).all(values),
  };
  return { ...queueStatements(sql), ...dueStatements(sql, owner), ...leaseStatements(sql, owner) };
}

/** What anybody may ask of a job. */
function queueStatements({ run, get, all }: Sql) {
  return {
    insert: (job: NewJob) =>
      get<{ id: number }>(
        `INSERT INTO job (kind, lane, payload, dedupe_key, state, max_attempts, run_at_ms, created_at_ms)
         VALUES (:kind, :lane, :payload, :dedupeKey, 'queued', :maxAttempts, :runAtMs, :nowMs)
         ON CONFLICT DO NOTHING RETURNING id`,
        { ...job },
      )?.id,
    findOpen: (kind: string, dedupeKey: string) =>
      get<{ id: number }>(
        "SELECT id FROM job WHERE kind = :kind AND dedupe_key = :dedupeKey AND state IN ('queued', 'running')",
        { kind, dedupeKey },
      )?.id,
    find: (id: number) => get<Job>(`SELECT ${columns} FROM job WHERE id = :id`, { id }),
    list: (limit: number) =>
      all<Job>(`SELECT ${columns} FROM job ORDER BY state IN ('queued', 'running') DESC, id DESC LIMIT :limit`, {
        limit,
      }),
    cancelQueued: (id: number, nowMs: number) =>
      run("UPDATE job SET state = 'cancelled', finished_at_ms = :nowMs WHERE id = :id AND state = 'queued'", {
        id,
        nowMs,
      }),
    requestCancel: (id: number) =>
      run("UPDATE job SET cancel_requested = 1 WHERE id = :id AND state = 'running'", { id }),
    isCancelRequested: (id: number) =>
      get("SELECT 1 FROM job WHERE id = :id AND cancel_requested = 1", { id }) !== undefined,
    failUnknownKinds: (names: readonly string[], nowMs: number) =>
      run(
        `UPDATE job SET state = 'failed', error = 'this version has no such job', finished_at_ms = :nowMs, ${unlease}
         WHERE state IN ('queued', 'running') AND kind NOT IN (SELECT value FROM json_each(:names))`,
        { names: JSON.stringify(names), nowMs },
      ),
    deleteFinishedBefore: (timeMs: number) =>
      run(`DELETE FROM job WHERE id IN (SELECT id FROM job WHERE finished_at_ms < :timeMs LIMIT ${sweepBatch})`, {
        timeMs,
      }),
  };
}

/** What is due for this instance. */
function dueStatements({ run, get }: Sql, owner: string) {
  return {
    /** Takes the oldest due job of a lane. */
    claim: (lane: Lane, nowMs: number, leaseUntilMs: number) =>
      get<ClaimedJob>(
        `UPDATE job SET state = 'running', attempts = attempts + 1, lease_owner = :owner, lease_until_ms = :leaseUntilMs,
           started_at_ms = :nowMs, progress_done = 0, progress_total = 0
         WHERE id = (SELECT id FROM job WHERE lane = :lane AND ${due} ORDER BY run_at_ms, id LIMIT 1)
         RETURNING ${columns}, payload, max_attempts AS maxAttempts`,
        { owner, lane, nowMs, leaseUntilMs },
      ),
    isDue: (lane: Lane, nowMs: number) =>
      get(`SELECT 1 FROM job WHERE lane = :lane AND ${due} LIMIT 1`, { lane, nowMs, owner }) !== undefined,
    endOtherLeases: (nowMs: number) =>
      run("UPDATE job SET lease_until_ms = :nowMs WHERE state = 'running' AND lease_owner <> :owner", { nowMs, owner }),
    /** A job that was running each time its process died is not tried for ever; a cancelled one not again. */
    failExhausted: (nowMs: number, error: string) =>
      run(
        `UPDATE job SET state = CASE cancel_requested WHEN 1 THEN 'cancelled' ELSE 'failed' END, error = :error,
           finished_at_ms = :nowMs, ${unlease}
         WHERE ${orphaned} AND (attempts >= max_attempts OR cancel_requested = 1)`,
        { nowMs, owner, error },
      ),
    /** When something that is not yet due becomes due. */
    nextDueAtMs: (nowMs: number) =>
      get<{ at: number | null }>(
        `SELECT min(at) AS at FROM (
           SELECT min(run_at_ms) AS at FROM job WHERE state = 'queued' AND run_at_ms > :nowMs
           UNION ALL SELECT min(lease_until_ms) FROM job WHERE state = 'running' AND lease_owner <> :owner AND lease_until_ms > :nowMs
           UNION ALL SELECT min(next_at_ms) FROM job_schedule)`,
        { nowMs, owner },
      )?.at ?? undefined,
  };
}

/** What only the holder of the lease may write. */
function leaseStatements({ run }: Sql, owner: string) {
  return {
    /** False when the lease is lost. */
    renew: (id: number, leaseUntilMs: number) =>
      run(`UPDATE job SET lease_until_ms = :leaseUntilMs WHERE ${mine}`, { id, owner, leaseUntilMs }),
    saveProgress: (id: number, done: number, total: number) =>
      run(`UPDATE job SET progress_done = :done, progress_total = :total WHERE ${mine}`, { id, owner, done, total }),
    finish: (id: number, state: JobState, error: string | null, nowMs: number) =>
      run(`UPDATE job SET state = :state, error = :error, finished_at_ms = :nowMs, ${unlease} WHERE ${mine}`, {
        id,
        owner,
        state,
        error,
        nowMs,
      }),
    /** Back into the queue; `uncounted` when the run did not fail by itself. */
    requeue: (id: number, runAtMs: number, error: string | null, uncounted: boolean) =>
      run(
        `UPDATE job SET state = 'queued', run_at_ms = :runAtMs, error = :error, attempts = attempts - :uncounted, ${unlease}
         WHERE ${mine}`,
        { id, owner, runAtMs, error, uncounted: uncounted ? 1 : 0 },
      ),
  };
}
