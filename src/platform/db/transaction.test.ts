import { afterEach, beforeEach, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransactions, TransactionEnded, type Transactions } from "./transaction.ts";

let folder: string;
let own: Database;
let other: Database;
let lost: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-transaction-"));
  own = new Database(join(folder, "t.db"), { create: true, strict: true });
  own.run("PRAGMA journal_mode = wal");
  own.run("CREATE TABLE t (n INTEGER, b BLOB)");
  other = new Database(join(folder, "t.db"), { readonly: true });
  lost = [];
});
afterEach(() => {
  own.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

const held = (holdMs: number): Transactions => createTransactions(own, { holdMs, onLost: (cause) => lost.push(cause) });
const add = (n: number, sizeBytes = 0) => own.query("INSERT INTO t VALUES (?, zeroblob(?))").run(n, sizeBytes);
const countIn = (db: Database) => (db.query("SELECT count(*) AS c FROM t").get() as { c: number }).c;

test("held work is seen by its own connection at once and by others after the commit", () => {
  const { run, commit } = held(10_000);
  run(() => add(1));
  run(() => add(2));
  expect(countIn(own)).toBe(2);
  expect(countIn(other)).toBe(0);
  commit();
  expect(countIn(other)).toBe(2);
});

test("nobody has to ask: the time ends it", async () => {
  held(5).run(() => add(1));
  await Bun.sleep(60);
  expect(countIn(other)).toBe(1);
});

test("work that fails undoes only itself, what was held before stays", () => {
  const { run, commit } = held(10_000);
  run(() => add(1));
  expect(() =>
    run(() => {
      add(2);
      throw new Error("no");
    }),
  ).toThrow("no");
  commit();
  expect(countIn(other)).toBe(1);
});

test("when the whole transaction goes, whoever waits for the earlier work is told, and later work goes on", () => {
  const { run, commit } = held(10_000);
  run(() => add(1));
  own.run("PRAGMA max_page_count = 20");
  expect(() =>
    run(() => {
      run(() => add(2, 200_000));
      throw new Error("never reached");
    }),
  ).toThrow();
  const isGone = !own.inTransaction;
  if (isGone) expect(commit).toThrow();
  else commit();
  own.run("PRAGMA max_page_count = 100000");
  run(() => add(3));
  commit();
  expect(countIn(other)).toBe(isGone ? 1 : 2);
});

test("nothing runs on in a transaction that has ended under it", () => {
  const { run } = held(10_000);
  expect(() =>
    run(() => {
      own.run("ROLLBACK");
      run(() => add(1));
    }),
  ).toThrow(TransactionEnded);
  expect(countIn(other)).toBe(0);
});

test("a commit that nobody waited for and that fails is reported", async () => {
  own.run("PRAGMA foreign_keys = on");
  own.run("CREATE TABLE child (n INTEGER REFERENCES parent(n) DEFERRABLE INITIALLY DEFERRED)");
  own.run("CREATE TABLE parent (n INTEGER PRIMARY KEY)");
  held(5).run(() => own.run("INSERT INTO child VALUES (7)"));
  await Bun.sleep(60);
  expect(lost).toHaveLength(1);
  expect(own.inTransaction).toBe(false);
});
