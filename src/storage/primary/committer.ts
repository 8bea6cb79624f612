import { type Db, TransactionEnded } from "#platform/db";
import type { Logger } from "#platform/log";
import type { Batch } from "./batch.ts";

export type Durability = "strict" | "relaxed";

interface CommitterDeps {
  readonly db: Db;
  readonly durability: Durability;
  readonly log: Logger;
  readonly newBatch: () => Batch;
  /** After the commit, before it is known to be on disk. */
  readonly onCommitted: (batch: Batch) => void;
  /** Acts that had ended well could not be kept; disk and index have to be compared. */
  readonly onLost: () => void;
}

interface Waiting {
  readonly run: (batch: Batch) => void;
  readonly settle: (failure: unknown) => void;
}

/** One turn of the event loop commits at most so many acts. */
const maxBatch = 256;

/**
 * Group commit: acts that arrive together share a transaction, and all that is committed while one sync is on its way to the disk
 * shares the next sync. Each act runs in a savepoint of its own, so that one that is refused undoes only itself.
 */
export function createCommitter(deps: CommitterDeps) {
  const { db } = deps;
  let waiting: Waiting[] = [];
  let scheduled = false;

  const runGroup = (group: readonly Waiting[]): { failures: ReadonlyMap<Waiting, unknown>; batch: Batch } => {
    const failures = new Map<Waiting, unknown>();
    const batch = deps.newBatch();
    try {
      db.transaction(() => {
        for (const act of group) {
          try {
            db.transaction(() => batch.attempt(() => act.run(batch)));
          } catch (error) {
            if (error instanceof TransactionEnded) throw error;
            failures.set(act, error);
          }
        }
        batch.flush();
      });
    } catch (error) {
      batch.undoAll();
      throw error;
    }
    deps.onCommitted(batch);
    return { failures, batch };
  };

  const flush = async () => {
    scheduled = false;
    const group = waiting.slice(0, maxBatch);
    waiting = waiting.slice(maxBatch);
    let done: ReturnType<typeof runGroup> | undefined;
    let groupFailure: unknown;
    try {
      done = runGroup(group);
      // The next groups are already being committed meanwhile; they share the sync that follows this one.
      if (waiting.length > 0) schedule();
      if (deps.durability === "strict" && done.failures.size < group.length) await db.sync();
    } catch (error) {
      groupFailure = error;
      // Later groups may stand on this one, so the undo is a best effort and the comparison has the last word.
      done?.batch.undoAll();
      if (done !== undefined) deps.onLost();
    }
    for (const act of group) act.settle(done?.failures.get(act) ?? groupFailure);
  };

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => void flush());
  };

  return {
    /** Runs `work` in the next group; resolves when the group is committed and, if strict, on disk. `work` must be synchronous. */
    submit: <T>(work: (batch: Batch) => T): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        let result: T;
        waiting.push({
          run: (batch) => {
            result = work(batch);
          },
          settle: (failure) => (failure === undefined ? resolve(result) : reject(failure)),
        });
        schedule();
      }),
    /** Runs `work` at once in a transaction of its own, without a sync: for what the disk knows already. */
    now: <T>(work: (batch: Batch) => T): T => {
      const batch = deps.newBatch();
      let result: T;
      try {
        result = db.transaction(() => {
          const value = work(batch);
          batch.flush();
          return value;
        });
      } catch (error) {
        batch.undoAll();
        throw error;
      }
      deps.onCommitted(batch);
      return result;
    },
  };
}

export type Committer = ReturnType<typeof createCommitter>;
