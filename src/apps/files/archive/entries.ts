import { AppError } from "#platform/errors";
import { type NodeFilter, type NodeInfo, numberedName, type Storage } from "#storage/primary";

/** One entry of an archive: a file or an empty folder under its path inside. */
export interface ArchiveEntry {
  readonly node: NodeInfo;
  /** `/`-separated, relative, without a trailing slash. */
  readonly path: string;
}

/**
 * Every file and empty folder below the nodes, in name order, folder by folder as it is asked for. Nodes of the same name at
 * the top get a number; a node that lies below another chosen one is not packed twice. What fails `filter` is left out.
 */
export function* archiveEntries(
  storage: Storage,
  nodes: readonly NodeInfo[],
  filter?: NodeFilter,
): Generator<ArchiveEntry> {
  const chosen = new Set(nodes.map(({ id }) => id));
  const taken = new Set<string>();
  for (const node of nodes) {
    if (storage.lineage(node.id).some(({ id }) => id !== node.id && chosen.has(id))) continue;
    const name = freeName(node.name, taken);
    taken.add(name.toLowerCase());
    yield* walk(storage, { node, path: safePath(name) }, filter);
  }
}

function* walk(storage: Storage, top: ArchiveEntry, filter: NodeFilter | undefined): Generator<ArchiveEntry> {
  const waiting: ArchiveEntry[] = [top];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { node, path } = entry;
    const children = node.kind === "folder" ? childrenNow(storage, node.id, filter) : [];
    if (children === undefined) continue;
    if (children.length === 0) yield entry;
    for (const child of children.toReversed()) waiting.push({ node: child, path: `${path}/${safePath(child.name)}` });
  }
}

/** As the disk has them now; undefined when the folder has gone since it was listed. */
function childrenNow(storage: Storage, folderId: number, filter: NodeFilter | undefined): NodeInfo[] | undefined {
  try {
    storage.refresh(folderId);
    return storage.children(folderId, filter);
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
export function safePath(name: string): string {
  return name
    .toWellFormed()
    .replaceAll("\\", "_")
    .replace(/^([a-z]):/i, "$1_");
}
