import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "#platform/log";
import { createSegmentCache } from "./index.ts";

let folder = "";
let nowMs = Date.now() + 60_000;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-segments-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = createLogger({ clock: { now: () => 0 }, level: "error", write: () => undefined });
async function open(budgetBytes = 1000) {
  const cache = createSegmentCache({ folder, budgetBytes, clock: { now: () => (nowMs += 1) }, log });
  await cache.start();
  return cache;
}
const part = (size: number) => new Uint8Array(size).fill(7);

test("what is put is there, whole, for the next run too", async () => {
  const shelf = await (await open()).open("film");
  const piece = await shelf.put("1.m4s", [part(10), part(20)]);
  expect(piece.sizeBytes).toBe(30);
  expect(shelf.get("1.m4s")).toEqual(piece);
  writeFileSync(join(folder, readdirSync(folder)[0] ?? "", "2.m4s.9.tmp"), "half");
  const again = await open();
  expect(again.usedBytes()).toBe(30);
  const same = await again.open("film");
  expect([same.has("1.m4s"), same.has("2.m4s.9.tmp"), (await again.open("other")).has("1.m4s")]).toEqual([
    true,
    false,
    false,
  ]);
  expect(readdirSync(join(folder, readdirSync(folder)[0] ?? ""))).toEqual(["1.m4s"]);
  expect(again.usedBytes()).toBe(30);
});

test("the budget holds: what was used longest ago goes, what is pinned stays", async () => {
  const cache = await open();
  const shelf = await cache.open("film");
  shelf.pinned = (name) => name === "0.m4s";
  for (let index = 0; index < 9; index += 1) await shelf.put(`${index}.m4s`, [part(100)]);
  expect(shelf.get("1.m4s")).toBeDefined();
  for (let index = 9; index < 12; index += 1) await shelf.put(`${index}.m4s`, [part(100)]);
  expect(cache.usedBytes()).toBeLessThanOrEqual(1000);
  expect(["0", "1", "2", "11"].map((name) => shelf.has(`${name}.m4s`))).toEqual([true, true, false, true]);
});

test("shelves of earlier runs that nobody opened go first, all at once", async () => {
  const old = await (await open()).open("old");
  for (let index = 0; index < 5; index += 1) await old.put(`${index}.m4s`, [part(100)]);
  const cache = await open();
  const shelf = await cache.open("new");
  for (let index = 0; index < 6; index += 1) await shelf.put(`${index}.m4s`, [part(100)]);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(cache.usedBytes()).toBe(600);
});

test("what cannot be written is had from memory", async () => {
  const cache = await open();
  const shelf = await cache.open("film");
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "no folder");
  const piece = await shelf.put("1.m4s", [part(3), part(4)]);
  expect("content" in piece && [...piece.content]).toEqual([7, 7, 7, 7, 7, 7, 7]);
  expect(shelf.get("1.m4s")).toEqual(piece);
  expect(cache.usedBytes()).toBe(0);
  rmSync(folder);
});

test("what somebody removed is forgotten when it is missed", async () => {
  const cache = await open();
  const shelf = await cache.open("film");
  const piece = await shelf.put("1.m4s", [part(5)]);
  if ("path" in piece) rmSync(piece.path);
  shelf.forget("1.m4s");
  expect([shelf.has("1.m4s"), cache.usedBytes()]).toEqual([false, 0]);
  expect(existsSync(folder)).toBe(true);
});
