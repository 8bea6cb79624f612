import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { systemClock } from "#platform/clock";
import { createLogger } from "#platform/log";
import { decodeRecord, encodeRecord } from "./record.ts";
import { createDerivedCache } from "./service.ts";

const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-derived-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (budgetBytes = 10_000_000) => createDerivedCache({ folder, budgetBytes, clock: systemClock, log });
const bytes = (text: string) => new TextEncoder().encode(text);
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const never = () => Promise.reject(new Error("produced again"));

test("produces once, keeps it over a restart, and remembers that there is none", async () => {
  expect(await open().get("a", () => Promise.resolve(bytes("hello")))).toEqual(bytes("hello"));
  expect(await open().get("b", () => Promise.resolve(null))).toBeNull();
  expect(Buffer.from((await open().get("a", never)) ?? []).toString()).toBe("hello");
  expect(await open().get("b", never)).toBeNull();
  expect(files().filter((path) => path.endsWith(".tmp"))).toEqual([]);
});

test("everybody who asks at the same time waits for one producer", async () => {
  const cache = open();
  let calls = 0;
  const produce = async () => {
    calls += 1;
    await Bun.sleep(20);
    return bytes("x");
  };
  const answers = await Promise.all(Array.from({ length: 50 }, () => cache.get("k", produce)));
  expect(answers.every((answer) => answer?.length === 1)).toBe(true);
  expect(calls).toBe(1);
});

test("a failed producer is told to all and asked again", async () => {
  const cache = open();
  await expect(cache.get("k", never)).rejects.toThrow("produced again");
  expect(await cache.get("k", () => Promise.resolve(bytes("now")))).toEqual(bytes("now"));
});

test("lost, emptied, cut and altered files are produced anew", async () => {
  const damages = [
    (path: string) => rmSync(path),
    (path: string) => truncateSync(path, 0),
    (path: string) => truncateSync(path, 15),
    (path: string) => writeFileSync(path, "nonsense of another program"),
    () => rmSync(folder, { recursive: true }),
  ];
  for (const damage of damages) {
    await open().get("k", () => Promise.resolve(bytes("hello")));
    damage(files()[0] ?? "");
    expect(Buffer.from((await open().get("k", () => Promise.resolve(bytes("again")))) ?? []).toString()).toBe("again");
    rmSync(folder, { recursive: true });
  }
  await open().get("k", () => Promise.resolve(bytes("hello")));
});

test("the budget holds, and what was used longest ago goes first", async () => {
  const cache = open(50_000);
  for (let index = 0; index < 40; index += 1) {
    await cache.get(`k${index}`, () => Promise.resolve(new Uint8Array(4000)));
    const old = 1_600_000_000 + index;
    for (const path of files()) if (Date.now() - statSync(path).mtimeMs < 60_000) utimesSync(path, old, old);
  }
  const sum = files().reduce((total, path) => total + statSync(path).size, 0);
  expect(sum).toBeLessThanOrEqual(50_000);
  expect(sum).toBeGreaterThan(25_000);
  expect((await cache.get("k39", never))?.length).toBe(4000);
  await expect(cache.get("k0", never)).rejects.toThrow();
});

test("a use makes a file young again; leftovers of a crash go", async () => {
  await open().get("k", () => Promise.resolve(bytes("hello")));
  const path = files()[0] ?? "";
  utimesSync(path, 1_600_000_000, 1_600_000_000);
  await open().get("k", never);
  expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
  writeFileSync(`${path}.1.tmp`, "half");
  await open().get("other", () => Promise.resolve(null));
  const left = () => files().filter((name) => name.endsWith(".tmp"));
  for (let waited = 0; left().length > 0 && waited < 5000; waited += 10) await Bun.sleep(10);
  expect(left()).toEqual([]);
});

test("a folder that cannot be written costs the cache, not the answer", async () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file stands here");
  expect(await open().get("k", () => Promise.resolve(bytes("hello")))).toEqual(bytes("hello"));
});

test("a record gives back what went in, and no altered byte passes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (payload, at, flip) => {
      const record = encodeRecord(payload);
      expect(Buffer.from(decodeRecord(record) ?? []).equals(Buffer.from(payload))).toBe(true);
      const position = at % record.length;
      record[position] = (record[position] ?? 0) ^ flip;
      expect(decodeRecord(record) ?? undefined).toBeUndefined();
    }),
  );
});
