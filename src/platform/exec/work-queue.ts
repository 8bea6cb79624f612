import { AppError } from "#platform/errors";

export interface WorkQueue {
  /** Runs `work` when it is its turn. Throws `unavailable` when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** For programs that people wait for. First come, first served, `atOnce` at a time, at most `maxWaiting` in line. */
export function createWorkQueue(atOnce: number, maxWaiting: number): WorkQueue {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    run: async (work) => {
      if (running >= atOnce) {
        if (waiting.length >= maxWaiting)
          throw new AppError("unavailable", "Too much is being made just now; try again in a moment.");
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        // The place is handed over, so that nobody can slip in between.
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
