import type { Sight } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { at } from "./rights.ts";

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
export function createVisibleSizes(storage: Storage, sight: Sight): (node: NodeInfo) => NodeInfo {
  const corrections = correctionsFor(storage, sight);
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

function correctionsFor(storage: Storage, sight: Sight): Correction[] {
  return sight.concerned.flatMap((nodeId) => {
    const node = storage.node(nodeId);
    if (node === undefined || node.parentId === null) return [];
    const isShown = sight.can(at(node));
    const isParentShown = sight.can({ spaceId: node.spaceId, nodeId: node.parentId });
    if (isShown === isParentShown) return [];
    const sign = isShown ? 1 : -1;
    const above = new Set(storage.above(nodeId));
    return [{ above, sizeBytes: sign * node.sizeBytes, count: sign * (node.count + 1) }];
  });
}
