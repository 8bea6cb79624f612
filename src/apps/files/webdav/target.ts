import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { encodeDavPath } from "./path.ts";
import type { FindSpace, SpacePlace } from "./space-lookup.ts";

/** What a URL means for the one who asks. */
export type Target =
  /** `/dav/` and `/dav/spaces/`: lists that are no folders on disk. */
  | { readonly kind: "list"; readonly names: readonly string[] }
  | { readonly kind: "node"; readonly names: readonly string[]; readonly space: SpacePlace; readonly node: NodeInfo }
  /** Nothing there yet; `parent` is undefined when the folder above does not exist or is a file. */
  | {
      readonly kind: "free";
      readonly names: readonly string[];
      readonly space: SpacePlace;
      readonly parent: NodeInfo | undefined;
      readonly name: string;
    }
  /** Not a place of the caller: unknown, or somebody else's. */
  | { readonly kind: "nowhere"; readonly names: readonly string[] };

export type NodeTarget = Extract<Target, { kind: "node" }>;

interface LocateDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly findSpace: FindSpace;
}

/** Looks a path up; asks the disk for names the index does not know yet. */
export function locate({ storage, access, findSpace }: LocateDeps, actor: Actor, names: readonly string[]): Target {
  const [area, ...inside] = names;
  if (area === undefined || (area === "spaces" && inside.length === 0)) return { kind: "list", names };
  const space = spaceOf(findSpace, actor, area, inside[0]);
  if (space === undefined || !access.can(actor, "read", { spaceId: space.id })) return { kind: "nowhere", names };
  const below = area === "home" ? inside : inside.slice(1);
  const node = storage.resolve(space.id, below) ?? discover(storage, space, below);
  if (node !== undefined) return { kind: "node", names, space, node };
  const name = below.at(-1);
  if (name === undefined) throw new AppError("storage-offline");
  const parent = storage.resolve(space.id, below.slice(0, -1));
  return { kind: "free", names, space, parent: parent?.kind === "folder" ? parent : undefined, name };
}

function spaceOf(findSpace: FindSpace, actor: Actor, area: string, name: string | undefined): SpacePlace | undefined {
  if (area === "home") return findSpace("home", actor.name);
  return area === "spaces" && name !== undefined ? findSpace("shared", name) : undefined;
}

/** Walks down once more and looks at the disk where a name is missing: another program may just have made it. */
function discover(storage: Storage, space: SpacePlace, names: readonly string[]): NodeInfo | undefined {
  let node = storage.node(space.rootId);
  for (const name of names) {
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

/** The URL path of a node, without a slash at the end. */
export function hrefOfNode(storage: Storage, nodeId: number): string {
  const [root, ...below] = storage.lineage(nodeId);
  if (root === undefined) return encodeDavPath([]);
  const space = storage.space(root.spaceId);
  const area = space.kind === "home" ? ["home"] : ["spaces", space.name];
  return encodeDavPath([...area, ...below.map(({ name }) => name)]);
}

/** The node at a target of a read. Throws `not-found`. */
export function requireNode(target: Target): NodeTarget {
  if (target.kind !== "node") throw new AppError("not-found");
  return target;
}
