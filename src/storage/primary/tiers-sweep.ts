import type { MoverDeps } from "./tiers-out.ts";
import type { ContentStore } from "./tiers-stores.ts";

/**
 * Content that nothing stands for any more is kept so much longer: a placeholder may have been copied or restored from a backup without
 * the index having seen it yet, and a disk that lost its last moments may still have one.
 */
const graceMs = 24 * 3600_000;
const mostAtOnce = 10_000;

/** Ends what was begun and not finished, and removes what nothing stands for. Returns how many objects went. */
export async function sweepObjects(
  deps: MoverDeps,
  stores: ReadonlyMap<string, ContentStore>,
  signal: AbortSignal,
): Promise<number> {
  const { core, rows } = deps;
  const nowMs = core.clock.now();
  core.committer.now(() => {
    rows.forgetWrittenTo();
    for (const ref of rows.staleRefs(mostAtOnce)) rows.unname(ref, nowMs);
    rows.noticeUnnamed(nowMs);
  });
  await core.committer.submit(() => {
    for (const object of rows.due(nowMs - graceMs, mostAtOnce)) rows.doom(object.id);
  });
  return dropArriving(deps, stores, signal);
}

/** Removes content that is not whole, or not needed: of transfers that were cut short, and what the sweep has given up. */
async function dropArriving(
  { core, rows, inFlight }: MoverDeps,
  stores: ReadonlyMap<string, ContentStore>,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  const away = new Set<string>();
  for (const object of rows.arriving()) {
    const store = stores.get(object.tier);
    if (signal.aborted) break;
    if (inFlight.has(object.id) || store === undefined || away.has(object.tier)) continue;
    if (store.offlineReason() !== null) continue;
    try {
      await store.remove(object.id);
      await core.committer.submit(() => rows.dropObject(object.id));
      removed++;
    } catch (cause) {
      away.add(object.tier);
      core.log.warn("content that nothing stands for could not be removed", { tier: object.tier, cause });
    }
  }
  return removed;
}
