import { constants, mkdirSync, renameSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { closeSync, openSync } from "node:fs";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { makeWay, placeNow } from "./acts.ts";
import type { Batch } from "./batch.ts";
import { type Core, infoOf, requireNode, requireRow, spaceOf } from "./core.ts";
import { factsAt, factsOfFd, openChecked, sameFacts, withFolder } from "./disk.ts";
import { lookAt, requireRoom, type Target } from "./entries.ts";
import { type DiskFacts, fileKind, folderKind, type NodeRow } from "./nodes.ts";
import { discard, setTime, stagePath, syncWithName } from "./stage.ts";
import { type Placeholder, writePlaceholder } from "./tiers-placeholder.ts";
import type { Place, RelocateOptions, Written } from "./types.ts";
import type { Volume } from "./volumes.ts";

/** A copied entry in the stage, parents before children. */
interface Copied {
  readonly source: NodeRow;
  readonly facts: DiskFacts;
  /** Of the content that was copied; null when the source is not what the index knows. */
  readonly sha1: Uint8Array | null;
  /** Of a file whose content is in another store: the copy stands for the same content there. */
  readonly placeholder: Placeholder | undefined;
}

const syncTimeoutMs = 600_000;
const maxEntries = 1_000_000;

/** Copies into the stage first (sharing blocks where the file system can), then renames into place. */
export async function copy(
  core: Core,
  nodeId: number,
  to: Place,
  options: RelocateOptions & { shallow?: boolean },
): Promise<Written & { pairs: [number, number][] }> {
  const row = requireNode(core, nodeId);
  const { volume } = spaceOf(core, requireNode(core, to.parentId));
  spaceOf(core, row).volume.requireOnline();
  volume.requireOnline();
  // What is certain to be refused is refused before bytes are moved; the same is asked again when the copy is placed.
  core.committer.now((batch) => preview(core, batch, row, to));
  const staged = stagePath(volume);
  try {
    const copied = await copyTree(core, row, staged, options);
    await makeDurable(core, volume, row, staged);
    const placed = await core.committer.submit((batch) => place(core, batch, to, staged, copied, options));
    // Sizes of folders are summed up when the group ends.
    return { ...placed, node: infoOf(core, requireRow(core, placed.node.id)) };
  } catch (error) {
    discard(staged);
    throw error;
  }
}

function preview(core: Core, batch: Batch, row: NodeRow, to: Place): void {
  const target = lookAt(core, batch, to);
  if (core.tree.folderChain(target.parent.id).includes(row.id)) {
    throw new AppError("conflict", "A folder cannot be copied into itself.");
  }
  if (target.existing?.id === row.id) throw new AppError("forbidden", "Source and target are the same.");
  requireRoom(core, batch, target.space, row.size_bytes);
  if (row.size_bytes > target.space.volume.state().freeBytes) throw new AppError("disk-full");
}

async function copyTree(
  core: Core,
  root: NodeRow,
  staged: string,
  { shallow = false, filter }: { readonly shallow?: boolean } & Pick<RelocateOptions, "filter">,
): Promise<Copied[]> {
  const copied: Copied[] = [];
  const todo: { source: NodeRow; path: string }[] = [{ source: root, path: staged }];
  for (let next = todo.pop(); next !== undefined && copied.length < maxEntries; next = todo.pop()) {
    const { source, path } = next;
    let content: Pick<Copied, "sha1" | "placeholder"> = { sha1: null, placeholder: undefined };
    if (source.kind === folderKind) {
      mkdirSync(path, { mode: 0o755 });
      if (!shallow)
        for (const child of core.nodes.children(source.id, filter))
          todo.push({ source: child, path: `${path}/${child.name}` });
    } else content = await copyContent(core, source, path);
    const facts = factsAt(path);
    if (facts === undefined) throw new AppError("conflict");
    copied.push({ source, facts, ...content });
  }
  return copied;
}

/** Returns the hash of what was copied, if the index has it. */
async function copyContent(core: Core, source: NodeRow, path: string): Promise<Pick<Copied, "sha1" | "placeholder">> {
  const fd = openChecked(core.tree.pathOf(source), constants.O_RDONLY);
  let isKnown = sameFacts(factsOfFd(fd), source);
  try {
    const placeholder = core.tiers.placeholderOf(source, fd);
    if (placeholder !== undefined) {
      const mtimeUs = source.mtime_us;
      writePlaceholder(path, { ...placeholder, mtimeUs }, { fd, mtimeUs });
      return { sha1: isKnown ? source.sha1 : null, placeholder };
    }
    await copyFile(`/proc/self/fd/${fd}`, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    isKnown &&= sameFacts(factsOfFd(fd), source);
  } finally {
    closeSync(fd);
  }
  // Setting the time needs no right to write, which a copy of a read-only file does not give.
  const copyFd = openSync(path, "r");
  try {
    setTime(copyFd, source.mtime_us / 1000);
  } finally {
    closeSync(copyFd);
  }
  return { sha1: isKnown ? source.sha1 : null, placeholder: undefined };
}

/** One file is synced by itself; a tree by one sync of the volume. */
async function makeDurable(core: Core, volume: Volume, row: NodeRow, staged: string): Promise<void> {
  if (core.durability !== "strict") return;
  if (row.kind !== folderKind) {
    const fd = openSync(staged, "r");
    try {
      await syncWithName(fd, volume.stagePath);
    } finally {
      closeSync(fd);
    }
    return;
  }
  const result = await core.exec.run(["sync", "-f", volume.path], {
    timeoutMs: syncTimeoutMs,
    maxOutputBytes: 64 * 1024,
  });
  if (result.exitCode !== 0) throw new AppError("storage-offline", "The copy could not be brought to the disk.");
}

function place(
  core: Core,
  batch: Batch,
  to: Place,
  staged: string,
  copied: readonly Copied[],
  options: RelocateOptions,
): Written & { pairs: [number, number][] } {
  const target = lookAt(core, batch, to);
  const [root] = copied;
  if (root === undefined) throw new AppError("conflict");
  if (options.replace === true && target.existing?.kind === fileKind && root.source.kind === fileKind) {
    // A file over a file is new content for it, as if it had been sent.
    const { facts, sha1 } = root;
    const written = placeNow(
      core,
      batch,
      to,
      { path: staged, facts, sha1, content: null },
      { ...options, keepAlways: true },
    );
    if (root.placeholder !== undefined) core.tiers.placed(written.node.id, root.placeholder);
    return { ...written, pairs: [[root.source.id, written.node.id]] };
  }
  const replaced = makeWay(core, batch, target, undefined, options);
  const bytes = copied.reduce((sum, { facts }) => sum + facts.sizeBytes, 0);
  requireRoom(core, batch, target.space, bytes);
  const path = `${target.folderPath}/${target.name}`;
  withFolder(target.folderPath, (folder) => renameSync(staged, `${folder}/${target.name}`));
  batch.onUndo(() => renameSync(path, staged));
  core.redo.rename(target.space.volume, staged, path, root.facts);
  const ids = indexCopied(core, batch, target, copied, options.actor);
  const id = ids.get(root.source.id);
  if (id === undefined) throw new AppError("conflict");
  return { node: infoOf(core, requireRow(core, id)), created: !replaced, pairs: [...ids] };
}

function indexCopied(
  core: Core,
  batch: Batch,
  target: Target,
  copied: readonly Copied[],
  actor: Actor,
): Map<number, number> {
  const { space, parent } = target;
  const ids = new Map<number, number>();
  for (const { source, facts, sha1, placeholder } of copied) {
    const parentId = (ids.size === 0 ? undefined : ids.get(source.parent_id ?? 0)) ?? parent.id;
    const name = ids.size === 0 ? target.name : source.name;
    const id = core.nodes.insert({ ...facts, spaceId: space.id, parentId, name, etag: batch.seq(space), sha1 });
    if (id === undefined) throw new AppError("exists");
    if (ids.size === 0) batch.log(space, id, "copy", actor);
    ids.set(source.id, id);
    if (placeholder !== undefined) core.tiers.placed(id, placeholder);
    batch.raise(parentId, facts.sizeBytes, 1);
  }
  return ids;
}
