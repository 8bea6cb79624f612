import { sharedWith } from "#apps/files/browse";
import type { Dav } from "#apps/files/webdav";
import type { Actor } from "#platform/usecase";
import { type NodeInfo, numberedName } from "#storage/primary";

export type MountDeps = Pick<Dav, "storage" | "access" | "findSpace">;

/** A shared space, or something of others, as a folder beside the files of a home. */
export interface Mount {
  /** Its name at the top. */
  readonly name: string;
  /** Where it lies in the tree: `spaces/NAME` or `shared/NAME`. */
  readonly names: readonly [area: "spaces" | "shared", name: string];
  readonly node: NodeInfo;
}

const none: readonly Mount[] = [];

/** What a person finds at the top beside their own files, in a steady order; a name that their home has too gets a number. */
export function mountsOf(deps: MountDeps, actor: Actor): readonly Mount[] {
  const { storage, access, findSpace } = deps;
  const memberships = access.spacesOf(actor.userId);
  // Most have a home and nothing else: the path of every request begins with this question.
  if (memberships.length < 2 && access.isPlain(actor)) return none;
  const home = findSpace("home", actor.name);
  const taken = new Set<string>();
  const isTaken = (name: string) =>
    taken.has(name.toLowerCase()) || (home !== undefined && storage.child(home.rootId, name) !== undefined);
  const mount = (names: Mount["names"], node: NodeInfo): Mount => {
    let name = names[1];
    for (let count = 2; isTaken(name); count += 1) name = numberedName(names[1], count);
    taken.add(name.toLowerCase());
    return { name, names, node };
  };
  const spaces = memberships.flatMap(({ spaceId }) => {
    const space = findSpace.byId(spaceId);
    const root =
      space.kind === "shared" && access.can(actor, "read", { spaceId }) ? storage.node(space.rootId) : undefined;
    return root === undefined ? [] : [mount(["spaces", space.name], root)];
  });
  return [...spaces, ...sharedWith(deps, actor).map(({ name, node }) => mount(["shared", name], node))];
}
