/**
 * For a job that looks at everything there is: one round at a time, one waiting job, and one more round for all that came while a
 * round ran.
 */
export function createRounds(enqueue: () => void) {
  let isQueued = false;
  let isRunning = false;
  let wantsMore = false;
  return {
    /** There is something new to look at. */
    wake: (): void => {
      if (isRunning) wantsMore = true;
      else if (!isQueued) {
        isQueued = true;
        enqueue();
      }
    },
    /** What the job's handler does. A job of before a restart that comes while a round runs leaves its work to that one. */
    run: async (round: () => Promise<unknown>): Promise<void> => {
      isQueued = false;
      wantsMore = true;
      if (isRunning) return;
      isRunning = true;
      try {
        while (wantsMore) {
          wantsMore = false;
          await round();
        }
      } finally {
        isRunning = false;
      }
    },
  };
}
