import { closeSync, constants, linkSync, mkdirSync, renameSync, rmdirSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, errnoOf } from "#platform/errors";
import type { Batch } from "./batch.ts";
import { type Core, infoOf, requireNode, requireRow, spaceOf, submitInTurn } from "./core.ts";
import { factsAt, factsOfFd, openChecked, withFolder } from "./disk.ts";
import { lookAt, refuseClash, requireRoom, type Target } from "./entries.ts";
import { keepReplaced } from "./keep-version.ts";
import { folderKind, type NodeRow } from "./nodes.ts";
import { attach } from "./reindex.ts";
import type { Space } from "./spaces.ts";
import { discard, inlineBytes, stageBytes, type Staged, stageStream } from "./stage.ts";
import { moveToTrash } from "./trash.ts";
import type { ActOptions, Body, NodeInfo, Place, PutOptions, RelocateOptions, Written } from "./types.ts";

const empty = new Uint8Array();

/** Stages the body, then places it. Small bodies are taken whole, so that they cost one pass through memory. */
export async function put(core: Core, place: Place, body: Body, options: PutOptions): Promise<Written> {
  const space = spaceOf(core, requireNode(core, place.parentId));
  space.volume.requireOnline();
  refuseEarly(core, space, options);
  const strict = core.durability === "strict";
  const whole = await wholeBody(body, options.sizeBytes);
  const staged =
    whole === undefined
      ? await stageStream(space.volume, streamOf(body), options, strict)
      : stageBytes(space.volume, whole, options);
  return placeStaged(core, place, staged, options);
}

function streamOf(body: Body): ReadableStream<Uint8Array> {
  return body instanceof ReadableStream ? body : new Blob([(body ?? empty) as Uint8Array<ArrayBuffer>]).stream();
}

/** The bytes of a small body; undefined when it has to be streamed. */
async function wholeBody(body: Body, sizeBytes: number | undefined): Promise<Uint8Array | undefined> {
  if (body === null) return empty;
  if (body instanceof Uint8Array) return body.byteLength <= inlineBytes ? body : undefined;
  if (sizeBytes === undefined || sizeBytes > inlineBytes) return undefined;
  return new Response(body).bytes();
}

/** A body that cannot fit is refused before it is received. */
function refuseEarly(core: Core, space: Space, options: PutOptions): void {
  const size = options.sizeBytes ?? 0;
  if (space.quotaBytes !== null) {
    const used = (core.nodes.get(space.rootId)?.size_bytes ?? 0) + core.spaces.trashBytes(space.id);
    // What is replaced is not known yet; the exact check follows when the file is placed.
    if (size > space.quotaBytes || used > space.quotaBytes) throw new AppError("quota-exceeded");
  }
  if (size > inlineBytes && size > space.volume.state().freeBytes) throw new AppError("disk-full");
}

/** Renames a staged file to its place and indexes it. When that is refused the staged file goes, unless it can be tried again. */
export async function placeStaged(
  core: Core,
  place: Place,
  staged: Staged,
  options: ActOptions,
  { keepOnFailure = false, onPlaced }: { keepOnFailure?: boolean; onPlaced?: () => void } = {},
): Promise<Written> {
  try {
    return await submitInTurn(core, options.actor, (batch) => {
      const written = placeNow(core, batch, place, staged, options);
      onPlaced?.();
      return written;
    });
  } catch (error) {
    if (!keepOnFailure) discard(staged.path);
    throw error;
  }
}

/** The same in a running transaction, for who takes care of the staged file. */
export function placeNow(core: Core, batch: Batch, place: Place, staged: Staged, options: ActOptions): Written {
  const target = lookAt(core, batch, place);
  const { existing, space } = target;
  const before = existing === undefined ? undefined : infoOf(core, existing);
  options.guard?.(before);
  if (existing?.kind === folderKind) throw new AppError("conflict", "A folder of that name is there.");
  refuseClash(core, target, existing?.id);
  const growth = staged.facts.sizeBytes - (existing?.size_bytes ?? 0);
  requireRoom(core, batch, space, growth);
  const path = `${target.folderPath}/${target.name}`;
  const kept = keepReplaced(core, batch, target, staged, options);
  renameInto(target, staged.path);
  batch.onUndo(() => {
    if (existing === undefined) renameSync(path, staged.path);
    else if (kept !== undefined) {
      linkSync(path, staged.path);
      renameSync(kept.path, path);
    }
    // What was replaced and not kept is gone; then the new content stays, and the index takes it as an edit.
  });
  if (existing !== undefined) core.tiers.replaced(existing.id, kept?.number);
  const id = indexPlaced(core, batch, target, staged, options, kept?.number);
  batch.raise(target.parent.id, growth, existing === undefined ? 1 : 0);
  if (staged.content !== null) core.redo.write(space.volume, path, staged.facts, staged.content);
  else core.redo.rename(space.volume, staged.path, path, staged.facts);
  const written = { node: infoOf(core, requireRow(core, id)), created: existing === undefined };
  return kept === undefined ? written : { ...written, keptVersion: kept.number };
}

/** The rename goes through a descriptor of the checked folder, so that no symbolic link can redirect it. */
function renameInto(target: Target, from: string): void {
  try {
    withFolder(target.folderPath, (folder) => renameSync(from, `${folder}/${target.name}`));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw new AppError("conflict", "The folder is gone.", { cause: error });
    throw error;
  }
}

function indexPlaced(
  core: Core,
  batch: Batch,
  target: Target,
  staged: Staged,
  { actor, carried }: ActOptions,
  keptVersion: number | undefined,
): number {
  const { existing, parent, space, name } = target;
  if (existing !== undefined) {
    const etag = batch.log(space, existing.id, "write", actor, { keptVersion });
    core.nodes.rewrite(existing.id, staged.facts, etag, staged.sha1);
    return existing.id;
  }
  const etag = batch.seq(space);
  const id = core.nodes.insert({
    ...staged.facts,
    spaceId: space.id,
    parentId: parent.id,
    name,
    etag,
    sha1: staged.sha1,
    carried,
  });
  if (id === undefined) throw new AppError("exists");
  batch.log(space, id, "create", actor);
  return id;
}

export function makeFolder(core: Core, place: Place, options: ActOptions): Promise<NodeInfo> {
  spaceOf(core, requireNode(core, place.parentId)).volume.requireOnline();
  return core.committer.submit((batch) => {
    const target = lookAt(core, batch, place);
    options.guard?.(target.existing && infoOf(core, target.existing));
    if (target.existing !== undefined) throw new AppError("exists", `"${target.name}" is there already.`);
    refuseClash(core, target);
    const path = `${target.folderPath}/${target.name}`;
    withFolder(target.folderPath, (folder) => mkdirSync(`${folder}/${target.name}`));
    batch.onUndo(() => rmdirSync(path));
    const facts = factsAt(path);
    if (facts === undefined) throw new AppError("conflict", "The folder is gone.");
    core.redo.folder(target.space.volume, path, facts);
    return infoOf(core, requireRow(core, insertFolder(core, batch, target, facts, options)));
  });
}

function insertFolder(core: Core, batch: Batch, target: Target, facts: Staged["facts"], options: ActOptions): number {
  const { space, parent, name } = target;
  const etag = batch.seq(space);
  const id = core.nodes.insert({
    ...facts,
    spaceId: space.id,
    parentId: parent.id,
    name,
    etag,
    sha1: null,
    carried: options.carried,
  });
  if (id === undefined) throw new AppError("exists");
  batch.log(space, id, "create", options.actor);
  batch.raise(parent.id, 0, 1);
  return id;
}

/** Within a volume a rename; the node keeps its id. Between volumes it is refused: copy and remove instead. */
export function move(core: Core, nodeId: number, to: Place, options: RelocateOptions): Promise<Written> {
  spaceOf(core, requireNode(core, nodeId)).volume.requireOnline();
  return submitInTurn(core, options.actor, (batch) => {
    const row = requireNode(core, nodeId);
    const target = lookAt(core, batch, to);
    refuseMove(core, row, target);
    const replaced = makeWay(core, batch, target, row, options);
    const from = core.tree.pathOf(row);
    const name = finalName(target, row, to.name);
    if (target.existing?.id === row.id && name === row.name) return { node: infoOf(core, row), created: false };
    const path = `${target.folderPath}/${name}`;
    const facts = factsAt(from);
    if (facts === undefined || facts.kind !== row.kind) throw new AppError("not-found");
    requireRoom(core, batch, target.space, target.space === spaceOf(core, row) ? 0 : row.size_bytes);
    withFolder(dirname(from), (folder) => renameInto({ ...target, name }, `${folder}/${row.name}`));
    batch.onUndo(() => renameSync(path, from));
    const moved = attach(core, batch, row, target.parent, name, "move", options.actor);
    core.redo.rename(target.space.volume, from, path, facts);
    return { node: infoOf(core, moved), created: !replaced };
  });
}

/** A rename that changes only case or Unicode form finds itself at the target and takes the new spelling. */
function finalName(target: Target, row: NodeRow, wanted: string): string {
  return target.existing?.id === row.id || target.existing === undefined ? wanted.normalize("NFC") : target.name;
}

function refuseMove(core: Core, row: NodeRow, target: Target): void {
  if (row.parent_id === null) throw new AppError("forbidden", "The top folder of a space cannot be moved.");
  if (core.tree.folderChain(target.parent.id).includes(row.id)) {
    throw new AppError("conflict", "A folder cannot be moved into itself.");
  }
  if (spaceOf(core, row).volume !== target.space.volume) {
    throw new AppError("conflict", "The target lies on another disk; copy it there and remove the original.");
  }
}

/** Checks and clears the target of a move or copy. True when something made way into the trash. */
export function makeWay(
  core: Core,
  batch: Batch,
  target: Target,
  source: NodeRow | undefined,
  options: RelocateOptions,
): boolean {
  const { existing } = target;
  options.guard?.(existing === undefined ? undefined : infoOf(core, existing));
  refuseClash(core, target, source?.id);
  if (existing === undefined || existing.id === source?.id) return false;
  if (options.replace !== true) throw new AppError("exists", `"${target.name}" is there already.`);
  if (
    source !== undefined &&
    source.parent_id !== null &&
    core.tree.folderChain(source.parent_id).includes(existing.id)
  ) {
    throw new AppError("conflict", "A folder cannot be replaced by something inside it.");
  }
  moveToTrash(core, batch, existing, options.actor);
  return true;
}

export function touch(core: Core, nodeId: number, modifiedAtMs: number, options: ActOptions): Promise<NodeInfo> {
  spaceOf(core, requireNode(core, nodeId)).volume.requireOnline();
  return core.committer.submit((batch) => {
    const row = requireNode(core, nodeId);
    options.guard?.(infoOf(core, row));
    const path = core.tree.pathOf(row);
    const fd = openChecked(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const etag = batch.log(spaceOf(core, row), row.id, "touch", options.actor);
      const time = new Date(modifiedAtMs);
      utimesSync(`/proc/self/fd/${fd}`, time, time);
      core.nodes.rewrite(row.id, { ...factsOfFd(fd), sizeBytes: row.size_bytes }, etag, row.sha1);
    } finally {
      closeSync(fd);
    }
    if (row.parent_id !== null) batch.raise(row.parent_id, 0, 0);
    return infoOf(core, requireRow(core, row.id));
  });
}
