import type { Mounts } from "#apps/files/mounts";
import type { Actor } from "#platform/usecase";
import type { NodeInfo, SpaceInfo, Storage } from "#storage/primary";
import type { Access } from "#security/access";

interface VirtualDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly mounts: Pick<Mounts, "shared" | "spaces">;
  /** Whether the actor sees the folder of external places, which is served elsewhere. */
  readonly hasPlaces?: ((actor: Actor) => boolean) | undefined;
}

/** Id and space of a list. Nodes and spaces have ids from 1, so no lock and no property can hang on it. */
export const listId = 0;

/** `/dav/`, `/dav/spaces/` or `/dav/shared/` itself, as if it were a folder. */
export function listNode(deps: VirtualDeps, actor: Actor, names: readonly string[]): NodeInfo {
  const entries = listEntries(deps, actor, names);
  const roots = entries.length === 0 ? "" : entries.map(({ name, etag }) => `${name} ${etag}`).join("\n");
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
    ...(deps.hasPlaces?.(actor) === true ? [placesNode] : []),
  ];
}

function sharedEntries(deps: VirtualDeps, actor: Actor): NodeInfo[] {
  return deps.mounts.shared(actor).map(({ node, name }) => ({ ...node, name }));
}

function spaceRoots(deps: VirtualDeps, actor: Actor): NodeInfo[] {
  return deps.mounts.spaces(actor).map(({ node, name }) => ({ ...node, name }));
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

const placesNode = virtualNode("places", { etag: "places", modifiedAtMs: 0, createdAtMs: 0 });
