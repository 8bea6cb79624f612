import { afterAll, beforeAll, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "#platform/errors";
import { quickCheck } from "./quick-check.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-check-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a sound database is sound, one with a page overwritten is not", async () => {
  const path = join(folder, "test.db");
  const sqlite = new Database(path, { create: true });
  sqlite.run("PRAGMA journal_mode = wal");
  sqlite.run("CREATE TABLE t (a TEXT); CREATE INDEX t_a ON t (a)");
  for (let n = 0; n < 500; n += 1) sqlite.run("INSERT INTO t VALUES (?)", [`row ${n} ${"x".repeat(100)}`]);
  expect(await quickCheck(path, 10_000)).toEqual([]);
  sqlite.close();
  const bytes = readFileSync(path);
  bytes.fill(0xaa, 4096 * 3, 4096 * 5);
  writeFileSync(path, bytes);
  expect((await quickCheck(path, 10_000)).length).toBeGreaterThan(0);
});

test("a file that is missing or no database is an error that says so", async () => {
  expect(quickCheck(join(folder, "none.db"), 10_000)).rejects.toBeInstanceOf(AppError);
  writeFileSync(join(folder, "text.db"), "no database at all ".repeat(300));
  expect(quickCheck(join(folder, "text.db"), 10_000)).rejects.toBeInstanceOf(AppError);
});
