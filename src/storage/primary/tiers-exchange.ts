import { closeSync, constants, fstatSync, linkSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "#platform/errors";
import type { Batch } from "./batch.ts";
import { type Core, requireNode, spaceOf } from "./core.ts";
import { factsOfFd, openChecked, sameFacts, withFolder } from "./disk.ts";
import { type DiskFacts, folderKind, type NodeRow } from "./nodes.ts";

/** A file as it was when its transfer began; `changeMs` is the time that nobody can set. */
export interface Seen {
  readonly row: NodeRow;
  readonly fd: number;
  readonly path: string;
  readonly facts: DiskFacts;
  readonly changeMs: number;
  close(): void;
}

/** Opens a file whose content is to move. Throws `not-found`, `storage-offline`, `conflict` when it is not as the index has it. */
export function openSeen(core: Core, nodeId: number): Seen {
  const row = requireNode(core, nodeId);
  if (row.kind === folderKind) throw new AppError("bad-request", "Only the content of files can be moved.");
  spaceOf(core, row).volume.requireOnline();
  const path = core.tree.pathOf(row);
  const fd = openChecked(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const facts = factsOfFd(fd);
  const seen = { row, fd, path, facts, changeMs: fstatSync(fd).ctimeMs, close: () => closeSync(fd) };
  if (sameFacts(facts, row)) return seen;
  closeSync(fd);
  throw new AppError("conflict", `"${row.name}" is changing right now.`);
}

/**
 * Puts a staged file in the place of one that has not changed since it was seen; the row keeps its id, etag and hash, since what a
 * reader gets stays the same. The old file gets the second name `aside`, so that it can be taken back while the group is not committed;
 * the caller discards that afterwards.
 */
export function exchange(
  core: Core,
  batch: Batch,
  seen: Seen,
  staged: { readonly path: string; readonly facts: DiskFacts },
  aside: string,
): void {
  const row = requireNode(core, seen.row.id);
  const { volume } = spaceOf(core, row);
  volume.requireOnline();
  const path = core.tree.pathOf(row);
  requireUnchanged(row, seen, path);
  const folder = dirname(path);
  withFolder(folder, (stable) => {
    linkSync(`${stable}/${row.name}`, aside);
    renameSync(staged.path, `${stable}/${row.name}`);
  });
  batch.onUndo(() => withFolder(folder, (stable) => renameSync(aside, `${stable}/${row.name}`)));
  core.nodes.rewrite(row.id, staged.facts, row.etag, row.sha1);
  core.redo.rename(volume, staged.path, path, staged.facts);
}

function requireUnchanged(row: NodeRow, seen: Seen, path: string): void {
  const changed = () => new AppError("conflict", `"${row.name}" changed meanwhile.`);
  if (!sameFacts(seen.facts, row)) throw changed();
  const fd = openChecked(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!sameFacts(factsOfFd(fd), row) || stats.ctimeMs !== seen.changeMs) throw changed();
  } finally {
    closeSync(fd);
  }
}
