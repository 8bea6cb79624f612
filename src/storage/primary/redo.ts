import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import type { Db } from "#platform/db";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import { factsAt } from "./disk.ts";
import { type DiskFacts, folderKind } from "./nodes.ts";
import type { Volume } from "./volumes.ts";

interface RedoRow {
  readonly id: number;
  readonly volume: string;
  readonly act: "write" | "folder" | "rename" | "delete";
  readonly path: string;
  readonly source: string | null;
  readonly ino: number | null;
  readonly mtime_us: number | null;
  readonly content: Uint8Array | null;
}

interface RedoDeps {
  readonly db: Db;
  readonly exec: Exec;
  readonly log: Logger;
  /** Without strict durability nothing is logged. */
  readonly enabled: boolean;
}

const syncTimeoutMs = 120_000;

/**
 * The redo log. An act is acknowledged when its transaction is on disk; the file system may bring the entry itself later. Until a
 * whole-volume sync has passed, the act stands here and is done again after a power cut (ADR 0003).
 */
export function createRedo(deps: RedoDeps) {
  const { db } = deps;
  const insert = db.prepare<
    never,
    [string, string, string, string | null, number | null, number | null, Uint8Array | null]
  >("INSERT INTO redo (volume, act, path, source, ino, mtime_us, content) VALUES (?, ?, ?, ?, ?, ?, ?)");
  let pending = false;

  const add = (
    act: RedoRow["act"],
    volume: Volume,
    path: string,
    more: { source?: string; facts?: DiskFacts; content?: Uint8Array | null } = {},
  ) => {
    if (!deps.enabled) return;
    pending = true;
    const { source, facts, content } = more;
    insert.run(volume.name, act, path, source ?? null, facts?.ino ?? null, facts?.mtimeUs ?? null, content ?? null);
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
      const result = await deps.exec.run(["sync", "-f", volume.path], {
        timeoutMs: syncTimeoutMs,
        maxOutputBytes: 64 * 1024,
      });
      if (result.exitCode !== 0) {
        pending = true;
        deps.log.error("a volume could not be synced; its redo log is kept", { volume: name, stderr: result.stderr });
        continue;
      }
      db.prepare<never, [string, number]>("DELETE FROM redo WHERE volume = ? AND id <= ?").run(name, last);
    }
  };

  return {
    write: (volume: Volume, path: string, facts: DiskFacts, content: Uint8Array) =>
      add("write", volume, path, { facts, content }),
    folder: (volume: Volume, path: string) => add("folder", volume, path),
    rename: (volume: Volume, source: string, path: string, facts: DiskFacts) =>
      add("rename", volume, path, { source, facts }),
    delete: (volume: Volume, path: string) => add("delete", volume, path),
    settle,
    /** After an unclean end: does again what the disk does not show. Returns how many acts were repeated. */
    replay: (volume: Volume): number => {
      const rows = db.prepare<RedoRow, [string]>("SELECT * FROM redo WHERE volume = ? ORDER BY id").all(volume.name);
      if (rows.length === 0) return 0;
      pending = true;
      const repeated = repeatAll(rows);
      if (repeated > 0) deps.log.warn("acts repeated from the redo log", { volume: volume.name, repeated });
      return repeated;
    },
  };
}

export type Redo = ReturnType<typeof createRedo>;

/**
 * First the renames and deletions, in order; then what was made, at the place where it stands after them. Of several writes to
 * one place only the last counts.
 */
function repeatAll(rows: readonly RedoRow[]): number {
  const moves = rows.filter((row) => row.act === "rename" || row.act === "delete");
  let repeated = moves.filter((row) => repeatMove(row)).length;
  const made = new Map<string, RedoRow>();
  for (const row of rows) {
    if (row.act !== "write" && row.act !== "folder") continue;
    const place = finalPlace(row, moves);
    if (place !== undefined) made.set(place, row);
  }
  for (const [place, row] of made) if (repeatMade(row, place)) repeated++;
  return repeated;
}

/** Where later moves took a path; undefined when it was deleted. */
function finalPlace(row: RedoRow, moves: readonly RedoRow[]): string | undefined {
  let place = row.path;
  for (const move of moves) {
    if (move.id < row.id) continue;
    const from = move.act === "delete" ? move.path : move.source;
    if (from === null || (place !== from && !place.startsWith(`${from}/`))) continue;
    if (move.act === "delete") return undefined;
    place = move.path + place.slice(from.length);
  }
  return place;
}

function repeatMove(row: RedoRow): boolean {
  if (row.act === "delete") {
    if (!existsSync(row.path)) return false;
    rmSync(row.path, { recursive: true, force: true });
    return true;
  }
  const source = row.source === null ? undefined : factsAt(row.source);
  if (row.source === null || source === undefined || source.ino !== row.ino) return false;
  if (factsAt(row.path)?.kind === folderKind) return false;
  mkdirSync(dirname(row.path), { recursive: true });
  renameSync(row.source, row.path);
  return true;
}

function repeatMade(row: RedoRow, place: string): boolean {
  const facts = factsAt(place);
  if (row.act === "folder") {
    if (facts !== undefined) return false;
    mkdirSync(place, { recursive: true });
    return true;
  }
  if (row.content === null || row.mtime_us === null) return false;
  if (facts !== undefined) {
    if (facts.kind === folderKind) return false;
    // Another file, or a later time: somebody changed it after the cut; the disk is the truth.
    if (facts.ino !== row.ino || facts.mtimeUs > row.mtime_us + 1) return false;
    if (facts.sizeBytes === row.content.byteLength && readFileSync(place).equals(row.content)) return false;
  }
  mkdirSync(dirname(place), { recursive: true });
  const temporary = `${place}.hearth-redo`;
  writeFileSync(temporary, row.content, { flush: true });
  utimesSync(temporary, row.mtime_us / 1e6, row.mtime_us / 1e6);
  renameSync(temporary, place);
  return true;
}
