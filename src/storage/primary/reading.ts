import { closeSync, constants } from "node:fs";
import { AppError, toAppError } from "#platform/errors";
import { createAncestry } from "./ancestry.ts";
import { type Core, infoOf, requireNode, spaceOf } from "./core.ts";
import { factsAt, factsOfFd, openChecked, sameFacts } from "./disk.ts";
import type { Indexer } from "./indexer.ts";
import { fileKind, folderKind, type NodeRow, toNodeInfo } from "./nodes.ts";
import { reindexEntry } from "./reindex.ts";
import { createSmallFiles } from "./small-files.ts";
import type { NodeFilter, NodeInfo, OpenedFile, PageOptions } from "./types.ts";
import type { Placeholder } from "./tiers-placeholder.ts";
import type { Tiers } from "./tiers.ts";
import type { Watcher } from "./watcher.ts";

const maxOfSizes = 10_000;

/** Look-ups in the index, and the cheap checks that keep it true to the disk in the request path. */
export function createReading(core: Core, indexer: Indexer, watcher: Watcher, tiers: Tiers) {
  const { nodes, tree } = core;
  const visible = (row: NodeRow | undefined) =>
    row !== undefined && tree.isVisible(row) ? infoOf(core, row) : undefined;
  const infos = (rows: readonly NodeRow[]): NodeInfo[] => {
    const [first] = rows;
    if (first === undefined) return [];
    const { epoch } = spaceOf(core, first);
    return rows.map((row) => toNodeInfo(row, epoch));
  };
  const lineage = (id: number): NodeInfo[] => {
    const row = nodes.get(id);
    if (row === undefined || !tree.isVisible(row)) return [];
    const ids = row.parent_id === null ? [] : tree.folderChain(row.parent_id).toReversed();
    const above = ids.map((folderId) => nodes.get(folderId)).filter((folder) => folder !== undefined);
    return infos([...above, row]);
  };

  /** A folder by one stat of its directory, a file by one stat; only a difference costs more. */
  const refresh = (id: number): NodeInfo => {
    const row = requireNode(core, id);
    const facts = factsAt(tree.pathOf(row));
    // What is there as the index knows it cannot be on a disk that is away; only a difference asks for the disk first.
    if (facts !== undefined && sameFacts(facts, row)) return infoOf(core, row);
    spaceOf(core, row).volume.requireOnline();
    if (facts !== undefined && row.kind === folderKind && facts.ino === row.ino) {
      watcher.catchUp();
      indexer.listNow(id);
    } else {
      lookAgain(row);
    }
    return infoOf(core, requireNode(core, id));
  };
  /** The entry is not what the index says: take in what the kernel noticed, then compare it by itself. */
  const lookAgain = (row: NodeRow) => {
    watcher.catchUp();
    const now = nodes.get(row.id);
    if (now === undefined || now.parent_id === null)
      throw new AppError("storage-offline", "The top folder of this space is missing on the disk.");
    const parent = requireNode(core, now.parent_id);
    core.committer.now((batch) => reindexEntry(core, batch, parent, tree.path(parent.id), now.name));
  };

  const openOnce = (row: NodeRow, isRemoteFine: boolean): OpenedFile | undefined => {
    const fd = openIfThere(tree.pathOf(row));
    if (fd === undefined) return undefined;
    let isHandedOver = false;
    try {
      const facts = factsOfFd(fd);
      if (!sameFacts(facts, row)) return undefined;
      const placeholder = core.tiers.placeholderOf(row, fd);
      if (placeholder !== undefined) return remoteFile(row, placeholder, isRemoteFine);
      const copyFd = isRemoteFine ? tiers.openFast(row) : undefined;
      isHandedOver = copyFd === undefined;
      return openedFile(infoOf(core, row), copyFd ?? fd, facts.sizeBytes);
    } finally {
      if (!isHandedOver) closeSync(fd);
    }
  };
  const remoteFile = (row: NodeRow, placeholder: Placeholder, isFine: boolean): OpenedFile => {
    if (!isFine) {
      throw new AppError("unavailable", `The content of "${row.name}" is in "${placeholder.tier}"; fetch it first.`);
    }
    const { sizeBytes } = placeholder;
    const remote = tiers.remote(row, placeholder);
    return { node: infoOf(core, row), fd: -1, fdPath: "", sizeBytes, remote, close: () => undefined };
  };
  const open = (id: number, { remote = false }: { readonly remote?: boolean } = {}): OpenedFile => {
    const row = requireNode(core, id);
    if (row.kind === folderKind) throw new AppError("conflict", "A folder has no content of its own.");
    if (remote) tiers.noteOpen(id);
    const opened = openOnce(row, remote);
    if (opened !== undefined) return opened;
    refresh(id);
    const again = openOnce(requireNode(core, id), remote);
    if (again === undefined) throw new AppError("unavailable", "The file is changing right now; try again.");
    return again;
  };

  return {
    node: (id: number) => visible(nodes.get(id)),
    knownNode: (id: number) => {
      const row = nodes.get(id);
      return row && infoOf(core, row);
    },
    child: (parentId: number, name: string) => visible(nodes.child(parentId, name)),
    resolve: (spaceId: number, names: readonly string[]) => {
      let row = nodes.get(core.spaces.get(spaceId).rootId);
      for (const name of names) row = row?.kind === folderKind ? nodes.child(row.id, name) : undefined;
      return row && infoOf(core, row);
    },
    lineage,
    above: createAncestry(core),
    rootIdOf: (spaceId: number) => core.spaces.get(spaceId).rootId,
    isWithin: (id: number, ancestorId: number) => lineage(id).some((node) => node.id === ancestorId),
    children: (folderId: number, filter?: NodeFilter) => infos(nodes.children(requireNode(core, folderId).id, filter)),
    page: (folderId: number, options: PageOptions) => {
      const { rows, total } = nodes.page(requireNode(core, folderId).id, options);
      return { nodes: infos(rows), total };
    },
    recent: (spaceIds: readonly number[], limit: number, filter?: NodeFilter) =>
      spaceIds
        .flatMap((spaceId) => {
          const ids = core.changes.latest(spaceId, limit);
          const passing = filter === undefined ? undefined : nodes.passing(ids, filter);
          return ids.filter((id) => passing?.has(id) !== false).map((id) => nodes.get(id));
        })
        .filter((row) => row !== undefined && row.kind === fileKind && tree.isVisible(row))
        .map((row) => infoOf(core, row as NodeRow))
        .toSorted((a, b) => b.modifiedAtMs - a.modifiedAtMs)
        .slice(0, limit),
    filesOfSizes: (folderId: number, sizes: readonly number[], filter?: NodeFilter) =>
      infos(nodes.filesOfSizes(folderId, sizes, maxOfSizes, filter)),
    usageByExtension: (spaceId: number) => nodes.usageByExtension(core.spaces.get(spaceId).rootId),
    refresh,
    open,
    small: createSmallFiles(core, open),
  };
}

/** Undefined when the path leads elsewhere or nowhere: the caller looks closer. */
function openIfThere(path: string): number | undefined {
  try {
    return openChecked(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (toAppError(error).code === "not-found") return undefined;
    throw error;
  }
}

function openedFile(node: NodeInfo, fd: number, sizeBytes: number): OpenedFile {
  let open = true;
  return {
    node,
    fd,
    fdPath: `/proc/self/fd/${fd}`,
    sizeBytes,
    close: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}
