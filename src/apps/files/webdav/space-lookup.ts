import { createRecentMap } from "#platform/lru";
import type { SpaceInfo, SpaceKind, Storage } from "#storage/primary";

/** What never changes about a space. */
export type SpacePlace = Pick<SpaceInfo, "id" | "kind" | "name" | "rootId" | "volume">;

export type FindSpace = (kind: SpaceKind, name: string) => SpacePlace | undefined;

const maxKept = 1024;

/** Finds spaces without asking for their usage each time: every request of a sync client begins with this. */
export function createSpaceLookup(storage: Pick<Storage, "findSpace">): FindSpace {
  const kept = createRecentMap<string, SpacePlace>(maxKept);
  return (kind, name) => {
    const key = `${kind} ${name}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const space = storage.findSpace(kind, name);
    if (space !== undefined) kept.set(key, space);
    return space;
  };
}
