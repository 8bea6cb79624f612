import type { NodeInfo, Storage } from "#storage/primary";

const maxFolders = 2_000;

/**
 * The largest files below a folder, as far as the filter shows them. A folder is as large as all below it, so one that is smaller
 * than the last of those found need not be opened: a few folders are read, not the whole index.
 */
export function largestFiles(
  storage: Pick<Storage, "children">,
  root: NodeInfo,
  options: { readonly limit: number; readonly filter: Parameters<Storage["children"]>[1] },
): { files: NodeInfo[]; complete: boolean } {
  const { limit, filter } = options;
  const files: NodeInfo[] = [];
  let folders = 0;
  const isTooSmall = ({ sizeBytes }: NodeInfo) => sizeBytes === 0 || sizeBytes <= (files[limit - 1]?.sizeBytes ?? 0);
  const keep = (file: NodeInfo): void => {
    const at = files.findIndex(({ sizeBytes }) => sizeBytes < file.sizeBytes);
    files.splice(at === -1 ? files.length : at, 0, file);
    files.length = Math.min(files.length, limit);
  };
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (isTooSmall(folder)) continue;
    if (++folders > maxFolders) return { files, complete: false };
    const entries = storage.children(folder.id, filter);
    for (const file of entries.filter(({ kind }) => kind === "file")) if (!isTooSmall(file)) keep(file);
    // The largest is taken from the end, so what it holds shuts the door on the smaller ones.
    const below = entries.filter((entry) => entry.kind === "folder" && !isTooSmall(entry));
    waiting.push(...below.toSorted((a, b) => a.sizeBytes - b.sizeBytes));
  }
  return { files, complete: true };
}
