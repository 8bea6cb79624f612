import type { FileHandle, UploadSource } from "./model.ts";

/** What a drop holds: files with their paths, and folders that hold nothing. */
export interface Dropped {
  readonly sources: readonly UploadSource[];
  readonly emptyFolders: readonly string[];
}

/** A dropped file or folder, over either of the browser's two interfaces. */
export type DropNode =
  | { readonly name: string; readonly file: () => Promise<File>; readonly handle: FileHandle | null }
  | { readonly name: string; readonly children: () => Promise<readonly DropNode[]> };

const maxDepth = 100;
const maxEntries = 500_000;

/**
 * Walk dropped nodes, depth first in the order of names. What cannot be read is left out. Throws RangeError above half a
 * million entries.
 */
export async function walk(nodes: readonly DropNode[]): Promise<Dropped> {
  const sources: UploadSource[] = [];
  const emptyFolders: string[] = [];
  let seen = 0;
  const visit = async (node: DropNode, folder: string, depth: number): Promise<void> => {
    if (++seen > maxEntries) throw new RangeError(`more than ${maxEntries} entries in one drop`);
    const path = folder + node.name;
    if ("file" in node) {
      const file = await node.file().catch(() => null);
      if (file) sources.push({ file, path, handle: node.handle });
      return;
    }
    const children = depth < maxDepth ? byName(await node.children().catch(() => [])) : [];
    if (children.length === 0) emptyFolders.push(path);
    for (const child of children) await visit(child, `${path}/`, depth + 1);
  };
  for (const node of nodes) await visit(node, "", 0);
  return { sources, emptyFolders };
}

/** Disks list in any order; a person expects the one of names. */
function byName(nodes: readonly DropNode[]): readonly DropNode[] {
  return nodes.toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** The parts of `FileSystemEntry` that walking needs (every browser, but nothing that outlives the page). */
export interface DropEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  file?(done: (file: File) => void, failed: (error: unknown) => void): void;
  createReader?(): { readEntries(done: (entries: DropEntry[]) => void, failed: (error: unknown) => void): void };
}

export function fromEntry(entry: DropEntry): DropNode {
  const { name } = entry;
  if (entry.isDirectory) return { name, children: async () => (await readAll(entry)).map(fromEntry) };
  return {
    name,
    handle: null,
    file: () =>
      new Promise((resolve, reject) => {
        if (entry.file) entry.file(resolve, reject);
        else reject(new Error("the entry has no file"));
      }),
  };
}

/** A reader hands out its entries in portions, until an empty one. */
async function readAll(folder: DropEntry): Promise<DropEntry[]> {
  const reader = folder.createReader?.();
  const all: DropEntry[] = [];
  while (reader && all.length <= maxEntries) {
    const some = await new Promise<DropEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}

/** A handle of the File System Access interface; it can be kept over a reload. */
export function fromHandle(handle: FileSystemHandle, root: FileSystemHandle = handle): DropNode {
  const { name } = handle;
  if (isFileHandle(handle)) return { name, handle: { file: handle, root }, file: () => handle.getFile() };
  return {
    name,
    children: async () => {
      const children: DropNode[] = [];
      for await (const child of entriesOf(handle)) children.push(fromHandle(child, root));
      return children;
    },
  };
}

function isFileHandle(handle: FileSystemHandle): handle is FileSystemFileHandle {
  return handle.kind === "file";
}

function entriesOf(handle: FileSystemHandle): AsyncIterable<FileSystemHandle> {
  return (handle as FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> }).values();
}

/** Files of a folder chosen in a file dialog carry their path. */
export function sourcesOf(files: readonly File[]): UploadSource[] {
  return files.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
