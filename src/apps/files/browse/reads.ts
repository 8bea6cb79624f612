import type { browseContract } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor, Handlers, UseCaseContext } from "#platform/usecase";
import { createPresenter } from "./present.ts";
import { splitPath } from "./places.ts";
import { at, noSuchNode, shownPath, visibleFolder, visibleNode } from "./rights.ts";
import type { BrowseDeps } from "./service.ts";
import { sharedWith } from "./shared.ts";

type Reads = "files.list" | "files.get" | "files.resolve" | "files.search" | "files.recent" | "files.sharedWithMe";

/** The operations that only look. */
export function readHandlers(deps: BrowseDeps): Pick<Handlers<typeof browseContract>, Reads> {
  const { storage, access, personName } = deps;
  const present = createPresenter(deps);
  const readable = (context: UseCaseContext, nodeId: number, find = visibleNode) => {
    const node = find(deps, context.actor, nodeId);
    context.checked(`node ${nodeId}`);
    return node;
  };
  const pathTo = (actor: Actor, nodeId: number) => shownPath(deps, actor, nodeId).map(({ id, name }) => ({ id, name }));
  /** The spaces of a person, and those in which they were let into something. */
  const spacesToLookIn = (actor: Actor): number[] => {
    const own = access.spacesOf(actor.userId).map(({ spaceId }) => spaceId);
    return [...new Set([...own, ...sharedWith(deps, actor).map(({ node }) => node.spaceId)])];
  };

  return {
    "files.list": (context, { folderId, ...options }) => {
      const { actor } = context;
      readable(context, folderId, visibleFolder);
      const folder = storage.refresh(folderId);
      const { nodes, total } = storage.page(folderId, { ...options, filter: access.sightOf(actor).entries });
      return {
        folder: present.one(actor, folder),
        path: pathTo(actor, folderId),
        nodes: present.all(actor, nodes),
        total,
      };
    },
    "files.get": (context, { id }) => {
      readable(context, id);
      return { node: present.one(context.actor, storage.refresh(id)), path: pathTo(context.actor, id) };
    },
    "files.resolve": (context, { spaceId, path }) => {
      if (!storage.spaces().some(({ id }) => id === spaceId)) throw new AppError("not-found");
      const node = storage.resolve(spaceId, splitPath(path));
      if (node === undefined || !access.reaches(context.actor, at(node))) throw noSuchNode();
      context.checked(`node ${node.id}`);
      return { node: present.one(context.actor, node) };
    },
    "files.sharedWithMe": ({ actor }) => ({
      items: sharedWith(deps, actor).map(({ node, name, entry, expiresAtMs }) => ({
        node: { ...present.one(actor, node), parentId: null, name: node.parentId === null ? name : node.name },
        name,
        sharedBy: personName(entry.createdBy) ?? "",
        sharedAtMs: entry.createdAtMs,
        expiresAtMs,
      })),
    }),
    "files.search": ({ actor }, { query, folderId, limit }) => {
      const folder = folderId === undefined ? undefined : visibleFolder(deps, actor, folderId);
      const spaceIds = folder === undefined ? spacesToLookIn(actor) : [folder.spaceId];
      const words = query.split(/\s+/u).filter((word) => word !== "");
      const filter = access.sightOf(actor).tree;
      const found = storage.search({ spaceIds, words, withinId: folderId, limit: limit + 1, filter });
      const hits = present.all(actor, found.slice(0, limit));
      return {
        hits: hits.map((node) => ({ node, folderPath: folderPathOf(actor, node.id) })),
        more: found.length > limit,
      };
    },
    "files.recent": ({ actor }, { limit }) => ({
      nodes: present.all(actor, storage.recent(spacesToLookIn(actor), limit, access.sightOf(actor).rows)),
    }),
  };

  /** Names of the folders between the space's root and the node, joined by `/`, as far as they are shown. */
  function folderPathOf(actor: Actor, nodeId: number): string {
    return shownPath(deps, actor, nodeId)
      .slice(0, -1)
      .filter(({ parentId }) => parentId !== null)
      .map(({ name }) => name)
      .join("/");
  }
}
