import { linkSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "#platform/errors";
import type { Batch } from "./batch.ts";
import type { Writer } from "./changes.ts";
import type { Core } from "./core.ts";
import { factsAt, sameFacts, withFolder } from "./disk.ts";
import type { Target } from "./entries.ts";
import type { NodeRow } from "./nodes.ts";
import { deviceOf } from "./restraints.ts";
import type { Staged } from "./stage.ts";
import type { ActOptions } from "./types.ts";
import type { VersionRow } from "./versions-repository.ts";
import type { Volume } from "./volumes.ts";

export interface Kept {
  readonly number: number;
  readonly path: string;
}

export function versionPath(volume: Volume, nodeId: number, number: number): string {
  return join(volume.versionsPath, String(nodeId), String(number));
}

/**
 * Keeps what is about to be replaced by a second name of the same file, in the running transaction: no copy, and no moment in which
 * the content has no name. Undefined when it is not worth keeping, or cannot be kept: a write never fails because of its version.
 */
export function keepReplaced(
  core: Core,
  batch: Batch,
  target: Target,
  staged: Staged,
  options: ActOptions,
): Kept | undefined {
  const { existing: row, space } = target;
  if (row === undefined) return undefined;
  const newest = core.versions.newest(row.id);
  const writer = core.changes.writerOf(space.id, row.etag, row.id);
  if (!isWorthKeeping(core, row, staged, newest, writer, options)) return undefined;
  const number = Math.max((newest?.number ?? 0) + 1, Math.floor(core.clock.now() / 1000));
  const path = versionPath(space.volume, row.id, number);
  try {
    withFolder(target.folderPath, (folder) => linkFresh(`${folder}/${row.name}`, path));
  } catch (cause) {
    core.log.warn("an earlier content could not be kept", { nodeId: row.id, errno: errnoOf(cause), cause });
    return undefined;
  }
  batch.onUndo(() => {
    rmSync(path, { force: true });
    core.versions.forgetSums();
  });
  insertRow(core, row, { number, path }, writer?.userId, options.actor.userId);
  return { number, path };
}

function isWorthKeeping(
  core: Core,
  row: NodeRow,
  staged: Staged,
  newest: VersionRow | undefined,
  writer: Writer | undefined,
  { actor, keepAlways = false }: ActOptions,
): boolean {
  const isSame = row.sha1 !== null && staged.sha1 !== null && Buffer.from(row.sha1).equals(staged.sha1);
  if (isSame && row.size_bytes === staged.facts.sizeBytes) return false;
  if (keepAlways) return true;
  if (row.size_bytes === 0) return false;
  const isFollowUp =
    newest !== undefined &&
    newest.replaced_by === actor.userId &&
    // Another device of the same person may never have seen what it writes over.
    writer?.userId === actor.userId &&
    writer.device === deviceOf(actor) &&
    Math.abs(core.clock.now() - newest.replaced_at_ms) < core.mergeVersionsMs;
  return !isFollowUp;
}

/** What a killed process left under that name is in the way. */
function linkFresh(from: string, path: string): void {
  try {
    linkSync(from, path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    else if (errno === "EEXIST") rmSync(path);
    else throw error;
    linkSync(from, path);
  }
}

function insertRow(core: Core, row: NodeRow, kept: Kept, authorId: number | undefined, replacedBy: number): void {
  const facts = factsAt(kept.path);
  core.versions.insert({
    node_id: row.id,
    number: kept.number,
    space_id: row.space_id,
    size_bytes: facts?.sizeBytes ?? row.size_bytes,
    mtime_us: facts?.mtimeUs ?? row.mtime_us,
    btime_us: facts?.btimeUs ?? row.btime_us,
    ino: facts?.ino ?? row.ino,
    sha1: facts !== undefined && sameFacts(facts, row) ? row.sha1 : null,
    author_id: authorId ?? null,
    replaced_by: replacedBy,
    replaced_at_ms: core.clock.now(),
  });
}
