import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

export interface WalkedEntry {
  /** Below the root, without a leading slash. */
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
}

/** Everything below a folder, in order of names; a symbolic link is an entry and is never followed. */
export function entriesBelow(root: string): WalkedEntry[] {
  const entries: WalkedEntry[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).toSorted(byName)) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      entries.push({ path, kind: kindOf(entry) });
      if (entry.isDirectory()) walk(path);
    }
  };
  walk("");
  return entries;
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

function kindOf(entry: Dirent): WalkedEntry["kind"] {
  if (entry.isDirectory()) return "folder";
  return entry.isFile() ? "file" : "other";
}

/** Absolute paths of the files below a folder. */
export function filesBelow(root: string): string[] {
  return entriesBelow(root)
    .filter(({ kind }) => kind === "file")
    .map(({ path }) => join(root, path));
}
