import type { Db } from "#platform/db";
import { type TierPlacement, TierSettings } from "./contract.ts";

export type Act = "apply" | "bring-back" | "fetch";

/** What a run is about. */
export interface Scope {
  readonly tier?: string;
  /** A file, or a folder and all below it. */
  readonly nodeId?: number;
  /** Whose sight limits it; the server's own without. */
  readonly userId?: number;
}

export interface RunRow {
  readonly id: number;
  readonly job_id: number | null;
  readonly act: Act;
  /** JSON of a `Scope`. */
  readonly scope: string;
  readonly at_ms: number;
  readonly done_bytes: number;
  readonly total_bytes: number;
  readonly done_files: number;
  readonly total_files: number;
  readonly skipped_files: number;
  readonly failed_files: number;
  readonly busy_ms: number;
}

export type Counts = Pick<
  RunRow,
  "done_bytes" | "total_bytes" | "done_files" | "total_files" | "skipped_files" | "failed_files" | "busy_ms"
>;

const noSettings: TierSettings = { rules: [], nightly: false, onOpen: "fetch" };
const keptRuns = 50;

export function createTiersRepository(db: Db) {
  const placement = db.prepare<{ placement: TierPlacement }, [number]>(
    "SELECT placement FROM tier_placement WHERE node_id = ?",
  );
  return {
    settings: (): TierSettings => {
      const row = db.prepare<{ settings: string }, []>("SELECT settings FROM tier_settings").get();
      return row === null ? noSettings : TierSettings.parse(JSON.parse(row.settings));
    },
    saveSettings: (settings: TierSettings) =>
      void db
        .prepare<never, [string]>("INSERT OR REPLACE INTO tier_settings VALUES (1, ?)")
        .run(JSON.stringify(settings)),
    placement: (nodeId: number) => placement.get(nodeId)?.placement,
    setPlacement: (nodeId: number, value: TierPlacement | undefined) => {
      if (value === undefined) db.prepare<never, [number]>("DELETE FROM tier_placement WHERE node_id = ?").run(nodeId);
      else
        db.prepare<never, [number, string]>("INSERT OR REPLACE INTO tier_placement VALUES (?, ?)").run(nodeId, value);
    },
    /** Few people decide for single folders: all of them, for runs over the whole. */
    placements: () =>
      new Map(
        db
          .prepare<{ node_id: number; placement: TierPlacement }, []>("SELECT node_id, placement FROM tier_placement")
          .all()
          .map((row) => [row.node_id, row.placement]),
      ),
    forgetNodes: (nodeIds: readonly number[]) =>
      void db
        .prepare<never, [string]>("DELETE FROM tier_placement WHERE node_id IN (SELECT value FROM json_each(?))")
        .run(JSON.stringify(nodeIds)),
    addRun: (act: Act, scope: Scope, atMs: number): number => {
      db.prepare<never, [string, string, number]>(
        "INSERT INTO tier_run (act, scope, at_ms, done_bytes, total_bytes, done_files, total_files, skipped_files, failed_files, busy_ms) VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, 0)",
      ).run(act, JSON.stringify(scope), atMs);
      db.prepare<never, [number]>("DELETE FROM tier_run WHERE id <= (SELECT max(id) FROM tier_run) - ?").run(keptRuns);
      return db.prepare<{ id: number }, []>("SELECT last_insert_rowid() AS id").get()?.id ?? 0;
    },
    setJob: (id: number, jobId: number) =>
      void db.prepare<never, [number, number]>("UPDATE tier_run SET job_id = ? WHERE id = ?").run(jobId, id),
    run: (id: number) => db.prepare<RunRow, [number]>("SELECT * FROM tier_run WHERE id = ?").get(id) ?? undefined,
    runs: () => db.prepare<RunRow, []>("SELECT * FROM tier_run ORDER BY id DESC LIMIT 20").all(),
    saveCounts: (id: number, counts: Counts) =>
      void db
        .prepare<never, number[]>(
          `UPDATE tier_run SET done_bytes = ?, total_bytes = ?, done_files = ?, total_files = ?, skipped_files = ?,
             failed_files = ?, busy_ms = ? WHERE id = ?`,
        )
        .run(
          counts.done_bytes,
          counts.total_bytes,
          counts.done_files,
          counts.total_files,
          counts.skipped_files,
          counts.failed_files,
          counts.busy_ms,
          id,
        ),
    /** Bytes per millisecond of earlier runs of a kind; undefined while there were none of weight. */
    speed: (act: Act) => {
      const sum = db
        .prepare<{ bytes: number | null; ms: number | null }, [string]>(
          "SELECT sum(done_bytes) AS bytes, sum(busy_ms) AS ms FROM tier_run WHERE act = ? AND busy_ms > 0",
        )
        .get(act);
      return sum?.bytes != null && sum.ms != null && sum.bytes > 0 ? sum.bytes / sum.ms : undefined;
    },
  };
}

export type TiersRepository = ReturnType<typeof createTiersRepository>;
