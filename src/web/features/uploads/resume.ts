import type { FileHandle } from "./model.ts";

/** One unfinished upload as it is remembered over a reload. */
export interface PendingUpload {
  readonly key: string;
  /** Whose it is: an account or a share link. */
  readonly scope: string;
  /** The page that works on it; a page that is gone answers no more. */
  readonly owner: string;
  readonly folderId: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** What had arrived when this was written; the server knows better. */
  readonly sentBytes: number;
  /** Where the server keeps what already arrived. */
  readonly url: string | null;
  readonly handle: FileHandle | null;
  readonly addedAtMs: number;
}

export interface FileFacts {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

interface Wanted {
  readonly id: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const factsKey = (name: string, sizeBytes: number, modifiedAtMs: number): string =>
  `${sizeBytes}:${modifiedAtMs}:${name}`;

/**
 * Pair files chosen again with uploads that wait for them. Name, size and time of change must agree, for bytes of another
 * file must never be appended; among equals the same path wins. Every file and every upload is used once at most.
 */
export function matchFiles<F extends FileFacts>(
  wanted: readonly Wanted[],
  files: readonly F[],
): { readonly pairs: readonly { readonly id: number; readonly file: F }[]; readonly rest: readonly F[] } {
  const byFacts = new Map<string, Wanted[]>();
  for (const item of wanted) {
    const key = factsKey(nameOf(item.path), item.sizeBytes, item.modifiedAtMs);
    const list = byFacts.get(key);
    if (list) list.push(item);
    else byFacts.set(key, [item]);
  }
  const pairs: { id: number; file: F }[] = [];
  const unpaired: F[] = [];
  const takeWhere = (file: F, fits: (item: Wanted) => boolean): boolean => {
    const list = byFacts.get(factsKey(file.name, file.sizeBytes, file.modifiedAtMs));
    const at = list?.findIndex(fits) ?? -1;
    const item = list?.[at];
    if (!item) return false;
    list?.splice(at, 1);
    pairs.push({ id: item.id, file });
    return true;
  };
  for (const file of files) if (!takeWhere(file, (item) => item.path === file.path)) unpaired.push(file);
  const rest = unpaired.filter((file) => !takeWhere(file, () => true));
  return { pairs, rest };
}

/** Uploads nobody works on any more. Younger pages than the record may still be asked; `alive` are those that answered. */
export function orphans(records: readonly PendingUpload[], alive: ReadonlySet<string>): PendingUpload[] {
  return records.filter((record) => !alive.has(record.owner));
}
