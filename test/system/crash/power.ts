import type { Database } from "bun:sqlite";
import { existsSync, lstatSync, renameSync, rmdirSync, rmSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../walk.ts";

export interface RedoRow {
  readonly id: number;
  readonly act: "write" | "folder" | "rename" | "delete";
  readonly path: string;
  readonly source: string | null;
  readonly ino: number;
}

/** The machine has been off since: nothing of what stands in the log can be trusted to be on the disk. */
export function bootAnew(database: Database): void {
  database.run("UPDATE redo SET boot = 'before'");
}

/** Of the files written, those chosen by their number keep only their names and times. */
export function loseContents(
  volumePath: string,
  written: ReadonlySet<number>,
  chosen: (index: number) => boolean,
): void {
  let index = 0;
  for (const path of filesBelow(volumePath)) {
    const stats = lstatSync(path);
    if (!written.has(stats.ino) || !chosen(index++)) continue;
    truncateSync(path, 0);
    utimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000);
  }
}

/** Takes the last acts off the disk again, as if their entries had never been written; nothing of what was before is lost. */
export function loseEntries(volumePath: string, rows: readonly RedoRow[]): number {
  let lost = 0;
  for (const { act, path, source } of rows.toReversed()) {
    const at = join(volumePath, path);
    if (!existsSync(at)) continue;
    if (act === "write") rmSync(at);
    else if (act === "folder") rmdirSync(at);
    else if (act === "rename" && source !== null) renameSync(at, join(volumePath, source));
    lost++;
  }
  return lost;
}
