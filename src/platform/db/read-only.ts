import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { existsSync } from "node:fs";
import { AppError } from "#platform/errors";
import type { Db } from "./database.ts";

export interface ReadOnlyDb extends Pick<Db, "prepare"> {
  /** Runs synchronous work on one state of the database, however it changes meanwhile. */
  snapshot<T>(work: () => T): T;
  close(): void;
}

/** Opens an existing database beside whatever works on it, for reading only. Throws AppError `not-found` when there is none. */
export function openReadOnly(path: string): ReadOnlyDb {
  if (!existsSync(path)) throw new AppError("not-found", `There is no database at ${path}.`);
  const sqlite = new Database(path, { readonly: true, strict: true });
  sqlite.run("PRAGMA busy_timeout = 5000");
  return {
    prepare: <Row, Params extends SQLQueryBindings[]>(sql: string) =>
      // Kept per text by the handle, and closed with it.
      sqlite.query<Row, SQLQueryBindings[]>(sql) as unknown as Statement<Row, Params>,
    snapshot: (work) => sqlite.transaction(work).deferred(),
    close: () => sqlite.close(),
  };
}
