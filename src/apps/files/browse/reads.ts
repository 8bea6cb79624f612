import { sharedWith } from "#apps/files/mounts";
import type { browseContract } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor, Handlers, UseCaseContext } from "#platform/usecase";
import { createPresenter } from "./present.ts";
import { splitPath } from "./places.ts";
import { at, noSuchNode, shownPath, visibleFolder, visibleNode } from "./rights.ts";
import type { BrowseDeps } from "./service.ts";

type Reads = "files.list" | "files.get" | "files.resolve" | "files.recent" | "files.sharedWithMe";

/** The operations that only look. */
export function readHandlers(deps: BrowseDeps): Pick<Handlers<typeof browseContract>, Reads> {
  const { storage, access, mounts, personName } = deps;
  const present = createPresenter(deps);
  const readable = (context: UseCaseContext, nodeId: number, find = visibleNode) => {
    const node = find(deps, context.actor, nodeId);
    context.checked(`node ${nodeId}`);
    return node;
  };
  const pathTo = (actor: Actor, nodeId: number) => {
    const path = shownPath(deps, actor, nodeId).map(({ id, name }) => ({ id, name }));
    // A way that begins at a share begins with what its receiver calls it.
    const mount = access.isPlain(actor) ? undefined : mounts.shared(actor).find(({ node }) => node.id === path[0]?.id);
    return mount === undefined ? path : [{ id: mount.node.id, name: mount.name }, ...path.slice(1)];
  };
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
      items: mounts.shared(actor).map(({ node, name, entry, expiresAtMs }) => ({
        node: { ...present.one(actor, node), parentId: null, name },
        name,
        sharedBy: personName(entry.createdBy) ?? "",
        sharedAtMs: entry.createdAtMs,
        expiresAtMs,
      })),
    }),
    "files.recent": ({ actor }, { limit }) => ({
      nodes: present.all(actor, storage.recent(spacesToLookIn(actor), limit, access.sightOf(actor).rows)),
    }),
  };
}
