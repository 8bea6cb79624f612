import { join } from "node:path";
import { AppError } from "#platform/errors";
import { folderKind, type NodeRow } from "./nodes.ts";
import type { Nodes } from "./repository.ts";
import type { Spaces } from "./spaces.ts";

interface FolderFacts {
  /** From this folder up to the root. */
  readonly chain: readonly number[];
  readonly path: string;
}

const maxCachedFolders = 20_000;
/** Deeper than any file system path can be; ends a walk over a damaged index. */
const maxDepth = 4096;

/** Ways up the tree. Folder paths are cached; any folder that moves empties the cache. */
export function createTree(nodes: Nodes, spaces: Spaces) {
  const cache = new Map<number, FolderFacts>();

  const folderFacts = (id: number): FolderFacts | undefined => {
    const cached = cache.get(id);
    if (cached !== undefined) return cached;
    const climbed: NodeRow[] = [];
    let row = nodes.get(id);
    for (let depth = 0; row !== undefined && row.parent_id !== null && !cache.has(row.id); depth++) {
      if (row.parent_id < 0 || row.kind !== folderKind || depth > maxDepth) return undefined;
      climbed.push(row);
      row = nodes.get(row.parent_id);
    }
    if (row === undefined) return undefined;
    let facts = cache.get(row.id) ?? { chain: [row.id], path: spaces.get(row.space_id).path };
    remember(row.id, facts);
    for (const folder of climbed.toReversed()) {
      facts = { chain: [folder.id, ...facts.chain], path: join(facts.path, folder.name) };
      remember(folder.id, facts);
    }
    return facts;
  };
  const remember = (id: number, facts: FolderFacts) => {
    if (cache.size >= maxCachedFolders) cache.clear();
    cache.set(id, facts);
  };
  const requireFacts = (id: number): FolderFacts => {
    const facts = folderFacts(id);
    if (facts === undefined) throw new AppError("not-found");
    return facts;
  };

  return {
    /** True when the way up ends at the root of a space: not in the trash, not gone. */
    isVisible: (row: NodeRow) => row.parent_id === null || folderFacts(row.parent_id) !== undefined,
    /** Ids from a visible folder (first) to the root (last). */
    folderChain: (id: number): readonly number[] => folderFacts(id)?.chain ?? [],
    /** Absolute path of a visible folder; throws `not-found`. */
    path: (folderId: number): string => requireFacts(folderId).path,
    /** Absolute path of a row; throws `not-found` when it is not visible. */
    pathOf: (row: NodeRow): string => {
      if (row.parent_id === null) return requireFacts(row.id).path;
      // String work instead of join: names hold no separator and are never '.' or '..'.
      return `${requireFacts(row.parent_id).path}/${row.name}`;
    },
    /** Call when a folder gets another place or goes away. */
    forgetPaths: () => cache.clear(),
  };
}

export type Tree = ReturnType<typeof createTree>;
