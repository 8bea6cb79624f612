import { AppError } from "#platform/errors";
import { type NodeInfo, numberedName, type Storage } from "#storage/primary";

/** One entry of an archive: a file or an empty folder under its path inside. */
export interface ArchiveEntry {
  readonly node: NodeInfo;
  /** `/`-separated, relative, without a trailing slash. */
  readonly path: string;
}

/**
 * Every file and empty folder below the nodes, in name order, folder by folder as it is asked for. Nodes of the same name at
 * the top get a number; a node that lies below another chosen one is not packed twice.
 */
export function* archiveEntries(storage: Storage, nodes: readonly NodeInfo[]): Generator<ArchiveEntry> {
  const chosen = new Set(nodes.map(({ id }) => id));
  const taken = new Set<string>();
  for (const node of nodes) {
    if (storage.lineage(node.id).some(({ id }) => id !== node.id && chosen.has(id))) continue;
    const name = freeName(node.name, taken);
    taken.add(name.toLowerCase());
    yield* walk(storage, node, safePath(name));
  }
}

function* walk(storage: Storage, top: NodeInfo, topPath: string): Generator<ArchiveEntry> {
  const waiting: ArchiveEntry[] = [{ node: top, path: topPath }];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { node, path } = entry;
    const children = node.kind === "folder" ? childrenNow(storage, node.id) : [];
    if (children === undefined) continue;
    if (children.length === 0) yield entry;
    for (const child of children.toReversed()) waiting.push({ node: child, path: `${path}/${safePath(child.name)}` });
  }
}

/** As the disk has them now; undefined when the folder has gone since it was listed. */
function childrenNow(storage: Storage, folderId: number): NodeInfo[] | undefined {
  try {
    storage.refresh(folderId);
    return storage.children(folderId);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "not-found") return undefined;
    throw thrown;
  }
}

/** The name, with a number when it is among the taken ones, which are in lower case. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let count = 2; taken.has(candidate.toLowerCase()); count += 1) candidate = numberedName(name, count);
  return candidate;
}

/** A backslash is a separator to some programs that unpack, and `C:` a drive: neither may lead out of the archive's folder. */
function safePath(name: string): string {
  return name
    .toWellFormed()
    .replaceAll("\\", "_")
    .replace(/^([a-z]):/i, "$1_");
}
