import type { Core } from "./core.ts";

/** Ends a walk over a damaged index. */
const maxDepth = 4096;

/**
 * The folders above a node, the nearest first, up to the root of its space. From inside the trash the way goes on at the folder
 * that something was removed from; when that is gone for good, it ends there, without a root.
 */
export function createAncestry(core: Core): (nodeId: number) => readonly number[] {
  const { nodes, tree } = core;
  const removedFrom = core.db.prepare<{ parent_id: number | null; space_id: number }, [number]>(
    "SELECT parent_id, space_id FROM trash WHERE node_id = ?",
  );
  const none: readonly number[] = [];

  const climb = (nodeId: number): readonly number[] => {
    const above: number[] = [];
    let at: number | undefined = nodeId;
    while (at !== undefined && above.length < maxDepth) {
      const row = nodes.get(at);
      if (row === undefined || row.parent_id === null) break;
      if (row.parent_id > 0) {
        at = row.parent_id;
      } else {
        const trashed = removedFrom.get(row.id);
        // Items from before the folder was noted lie under the root.
        at = trashed === null ? undefined : (trashed.parent_id ?? core.spaces.get(trashed.space_id).rootId);
      }
      if (at !== undefined && nodes.get(at) !== undefined) above.push(at);
    }
    return above;
  };

  return (nodeId) => {
    const parentId = nodes.get(nodeId)?.parent_id;
    if (parentId === null || parentId === undefined) return none;
    const chain = parentId > 0 ? tree.folderChain(parentId) : none;
    return chain.length > 0 ? chain : climb(nodeId);
  };
}
