import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { closeSync, fdatasync, openSync } from "node:fs";
import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import { migrate, type Migration } from "./migrate.ts";
import type { Compilable } from "./queries.ts";

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
  /** Resolves when every transaction committed so far is on disk. Calls made while a sync runs share the next one. */
  sync(): Promise<void>;
  close(): void;
}

interface DbDeps {
  /** File path, or `:memory:` in tests. */
  readonly path: string;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  readonly log: Logger;
}

const pragmas = [
  "journal_mode = wal",
  // Commits do not sync by themselves: `sync()` does, once for many. A checkpoint still syncs in the right order.
  "synchronous = normal",
  "foreign_keys = on",
  "busy_timeout = 5000",
  "cache_size = -16000",
  "temp_store = memory",
  "wal_autocheckpoint = 4000",
  "journal_size_limit = 67108864",
];

/** Opens the database, brings its schema up to date, and refuses one that is newer than this program. */
export function openDatabase(deps: DbDeps): Db {
  const sqlite = new Database(deps.path, { create: true, strict: true, safeIntegers: false });
  for (const pragma of pragmas) sqlite.run(`PRAGMA ${pragma}`);
  migrate(sqlite, deps);
  return wrap(sqlite, deps.path === ":memory:" ? undefined : `${deps.path}-wal`);
}

function wrap(sqlite: Database, walPath: string | undefined): Db {
  const statements = new Map<string, Statement<unknown, SQLQueryBindings[]>>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = sqlite.prepare<unknown, SQLQueryBindings[]>(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const walFd = walPath === undefined ? undefined : openSync(walPath, "r+");
  const prepared = (query: Compilable<unknown>) => {
    const { sql, parameters } = query.compile();
    return { statement: prepare(sql), parameters: parameters as SQLQueryBindings[] };
  };
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
    prepare: <Row, Params extends SQLQueryBindings[]>(sql: string) => prepare(sql) as Statement<Row, Params>,
    transaction: (work) => sqlite.transaction(work)(),
    sync: walFd === undefined ? () => Promise.resolve() : groupSync(walFd),
    close: () => {
      for (const statement of statements.values()) statement.finalize();
      sqlite.close();
      if (walFd !== undefined) closeSync(walFd);
    },
  };
}

/**
 * One fdatasync for many callers. A caller that arrives while a sync runs waits for the next one, since the running one may
 * have started before its commit. The write-ahead log is never locked by SQLite, so a descriptor of our own is safe.
 */
function groupSync(walFd: number): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = () =>
    new Promise<void>((resolve, reject) => fdatasync(walFd, (error) => (error ? reject(error) : resolve())));
  const launch = (): Promise<void> => {
    running = start().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return launch();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return launch();
      });
    return next;
  };
}
