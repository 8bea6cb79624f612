import { createRecentMap } from "#platform/lru";
import type { SpaceInfo, SpaceKind, Storage } from "#storage/primary";

/** What never changes about a space. */
export type SpacePlace = Pick<SpaceInfo, "id" | "kind" | "name" | "rootId" | "volume">;

export interface FindSpace {
  (kind: SpaceKind, name: string): SpacePlace | undefined;
  byId(spaceId: number): SpacePlace;
}

const maxKept = 1024;

/** Finds spaces without asking for their usage each time: every request of a sync client begins with this. */
export function createSpaceLookup(storage: Pick<Storage, "findSpace" | "space">): FindSpace {
  const kept = createRecentMap<string, SpacePlace>(maxKept);
  const keptById = createRecentMap<number, SpacePlace>(maxKept);
  const find = (kind: SpaceKind, name: string) => {
    const key = `${kind} ${name}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const space = storage.findSpace(kind, name);
    if (space !== undefined) kept.set(key, space);
    return space;
  };
  const byId = (spaceId: number) => {
    const known = keptById.get(spaceId);
    if (known !== undefined) return known;
    const space = storage.space(spaceId);
    keptById.set(spaceId, space);
    return space;
  };
  return Object.assign(find, { byId });
}
