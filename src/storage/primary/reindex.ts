import type { Actor } from "#platform/usecase";
import type { Batch } from "./batch.ts";
import { type Core, requireRow, spaceOf } from "./core.ts";
import { factsAt, sameFacts } from "./disk.ts";
import { type DiskFacts, folderKind, type NodeRow } from "./nodes.ts";
import { deviceOf } from "./restraints.ts";

/**
 * Brings one entry of a folder in line with the disk. A file that was moved is recognised by inode and birth time and keeps its id;
 * one that is missing is detached, to be recognised elsewhere or forgotten later. The entries of a new folder are listed soon after.
 */
export function reindexEntry(core: Core, batch: Batch, parent: NodeRow, folderPath: string, name: string): void {
  const facts = isReadableName(name) ? factsAt(`${folderPath}/${name}`) : undefined;
  const row = core.nodes.child(parent.id, name);
  if (facts === undefined) {
    if (row !== undefined && row.name === name) detach(core, batch, row);
    return;
  }
  if (row === undefined || row.name !== name) return adopt(core, batch, parent, name, facts);
  if (row.kind !== facts.kind) {
    detach(core, batch, row);
    return adopt(core, batch, parent, name, facts);
  }
  return update(core, batch, row, facts);
}

/** A name that is not valid UTF-8 cannot be spoken of; such a file is left alone. */
export function isReadableName(name: string): boolean {
  return !name.includes("\ufffd") && name.isWellFormed();
}

function update(core: Core, batch: Batch, row: NodeRow, facts: DiskFacts): void {
  if (row.kind === folderKind) {
    if (row.ino === facts.ino) return;
    // Another folder of the same name: its entries are looked at one by one.
    core.nodes.rewrite(row.id, { ...facts, sizeBytes: row.size_bytes, mtimeUs: 0 }, row.etag, null);
    return listTreeSoon(core, row.id);
  }
  if (sameFacts(facts, row)) return;
  const change = core.tiers.changed(batch, row, core.tree.pathOf(row), facts);
  if (change === "same") return core.nodes.rewrite(row.id, facts, row.etag, row.sha1);
  const etag = batch.log(spaceOf(core, row), row.id, "edit", undefined);
  core.nodes.rewrite(row.id, facts, etag, change === "touched" ? row.sha1 : null);
  if (row.parent_id !== null) batch.raise(row.parent_id, facts.sizeBytes - row.size_bytes, 0);
}

/** The row as it is with everything that earlier acts of this group put below it. */
export function summedUp(core: Core, batch: Batch, row: NodeRow): NodeRow {
  if (row.kind !== folderKind) return row;
  batch.flush();
  return requireRow(core, row.id);
}

/**
 * Takes the row, with all below it, out of its folder. The caller has made sure that it is gone from there; `by` is who put it
 * into the trash.
 */
export function detach(core: Core, batch: Batch, given: NodeRow, by?: Actor): void {
  const row = summedUp(core, batch, given);
  if (row.parent_id === null || row.parent_id < 0) return;
  core.nodes.detach(row.id);
  if (row.kind === folderKind) core.tree.forgetPaths();
  const from = { fromParentId: row.parent_id, fromName: row.name };
  batch.log(spaceOf(core, row), row.id, by === undefined ? "gone" : "trash", by, from);
  batch.raise(row.parent_id, -row.size_bytes, -row.count - 1);
}

/** Puts a detached or misplaced row into a folder; returns the row as it stands then. */
export function attach(
  core: Core,
  batch: Batch,
  given: NodeRow,
  parent: NodeRow,
  name: string,
  act: string,
  by: Actor | undefined,
): NodeRow {
  const row = summedUp(core, batch, given);
  const from = spaceOf(core, row);
  const to = spaceOf(core, parent);
  const logged = batch.log(to, row.id, act, by, { fromParentId: row.parent_id, fromName: row.name });
  // What only moves stays the same to whoever knows its content; numbers of another space mean something else there.
  const etag = from === to ? row.etag : logged;
  if (from !== to) {
    if (by !== undefined) core.restraints.requireFree(from.id, deviceOf(by));
    core.versions.moveSpace(core.nodes.idsBelow(row.id), to.id);
    batch.onUndo(core.versions.forgetSums);
    core.nodes.moveSpace(row.id, to.id, etag);
  }
  core.nodes.place(row.id, parent.id, name, etag);
  if (row.kind === folderKind) core.tree.forgetPaths();
  if (row.parent_id !== null && row.parent_id > 0) batch.raise(row.parent_id, -row.size_bytes, -row.count - 1);
  batch.raise(parent.id, row.size_bytes, row.count + 1);
  return requireRow(core, row.id);
}

function adopt(core: Core, batch: Batch, parent: NodeRow, name: string, facts: DiskFacts): void {
  const moved = recogniseMoved(core, parent, facts);
  if (moved !== undefined) {
    const row = attach(core, batch, moved, parent, name, "move", undefined);
    if (row.kind === folderKind) return listTreeSoon(core, row.id);
    return update(core, batch, row, facts);
  }
  const space = spaceOf(core, parent);
  const etag = batch.seq(space);
  // A new folder starts with the time 0, so that the next look at it lists its entries.
  const known = facts.kind === folderKind ? { ...facts, mtimeUs: 0 } : facts;
  const id = core.nodes.insert({ ...known, spaceId: space.id, parentId: parent.id, name, etag, sha1: null });
  if (id === undefined) return;
  batch.log(space, id, "appear", undefined);
  if (facts.kind !== folderKind) core.tiers.appeared(space.volume, id, core.tree.pathOf(requireRow(core, id)), facts);
  batch.raise(parent.id, facts.sizeBytes, 1);
  if (facts.kind === folderKind) core.listSoon(id);
}

/** For a folder that was out of sight: what happened in it was not noticed. */
export function listTreeSoon(core: Core, folderId: number): void {
  for (const id of core.nodes.foldersBelow(folderId)) core.listSoon(id);
}

/** A row with this inode and birth time whose own place is empty or holds something else by now: the entry was moved here. */
function recogniseMoved(core: Core, parent: NodeRow, facts: DiskFacts): NodeRow | undefined {
  if (facts.btimeUs <= 0) return undefined;
  const volume = spaceOf(core, parent).volume;
  return core.nodes
    .withInode(facts.ino)
    .find(
      (row) =>
        row.kind === facts.kind &&
        Math.abs(row.btime_us - facts.btimeUs) <= 1 &&
        spaceOf(core, row).volume === volume &&
        row.parent_id !== null &&
        !isInTrash(core, row) &&
        !core.tree.folderChain(parent.id).includes(row.id) &&
        hasLeft(core, row),
    );
}

function isInTrash(core: Core, row: NodeRow): boolean {
  return core.db.prepare<{ id: string }, [number]>("SELECT id FROM trash WHERE node_id = ?").get(row.id) !== null;
}

function hasLeft(core: Core, row: NodeRow): boolean {
  if (!core.tree.isVisible(row)) return true;
  return factsAt(core.tree.pathOf(row))?.ino !== row.ino;
}
