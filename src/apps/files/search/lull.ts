import process from "node:process";

/** Nothing has changed for so long. */
const calmMs = 1_000;
/** Nobody waits longer for one portion of work. */
const longestMs = 5_000;
const stepMs = 100;
/** Processor time of the whole program in one step from which on somebody else is at work. */
const busyMs = 15;

export interface Lull {
  /** Something was changed just now. */
  changed(): void;
  quietForMs(): number;
  /** Resolves when nobody writes and the processor has time, or after some seconds: work in the background goes on, at a small share. */
  wait(signal: AbortSignal): Promise<void>;
}

/** Tells when work that nobody waits for is in nobody's way. */
export function createLull(): Lull {
  let changedAt = -Infinity;
  const quietForMs = () => performance.now() - changedAt;
  return {
    changed: () => {
      changedAt = performance.now();
    },
    quietForMs,
    wait: async (signal) => {
      const until = performance.now() + longestMs;
      while (!signal.aborted && performance.now() < until) {
        const before = process.cpuUsage();
        await Bun.sleep(stepMs);
        const { user, system } = process.cpuUsage(before);
        if (quietForMs() >= calmMs && user + system < busyMs * 1000) return;
      }
    },
  };
}
