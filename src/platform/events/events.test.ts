import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Db, openDatabase } from "#platform/db";
import { createLogger } from "#platform/log";
import { createEvents } from "./events.ts";
import { createOutbox, type Outbox, outboxMigrations } from "./outbox.ts";

interface Payloads {
  "file.added": { readonly id: number };
  "file.gone": { readonly id: number };
}

let nowMs = 1_000_000;
const clock = { now: () => nowMs };
let lines: string[] = [];
const log = createLogger({ clock, level: "warn", write: (line) => lines.push(line) });
let folder = "";
let databases: Db[] = [];
let boxes: Outbox<Payloads>[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-events-"));
  lines = [];
  databases = [];
  boxes = [];
});
afterEach(async () => {
  await Promise.all(boxes.map((box) => box.stop()));
  for (const db of databases) db.close();
  rmSync(folder, { recursive: true });
});

function open(): { db: Db; box: Outbox<Payloads> } {
  const db = openDatabase({ path: join(folder, "test.db"), migrations: outboxMigrations, clock, log });
  const box = createOutbox<Payloads>({ db, clock, log, timeoutMs: 50 });
  databases.push(db);
  boxes.push(box);
  return { db, box };
}

const rows = (db: Db) =>
  db
    .prepare<{ subscriber: string; attempts: number; failed: number }, []>(
      "SELECT subscriber, attempts, failed_at_ms IS NOT NULL AS failed FROM outbox ORDER BY id",
    )
    .all();

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (condition()) return;
    await Bun.sleep(2);
  }
  throw new Error("it never came true");
}

test("the bus: a listener that fails disturbs neither the others nor the publisher; an ended one is silent", () => {
  const seen: number[] = [];
  const events = createEvents<Payloads>(log);
  events.subscribe("file.added", () => {
    throw new Error("broken");
  });
  const end = events.subscribe("file.added", ({ id }) => seen.push(id));
  events.publish("file.added", { id: 1 });
  events.publish("file.gone", { id: 9 });
  end();
  events.publish("file.added", { id: 2 });
  expect(seen).toEqual([1]);
  expect(lines[0]).toContain("an event listener failed");
});

test("the bus: a listener may subscribe and end while an event goes round", () => {
  const seen: string[] = [];
  const events = createEvents<Payloads>(log);
  const end = events.subscribe("file.added", () => {
    seen.push("first");
    end();
    events.subscribe("file.added", () => seen.push("late"));
  });
  events.publish("file.added", { id: 1 });
  expect(seen).toEqual(["first"]);
});

test("an asynchronous listener's failure is logged, not unhandled", async () => {
  const events = createEvents<Payloads>(log);
  const listener: () => unknown = () => Promise.reject(new Error("later"));
  events.subscribe("file.added", listener);
  events.publish("file.added", { id: 1 });
  await until(() => lines.some((line) => line.includes("an event listener failed")));
});

test("the outbox delivers after the commit, in order, to every subscriber, and nothing of a rolled back transaction", async () => {
  const { db, box } = open();
  const seen: string[] = [];
  box.subscribe("file.added", "a", ({ id }) => void seen.push(`a${id}`));
  box.subscribe("file.added", "b", ({ id }) => void seen.push(`b${id}`));
  box.start();
  db.transaction(() => {
    box.publishDurably("file.added", { id: 1 });
    box.publishDurably("file.added", { id: 2 });
    expect(seen).toEqual([]);
  });
  expect(() =>
    db.transaction(() => {
      box.publishDurably("file.added", { id: 3 });
      throw new Error("no");
    }),
  ).toThrow();
  await until(() => rows(db).length === 0);
  expect(seen.filter((text) => text.startsWith("a"))).toEqual(["a1", "a2"]);
  expect(seen.filter((text) => text.startsWith("b"))).toEqual(["b1", "b2"]);
});

test("what a crashed process left is delivered by the next", async () => {
  const crashed = open();
  crashed.box.subscribe("file.added", "a", () => undefined);
  crashed.db.transaction(() => crashed.box.publishDurably("file.added", { id: 5 }));

  crashed.db.prepare("UPDATE outbox SET id = id + 1").run();
  crashed.db.prepare("INSERT INTO outbox SELECT 1, event, 'retired', payload, 0, 0, 0, NULL, NULL FROM outbox").run();

  const next = open();
  const seen: number[] = [];
  next.box.subscribe("file.added", "a", ({ id }) => void seen.push(id));
  next.box.start();
  await until(() => rows(next.db).length === 0);
  expect(seen).toEqual([5]);
});

test("a failing or hanging subscriber is tried again with growing waits, then kept as failed, and holds up nobody", async () => {
  const { db, box } = open();
  const seen: number[] = [];
  let tries = 0;
  box.subscribe("file.added", "broken", () => {
    tries += 1;
    if (tries % 2 === 0) return new Promise(() => undefined);
    throw new Error("broken");
  });
  box.subscribe("file.added", "well", ({ id }) => void seen.push(id));
  box.start();
  box.publishDurably("file.added", { id: 1 });
  await until(() => seen.length === 1 && rows(db)[0]?.attempts === 1);
  for (let attempt = 1; attempt < 8; attempt += 1) {
    nowMs += 1000 * 2 ** attempt;
    await box.stop();
    box.start();
    await until(() => rows(db)[0]?.attempts === attempt + 1);
  }
  expect(rows(db)).toEqual([{ subscriber: "broken", attempts: 8, failed: 1 }]);
  expect(tries).toBe(8);
  box.publishDurably("file.added", { id: 2 });
  await until(() => seen.length === 2);
});

test("more than one batch is delivered", async () => {
  const { db, box } = open();
  let count = 0;
  box.subscribe("file.gone", "a", () => void (count += 1));
  box.start();
  db.transaction(() => {
    for (let id = 0; id < 350; id += 1) box.publishDurably("file.gone", { id });
  });
  await until(() => rows(db).length === 0);
  expect(count).toBe(350);
  expect(() => box.subscribe("file.gone", "a", () => undefined)).toThrow("twice");
});
