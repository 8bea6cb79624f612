import { z } from "zod";
import type { Clock } from "#platform/clock";
import { handleJob, type JobHandler, type JobKind } from "#platform/jobs";
import type { Storage } from "#storage/primary";
import { budgetOf, toThin } from "./thinning.ts";

/** Thins versions by age and budget; to be scheduled hourly. */
export const versionsThin = {
  name: "versions.thin",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 5,
  timeoutMs: 60 * 60_000,
} satisfies JobKind;

export interface ThinDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly keepDays: number;
  /** 0 to 1. */
  readonly maxShare: number;
}

const filesAtATime = 200;

export function thinHandler(deps: ThinDeps): JobHandler {
  return handleJob(versionsThin, async ({ log, signal }) => {
    const byAge = await thinByAge(deps, signal);
    const byBudget = await thinByBudget(deps, signal);
    if (byAge + byBudget > 0) log.info("versions thinned", { byAge, byBudget });
  });
}

async function thinByAge({ storage, clock, keepDays }: ThinDeps, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (let after = 0; !signal.aborted;) {
    const page = storage.versions.pageAfter(after, filesAtATime);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.nodeId;
    for (const [nodeId, versions] of Map.groupBy(page, (version) => version.nodeId)) {
      if (!isThinnable(storage, versions[0]?.spaceId)) continue;
      const numbers = toThin(versions, clock.now(), keepDays).map(({ number }) => number);
      if (numbers.length > 0) removed += await storage.versions.remove(nodeId, numbers);
    }
  }
  return removed;
}

async function thinByBudget({ storage, maxShare }: ThinDeps, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (const { id } of storage.spaces()) {
    while (!signal.aborted) {
      const excessBytes = excessOf(storage, id, maxShare);
      if (excessBytes <= 0) break;
      const count = await storage.versions.removeOldest(id, excessBytes);
      if (count === 0) break;
      removed += count;
    }
  }
  return removed;
}

/** Bytes over the budget; none while the disk is away or the space is held. */
function excessOf(storage: Storage, spaceId: number, maxShare: number): number {
  const { usedBytes, trashBytes, versionBytes, quotaBytes, volume: name } = storage.space(spaceId);
  const volume = storage.volumes().find((one) => one.name === name);
  if (versionBytes === 0 || volume?.online !== true || storage.heldSpace(spaceId) !== undefined) return 0;
  const { freeBytes } = volume;
  return versionBytes - budgetOf({ usedBytes: usedBytes + trashBytes, versionBytes, quotaBytes, freeBytes }, maxShare);
}

function isThinnable(storage: Storage, spaceId: number | undefined): boolean {
  if (spaceId === undefined || storage.heldSpace(spaceId) !== undefined) return false;
  const { volume } = storage.space(spaceId);
  return storage.volumes().some(({ name, online }) => name === volume && online);
}
