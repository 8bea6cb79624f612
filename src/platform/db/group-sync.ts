import { AppError } from "#platform/errors";

interface GroupSyncDeps {
  readonly syncNow: () => Promise<void>;
  /** Commits what is still open; a failure concerns only those who wait for this sync. */
  readonly commit: () => void;
  /** Lets so much time pass for others to join. */
  readonly gather: (ms: number) => Promise<void>;
}

/**
 * Callers that wait at the end of a sync wait this part of its duration longer: those it served come back with their next write,
 * and one sync carries all instead of every second one half. A lone caller never waits.
 */
const gatherPart = 0.25;
const maxGatherMs = 2;

/**
 * One commit of what is still open, and one sync, for many callers. A caller that arrives while a sync runs waits for the next one,
 * since the running one may have started before its commit. After a failed sync nobody knows what is on disk (the kernel forgets
 * the pages it could not write, so the next sync would succeed without them): every later call fails too, until the database is
 * opened again.
 */
export function createGroupSync({ syncNow, commit, gather }: GroupSyncDeps): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let broken: AppError | undefined;
  let lastMs = 0;

  const launch = async (): Promise<void> => {
    if (broken !== undefined) throw broken;
    commit();
    const startedAt = performance.now();
    try {
      await syncNow();
    } catch (cause) {
      broken ??= new AppError("storage-offline", "The disk of the database fails. Restart after it is mended.", {
        cause,
      });
      throw broken;
    }
    lastMs = performance.now() - startedAt;
  };
  const begin = (): Promise<void> => {
    const current = launch().finally(() => {
      if (running === current) running = undefined;
    });
    running = current;
    return current;
  };
  const follow = async (): Promise<void> => {
    await gather(Math.min(lastMs * gatherPart, maxGatherMs));
    next = undefined;
    return begin();
  };
  return () => {
    if (next !== undefined) return next;
    if (running === undefined) return begin();
    next = running.then(follow, follow);
    return next;
  };
}

/** Lets the event loop turn for so long; timers are too coarse for parts of a millisecond. */
export async function turnsFor(ms: number): Promise<void> {
  const until = performance.now() + ms;
  do {
    await new Promise((resolve) => setImmediate(resolve));
  } while (performance.now() < until);
}
