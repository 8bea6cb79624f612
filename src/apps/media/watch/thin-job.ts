import { z } from "zod";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { handleJob, type JobHandler, type JobKind } from "#platform/jobs";
import type { WatchRepository } from "./repository.ts";

/** Forgets what people took out of their history longer ago than it can be put back; to be scheduled daily. */
export const watchThin = {
  name: "watch.thin",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 3,
  timeoutMs: 60 * 60_000,
} satisfies JobKind;

interface ThinDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repository: Pick<WatchRepository, "forgetRemoved">;
}

const removedAtOnce = 200;

export function thinHandler({ db, clock, repository }: ThinDeps): JobHandler {
  return handleJob(watchThin, async ({ signal, progress }) => {
    const nowMs = clock.now();
    let removed = 0;
    for (let last = -1; last !== 0 && !signal.aborted;) {
      last = db.transaction(() => repository.forgetRemoved(nowMs, removedAtOnce));
      removed += last;
      progress(removed, removed);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
}
