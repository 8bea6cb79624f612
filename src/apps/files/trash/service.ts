import { z } from "zod";
import { trashContract } from "#contract/apps/files/trash";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { handleJob, type JobHandler, type JobKind } from "#platform/jobs";
import { implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage, TrashItem } from "#storage/primary";

export interface TrashDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly clock: Clock;
  /** Items older than this are purged by the job. */
  readonly keepDays: number;
}

export interface Trash {
  readonly implementations: readonly Implementation[];
  /** The handler of `trashPurge`. */
  readonly jobHandlers: readonly JobHandler[];
}

/** Purges what has been in the trash for longer than `keepDays`; to be scheduled daily. */
export const trashPurge = {
  name: "trash.purge",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 5,
  timeoutMs: 60 * 60_000,
} satisfies JobKind;

const dayMs = 24 * 60 * 60 * 1000;
const pageSize = 1000;

/** The operations of the trash, over what storage keeps of removed nodes. */
export function createTrash({ storage, access, clock, keepDays }: TrashDeps): Trash {
  /** All items, checked before the first is touched. */
  const writable = (context: UseCaseContext, ids: readonly string[]): TrashItem[] => {
    const items = ids.map((id) => {
      const item = storage.trash.get(id);
      if (item === undefined) throw new AppError("not-found", "That is no longer in the trash.");
      access.require(context.actor, "write", { spaceId: item.spaceId });
      return item;
    });
    context.checked();
    return items;
  };

  const implementations = implement(trashContract, {
    "trash.list": (context, { spaceId, offset, limit }) => {
      access.require(context.actor, "read", { spaceId });
      context.checked();
      const { items, total, sizeBytes } = storage.trash.list(spaceId, { offset, limit });
      return { items: items.map(present), total, sizeBytes };
    },
    "trash.restore": async (context, { ids }) => {
      const restoredIds: number[] = [];
      for (const item of writable(context, ids)) {
        const node = await storage.trash.restore(item.id, { actor: context.actor });
        restoredIds.push(node.id);
      }
      return { restoredIds };
    },
    "trash.purge": async (context, { ids }) => {
      for (const item of writable(context, ids)) await storage.trash.purge(item.id);
      return {};
    },
    "trash.empty": async (context, { spaceId }) => {
      access.require(context.actor, "write", { spaceId });
      context.checked();
      return { removed: await emptyTrash(storage, spaceId) };
    },
  });

  const purge = handleJob(trashPurge, async ({ log }) => {
    const purged = await storage.trash.purgeBefore(clock.now() - keepDays * dayMs);
    log.info("trash purged", { purged, keepDays });
  });
  return { implementations, jobHandlers: [purge] };
}

/** Purges what is there now; what is removed meanwhile stays. */
async function emptyTrash(storage: Storage, spaceId: number): Promise<number> {
  let removed = 0;
  const { total } = storage.trash.list(spaceId, { offset: 0, limit: 1 });
  while (removed < total) {
    const { items } = storage.trash.list(spaceId, { offset: 0, limit: Math.min(pageSize, total - removed) });
    if (items.length === 0) break;
    for (const item of items) await storage.trash.purge(item.id);
    removed += items.length;
  }
  return removed;
}

function present(item: TrashItem) {
  const { id, spaceId, name, kind, sizeBytes, originalPath, deletedAtMs, deletedBy } = item;
  return { id, spaceId, name, kind, sizeBytes, originalPath, deletedAtMs, deletedBy };
}
