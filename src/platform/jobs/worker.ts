import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";

interface WorkerDeps {
  /** Starts whatever is due and has room. */
  readonly look: () => void;
  readonly nextDueAtMs: (nowMs: number) => number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Also without anything due: what another process enqueued is seen. */
const maxWaitMs = 30_000;
const waitAfterFailureMs = 1000;

/** One timer, set to the next due time; a wake-up looks at once. */
export function createWorker({ look, nextDueAtMs, clock, log }: WorkerDeps) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let started = false;
  const arm = (waitMs: number) => {
    clearTimeout(timer);
    if (started) timer = setTimeout(turn, waitMs);
  };
  const turn = () => {
    try {
      look();
      const nowMs = clock.now();
      arm(Math.max(0, Math.min(maxWaitMs, (nextDueAtMs(nowMs) ?? Infinity) - nowMs)));
    } catch (cause) {
      log.error("the job queue could not be read", { cause });
      arm(waitAfterFailureMs);
    }
  };
  return {
    wake: () => arm(0),
    start: () => {
      started = true;
      arm(0);
    },
    stop: () => {
      started = false;
      clearTimeout(timer);
    },
  };
}
