import type { PlacedMount } from "#apps/files/mounts";
import { type Addresses, encodePathBelow, parsePathBelow } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";

export const davRoot = "/remote.php/dav";
const legacyRoot = "/remote.php/webdav";

/** The root of a person's files that a path lies below, or undefined. */
export function filesRootOf(rawPath: string, actor: Actor): string | undefined {
  const own = `${davRoot}/files/${actor.name}`;
  return [own, legacyRoot].find((root) => rawPath === root || rawPath.startsWith(`${root}/`));
}

/** The tree as one home: its own files, with the mounts among them. `root` is what the answers' addresses begin with. */
export function homeAddresses(mounts: () => readonly PlacedMount[], actor: Actor, root: string): Addresses {
  return {
    parse: (rawPath) => {
      const below = filesRootOf(rawPath, actor);
      if (below === undefined) throw new AppError("not-found");
      const { names, endsWithSlash } = parsePathBelow(below, rawPath);
      const mount = mounts().find(({ path }) => beginsWith(names, path));
      if (mount === undefined) return { names: ["home", ...names], endsWithSlash };
      return { names: [mount.kind, mount.name, ...names.slice(mount.path.length)], endsWithSlash };
    },
    href: ([area, ...names]) => {
      if (area === undefined || area === "home") return encodePathBelow(root, names);
      const mount = mounts().find((one) => one.kind === area && one.name === names[0]);
      return encodePathBelow(root, mount === undefined ? [] : [...mount.path, ...names.slice(1)]);
    },
  };
}

function beginsWith(names: readonly string[], path: readonly string[]): boolean {
  return names.length >= path.length && path.every((name, at) => isSame(name, names[at] ?? ""));
}

function isSame(one: string, other: string): boolean {
  return one === other || one.normalize("NFC") === other.normalize("NFC");
}
