import { sharedWith } from "#apps/files/browse";
import type { Actor } from "#platform/usecase";
import type { NodeInfo, SpaceInfo, Storage } from "#storage/primary";
import type { Access } from "#security/access";

interface VirtualDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** Id and space of a list. Nodes and spaces have ids from 1, so no lock and no property can hang on it. */
export const listId = 0;

/** `/dav/`, `/dav/spaces/` or `/dav/shared/` itself, as if it were a folder. */
export function listNode(deps: VirtualDeps, actor: Actor, names: readonly string[]): NodeInfo {
  const entries = listEntries(deps, actor, names);
  const roots = entries.length === 0 ? "" : entries.map(({ etag }) => etag).join(" ");
  return virtualNode(names.at(-1) ?? "dav", {
    etag: Bun.hash(`${names.join("/")} ${roots}`).toString(36),
    modifiedAtMs: entries.reduce((latest, entry) => Math.max(latest, entry.modifiedAtMs), 0),
    createdAtMs: 0,
  });
}

/** What a list holds for the actor; root folders and shared ones under the name they have in URLs. */
export function listEntries(deps: VirtualDeps, actor: Actor, names: readonly string[]): NodeInfo[] {
  if (names[0] === "shared") return sharedEntries(deps, actor);
  if (names.length > 0) return spaceRoots(deps, actor);
  const home = deps.storage.findSpace("home", actor.name);
  const isHomeReadable = home !== undefined && deps.access.can(actor, "read", { spaceId: home.id });
  const homeRoot = isHomeReadable ? rootOf(deps.storage, home, "home") : undefined;
  const isLetIn = sharedEntries(deps, actor).length > 0;
  return [
    ...(homeRoot === undefined ? [] : [homeRoot]),
    listNode(deps, actor, ["spaces"]),
    // Most are let into nothing: then there is no such folder.
    ...(isLetIn ? [listNode(deps, actor, ["shared"])] : []),
  ];
}

function sharedEntries(deps: VirtualDeps, actor: Actor): NodeInfo[] {
  return sharedWith(deps, actor).map(({ node, name }) => ({ ...node, name }));
}

function spaceRoots({ storage, access }: VirtualDeps, actor: Actor): NodeInfo[] {
  return access
    .spacesOf(actor.userId)
    .filter(({ spaceId }) => access.can(actor, "read", { spaceId }))
    .map(({ spaceId }) => storage.space(spaceId))
    .filter(({ kind }) => kind === "shared")
    .map((space) => rootOf(storage, space, space.name))
    .filter((node) => node !== undefined);
}

function rootOf(storage: Storage, space: SpaceInfo, name: string): NodeInfo | undefined {
  const root = storage.node(space.rootId);
  return root === undefined ? undefined : { ...root, name };
}

function virtualNode(name: string, facts: Pick<NodeInfo, "etag" | "modifiedAtMs" | "createdAtMs">): NodeInfo {
  return {
    ...facts,
    id: listId,
    spaceId: listId,
    parentId: null,
    name,
    kind: "folder",
    sizeBytes: 0,
    count: 0,
    sha1: null,
  };
}
