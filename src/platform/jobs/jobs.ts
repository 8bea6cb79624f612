import type { z } from "zod";
import { type Clock, type Random, randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { handlersByName, type JobHandler, type JobKind, type Lane } from "./kind.ts";
import { createJobsRepository, type Job, type JobsRepository } from "./repository.ts";
import { registerSchedules, type Schedule, takeDueSchedules } from "./schedule.ts";
import { createSlots } from "./slots.ts";
import { createWorker } from "./worker.ts";

export interface EnqueueOptions {
  /** While a job of this kind with this key is queued or running, another is not added. */
  readonly dedupeKey?: string;
  readonly delayMs?: number;
}

export interface Jobs {
  /**
   * Adds a job, as a part of the caller's transaction when there is one; answers its id, or the id of the one already there.
   * Throws AppError `bad-request` when the payload does not fit.
   */
  enqueue<P extends z.ZodType>(kind: JobKind<P>, payload: z.input<P>, options?: EnqueueOptions): number;
  /** A queued job is cancelled at once, a running one is told; false when it had ended. */
  cancel(id: number): boolean;
  find(id: number): Job | undefined;
  /** Open jobs first, then the newest. */
  list(limit: number): Job[];
  start(): void;
  /** Looks for due work now instead of at the next timer. */
  wake(): void;
  /** Claims nothing any more, tells what runs to end and puts it back into the queue. */
  stop(): Promise<void>;
}

export interface JobsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly kinds: readonly JobKind[];
  readonly handlers: readonly JobHandler[];
  readonly schedules?: readonly Schedule[];
  /** How many jobs of a lane run at a time. */
  readonly concurrency?: Partial<Record<Lane, number>>;
  /** After which silence another instance may take a job over; renewed thrice as often. */
  readonly leaseMs?: number;
  /** Nobody else works on this queue, so what ran when the last process ended goes on at once, not when its lease runs out. */
  readonly isAlone?: boolean;
  /** After every change of state and now and then with progress. */
  readonly onChange?: (job: Job) => void;
}

const keepFinishedMs = 7 * 86_400_000;
const defaultLeaseMs = 60_000;

/** Throws when kinds and handlers do not match one to one. */
export function createJobs(deps: JobsDeps): Jobs {
  const handlers = handlersByName(deps.kinds, deps.handlers);
  const repository = createJobsRepository(deps.db, randomToken(deps.random, 96));
  const { clock, log, leaseMs = defaultLeaseMs } = deps;
  const onChange = createReporter(deps, repository);
  const slots = createSlots({ repository, handlers, clock, log, leaseMs, concurrency: deps.concurrency, onChange });
  const worker = createWorker({ look, nextDueAtMs: repository.nextDueAtMs, clock, log });
  slots.onFree(worker.wake);
  const enqueue = createEnqueue(repository, clock, worker.wake);
  let cleanedAtMs = -Infinity;

  function look(): void {
    const nowMs = clock.now();
    deps.db.transaction(() => {
      for (const { name, kind, payload } of takeDueSchedules(deps.db, deps.schedules ?? [], nowMs)) {
        enqueue(kind, payload, { dedupeKey: `schedule ${name}` });
      }
    });
    repository.failExhausted(nowMs, "the server stopped each time it ran");
    if (nowMs - cleanedAtMs > keepFinishedMs / 100) {
      cleanedAtMs = nowMs;
      repository.deleteFinishedBefore(nowMs - keepFinishedMs);
    }
    slots.fill();
  }

  return {
    enqueue,
    cancel: (id) => {
      const cancelled = repository.cancelQueued(id, clock.now()) || repository.requestCancel(id);
      slots.cancel(id);
      if (cancelled) onChange(id);
      return cancelled;
    },
    find: repository.find,
    list: repository.list,
    start: () => {
      const nowMs = clock.now();
      if (deps.isAlone === true) repository.endOtherLeases(nowMs);
      if (repository.failUnknownKinds([...handlers.keys()], nowMs)) {
        log.error("jobs of kinds that this version does not know were given up");
      }
      registerSchedules(deps.db, deps.schedules ?? [], nowMs);
      worker.start();
    },
    wake: worker.wake,
    stop: async () => {
      worker.stop();
      await slots.stop();
    },
  };
}

function createEnqueue(repository: JobsRepository, clock: Clock, wake: () => void): Jobs["enqueue"] {
  return (kind, payload, { dedupeKey, delayMs = 0 } = {}) => {
    const { error } = kind.payload.safeParse(payload);
    if (error) throw new AppError("bad-request", `The data of ${kind.name} does not fit.`, { cause: error });
    const nowMs = clock.now();
    const id = repository.insert({
      kind: kind.name,
      lane: kind.lane,
      // As it was given: it is parsed again when it runs.
      payload: JSON.stringify(payload ?? null),
      dedupeKey: dedupeKey ?? null,
      maxAttempts: kind.maxAttempts,
      runAtMs: nowMs + delayMs,
      nowMs,
    });
    wake();
    const known = id ?? (dedupeKey === undefined ? undefined : repository.findOpen(kind.name, dedupeKey));
    if (known === undefined) throw new AppError("internal");
    return known;
  };
}

/** Passes the present state of a job on; a listener that fails is logged and disturbs nothing. */
function createReporter({ onChange, log }: JobsDeps, repository: JobsRepository): (id: number) => void {
  return (id) => {
    const job = onChange === undefined ? undefined : repository.find(id);
    if (job === undefined) return;
    try {
      onChange?.(job);
    } catch (cause) {
      log.error("a listener to jobs failed", { cause });
    }
  };
}
