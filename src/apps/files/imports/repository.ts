import type { z } from "zod";
import type { importsContract, ImportState } from "#contract/apps/files/imports";
import { type Db, queries } from "#platform/db";

interface Tables {
  import_run: {
    id: number;
    state: ImportState["state"];
    order_json: string;
    started_at_ms: number;
    ended_at_ms: number | null;
    reason: string | null;
    progress_json: string;
    brought_json: string;
    failure_count: number;
    job_id: number | null;
  };
  import_failure: { run_id: number; path: string; reason: string };
  import_ids: { first_free: number };
}

const sql = queries<Tables>();

export type ImportOrder = z.output<(typeof importsContract)["imports.start"]["input"]>;
export type Run = Omit<ImportState, "folder" | "how" | "failures"> & {
  readonly order: ImportOrder;
  readonly jobId: number | null;
};
export type RunChange = Partial<
  Pick<Run, "state" | "endedAtMs" | "reason" | "progress" | "brought" | "failureCount" | "jobId">
>;

const shownRuns = 20;
const shownFailures = 200;

/** The caller syncs the database where an answer says that something is kept. */
export function createImportsRepository(db: Db) {
  return {
    insert: (order: ImportOrder, startedAtMs: number): number => {
      const id = (db.get(sql.selectFrom("import_run").select(({ fn }) => fn.max("id").as("id")))?.id ?? 0) + 1;
      db.run(
        sql.insertInto("import_run").values({
          ...{ id, state: "running", order_json: JSON.stringify(order), started_at_ms: startedAtMs },
          ...{ ended_at_ms: null, reason: null, failure_count: 0, job_id: null },
          progress_json: JSON.stringify({ doneFiles: 0, totalFiles: 0, doneBytes: 0, totalBytes: 0, leftMs: null }),
          brought_json: JSON.stringify({ people: 0, groups: 0, shares: 0, links: 0, appPasswords: 0 }),
        }),
      );
      return id;
    },
    update: (id: number, change: RunChange): void => {
      const { state, endedAtMs, reason, progress, brought, failureCount, jobId } = change;
      db.run(
        sql
          .updateTable("import_run")
          .set({
            ...(state !== undefined && { state }),
            ...(endedAtMs !== undefined && { ended_at_ms: endedAtMs }),
            ...(reason !== undefined && { reason }),
            ...(progress !== undefined && { progress_json: JSON.stringify(progress) }),
            ...(brought !== undefined && { brought_json: JSON.stringify(brought) }),
            ...(failureCount !== undefined && { failure_count: failureCount }),
            ...(jobId !== undefined && { job_id: jobId }),
          })
          .where("id", "=", id),
      );
    },
    find: (id: number): Run | undefined => {
      const row = db.get(sql.selectFrom("import_run").selectAll().where("id", "=", id));
      return row && toRun(row);
    },
    latest: (): Run[] =>
      db.all(sql.selectFrom("import_run").selectAll().orderBy("id", "desc").limit(shownRuns)).map(toRun),
    addFailure: (runId: number, path: string, reason: string): void => {
      db.run(sql.insertInto("import_failure").values({ run_id: runId, path, reason }));
    },
    forgetFailures: (runId: number): void => {
      db.run(sql.deleteFrom("import_failure").where("run_id", "=", runId));
    },
    failuresOf: (runId: number) =>
      db.all(
        sql.selectFrom("import_failure").select(["path", "reason"]).where("run_id", "=", runId).limit(shownFailures),
      ),
    firstFreeId: (): number | undefined => db.get(sql.selectFrom("import_ids").selectAll())?.first_free,
    setFirstFreeId: (firstFree: number): void => {
      db.run(sql.insertInto("import_ids").values({ first_free: firstFree }));
    },
  };
}

export type ImportsRepository = ReturnType<typeof createImportsRepository>;

function toRun(row: Tables["import_run"]): Run {
  return {
    id: row.id,
    state: row.state,
    order: JSON.parse(row.order_json) as ImportOrder,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    reason: row.reason,
    progress: JSON.parse(row.progress_json) as Run["progress"],
    brought: JSON.parse(row.brought_json) as Run["brought"],
    failureCount: row.failure_count,
    jobId: row.job_id,
  };
}
