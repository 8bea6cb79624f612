import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, fdatasync, openSync } from "node:fs";
import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import { createGroupSync, turnsFor } from "./group-sync.ts";
import { migrate, type Migration } from "./migrate.ts";
import type { Compilable } from "./queries.ts";
import { reserveWal } from "./wal-reserve.ts";
import { createTransactions } from "./transaction.ts";

export type { Migration };

export interface Db {
  /** Rows of a compiled query. */
  all<Row>(query: Compilable<Row>): Row[];
  get<Row>(query: Compilable<Row>): Row | undefined;
  /** Runs a write and says how many rows it touched. */
  run(query: Compilable<unknown>): number;
  /** A prepared statement for a hot path; prepared once per text. */
  prepare<Row, Params extends SQLQueryBindings[]>(sql: string): Statement<Row, Params>;
  /** Runs `work` in one transaction; nested calls become savepoints. `work` must be synchronous. */
  transaction<T>(work: () => T): T;
  /**
   * Resolves when every transaction committed so far is on disk. Calls made while a sync runs share the next one. Throws
   * AppError `storage-offline` from the first failure on. The descriptor is of the write-ahead log, which SQLite never locks:
   * one of the database itself would drop its locks when closed.
   */
  sync(): Promise<void>;
  close(): void;
}

interface DbDeps {
  /** File path, or `:memory:` in tests. */
  readonly path: string;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a transaction waits for others to join it; a caller of `sync` never waits for it. 0, each by itself, when absent. */
  readonly holdMs?: number;
}

const pragmas = [
  "journal_mode = wal",
  // Commits do not sync by themselves: `sync()` does, once for many. A checkpoint still syncs in the right order.
  "synchronous = normal",
  "foreign_keys = on",
  "busy_timeout = 5000",
  "cache_size = -16000",
  "temp_store = memory",
  // A checkpoint holds the event loop up, at worst some 70 ms under 4,000 commits/s with the disk shared. Measured beside it:
  // a thread with a connection of its own (no better in the worst case, 7 MB more, a longer log) and portions of 1,000 pages
  // (twice as many pauses).
  "wal_autocheckpoint = 4000",
  "journal_size_limit = 67108864",
];

const ownerOnly = 0o600;

/** Tokens of links and hashes of passwords are in it. What SQLite makes beside it gets the mode that it has; what is left of before too. */
function keepPrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "a", ownerOnly));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, ownerOnly);
}

/** Opens the database, brings its schema up to date, and refuses one that is newer than this program. */
export function openDatabase(deps: DbDeps): Db {
  if (deps.path !== ":memory:") keepPrivate(deps.path);
  const sqlite = new Database(deps.path, { create: true, strict: true, safeIntegers: false });
  try {
    for (const pragma of pragmas) sqlite.run(`PRAGMA ${pragma}`);
    migrate(sqlite, deps);
    const walPath = deps.path === ":memory:" ? undefined : `${deps.path}-wal`;
    return wrap(sqlite, walPath, deps.holdMs ?? 0, (cause) => deps.log.error("a transaction was lost", { cause }));
  } catch (thrown) {
    sqlite.close();
    throw thrown;
  }
}

/** Compiled queries differ by the length of their lists; the least recently made is forgotten. */
const maxCompiled = 500;

function wrap(sqlite: Database, walPath: string | undefined, holdMs: number, onLost: (cause: unknown) => void): Db {
  const kept = new Map<string, Statement<unknown, SQLQueryBindings[]>>();
  const compiled = new Map<string, Statement<unknown, SQLQueryBindings[]>>();
  const statementIn = (cache: typeof kept, sql: string) => {
    let statement = cache.get(sql);
    if (statement === undefined) {
      statement = sqlite.prepare<unknown, SQLQueryBindings[]>(sql);
      cache.set(sql, statement);
    }
    return statement;
  };
  const prepared = (query: Compilable<unknown>) => {
    const { sql, parameters } = query.compile();
    const statement = statementIn(compiled, sql);
    const [oldest] = compiled.keys();
    if (compiled.size > maxCompiled && oldest !== undefined) {
      compiled.get(oldest)?.finalize();
      compiled.delete(oldest);
    }
    return { statement, parameters: parameters as SQLQueryBindings[] };
  };
  const walFd = walPath === undefined ? undefined : openSync(walPath, "r+");
  const transactions = createTransactions(sqlite, { holdMs, onLost });
  const endReserve = walFd === undefined ? () => undefined : reserveWal(walFd);
  const syncWal = (fd: number) =>
    new Promise<void>((resolve, reject) => fdatasync(fd, (error) => (error ? reject(error) : resolve())));
  return {
    all: <Row>(query: Compilable<Row>) => {
      const { statement, parameters } = prepared(query);
      return statement.all(...parameters) as Row[];
    },
    get: <Row>(query: Compilable<Row>) => {
      const { statement, parameters } = prepared(query);
      return (statement.get(...parameters) ?? undefined) as Row | undefined;
    },
    run: (query) => {
      const { statement, parameters } = prepared(query);
      return statement.run(...parameters).changes;
    },
    prepare: <Row, Params extends SQLQueryBindings[]>(sql: string) => statementIn(kept, sql) as Statement<Row, Params>,
    transaction: transactions.run,
    sync:
      walFd === undefined
        ? async () => transactions.commit()
        : createGroupSync({ syncNow: () => syncWal(walFd), commit: transactions.commit, gather: turnsFor }),
    close: () => {
      transactions.commit();
      endReserve();
      for (const statement of [...kept.values(), ...compiled.values()]) statement.finalize();
      sqlite.close();
      if (walFd !== undefined) closeSync(walFd);
    },
  };
}
