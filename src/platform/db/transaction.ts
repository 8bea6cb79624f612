import type { Database } from "bun:sqlite";
import { AppError, toAppError } from "#platform/errors";

/** The whole transaction is gone, not only the part that failed: a full disk ends it by itself. Nobody may go on in it. */
export class TransactionEnded extends AppError {
  constructor(cause: unknown) {
    super(toAppError(cause).code, undefined, { cause });
  }
}

export interface Transactions {
  /**
   * Runs synchronous work in one transaction; a nested call becomes a savepoint, so its failure, when caught, undoes only its own
   * part.
   */
  run<T>(work: () => T): T;
  /** Commits what is still open. Throws when it, or something that was open before, could not be kept. */
  commit(): void;
}

interface Options {
  /**
   * A transaction stays open for so long, and what follows joins it: the pages that many small writes share are written once. 0
   * commits each by itself.
   */
  readonly holdMs: number;
  /** A commit that nobody waited for has failed. */
  readonly onLost: (cause: unknown) => void;
}

/** Begun as a writer at once: a reader that turns writer half-way may be refused. */
export function createTransactions(sqlite: Database, { holdMs, onLost }: Options): Transactions {
  let depth = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Why work that had ended well is gone all the same; told to whoever asks for it to be durable. */
  let lost: Error | undefined;
  const execute = (sql: string) => void sqlite.query(sql).run();

  const commit = () => {
    clearTimeout(timer);
    timer = undefined;
    if (sqlite.inTransaction && depth === 0) {
      try {
        execute("COMMIT");
      } catch (cause) {
        if (sqlite.inTransaction) execute("ROLLBACK");
        lost = toError(cause);
      }
    }
    if (lost === undefined) return;
    const cause = lost;
    lost = undefined;
    throw cause;
  };
  const commitUnasked = () => {
    try {
      commit();
    } catch (cause) {
      onLost(cause);
    }
  };
  /** The outermost work is a savepoint too while the transaction is held open for others. */
  const enter = (): string => {
    if (!sqlite.inTransaction) {
      if (depth > 0) throw new TransactionEnded(lost);
      execute("BEGIN IMMEDIATE");
      if (holdMs > 0) timer = setTimeout(commitUnasked, holdMs);
      else return "";
    }
    const point = `nested_${depth}`;
    execute(`SAVEPOINT ${point}`);
    return point;
  };
  const leave = (point: string) => execute(point === "" ? "COMMIT" : `RELEASE ${point}`);
  /** Undoes a part that failed; answers the error to throw. */
  const abandon = (point: string, thrown: unknown): unknown => {
    if (sqlite.inTransaction) {
      if (point === "") execute("ROLLBACK");
      else {
        execute(`ROLLBACK TO ${point}`);
        execute(`RELEASE ${point}`);
      }
      return thrown;
    }
    if (thrown instanceof TransactionEnded) return thrown;
    if (point !== "" && holdMs > 0) lost = toError(thrown);
    return new TransactionEnded(thrown);
  };

  const run = <T>(work: () => T): T => {
    const point = enter();
    depth += 1;
    try {
      const result = work();
      if (result instanceof Promise) {
        // It fails on its own once its transaction is gone; the caller hears of the reason below.
        result.catch(() => undefined);
        throw new Error("a transaction was given asynchronous work");
      }
      leave(point);
      return result;
    } catch (thrown) {
      throw abandon(point, thrown);
    } finally {
      depth -= 1;
    }
  };
  return { run, commit };
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : toAppError(thrown);
}
