import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { type Access, createAccess } from "./service.ts";
import type { Tree } from "./resource.ts";

interface TestAccessOptions {
  readonly db: Db;
  readonly clock?: Clock;
  readonly tree?: Tree & { readonly lineage?: (nodeId: number) => readonly { id: number; name: string }[] };
  readonly groups?: () => readonly { readonly id: number; readonly memberIds: readonly number[] }[];
}

/** Access with names made from ids, and no tree unless one is given. */
export function createTestAccess({ db, clock = { now: () => 0 }, tree, groups = () => [] }: TestAccessOptions): Access {
  return createAccess({
    db,
    clock,
    tree: tree ?? { above: () => [], rootIdOf: (spaceId) => spaceId },
    names: {
      person: (id) => `p${id}`,
      group: (id) => `g${id}`,
      space: (id) => `space ${id}`,
      path: (nodeId) => tree?.lineage?.(nodeId) ?? [],
    },
    groups,
  });
}
