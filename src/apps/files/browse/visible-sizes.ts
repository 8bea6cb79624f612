import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { at } from "./rights.ts";

interface SizesDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** What is hidden, or shown again inside something hidden, counts for the folders above it. */
interface Correction {
  readonly above: ReadonlySet<number>;
  readonly sizeBytes: number;
  readonly count: number;
}

/**
 * Nodes with the sizes and counts that somebody may know of: without what is hidden from them. Made for one answer; costs nothing
 * for whom no entry concerns.
 */
export function createVisibleSizes(deps: SizesDeps, actor: Actor): (node: NodeInfo) => NodeInfo {
  if (deps.access.isPlain(actor)) return (node) => node;
  const corrections = correctionsFor(deps, actor);
  if (corrections.length === 0) return (node) => node;
  return (node) => {
    if (node.kind === "file") return node;
    let { sizeBytes, count } = node;
    for (const correction of corrections) {
      if (!correction.above.has(node.id)) continue;
      sizeBytes += correction.sizeBytes;
      count += correction.count;
    }
    return sizeBytes === node.sizeBytes && count === node.count ? node : { ...node, sizeBytes, count };
  };
}

function correctionsFor({ storage, access }: SizesDeps, actor: Actor): Correction[] {
  return access.nodesWithEntriesFor(actor).flatMap((nodeId) => {
    const node = storage.node(nodeId);
    if (node === undefined || node.parentId === null) return [];
    const isShown = access.can(actor, "read", at(node));
    const isParentShown = access.can(actor, "read", { spaceId: node.spaceId, nodeId: node.parentId });
    if (isShown === isParentShown) return [];
    const sign = isShown ? 1 : -1;
    const above = new Set(storage.above(nodeId));
    return [{ above, sizeBytes: sign * node.sizeBytes, count: sign * (node.count + 1) }];
  });
}
