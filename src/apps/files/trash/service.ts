import { trashContract } from "#contract/apps/files/trash";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { JobHandler } from "#platform/jobs";
import { type Actor, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage, TrashItem } from "#storage/primary";
import { purgeHandler, trashBudgetOf } from "./purge-job.ts";
import { inTrash, requirePurgeable, requireRestorable, visibleItem, visibleItems } from "./rights.ts";

export interface TrashDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly clock: Clock;
  /** Items older than this are purged by the job. */
  readonly keepDays: number;
  /** Of a quota, or of what is free, that trash may take (0 to 1) before the oldest of it goes. */
  readonly maxShare: number;
}

export interface Trash {
  readonly implementations: readonly Implementation[];
  /** The handler of `trashPurge`. */
  readonly jobHandlers: readonly JobHandler[];
}

/** The operations of the trash, over what storage keeps of removed nodes. */
export function createTrash(deps: TrashDeps): Trash {
  const { storage, access, keepDays, maxShare } = deps;
  /** All items, checked before the first is touched. */
  const checked = (
    context: UseCaseContext,
    ids: readonly string[],
    check: (item: TrashItem) => void,
  ): readonly TrashItem[] => {
    const items = [...new Set(ids)].map((id) => visibleItem(deps, context.actor, id));
    for (const item of items) {
      check(item);
      context.checked(`node ${item.nodeId}`);
    }
    return items;
  };
  const present = (actor: Actor, item: TrashItem) => {
    const { id, spaceId, name, kind, sizeBytes, originalPath, deletedAtMs, deletedBy } = item;
    const shownPath = access.reaches(actor, inTrash(item)) ? originalPath : name;
    return { id, spaceId, name, kind, sizeBytes, originalPath: shownPath, deletedAtMs, deletedBy };
  };

  const implementations = implement(trashContract, {
    "trash.list": (context, { spaceId, offset, limit }) => {
      const { actor } = context;
      access.require(actor, "read", { spaceId });
      context.checked(`space ${spaceId}`);
      const items = [...visibleItems(deps, actor, spaceId)];
      return {
        items: items.slice(offset, offset + limit).map((item) => present(actor, item)),
        total: items.length,
        sizeBytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        keepDays,
        budgetBytes: trashBudgetOf(storage, storage.space(spaceId), maxShare),
      };
    },
    "trash.restore": async (context, { ids }) => {
      const { actor } = context;
      const restoredIds: number[] = [];
      for (const item of checked(context, ids, (one) => requireRestorable(deps, actor, one))) {
        const guard = () => requireRestorable(deps, actor, item);
        restoredIds.push((await storage.trash.restore(item.id, { actor, guard })).id);
      }
      return { restoredIds };
    },
    "trash.purge": async (context, { ids }) => {
      for (const { id } of checked(context, ids, (item) => requirePurgeable(deps, context.actor, item))) {
        await storage.trash.purge(id);
      }
      return {};
    },
    "trash.empty": async (context, { spaceId }) => {
      access.require(context.actor, "write", { spaceId });
      context.checked(`space ${spaceId}`);
      return { removed: await emptyTrash(deps, context.actor, spaceId) };
    },
  });

  return { implementations, jobHandlers: [purgeHandler(deps)] };
}

/** Purges what is there now and what the actor may; what is removed meanwhile stays. */
async function emptyTrash(deps: TrashDeps, actor: Actor, spaceId: number): Promise<number> {
  let removed = 0;
  for (const item of [...visibleItems(deps, actor, spaceId)]) {
    try {
      requirePurgeable(deps, actor, item);
    } catch (thrown) {
      if (thrown instanceof AppError) continue;
      throw thrown;
    }
    await deps.storage.trash.purge(item.id);
    removed += 1;
  }
  return removed;
}
