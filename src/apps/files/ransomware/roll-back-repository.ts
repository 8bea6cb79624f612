import type { Db } from "#platform/db";
import type { RollBack } from "./contract.ts";

export interface RollBackRow {
  readonly id: number;
  readonly incident_id: number;
  readonly state: RollBack["state"];
  readonly moment_ms: number;
  readonly started_at_ms: number;
  readonly finished_at_ms: number | null;
  readonly by_id: number;
  readonly job_id: number | null;
}

export type StepAct = "remove-new" | "rename-back" | "untrash" | "version" | "recreate" | "remove-folder";
export type StepState = "waiting" | "doing" | "done" | "failed" | "undone" | "skipped";

/** What a step needs to know; as JSON in its row. */
export interface StepWhat {
  readonly path: string;
  readonly place?: { readonly parentId: number; readonly name: string } | undefined;
  readonly version?: number | undefined;
  readonly trashId?: string | undefined;
}

/** What taking a step back needs. */
export interface StepUndo {
  readonly trashId?: string | undefined;
  readonly place?: { readonly parentId: number; readonly name: string } | undefined;
  /** The version that holds what was current before. */
  readonly version?: number | undefined;
  /** The node that was made. */
  readonly madeId?: number | undefined;
}

export interface NewStep {
  readonly nodeId: number;
  readonly spaceId: number;
  readonly act: StepAct;
  readonly what: StepWhat;
}

export interface Step extends NewStep {
  readonly ord: number;
  readonly state: StepState;
  readonly reason: string | null;
  readonly undo: StepUndo | null;
}

interface StepRow {
  readonly ord: number;
  readonly node_id: number;
  readonly space_id: number;
  readonly act: StepAct;
  readonly what: string;
  readonly state: StepState;
  readonly reason: string | null;
  readonly undo: string | null;
}

const toStep = (row: StepRow): Step => ({
  ord: row.ord,
  nodeId: row.node_id,
  spaceId: row.space_id,
  act: row.act,
  what: JSON.parse(row.what) as StepWhat,
  state: row.state,
  reason: row.reason,
  undo: row.undo === null ? null : (JSON.parse(row.undo) as StepUndo),
});

/** All SQL of roll-backs. */
export function createRollBackRepository(db: Db) {
  return {
    insert: (
      row: Pick<RollBackRow, "incident_id" | "moment_ms" | "started_at_ms" | "by_id">,
      steps: readonly NewStep[],
    ) =>
      db.transaction((): number => {
        const id = db
          .prepare<{ id: number }, number[]>(
            `INSERT INTO ransomware_rollback (incident_id, state, moment_ms, started_at_ms, by_id)
             VALUES (?, 'running', ?, ?, ?) RETURNING id`,
          )
          .get(row.incident_id, row.moment_ms, row.started_at_ms, row.by_id)?.id as number;
        const add = db.prepare<never, (string | number)[]>(
          "INSERT INTO ransomware_step VALUES (?, ?, ?, ?, ?, ?, 'waiting', NULL, NULL)",
        );
        for (const [ord, step] of steps.entries()) {
          add.run(id, ord, step.nodeId, step.spaceId, step.act, JSON.stringify(step.what));
        }
        return id;
      }),
    get: (id: number): RollBackRow | undefined =>
      db.prepare<RollBackRow, [number]>("SELECT * FROM ransomware_rollback WHERE id = ?").get(id) ?? undefined,
    latestOf: (incidentId: number): RollBackRow | undefined =>
      db
        .prepare<RollBackRow, [number]>(
          "SELECT * FROM ransomware_rollback WHERE incident_id = ? ORDER BY id DESC LIMIT 1",
        )
        .get(incidentId) ?? undefined,
    setJob: (id: number, jobId: number, state: RollBack["state"], startedAtMs: number): void => {
      db.prepare<never, (number | string)[]>(
        "UPDATE ransomware_rollback SET job_id = ?, state = ?, started_at_ms = ?, finished_at_ms = NULL WHERE id = ?",
      ).run(jobId, state, startedAtMs, id);
    },
    finish: (id: number, state: RollBack["state"], atMs: number): void => {
      db.prepare<never, (number | string)[]>(
        "UPDATE ransomware_rollback SET state = ?, finished_at_ms = ? WHERE id = ?",
      ).run(state, atMs, id);
    },
    counts: (id: number): Readonly<Record<StepState, number>> => {
      const counts = { waiting: 0, doing: 0, done: 0, failed: 0, undone: 0, skipped: 0 };
      const rows = db
        .prepare<{ state: StepState; count: number }, [number]>(
          "SELECT state, count(*) AS count FROM ransomware_step WHERE rollback_id = ? GROUP BY state",
        )
        .all(id);
      for (const { state, count } of rows) counts[state] = count;
      return counts;
    },
    /** The next steps to be done, in order. */
    toDo: (id: number, limit: number): Step[] =>
      db
        .prepare<StepRow, [number, number]>(
          "SELECT * FROM ransomware_step WHERE rollback_id = ? AND state IN ('waiting', 'doing') ORDER BY ord LIMIT ?",
        )
        .all(id, limit)
        .map(toStep),
    /** The next steps to be taken back, the last first. */
    toUndo: (id: number, limit: number): Step[] =>
      db
        .prepare<StepRow, [number, number]>(
          "SELECT * FROM ransomware_step WHERE rollback_id = ? AND state = 'done' ORDER BY ord DESC LIMIT ?",
        )
        .all(id, limit)
        .map(toStep),
    /** Of these spaces, those that failed first. */
    list: (id: number, spaceIds: readonly number[], offset: number, limit: number): Step[] =>
      db
        .prepare<StepRow, [number, string, number, number]>(
          `SELECT * FROM ransomware_step WHERE rollback_id = ? AND space_id IN (SELECT value FROM json_each(?))
           ORDER BY state = 'failed' DESC, ord LIMIT ? OFFSET ?`,
        )
        .all(id, JSON.stringify(spaceIds), limit, offset)
        .map(toStep),
    countIn: (id: number, spaceIds: readonly number[]): number =>
      db
        .prepare<{ count: number }, [number, string]>(
          `SELECT count(*) AS count FROM ransomware_step
           WHERE rollback_id = ? AND space_id IN (SELECT value FROM json_each(?))`,
        )
        .get(id, JSON.stringify(spaceIds))?.count ?? 0,
    touched: (id: number): { readonly nodeId: number; readonly spaceId: number }[] =>
      db
        .prepare<{ nodeId: number; spaceId: number }, [number]>(
          "SELECT DISTINCT node_id AS nodeId, space_id AS spaceId FROM ransomware_step WHERE rollback_id = ?",
        )
        .all(id),
    saveStep: (id: number, ord: number, state: StepState, reason: string | null, undo: StepUndo | null): void => {
      db.prepare<never, (string | number | null)[]>(
        "UPDATE ransomware_step SET state = ?, reason = ?, undo = coalesce(?, undo) WHERE rollback_id = ? AND ord = ?",
      ).run(state, reason, undo === null ? null : JSON.stringify(undo), id, ord);
    },
  };
}

export type RollBackRepository = ReturnType<typeof createRollBackRepository>;
