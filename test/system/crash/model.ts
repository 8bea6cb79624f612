/** Path → hash of a file, or null of a folder. Paths are relative, with `/` between names. */
export type Tree = ReadonlyMap<string, string | null>;

export type Act =
  | { readonly kind: "write"; readonly path: string; readonly hash: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "move" | "copy"; readonly path: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string }
  /** Changes nothing that can be seen, as a part of an unfinished upload. */
  | { readonly kind: "nothing" };

/** What the tree is after an act that was acknowledged. */
export function after(tree: Tree, act: Act): Tree {
  const next = new Map(tree);
  if (act.kind === "nothing") return next;
  if (act.kind === "write") return next.set(act.path, act.hash);
  if (act.kind === "folder") return next.set(act.path, null);
  const taken = subtree(tree, act.path);
  if (act.kind !== "copy") for (const [path] of taken) next.delete(path);
  if (act.kind === "remove") return next;
  for (const [path] of subtree(tree, act.to)) next.delete(path);
  for (const [path, hash] of taken) next.set(act.to + path.slice(act.path.length), hash);
  return next;
}

/** Hashes of the files that an act puts into the trash or, when a file is copied over another, into its versions. */
export function trashed(tree: Tree, act: Act): string[] {
  if (act.kind !== "move" && act.kind !== "copy" && act.kind !== "remove") return [];
  if (act.kind === "copy" && typeof tree.get(act.path) === "string" && tree.get(act.path) === tree.get(act.to))
    return [];
  const gone = act.kind === "remove" ? act.path : act.to;
  return [...subtree(tree, gone).values()].filter((hash) => hash !== null);
}

/** An entry with all below it. */
export function subtree(tree: Tree, path: string): Map<string, string | null> {
  return new Map([...tree].filter(([other]) => other === path || other.startsWith(`${path}/`)));
}

/** Lines that are in one tree and not in the other; empty when they are the same. */
export function difference(expected: Tree, found: Tree): string[] {
  const lines: string[] = [];
  for (const [path, hash] of expected) if (found.get(path) !== hash) lines.push(`expected ${path} ${hash ?? "folder"}`);
  for (const [path, hash] of found) if (expected.get(path) !== hash) lines.push(`found    ${path} ${hash ?? "folder"}`);
  return lines.toSorted();
}
