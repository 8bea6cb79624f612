import { expect, test } from "bun:test";
import type { AttemptError } from "./failure.ts";
import { http1Limits } from "./lanes.ts";
import type { PendingUpload } from "./resume.ts";
import type { TransferRequest } from "./state.ts";
import { createUploads, type Uploads } from "./uploads.ts";

interface Bench {
  readonly uploads: Uploads;
  readonly running: TransferRequest[];
  readonly records: Map<string, PendingUpload>;
  readonly discarded: string[];
  /** Let time pass and run what falls due. */
  pass(ms: number): void;
  states(): Record<string, string>;
}

/** The engine with a hand-driven line and clock. */
function bench(): Bench {
  let now = 0;
  let keys = 0;
  const timers = new Map<symbol, { at: number; run: () => void }>();
  const running: TransferRequest[] = [];
  const records = new Map<string, PendingUpload>();
  const discarded: string[] = [];
  const uploads = createUploads({
    start: (request) => {
      running.push(request);
      const end = (): void => void (running.includes(request) && running.splice(running.indexOf(request), 1));
      return { stop: end, discard: () => (end(), discarded.push(request.path)) };
    },
    discard: (url) => discarded.push(url),
    remember: ({ put, remove }) => {
      for (const record of put) records.set(record.key, record);
      for (const key of remove) records.delete(key);
    },
    findStored: async ({ path }) => (path === "stored" ? 77 : null),
    nowMs: () => now,
    random: () => 0.5,
    after: (delayMs, run) => {
      const id = Symbol();
      timers.set(id, { at: now + delayMs, run });
      return () => timers.delete(id);
    },
    newKey: () => `k${keys++}`,
    limits: http1Limits,
    scope: "user:1",
    owner: "page",
  });
  const pass = (ms: number): void => {
    const until = now + ms;
    for (let guard = 0; guard < 10_000; guard++) {
      const [due] = [...timers].filter(([, timer]) => timer.at <= until).toSorted(([, a], [, b]) => a.at - b.at);
      if (!due) break;
      timers.delete(due[0]);
      now = Math.max(now, due[1].at);
      due[1].run();
    }
    now = until;
  };
  const states = (): Record<string, string> => {
    pass(200);
    return Object.fromEntries(uploads.snapshot().items.map((item) => [item.path, item.state]));
  };
  return { uploads, running, records, discarded, pass, states };
}

const source = (path: string, text = "hello") => ({
  path,
  file: new File([text], path.split("/").at(-1) ?? path, { lastModified: 7 }),
});
const problem = (code: AttemptError["code"], status: number): AttemptError => ({
  status,
  code,
  detail: "",
  errorId: "id1",
  unreadable: false,
});
const shift = (running: TransferRequest[]): TransferRequest => {
  const next = running.shift();
  if (!next) throw new Error("nothing is running");
  return next;
};

test("files run in parallel, are remembered until stored", () => {
  const b = bench();
  b.uploads.enqueue(
    ["a", "b", "c", "d", "e", "f"].map((path) => source(path)),
    5,
  );
  b.pass(200);
  expect(b.running).toHaveLength(http1Limits.total);
  expect(b.records.size).toBe(6);
  for (let i = 0; i < 6; i++) shift(b.running).onDone(i + 1);
  expect(Object.values(b.states())).toEqual(Array(6).fill("done"));
  expect(b.records.size).toBe(0);
  expect(b.uploads.busy()).toBe(false);
});

test("a taken name is asked once; the answer for all holds for the rest of the batch and not for the next", () => {
  const b = bench();
  b.uploads.enqueue(
    ["a", "b", "c"].map((path) => source(path)),
    5,
  );
  for (let i = 0; i < 3; i++) shift(b.running).onError(problem("exists", 409));
  b.pass(200);
  const asked = b.uploads.snapshot().ask;
  expect(asked?.path).toBe("a");
  b.uploads.answerClash(asked?.id ?? 0, "replace", true);
  expect(b.running.map((request) => request.onClash)).toEqual(["replace", "replace", "replace"]);
  for (let i = 0; i < 3; i++) shift(b.running).onDone(null);
  b.uploads.enqueue([source("d")], 5);
  expect(shift(b.running).onClash).toBe("fail");
});

test("skip names what was skipped, one by one or for all", () => {
  const b = bench();
  b.uploads.enqueue(
    ["a", "b"].map((path) => source(path)),
    5,
  );
  shift(b.running).onError(problem("exists", 409));
  b.pass(200);
  b.uploads.answerClash(b.uploads.snapshot().ask?.id ?? 0, "skip", true);
  shift(b.running).onError(problem("exists", 409));
  expect(b.states()).toEqual({ a: "skipped", b: "skipped" });
});

test("a lost line is retried with growing waits and from where it stopped, a refusal is not", () => {
  const b = bench();
  b.uploads.enqueue([source("a"), source("b")], 5);
  const first = shift(b.running);
  first.onUrl("/api/uploads/1");
  first.onError(problem(null, 0));
  shift(b.running).onError(problem("quota-exceeded", 507));
  expect(b.states()).toEqual({ b: "failed", a: "retrying" });
  expect(b.uploads.snapshot().items[0]?.failure).toEqual({ reason: "quota", detail: "", errorId: "id1" });
  b.pass(1000);
  expect(b.running).toHaveLength(1);
  expect(b.running[0]?.url).toBe("/api/uploads/1");
  shift(b.running).onError(problem(null, 0));
  b.uploads.hurry();
  expect(b.running).toHaveLength(1);
  b.uploads.retry();
  expect(b.running.map((request) => request.path)).toEqual(["a", "b"]);
});

test("a line that stays dead ends in a failure that can be retried", () => {
  const b = bench();
  b.uploads.enqueue([source("a")], 5);
  for (let attempt = 0; attempt < 8; attempt++) {
    shift(b.running).onError(problem(null, 0));
    b.pass(61_000);
  }
  expect(b.states()).toEqual({ a: "failed" });
  expect(b.records.size).toBe(1);
});

test("pause stops the line and keeps the address; resume goes on; cancel throws away what the server has", () => {
  const b = bench();
  b.uploads.enqueue([source("a"), source("b")], 5);
  b.running[0]?.onUrl("/u/1");
  b.uploads.pause();
  expect(b.running).toHaveLength(0);
  expect(b.states()).toEqual({ a: "paused", b: "paused" });
  b.uploads.resume();
  expect(b.running[0]?.url).toBe("/u/1");
  b.uploads.pause();
  b.uploads.cancel();
  b.pass(200);
  expect(b.discarded).toEqual(["/u/1"]);
  expect(b.records.size).toBe(0);
  expect(b.uploads.snapshot().totals.files).toBe(0);
});

test("after a reload the same files continue at their address and foreign files come back", () => {
  const before = bench();
  before.uploads.enqueue([source("trip/a.txt")], 5);
  before.running[0]?.onUrl("/u/9");
  before.pass(200);
  const after = bench();
  after.uploads.restore([...before.records.values()]);
  expect(after.states()).toEqual({ "trip/a.txt": "missing" });
  expect(after.uploads.busy()).toBe(false);
  const rest = after.uploads.giveFiles([source("a.txt"), source("a.txt", "changed content")]);
  expect(rest).toHaveLength(1);
  expect(after.running.map((request) => [request.url, request.path])).toEqual([["/u/9", "trip/a.txt"]]);
});

test("five thousand files cost a handful of renders", () => {
  const b = bench();
  let renders = 0;
  b.uploads.subscribe(() => renders++);
  b.uploads.enqueue(
    Array.from({ length: 5000 }, (_, i) => source(`f${i}`)),
    5,
  );
  for (let i = 0; i < 5000; i++) shift(b.running).onDone(i + 1);
  b.pass(1000);
  expect(renders).toBeLessThan(5);
  expect(b.uploads.snapshot().totals).toMatchObject({ done: 5000, files: 5000, sentBytes: 25_000 });
});

test("a finished list makes room for the next upload; one with something left to do does not", () => {
  const b = bench();
  b.uploads.enqueue([source("a")], 5);
  shift(b.running).onDone(1);
  b.uploads.enqueue([source("b")], 5);
  expect(b.states()).toEqual({ b: "sending" });
  shift(b.running).onError(problem("quota-exceeded", 507));
  b.uploads.enqueue([source("c")], 5);
  expect(b.states()).toEqual({ b: "failed", c: "sending" });
});

test("a name that is taken after a lost answer is first looked up: our own file is done, another one is asked about", async () => {
  const b = bench();
  b.uploads.enqueue([source("stored"), source("other")], 5);
  for (let i = 0; i < 2; i++) shift(b.running).onError(problem(null, 0));
  b.pass(1000);
  for (let i = 0; i < 2; i++) shift(b.running).onError(problem("exists", 409));
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(b.states()).toEqual({ other: "clash", stored: "done" });
  expect(b.uploads.snapshot().items[1]?.nodeId).toBe(77);
});
