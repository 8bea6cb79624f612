import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { systemRandom } from "#platform/clock";
import { type Db, openDatabase } from "#platform/db";
import { AppError } from "#platform/errors";
import { createLogger } from "#platform/log";
import { createJobs, type Jobs, type JobsDeps } from "./jobs.ts";
import { handleJob, type JobContext, type JobKind } from "./kind.ts";
import { jobsMigrations } from "./migration.ts";
import type { JobState } from "./repository.ts";
import { retryDelayMs } from "./run.ts";
import { nextTimeMs } from "./schedule.ts";

const leaseMs = 60_000;
const startMs = new Date(2026, 10, 23, 12, 0).getTime();
const numbered = z.object({ n: z.int() });
const io: JobKind<typeof numbered> = { name: "t.io", lane: "io", payload: numbered, maxAttempts: 3, timeoutMs: 60_000 };
const alone: JobKind<typeof numbered> = { ...io, name: "t.alone", lane: "exclusive" };

let folder = "";
let nowMs = startMs;
const clock = { now: () => nowMs };
const log = createLogger({ clock, level: "error", write: () => undefined });
let databases: Db[] = [];
let instances: Jobs[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-jobs-"));
  nowMs = startMs;
  databases = [];
  instances = [];
});
afterEach(async () => {
  await Promise.all(instances.map((jobs) => jobs.stop()));
  for (const db of databases) db.close();
  rmSync(folder, { recursive: true });
});

type Work = (context: JobContext, payload: { n: number }) => Promise<void> | void;

/** A process of its own, as far as the database can tell. */
function instance(work: Work, more: Partial<JobsDeps> = {}): Jobs {
  const db = openDatabase({ path: join(folder, "test.db"), migrations: jobsMigrations, clock, log });
  databases.push(db);
  const handlers = [handleJob(io, work), handleJob(alone, work)];
  const jobs = createJobs({ db, clock, random: systemRandom, log, kinds: [io, alone], handlers, leaseMs, ...more });
  instances.push(jobs);
  return jobs;
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (condition()) return;
    await Bun.sleep(4);
  }
  throw new Error("it never came true");
}

const untilState = (jobs: Jobs, id: number, state: JobState) => until(() => jobs.find(id)?.state === state);
const never = ({ signal }: JobContext) =>
  new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

describe("kinds and handlers", () => {
  test("a missing, doubled or undeclared handler stops the start", () => {
    const make = (kinds: JobKind[], handlers: JobKind[]) => () =>
      instance(() => undefined, { kinds, handlers: handlers.map((kind) => handleJob(kind, () => undefined)) });
    expect(make([io], [])).toThrow("no handler");
    expect(make([io], [io, io])).toThrow("two handlers");
    expect(make([], [io])).toThrow("undeclared");
    expect(make([io, io], [io])).toThrow("share a name");
  });

  test("data that does not fit is refused when it is enqueued", () => {
    const jobs = instance(() => undefined);
    expect(() => jobs.enqueue(io, { n: 1.5 })).toThrow(AppError);
  });

  test("an open job of a kind this version lacks fails loudly", async () => {
    const id = instance(() => undefined).enqueue(alone, { n: 1 });
    const jobs = instance(() => undefined, { kinds: [io], handlers: [handleJob(io, () => undefined)] });
    jobs.start();
    expect(jobs.find(id)).toMatchObject({ state: "failed", error: "this version has no such job" });
  });
});

describe("running", () => {
  test("jobs run once each, in order of their lane, and tell their changes", async () => {
    const seen: number[] = [];
    const states: string[] = [];
    const jobs = instance((_, { n }) => void seen.push(n), {
      concurrency: { io: 1 },
      onChange: (job) => states.push(`${job.id} ${job.state}`),
    });
    const ids = [1, 2, 3].map((n) => jobs.enqueue(io, { n }));
    jobs.start();
    await until(() => ids.every((id) => jobs.find(id)?.state === "done"));
    expect(seen).toEqual([1, 2, 3]);
    expect(states.slice(0, 2)).toEqual([`${ids[0]} running`, `${ids[0]} done`]);
  });

  test("a job enqueued in a transaction that rolls back never was", () => {
    const jobs = instance(() => undefined);
    expect(() =>
      databases[0]!.transaction(() => {
        jobs.enqueue(io, { n: 1 });
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(jobs.list(10)).toEqual([]);
  });

  test("a lane keeps to its limit, and an exclusive job runs alone and is not starved", async () => {
    let running = 0;
    let most = 0;
    const company: number[] = [];
    const jobs = instance(
      async ({ id }) => {
        running += 1;
        most = Math.max(most, running);
        await Bun.sleep(5);
        if (jobs.find(id)?.kind === "t.alone") company.push(running);
        running -= 1;
      },
      { concurrency: { io: 2 } },
    );
    for (let n = 0; n < 4; n += 1) jobs.enqueue(io, { n });
    const exclusive = jobs.enqueue(alone, { n: 0 });
    for (let n = 0; n < 4; n += 1) jobs.enqueue(io, { n });
    jobs.start();
    await until(() => jobs.list(20).every((job) => job.state === "done"));
    expect(most).toBe(2);
    expect(company).toEqual([1]);
    expect(jobs.find(exclusive)?.state).toBe("done");
  });

  test("a dedupe key keeps one open job; after its end another is taken", async () => {
    const jobs = instance(() => undefined);
    const first = jobs.enqueue(io, { n: 1 }, { dedupeKey: "a" });
    expect(jobs.enqueue(io, { n: 2 }, { dedupeKey: "a" })).toBe(first);
    expect(jobs.enqueue(io, { n: 2 }, { dedupeKey: "b" })).not.toBe(first);
    jobs.start();
    await untilState(jobs, first, "done");
    expect(jobs.enqueue(io, { n: 3 }, { dedupeKey: "a" })).not.toBe(first);
  });

  test("progress is stored and told", async () => {
    const told: string[] = [];
    const jobs = instance(({ progress }) => [0, 1, 2].forEach((done) => progress(done, 2)), {
      onChange: ({ done, total }) => told.push(`${done}/${total}`),
    });
    const id = jobs.enqueue(io, { n: 1 });
    jobs.start();
    await untilState(jobs, id, "done");
    expect(jobs.find(id)).toMatchObject({ done: 2, total: 2 });
    expect(told).toContain("2/2");
  });

  test("a delayed job waits for its time", async () => {
    const jobs = instance(() => undefined);
    const id = jobs.enqueue(io, { n: 1 }, { delayMs: 1000 });
    jobs.start();
    await Bun.sleep(20);
    expect(jobs.find(id)?.state).toBe("queued");
    nowMs += 1000;
    jobs.wake();
    await untilState(jobs, id, "done");
  });
});

describe("failing", () => {
  test("runs again after growing waits, then fails with its reason", async () => {
    const attempts: number[] = [];
    const jobs = instance(({ attempt }) => {
      attempts.push(attempt);
      throw new Error(`try ${attempt}`);
    });
    const id = jobs.enqueue(io, { n: 1 });
    jobs.start();
    for (const attempt of [1, 2]) {
      await until(() => jobs.find(id)?.error === `try ${attempt}`);
      expect(jobs.find(id)).toMatchObject({ state: "queued", runAtMs: nowMs + retryDelayMs(attempt) });
      nowMs += retryDelayMs(attempt);
      jobs.wake();
    }
    await untilState(jobs, id, "failed");
    expect(jobs.find(id)?.error).toBe("try 3");
    expect(attempts).toEqual([1, 2, 3]);
    expect([1, 2, 3, 99].map(retryDelayMs)).toEqual([5000, 10_000, 20_000, 3_600_000]);
  });

  test("an error that no repetition mends fails at once", async () => {
    const jobs = instance(() => {
      throw new AppError("not-found", "The folder is gone.");
    });
    const id = jobs.enqueue(io, { n: 1 });
    jobs.start();
    await untilState(jobs, id, "failed");
    expect(jobs.find(id)).toMatchObject({ attempts: 1, error: "The folder is gone." });
  });

  test("a run that takes too long is told to end and comes again", async () => {
    const hasty = { ...io, timeoutMs: 20 };
    const jobs = instance(never, { kinds: [hasty], handlers: [handleJob(hasty, never)] });
    const id = jobs.enqueue(hasty, { n: 1 });
    jobs.start();
    await until(() => jobs.find(id)?.error === "it took too long");
    expect(jobs.find(id)?.state).toBe("queued");
  });
});

describe("cancelling and stopping", () => {
  test("a queued job is gone at once, a running one is told", async () => {
    const jobs = instance(never, { concurrency: { io: 1 } });
    const [running, queued] = [jobs.enqueue(io, { n: 1 }), jobs.enqueue(io, { n: 2 })];
    jobs.start();
    await untilState(jobs, running, "running");
    expect([jobs.cancel(queued), jobs.cancel(running)]).toEqual([true, true]);
    expect(jobs.find(queued)?.state).toBe("cancelled");
    await untilState(jobs, running, "cancelled");
    expect(jobs.cancel(running)).toBe(false);
  });

  test("stopping puts what runs back without counting the run", async () => {
    const jobs = instance(never);
    const id = jobs.enqueue(io, { n: 1 });
    jobs.start();
    await untilState(jobs, id, "running");
    await jobs.stop();
    expect(jobs.find(id)).toMatchObject({ state: "queued", attempts: 0 });
  });
});

describe("crashes", () => {
  test("after the lease another instance runs the job, and the dead one's late answer changes nothing", async () => {
    const late = Promise.withResolvers<void>();
    const dead = instance(() => late.promise);
    const id = dead.enqueue(io, { n: 7 });
    dead.start();
    await untilState(dead, id, "running");

    const seen: string[] = [];
    const heir = instance(({ attempt }, { n }) => void seen.push(`${n} attempt ${attempt}`));
    heir.start();
    await Bun.sleep(20);
    expect(seen).toEqual([]);
    nowMs += leaseMs;
    heir.wake();
    await untilState(heir, id, "done");
    expect(seen).toEqual(["7 attempt 2"]);
    late.reject(new Error("too late"));
    await Bun.sleep(10);
    expect(heir.find(id)).toMatchObject({ state: "done", error: null, attempts: 2 });
  });

  test("whoever is alone takes over at once what ran when the last process ended", async () => {
    let runs = 0;
    const work: Work = (context) => {
      runs += 1;
      return never(context);
    };
    const dead = instance(work);
    dead.enqueue(io, { n: 1 });
    dead.start();
    await until(() => runs === 1);
    instance(work, { isAlone: true }).start();
    await until(() => runs === 2);
  });

  test("an instance whose own lease ran out late does not start its job twice", async () => {
    let runs = 0;
    const jobs = instance((context) => {
      runs += 1;
      return never(context);
    });
    const id = jobs.enqueue(io, { n: 1 });
    jobs.start();
    await untilState(jobs, id, "running");
    nowMs += leaseMs * 2;
    jobs.wake();
    await Bun.sleep(20);
    expect(runs).toBe(1);
  });

  test("a job that takes the server down each time fails in the end", async () => {
    let id = 0;
    for (let crash = 0; crash < io.maxAttempts; crash += 1) {
      const dying = instance(never);
      if (crash === 0) id = dying.enqueue(io, { n: 1 });
      dying.start();
      await until(() => dying.find(id)?.attempts === crash + 1);
      nowMs += leaseMs;
    }
    const survivor = instance(() => undefined);
    survivor.start();
    await untilState(survivor, id, "failed");
    expect(survivor.find(id)?.error).toBe("the server stopped each time it ran");
  });

  test("two instances share the work; every job runs once", async () => {
    const seen: number[] = [];
    const work: Work = async (_, { n }) => {
      await Bun.sleep(1);
      seen.push(n);
    };
    const [one, two] = [instance(work), instance(work)];
    for (let n = 0; n < 40; n += 1) one.enqueue(io, { n });
    one.start();
    two.start();
    await until(() => one.list(100).every((job) => job.state === "done"));
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });
});

describe("schedules", () => {
  test("daily times and rhythms", () => {
    expect(nextTimeMs({ dailyAt: "12:30" }, startMs) - startMs).toBe(30 * 60_000);
    expect(new Date(nextTimeMs({ dailyAt: "03:00" }, startMs)).getDate()).toBe(24);
    expect(nextTimeMs({ dailyAt: "12:00" }, startMs)).toBeGreaterThan(startMs);
    expect(() => nextTimeMs({ dailyAt: "25:00" }, startMs)).toThrow();
    expect(() => nextTimeMs({ everyMs: 0 }, startMs)).toThrow();
  });

  test("an interval runs at once and then in its rhythm; missed runs are one; a restart does not repeat it", async () => {
    const schedules = [{ name: "tick", kind: io, payload: { n: 1 }, rhythm: { everyMs: 60_000 } }];
    let runs = 0;
    const work: Work = () => {
      runs += 1;
    };
    const jobs = instance(work, { schedules });
    jobs.start();
    await until(() => runs === 1);
    await jobs.stop();
    nowMs += 59_000;
    const again = instance(work, { schedules });
    again.start();
    await Bun.sleep(20);
    expect(runs).toBe(1);
    nowMs += 10 * 60_000;
    again.wake();
    await until(() => runs === 2);
    await Bun.sleep(20);
    expect(runs).toBe(2);
  });
});
