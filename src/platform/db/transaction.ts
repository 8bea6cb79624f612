import type { Database } from "bun:sqlite";

/**
 * Runs synchronous work in one transaction; a nested call becomes a savepoint, so its failure, when caught, undoes only its
 * own part. Begun as a writer at once: a reader that turns writer half-way may be refused.
 */
export function createTransaction(sqlite: Database): <T>(work: () => T) => T {
  let depth = 0;
  const execute = (sql: string) => void sqlite.run(sql);
  return (work) => {
    const point = `nested_${depth}`;
    execute(depth === 0 ? "BEGIN IMMEDIATE" : `SAVEPOINT ${point}`);
    depth += 1;
    try {
      const result = work();
      if (result instanceof Promise) {
        // It fails on its own once its transaction is gone; the caller hears of the reason below.
        result.catch(() => undefined);
        throw new Error("a transaction was given asynchronous work");
      }
      execute(depth === 1 ? "COMMIT" : `RELEASE ${point}`);
      return result;
    } catch (thrown) {
      // A full disk ends the transaction by itself.
      if (sqlite.inTransaction) execute(depth === 1 ? "ROLLBACK" : `ROLLBACK TO ${point}; RELEASE ${point}`);
      throw thrown;
    } finally {
      depth -= 1;
    }
  };
}
