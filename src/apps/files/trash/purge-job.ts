import { z } from "zod";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { handleJob, type JobHandler, type JobKind } from "#platform/jobs";
import type { SpaceInfo, Storage, TrashItem } from "#storage/primary";

/** Purges what is older than it is kept, and the oldest of a trash that takes too much; to be scheduled hourly. */
export const trashPurge = {
  name: "trash.purge",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 5,
  timeoutMs: 60 * 60_000,
} satisfies JobKind;

export interface PurgeDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly keepDays: number;
  /** 0 to 1. */
  readonly maxShare: number;
}

const dayMs = 24 * 60 * 60_000;
/** However little room there is: a folder that was deleted by mistake is missed within a week. */
const safeDays = 7;
const itemsAtATime = 200;

export function purgeHandler(deps: PurgeDeps): JobHandler {
  const { storage, clock, keepDays } = deps;
  return handleJob(trashPurge, async ({ log, signal }) => {
    const byAge = await storage.trash.purgeBefore(clock.now() - keepDays * dayMs);
    let byBudget = 0;
    for (const { id } of storage.spaces()) byBudget += await purgeOverBudget(deps, id, signal);
    if (byAge + byBudget > 0) log.info("trash purged", { byAge, byBudget });
  });
}

/** How much the trash of a space may take: a share of its quota, or of what would be free without it. */
export function trashBudgetOf(storage: Storage, space: SpaceInfo, maxShare: number): number {
  if (space.quotaBytes !== null) return Math.floor(space.quotaBytes * maxShare);
  const freeBytes = storage.volumes().find(({ name }) => name === space.volume)?.freeBytes ?? 0;
  return Math.floor((freeBytes + space.trashBytes) * maxShare);
}

async function purgeOverBudget(deps: PurgeDeps, spaceId: number, signal: AbortSignal): Promise<number> {
  const { storage, clock, maxShare } = deps;
  const space = storage.space(spaceId);
  if (!storage.volumes().some(({ name, online }) => name === space.volume && online)) return 0;
  let excessBytes = space.trashBytes - trashBudgetOf(storage, space, maxShare);
  if (excessBytes <= 0) return 0;
  let purged = 0;
  for (const item of oldestFirst(storage, spaceId, clock.now() - safeDays * dayMs)) {
    if (excessBytes <= 0 || signal.aborted) break;
    if (!(await purgeUnlessHeld(storage, item))) break;
    excessBytes -= item.sizeBytes;
    purged += 1;
  }
  return purged;
}

/** Items that were deleted before; the list is newest first. */
function oldestFirst(storage: Storage, spaceId: number, deletedBeforeMs: number): TrashItem[] {
  const items: TrashItem[] = [];
  for (;;) {
    const page = storage.trash.list(spaceId, { offset: items.length, limit: itemsAtATime });
    items.push(...page.items);
    if (page.items.length < itemsAtATime) break;
  }
  return items.filter(({ deletedAtMs }) => deletedAtMs < deletedBeforeMs).toReversed();
}

/** False when nothing of the space may be deleted for good now. */
async function purgeUnlessHeld(storage: Storage, item: TrashItem): Promise<boolean> {
  try {
    await storage.trash.purge(item.id);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "conflict") return false;
    if (thrown instanceof AppError && thrown.code === "not-found") return true;
    throw thrown;
  }
}
