import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import type { JobHandler } from "./kind.ts";
import type { ClaimedJob, JobsRepository } from "./repository.ts";

interface RunDeps {
  readonly repository: JobsRepository;
  readonly clock: Clock;
  readonly log: Logger;
  readonly leaseMs: number;
  /** After progress, at most once in `progressMs`. */
  readonly onProgress: (id: number) => void;
}

export type StopReason = "cancel" | "time-out" | "stop" | "lost";

export interface Run {
  readonly job: ClaimedJob;
  /** Resolves, never rejects, when the outcome is stored. */
  readonly ended: Promise<void>;
  abort(reason: StopReason): void;
}

/** A handler that does not heed its signal is given up after this; its lane is free again. */
const abandonMs = 10_000;
const progressMs = 500;
const maxTimerMs = 2 ** 31 - 1;
const backOffMs = { first: 5000, most: 3_600_000 };
const maxErrorLength = 500;

/** Wait before the next run: 5 s, doubled each time, at most an hour. */
export const retryDelayMs = (attempt: number): number =>
  Math.min(backOffMs.most, backOffMs.first * 2 ** Math.min(attempt - 1, 30));

/** Runs one claimed job: keeps its lease alive, passes its progress on, stores how it ended. */
export function startRun(job: ClaimedJob, handler: JobHandler, deps: RunDeps): Run {
  const { repository, clock, leaseMs } = deps;
  const controller = new AbortController();
  let reason: StopReason | undefined;
  const abort = (why: StopReason) => {
    if (reason !== undefined) return;
    reason = why;
    controller.abort(new AppError("unavailable", `The job was ended (${why}).`));
  };
  const log = deps.log.child({ jobId: job.id, jobKind: job.kind });
  const timeout = setTimeout(() => abort("time-out"), Math.min(handler.kind.timeoutMs, maxTimerMs));
  const heartbeat = setInterval(() => {
    try {
      if (!repository.renew(job.id, clock.now() + leaseMs)) abort("lost");
      else if (repository.isCancelRequested(job.id)) abort("cancel");
    } catch (cause) {
      log.error("the lease of a job could not be renewed", { cause });
    }
  }, leaseMs / 3);
  const progress = createProgress(job.id, deps);
  const execute = async () => {
    const payload = handler.kind.payload.safeParse(JSON.parse(job.payload));
    if (!payload.success) throw new AppError("bad-request", "The job's data does not fit this version.");
    await handler.run({ id: job.id, attempt: job.attempts, signal: controller.signal, log, progress }, payload.data);
  };
  const ended = untilAbandoned(execute(), controller.signal)
    .then(
      () => settle(job, undefined, reason, deps),
      (thrown: unknown) => settle(job, { thrown }, reason, deps),
    )
    .catch((cause: unknown) => log.error("the outcome of a job could not be stored", { cause }))
    .finally(() => {
      clearTimeout(timeout);
      clearInterval(heartbeat);
    });
  return { job, ended, abort };
}

function createProgress(id: number, { repository, clock, onProgress }: RunDeps) {
  let savedAtMs = -Infinity;
  return (done: number, total: number) => {
    const nowMs = clock.now();
    if (done < total && nowMs - savedAtMs < progressMs) return;
    savedAtMs = nowMs;
    if (repository.saveProgress(id, Math.trunc(done), Math.trunc(total))) onProgress(id);
  };
}

async function untilAbandoned(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const late = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => {
    timer = setTimeout(() => late.reject(new Error("the handler did not heed its signal")), abandonMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    // When it was given up: what it still throws is nobody's.
    work.catch(() => undefined);
  }
}

/** Done, cancelled, back into the queue, or failed. A lost lease stores nothing: the job is another's. */
function settle(
  job: ClaimedJob,
  failure: { thrown: unknown } | undefined,
  reason: StopReason | undefined,
  deps: RunDeps,
) {
  const { repository, log } = deps;
  const nowMs = deps.clock.now();
  if (reason === "lost") {
    log.warn("a job was taken over by another instance", { jobId: job.id, jobKind: job.kind });
  } else if (failure === undefined) {
    repository.finish(job.id, "done", null, nowMs);
  } else if (reason === "cancel") {
    repository.finish(job.id, "cancelled", null, nowMs);
  } else if (reason === "stop") {
    repository.requeue(job.id, nowMs, null, true);
  } else {
    settleFailure(job, failure.thrown, reason === "time-out", deps);
  }
}

function settleFailure(job: ClaimedJob, thrown: unknown, late: boolean, { repository, log, clock }: RunDeps): void {
  const error = late ? "it took too long" : describe(thrown);
  const hopeless = !late && thrown instanceof AppError && !thrown.retryable;
  const final = hopeless || job.attempts >= job.maxAttempts;
  const fields = { jobId: job.id, jobKind: job.kind, attempt: job.attempts, final, cause: thrown };
  log[final ? "error" : "warn"]("a job failed", fields);
  if (final) repository.finish(job.id, "failed", error, clock.now());
  else repository.requeue(job.id, clock.now() + retryDelayMs(job.attempts), error, false);
}

function describe(thrown: unknown): string {
  const text = thrown instanceof AppError ? thrown.detail : thrown instanceof Error ? thrown.message : String(thrown);
  return text.slice(0, maxErrorLength);
}
