import { AppError } from "#platform/errors";
import type { Permit } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { Access, NodeResource } from "#security/access";
import type { Guard, NodeInfo, Storage } from "#storage/primary";

interface RightsDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** A node as `can` asks for it. */
export function at(node: NodeInfo): NodeResource {
  return { spaceId: node.spaceId, nodeId: node.id };
}

/** What a hidden node and a missing one have in common. */
export function noSuchNode(cause?: string): AppError {
  return new AppError("not-found", "It was moved or deleted.", { cause, isRefusal: cause !== undefined });
}

/** The node, which the actor must be able to read. Throws the same `not-found` whether it is missing or hidden. */
export function visibleNode({ storage, access }: RightsDeps, actor: Actor, nodeId: number): NodeInfo {
  const node = storage.node(nodeId);
  if (node === undefined) throw noSuchNode();
  if (!access.can(actor, "read", at(node))) throw noSuchNode(access.explain(actor, "read", at(node)).reason);
  return node;
}

/** For sending what is in a node: as long as the actor may read it, also where it has been moved meanwhile. */
export function readPermit({ storage, access }: RightsDeps, actor: Actor, node: NodeInfo): Permit {
  return { actor, holds: (now) => access.can(now, "read", at(storage.node(node.id) ?? node)) };
}

/** The same for a folder. Throws `bad-request` for a file. */
export function visibleFolder(deps: RightsDeps, actor: Actor, nodeId: number): NodeInfo {
  const node = visibleNode(deps, actor, nodeId);
  if (node.kind !== "folder") throw new AppError("bad-request", `${node.name} is not a folder.`);
  return node;
}

/** Throws unless the actor may change the node itself: put files into a folder, replace what is in a file. */
export function requireWritable(deps: RightsDeps, actor: Actor, nodeId: number): NodeInfo {
  const node = visibleNode(deps, actor, nodeId);
  deps.access.require(actor, "write", at(node));
  return node;
}

/** Throws unless the name of a node in its folder may be changed: both must be writable. */
export function requireRenamable({ storage, access }: RightsDeps, actor: Actor, node: NodeInfo): void {
  access.require(actor, "write", at(node));
  const parent = node.parentId === null ? undefined : storage.node(node.parentId);
  if (parent === undefined || access.can(actor, "write", at(parent))) return;
  throw new AppError("forbidden", `${node.name} lies in a folder that you may not change.`);
}

/** Throws unless a node may leave its folder, with everything that lies in it. */
export function requireRemovable(deps: RightsDeps, actor: Actor, node: NodeInfo): void {
  requireRenamable(deps, actor, node);
  const { storage, access } = deps;
  const obstacleId = access.obstacleBelow(actor, "write", at(node));
  if (obstacleId === undefined) return;
  const obstacle = storage.node(obstacleId);
  const isShown = obstacle !== undefined && access.can(actor, "read", at(obstacle));
  throw new AppError(
    "forbidden",
    isShown
      ? `You may not change ${obstacle.name}, which lies in ${node.name}.`
      : `${node.name} holds something that you may not change.`,
  );
}

/** Something stands at a name that somebody wants to use: of what is hidden, only that the name cannot be used is told. */
export function requireShown({ access }: Pick<RightsDeps, "access">, actor: Actor, existing: NodeInfo): void {
  if (!access.can(actor, "read", at(existing))) throw new AppError("forbidden", "That name cannot be used here.");
}

/** Throws unless what stands at a name may make way into the trash. */
export function requireReplaceable(deps: RightsDeps, actor: Actor, existing: NodeInfo): void {
  requireShown(deps, actor, existing);
  requireRemovable(deps, actor, existing);
}

interface GuardedTarget {
  readonly folderId: number;
  /** What is being put there. */
  readonly selfId: number;
  readonly replace: boolean;
}

/** The rights to a target of a move or copy, asked once more when all waiting is over. */
export function targetGuard(deps: RightsDeps, actor: Actor, { folderId, selfId, replace }: GuardedTarget): Guard {
  return (existing) => {
    deps.access.require(actor, "write", at(visibleNode(deps, actor, folderId)));
    if (replace && existing !== undefined && existing.id !== selfId) requireReplaceable(deps, actor, existing);
  };
}

/**
 * The way to a node as somebody may know it: from the space down, or from where they were let in. The node itself is last; empty
 * when it cannot be seen.
 */
export function shownPath({ storage, access }: RightsDeps, actor: Actor, nodeId: number): NodeInfo[] {
  const path = storage.lineage(nodeId);
  const node = path.at(-1);
  if (node === undefined) return [];
  return path.slice(path.length - access.shownSteps(actor, at(node)));
}
