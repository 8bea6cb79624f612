import { at } from "#apps/files/browse";
import type { Mounts } from "#apps/files/mounts";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import type { Addresses } from "./path.ts";
import type { FindSpace, SpacePlace } from "./space-lookup.ts";

/** What a URL means for the one who asks. */
export type Target =
  /** `/dav/`, `/dav/spaces/` and `/dav/shared/`: lists that are no folders on disk. */
  | { readonly kind: "list"; readonly names: readonly string[] }
  | { readonly kind: "node"; readonly names: readonly string[]; readonly space: SpacePlace; readonly node: NodeInfo }
  /** Nothing there yet, or nothing that the caller may know of; `parent` is undefined when it cannot be a folder for them. */
  | {
      readonly kind: "free";
      readonly names: readonly string[];
      readonly space: SpacePlace;
      readonly parent: NodeInfo | undefined;
      readonly name: string;
      /** Something is there, or on the way, that the caller may not know of. */
      readonly isHidden: boolean;
    }
  /** Not a place of the caller: unknown, or somebody else's. */
  | { readonly kind: "nowhere"; readonly names: readonly string[]; readonly isHidden: boolean };

export type NodeTarget = Extract<Target, { kind: "node" }>;

export interface LocateDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly findSpace: FindSpace;
  readonly mounts: Pick<Mounts, "shared" | "spaces">;
}

/** Where the names of a path begin to be names of files: the root of a space, or something that was shared. */
interface Start {
  readonly space: SpacePlace;
  readonly topId: number;
  /** Names below the top. */
  readonly below: readonly string[];
}

/** Looks a path up; asks the disk for names the index does not know yet. */
export function locate(deps: LocateDeps, actor: Actor, names: readonly string[]): Target {
  if (isList(names)) return { kind: "list", names };
  const start = startOf(deps, actor, names);
  if (start === undefined) return { kind: "nowhere", names, isHidden: isForeignSpace(deps, names) };
  const { storage } = deps;
  const { space, below } = start;
  refuseHeld(storage, space.id);
  const node = resolve(storage, start, below) ?? discover(storage, start);
  if (node !== undefined && isShown(deps, actor, start, node, below.length))
    return { kind: "node", names, space, node };
  const name = below.at(-1);
  if (name === undefined) throw new AppError("storage-offline");
  const above = resolve(storage, start, below.slice(0, -1));
  const parent = above !== undefined && isShown(deps, actor, start, above, below.length - 1) ? above : undefined;
  const isHidden = node !== undefined || above !== parent;
  return { kind: "free", names, space, parent: parent?.kind === "folder" ? parent : undefined, name, isHidden };
}

/**
 * While a space is held nothing of it goes out to clients that sync, and none of them may take it for gone. Without the first words a
 * client takes the answer for the whole server being in maintenance.
 */
function refuseHeld(storage: Storage, spaceId: number): void {
  const held = storage.heldSpace(spaceId);
  if (held !== undefined) throw new AppError("unavailable", `Storage is temporarily not available. ${held.reason}`);
}

function isForeignSpace({ findSpace }: LocateDeps, [area, name = ""]: readonly string[]): boolean {
  return area === "spaces" && findSpace("shared", name) !== undefined;
}

function isList([area, ...inside]: readonly string[]): boolean {
  return area === undefined || ((area === "spaces" || area === "shared") && inside.length === 0);
}

function startOf(deps: LocateDeps, actor: Actor, names: readonly string[]): Start | undefined {
  const [area, name = ""] = names;
  if (area === "shared" || area === "spaces") return mountStart(deps, actor, area, name, names.slice(2));
  const space = area === "home" ? deps.findSpace("home", actor.name) : undefined;
  if (space === undefined || !deps.access.can(actor, "read", { spaceId: space.id })) return undefined;
  return { space, topId: space.rootId, below: names.slice(1) };
}

function mountStart(
  { mounts, findSpace }: LocateDeps,
  actor: Actor,
  area: "shared" | "spaces",
  name: string,
  below: readonly string[],
): Start | undefined {
  const wanted = name.normalize("NFC");
  const mount = mounts[area](actor).find((one) => one.name.normalize("NFC") === wanted);
  return mount && { space: findSpace.byId(mount.node.spaceId), topId: mount.node.id, below };
}

function resolve(storage: Storage, { space, topId }: Start, names: readonly string[]): NodeInfo | undefined {
  if (topId === space.rootId) return storage.resolve(space.id, names);
  let node = storage.node(topId);
  for (const name of names) node = node?.kind === "folder" ? storage.child(node.id, name) : undefined;
  return node;
}

/** Every folder on the way must be readable, not only the node: a path is a chain of names. */
function isShown({ access }: LocateDeps, actor: Actor, { topId }: Start, node: NodeInfo, depth: number): boolean {
  if (access.isPlain(actor) || node.id === topId) return true;
  return access.shownSteps(actor, at(node)) > depth;
}

/** Walks down once more and looks at the disk where a name is missing: another program may just have made it. */
function discover(storage: Storage, { topId, below }: Start): NodeInfo | undefined {
  let node = storage.node(topId);
  for (const name of below) {
    if (node?.kind !== "folder") return undefined;
    const parentId: number = node.id;
    node = storage.child(parentId, name);
    if (node === undefined) {
      storage.refresh(parentId);
      node = storage.child(parentId, name);
    }
  }
  return node;
}

/** Whom an address is for. */
interface Viewer {
  readonly actor: Actor;
  readonly surface: { readonly addresses: Addresses };
}

/** The URL path under which a caller finds a node, without a slash at the end; that of the top for what they do not see. */
export function hrefOfNode(deps: LocateDeps, viewer: Viewer, nodeId: number): string {
  const { storage, access, findSpace, mounts } = deps;
  const { actor, surface } = viewer;
  const { href } = surface.addresses;
  const path = storage.lineage(nodeId);
  const [root] = path;
  if (root === undefined) return href([]);
  const space = findSpace.byId(root.spaceId);
  const node = path.at(-1) ?? root;
  const isOwnHome = space.kind === "home" && space.name === actor.name;
  if (isOwnHome && access.reaches(actor, at(node))) return href(["home", ...path.slice(1).map(({ name }) => name)]);
  for (const mount of [...mounts.spaces(actor), ...mounts.shared(actor)]) {
    const top = path.findIndex(({ id }) => id === mount.node.id);
    const isShown = top !== -1 && access.shownSteps(actor, at(node)) >= path.length - top;
    if (isShown) return href([mount.kind, mount.name, ...path.slice(top + 1).map(({ name }) => name)]);
  }
  return href([]);
}

/** Whether names lead to the beginning of a share or of a shared space, and not to something in it. */
export function isMountRoot([area, ...inside]: readonly string[]): boolean {
  return (area === "shared" || area === "spaces") && inside.length === 1;
}

/** The node at a target of a read. Throws `not-found`. */
export function requireNode(target: Target): NodeTarget {
  if (target.kind !== "node") throw notThere(target);
  return target;
}

/** The `not-found` of a target, the same for what is hidden and what is missing; only the audit is told which it was. */
export function notThere(target: Exclude<Target, NodeTarget>): AppError {
  return new AppError("not-found", undefined, { isRefusal: target.kind !== "list" && target.isHidden });
}
