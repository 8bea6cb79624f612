import { AppError } from "#platform/errors";

/**
 * One sync for many callers. A caller that arrives while a sync runs waits for the next one, since the running one may have
 * started before its commit. After a failure nobody knows what is on disk (the kernel forgets the pages it could not write,
 * so the next sync would succeed without them): every later call fails too, until the database is opened again.
 */
export function createGroupSync(syncNow: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let broken: AppError | undefined;

  const launch = async (): Promise<void> => {
    if (broken !== undefined) throw broken;
    try {
      await syncNow();
    } catch (cause) {
      broken ??= new AppError("storage-offline", "The disk of the database fails. Restart after it is mended.", {
        cause,
      });
      throw broken;
    }
  };
  const begin = (): Promise<void> => {
    const current = launch().finally(() => {
      if (running === current) running = undefined;
    });
    running = current;
    return current;
  };
  return () => {
    if (next !== undefined) return next;
    if (running === undefined) return begin();
    const follow = () => {
      next = undefined;
      return begin();
    };
    next = running.then(follow, follow);
    return next;
  };
}
