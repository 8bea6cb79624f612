import type { OtherVersion, WorkNames } from "./items.ts";
import type { WatchRepository } from "./repository.ts";
import { together, type VersionState, type Watched } from "./rules.ts";

/** What people did with works: of all versions of a film or an episode together. */
export function createVersionStates(repository: WatchRepository, works: WorkNames | undefined) {
  const othersOf = (itemIds: readonly number[]): ReadonlyMap<number, readonly OtherVersion[]> =>
    works?.versions(itemIds) ?? new Map();

  /** The rows of each item and of its other versions; an item without any is left out. */
  const rows = (userId: number, itemIds: readonly number[]): ReadonlyMap<number, readonly VersionState[]> => {
    const others = othersOf(itemIds);
    const ids = new Set([...itemIds, ...[...others.values()].flatMap((all) => all.map(({ itemId }) => itemId))]);
    const known = repository.states(userId, [...ids]);
    const found = new Map<number, VersionState[]>();
    for (const itemId of itemIds) {
      const all = [{ itemId, isSameLength: true }, ...(others.get(itemId) ?? [])].flatMap((one) => {
        const state = known.get(one.itemId);
        return state === undefined ? [] : [{ ...one, state }];
      });
      if (all.length > 0) found.set(itemId, all);
    }
    return found;
  };

  return {
    rows,
    states: (userId: number, itemIds: readonly number[]): ReadonlyMap<number, Watched> =>
      new Map(
        [...rows(userId, itemIds)].flatMap(([itemId, all]) => {
          const state = together(all);
          return state === undefined ? [] : [[itemId, state] as const];
        }),
      ),
    /** These and their other versions. */
    withOthers: (itemIds: readonly number[]): number[] => {
      const others = othersOf(itemIds);
      return [
        ...new Set(itemIds.flatMap((itemId) => [itemId, ...(others.get(itemId) ?? []).map((one) => one.itemId)])),
      ];
    },
  };
}

export type VersionStates = ReturnType<typeof createVersionStates>;
