import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Batch } from "./batch.ts";
import { type Core, infoOf, requireNode, requireRow, spaceOf, submitInTurn } from "./core.ts";
import { factsAt, withFolder } from "./disk.ts";
import { lookAt } from "./entries.ts";
import { freeName } from "./free-name.ts";
import { folderKind, type NodeRow } from "./nodes.ts";
import { attach, detach, listTreeSoon, summedUp } from "./reindex.ts";
import type { Space } from "./spaces.ts";
import type { ActOptions, NodeInfo, TrashItem } from "./types.ts";

interface TrashRow {
  readonly id: string;
  readonly space_id: number;
  readonly node_id: number;
  readonly name: string;
  readonly kind: number;
  readonly size_bytes: number;
  readonly original_path: string;
  readonly deleted_at_ms: number;
  readonly deleted_by: string | null;
}

/** Renames an entry into the trash of its volume, in the running transaction. The row stays, detached, with all below it. */
export function moveToTrash(core: Core, batch: Batch, given: NodeRow, actor: Actor): string {
  const row = summedUp(core, batch, given);
  const space = spaceOf(core, row);
  const path = core.tree.pathOf(row);
  const facts = factsAt(path);
  const id = randomToken(core.random, 120);
  const trashed = join(space.volume.trashPath, id);
  const originalPath = path.slice(space.path.length + 1);
  if (facts === undefined) throw new AppError("not-found");
  withFolder(dirname(path), (folder) => renameSync(`${folder}/${row.name}`, trashed));
  batch.onUndo(() => withFolder(dirname(path), (folder) => renameSync(trashed, `${folder}/${row.name}`)));
  core.redo.rename(space.volume, path, trashed, facts);
  core.db
    .prepare<never, [string, number, number, string, number, number, string, number, string | null, number | null]>(
      "INSERT INTO trash VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .run(
      id,
      space.id,
      row.id,
      row.name,
      row.kind,
      row.size_bytes,
      originalPath,
      core.clock.now(),
      actor.name || null,
      row.parent_id,
    );
  detach(core, batch, row, actor);
  return id;
}

export function remove(core: Core, nodeId: number, options: ActOptions): Promise<{ trashId: string }> {
  const { volume, id: spaceId } = spaceOf(core, requireNode(core, nodeId));
  volume.requireOnline();
  return submitInTurn(core, options.actor, (batch) => {
    const row = requireNode(core, nodeId);
    options.guard?.(infoOf(core, row));
    if (row.parent_id === null) throw new AppError("forbidden", "The top folder of a space cannot be deleted.");
    return { trashId: moveToTrash(core, batch, row, options.actor) };
  }).finally(() => core.events.publish("trashChanged", { spaceId }));
}

export function createTrash(core: Core) {
  const { db } = core;
  const get = (id: string) => db.prepare<TrashRow, [string]>("SELECT * FROM trash WHERE id = ?").get(id) ?? undefined;
  const require = (id: string): TrashRow => {
    const row = get(id);
    if (row === undefined) throw new AppError("not-found", "It is not in the trash any more.");
    return row;
  };

  const purge = async (id: string): Promise<void> => {
    const item = require(id);
    const { volume } = core.spaces.get(item.space_id);
    volume.requireOnline();
    core.restraints.requireErasable(item.space_id);
    const path = join(volume.trashPath, item.id);
    let gone: number[] = [];
    await core.committer.submit(() => {
      gone = core.nodes.idsBelow(item.node_id);
      core.nodes.deleteBelow(item.node_id);
      db.prepare<never, [string]>("DELETE FROM trash WHERE id = ?").run(item.id);
      core.redo.delete(volume, path);
    });
    await rm(path, { recursive: true, force: true });
    core.events.publish("forgotten", { nodeIds: gone });
    core.events.publish("trashChanged", { spaceId: item.space_id });
  };

  return {
    get: (id: string): TrashItem | undefined => {
      const row = get(id);
      return row && toItem(row);
    },
    ofNode: (nodeId: number): TrashItem | undefined => {
      const row = db.prepare<TrashRow, [number]>("SELECT * FROM trash WHERE node_id = ?").get(nodeId);
      return row === null ? undefined : toItem(row);
    },
    list: (spaceId: number, options: { offset: number; limit: number }) => {
      const rows = db
        .prepare<TrashRow, [number, number, number]>(
          "SELECT * FROM trash WHERE space_id = ? ORDER BY deleted_at_ms DESC, id LIMIT ? OFFSET ?",
        )
        .all(spaceId, options.limit, options.offset);
      const total = db
        .prepare<{ count: number }, [number]>("SELECT count(*) AS count FROM trash WHERE space_id = ?")
        .get(spaceId);
      return { items: rows.map(toItem), total: total?.count ?? 0, sizeBytes: core.spaces.trashBytes(spaceId) };
    },
    restore: async (id: string, options: ActOptions): Promise<NodeInfo> => {
      const item = require(id);
      const space = core.spaces.get(item.space_id);
      space.volume.requireOnline();
      const node = await core.committer.submit((batch) => restoreNow(core, batch, require(id), space, options));
      core.events.publish("trashChanged", { spaceId: item.space_id });
      return node;
    },
    purge,
    purgeBefore: async (deletedBeforeMs: number): Promise<number> => {
      const old = db
        .prepare<{ id: string; space_id: number }, [number]>("SELECT id, space_id FROM trash WHERE deleted_at_ms < ?")
        .all(deletedBeforeMs)
        .filter(({ space_id: spaceId }) => core.restraints.heldSpace(spaceId) === undefined);
      for (const { id } of old) await purge(id);
      return old.length;
    },
  };
}

/** Back to where it was: a missing folder is made again, a taken name gets a number. */
function restoreNow(core: Core, batch: Batch, item: TrashRow, space: Space, options: ActOptions): NodeInfo {
  const folders = item.original_path.split("/");
  const name = folders.pop() ?? item.name;
  let parent = requireRow(core, space.rootId);
  for (const folder of folders) parent = enterFolder(core, batch, parent, folder);
  const place = { parentId: parent.id, name: freeName(core, { parentId: parent.id, name }) };
  const target = lookAt(core, batch, place);
  options.guard?.(undefined);
  const from = join(space.volume.trashPath, item.id);
  const facts = trashFacts(from);
  const path = `${target.folderPath}/${place.name}`;
  withFolder(target.folderPath, (folder) => renameSync(from, `${folder}/${place.name}`));
  batch.onUndo(() => withFolder(target.folderPath, (folder) => renameSync(`${folder}/${place.name}`, from)));
  const row = attach(core, batch, requireRow(core, item.node_id), parent, place.name, "restore", options.actor);
  if (row.kind === folderKind) listTreeSoon(core, row.id);
  core.db.prepare<never, [string]>("DELETE FROM trash WHERE id = ?").run(item.id);
  core.redo.rename(space.volume, from, path, facts);
  return infoOf(core, row);
}

function trashFacts(path: string) {
  const facts = factsAt(path);
  if (facts === undefined) throw new AppError("gone", "Its content is not in the trash folder any more.");
  return facts;
}

function enterFolder(core: Core, batch: Batch, parent: NodeRow, name: string): NodeRow {
  const { existing, folderPath, space } = lookAt(core, batch, { parentId: parent.id, name });
  if (existing?.kind === folderKind) return existing;
  if (existing !== undefined) throw new AppError("conflict", `"${name}" is a file now; move it away first.`);
  const path = `${folderPath}/${name}`;
  withFolder(folderPath, (folder) => mkdirSync(`${folder}/${name}`));
  batch.onUndo(() => rmdirSync(path));
  const facts = factsAt(path);
  if (facts === undefined) throw new AppError("conflict");
  const etag = batch.seq(space);
  const id = core.nodes.insert({ ...facts, spaceId: space.id, parentId: parent.id, name, etag, sha1: null });
  if (id === undefined) throw new AppError("exists");
  core.redo.folder(space.volume, path, facts);
  batch.raise(parent.id, 0, 1);
  return requireRow(core, id);
}

function toItem(row: TrashRow): TrashItem {
  return {
    id: row.id,
    spaceId: row.space_id,
    nodeId: row.node_id,
    name: row.name,
    kind: row.kind === folderKind ? "folder" : "file",
    sizeBytes: row.size_bytes,
    originalPath: row.original_path,
    deletedAtMs: row.deleted_at_ms,
    deletedBy: row.deleted_by,
  };
}
