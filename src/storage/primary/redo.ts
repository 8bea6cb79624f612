import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { DiskFacts } from "./nodes.ts";
import { replay } from "./replay.ts";
import { type Plan, planOf, type RedoRow } from "./replay-plan.ts";
import type { Volume } from "./volumes.ts";

interface RedoDeps {
  readonly db: Db;
  readonly exec: Exec;
  readonly log: Logger;
  readonly clock: Clock;
  /** Without strict durability only deletions are logged, which may be cut short by any end. */
  readonly enabled: boolean;
}

const syncTimeoutMs = 120_000;
/** Stands for a boot whose acts the disk may have lost. */
const beforeTheLoss = "before the disk went away";

/**
 * The redo log. An act is acknowledged when its transaction is on disk; the file system may bring the entry itself later. Until a
 * whole-volume sync has passed, the act stands here and is done again after a power cut (ADR 0003).
 */
export function createRedo(deps: RedoDeps) {
  const { db } = deps;
  const boot = readBoot();
  const insert = db.prepare<
    never,
    [
      string,
      string,
      string,
      string | null,
      number | null,
      number | null,
      number | null,
      Uint8Array | null,
      number,
      string,
    ]
  >(
    `INSERT INTO redo (volume, act, path, source, ino, btime_us, mtime_us, content, at_ms, boot)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  let pending = false;
  /** Grows with every disk that went away. */
  let losses = 0;

  const add = (
    act: RedoRow["act"],
    volume: Volume,
    path: string,
    more: { source?: string; facts?: DiskFacts; content?: Uint8Array | null } = {},
  ) => {
    if (!deps.enabled && act !== "delete") return;
    pending = true;
    const { facts } = more;
    const source = more.source === undefined ? null : within(volume, more.source);
    insert.run(
      volume.name,
      act,
      within(volume, path),
      source,
      facts?.ino ?? null,
      facts?.btimeUs ?? null,
      facts?.mtimeUs ?? null,
      more.content ?? null,
      deps.clock.now(),
      boot,
    );
  };

  /** Brings every volume with logged acts to the disk, then forgets what was logged before that began. */
  const settle = async (volumes: ReadonlyMap<string, Volume>): Promise<void> => {
    if (!pending) return;
    pending = false;
    const last = db.prepare<{ id: number | null }, []>("SELECT max(id) AS id FROM redo").get()?.id ?? 0;
    const names = db.prepare<{ volume: string }, []>("SELECT DISTINCT volume FROM redo").all();
    for (const { volume: name } of names) {
      const volume = volumes.get(name);
      if (volume === undefined) continue;
      const lossesBefore = losses;
      // Where an absent disk should be mounted, there is something that can be synced too.
      if (!volume.isOnline()) {
        pending = true;
        continue;
      }
      const result = await deps.exec.run(["sync", "-f", volume.path], {
        timeoutMs: syncTimeoutMs,
        maxOutputBytes: 64 * 1024,
      });
      if (result.exitCode !== 0) {
        pending = true;
        deps.log.error("a volume could not be synced; its redo log is kept", { volume: name, stderr: result.stderr });
        continue;
      }
      if (losses !== lossesBefore || !volume.isOnline()) {
        pending = true;
        continue;
      }
      db.prepare<never, [string, number]>("DELETE FROM redo WHERE volume = ? AND id <= ?").run(name, last);
    }
  };

  const rowsOf = (volume: Volume) =>
    db.prepare<RedoRow, [string]>("SELECT * FROM redo WHERE volume = ? ORDER BY id").all(volume.name);

  return {
    write: (volume: Volume, path: string, facts: DiskFacts, content: Uint8Array) =>
      add("write", volume, path, { facts, content }),
    folder: (volume: Volume, path: string, facts: DiskFacts) => add("folder", volume, path, { facts }),
    rename: (volume: Volume, source: string, path: string, facts: DiskFacts) =>
      add("rename", volume, path, { source, facts }),
    delete: (volume: Volume, path: string) => add("delete", volume, path),
    settle,
    /** What `replay` will do, and since when the log reaches; undefined where the disk can have lost nothing. */
    planAfterLoss: (volume: Volume): (Plan & { readonly firstMs: number }) | undefined => {
      const rows = rowsOf(volume);
      if (rows.every((row) => row.boot === boot)) return undefined;
      return { ...planOf(rows), firstMs: rows.reduce((first, row) => Math.min(first, row.at_ms), Infinity) };
    },
    /**
     * The disk went away, and what it had not written yet with it: as after a power cut, though the machine goes on. Holds over a
     * restart of the program.
     */
    distrust: (volume: Volume): void => {
      losses++;
      db.prepare<never, [string, string]>("UPDATE redo SET boot = ? WHERE volume = ?").run(beforeTheLoss, volume.name);
    },
    /** Ends deletions that were cut short. */
    repeatDeletions: (volume: Volume): void => {
      const rows = db
        .prepare<{ path: string }, [string]>("SELECT path FROM redo WHERE volume = ? AND act = 'delete'")
        .all(volume.name);
      if (rows.length > 0) pending = true;
      for (const { path } of rows) rmSync(join(volume.path, path), { recursive: true, force: true });
    },
    /**
     * After a power cut: does again what the disk does not show; returns how many things were put right. A process that was killed
     * left everything in the kernel's hands, so within one boot there is nothing to do, and an act that was never acknowledged is
     * not mixed with those that were.
     */
    replay: (volume: Volume): number => {
      const rows = rowsOf(volume);
      if (rows.length === 0) return 0;
      pending = true;
      if (rows.every((row) => row.boot === boot)) return 0;
      const repeated = replay(volume, rows, deps.log);
      db.prepare<never, [string, string]>("UPDATE redo SET boot = ? WHERE volume = ?").run(boot, volume.name);
      if (repeated > 0) deps.log.warn("acts repeated from the redo log", { volume: volume.name, repeated });
      return repeated;
    },
  };
}

export type Redo = ReturnType<typeof createRedo>;

function within(volume: Volume, path: string): string {
  return path.slice(volume.path.length + 1);
}

/** Changes with every boot; without it every start counts as one after a power cut. */
function readBoot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return crypto.randomUUID();
  }
}
