import { type Addresses, encodePathBelow, parsePathBelow } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { type MountDeps, mountsOf } from "./mounts.ts";

export const davRoot = "/remote.php/dav";
const legacyRoot = "/remote.php/webdav";

/** The root of a person's files that a path lies below, or undefined. */
export function filesRootOf(rawPath: string, actor: Actor): string | undefined {
  const own = `${davRoot}/files/${actor.name}`;
  return [own, legacyRoot].find((root) => rawPath === root || rawPath.startsWith(`${root}/`));
}

/** The tree as one home: its own files, with the mounts among them. `root` is what the answers' addresses begin with. */
export function homeAddresses(deps: MountDeps, actor: Actor, root: string): Addresses {
  return {
    parse: (rawPath) => {
      const below = filesRootOf(rawPath, actor);
      if (below === undefined) throw new AppError("not-found");
      const { names, endsWithSlash } = parsePathBelow(below, rawPath);
      const [top, ...rest] = names;
      const mount =
        top === undefined ? undefined : mountsOf(deps, actor).find(({ name }) => name === top.normalize("NFC"));
      return { names: mount === undefined ? ["home", ...names] : [...mount.names, ...rest], endsWithSlash };
    },
    href: ([area, ...names]) => {
      if (area === undefined || area === "home") return encodePathBelow(root, names);
      const mount = mountsOf(deps, actor).find((one) => one.names[0] === area && one.names[1] === names[0]);
      return encodePathBelow(root, mount === undefined ? [] : [mount.name, ...names.slice(1)]);
    },
  };
}
