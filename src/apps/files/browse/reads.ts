import type { browseContract } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor, Handlers, UseCaseContext } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { pathTo, presentNode } from "./present.ts";
import { requireFolder, requireNode, splitPath } from "./places.ts";
import type { BrowseDeps } from "./service.ts";

type Reads = "files.list" | "files.get" | "files.resolve" | "files.search" | "files.recent" | "files.sharedWithMe";

/** The operations that only look. */
export function readHandlers({
  storage,
  access,
  linkedNodeIds,
}: BrowseDeps): Pick<Handlers<typeof browseContract>, Reads> {
  const present = (nodes: readonly NodeInfo[]) => {
    const linked = linkedNodeIds(nodes.map(({ id }) => id));
    return nodes.map((node) => presentNode(node, linked.has(node.id)));
  };
  const presentOne = (node: NodeInfo) => presentNode(node, linkedNodeIds([node.id]).has(node.id));
  const readable = (context: UseCaseContext, spaceId: number) => {
    access.require(context.actor, "read", { spaceId });
    context.checked();
  };
  const visibleSpaceIds = (actor: Actor) =>
    storage
      .spaces()
      .filter(({ id }) => access.can(actor, "read", { spaceId: id }))
      .map(({ id }) => id);

  return {
    "files.list": (context, { folderId, ...options }) => {
      readable(context, requireFolder(storage, folderId).spaceId);
      const folder = storage.refresh(folderId);
      const { nodes, total } = storage.page(folderId, options);
      return { folder: presentOne(folder), path: pathTo(storage, folderId), nodes: present(nodes), total };
    },
    "files.get": (context, { id }) => {
      readable(context, requireNode(storage, id).spaceId);
      return { node: presentOne(storage.refresh(id)), path: pathTo(storage, id) };
    },
    "files.resolve": (context, { spaceId, path }) => {
      readable(context, spaceId);
      const node = storage.resolve(spaceId, splitPath(path));
      if (node === undefined) throw new AppError("not-found");
      return { node: presentOne(node) };
    },
    "files.sharedWithMe": () => ({ items: [] }),
    "files.search": (context, { query, folderId, limit }) => {
      const folder = folderId === undefined ? undefined : requireFolder(storage, folderId);
      if (folder !== undefined) access.require(context.actor, "read", { spaceId: folder.spaceId });
      const spaceIds = folder === undefined ? visibleSpaceIds(context.actor) : [folder.spaceId];
      const words = query.split(/\s+/u).filter((word) => word !== "");
      const found = storage.search({ spaceIds, words, withinId: folderId, limit: limit + 1 });
      const hits = present(found.slice(0, limit)).map((node) => ({ node, folderPath: folderPathOf(node.id) }));
      return { hits, more: found.length > limit };
    },
    "files.recent": (context, { limit }) => ({ nodes: present(storage.recent(visibleSpaceIds(context.actor), limit)) }),
  };

  /** Names of the folders between the space's root and the node, joined by `/`. */
  function folderPathOf(nodeId: number): string {
    return storage
      .lineage(nodeId)
      .slice(1, -1)
      .map(({ name }) => name)
      .join("/");
  }
}
