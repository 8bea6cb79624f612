/** Changes of a device that can lose something and that nobody has looked at yet; more have to wait for a moment. */
const mostAhead = 24;
/** Nobody waits longer: whoever looks may be busy with something else, or have failed. */
const longestMs = 2_000;
/** While nobody looks, one change after the other goes on at this distance: no single one has to wait for long. */
const stepMs = longestMs / mostAhead;

const risky: ReadonlySet<string> = new Set(["write", "move", "trash"]);

export interface Pace {
  /** From now on somebody looks at what is committed, and says so. */
  begin(): void;
  end(): void;
  note(device: string, act: string): void;
  /** Whether there are changes that can lose something and that nobody has looked at. */
  isAhead(): boolean;
  /** Undefined when the device need not wait. */
  wait(device: string): Promise<void> | undefined;
  /** So many noted changes of a device were looked at. */
  looked(device: string, count: number): void;
  /** Everything was looked at; what was noted and then undone is forgotten with it. */
  caughtUp(): void;
}

/**
 * Bounds how far a device can run ahead of whoever looks at the change log. New files do not count, so that uploads never wait; a
 * thousand files overwritten at once take as long as looking at them does.
 */
export function createPace(): Pace {
  const ahead = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  /** When the last of those who wait goes on, by `performance.now`. */
  const lastTurns = new Map<string, number>();
  let isOn = false;

  const wake = (device: string): void => {
    const set = waiting.get(device);
    waiting.delete(device);
    lastTurns.delete(device);
    for (const go of set ?? []) go();
  };
  const forget = (): void => {
    ahead.clear();
    lastTurns.clear();
    for (const device of [...waiting.keys()]) wake(device);
  };
  return {
    begin: () => {
      isOn = true;
    },
    end: () => {
      isOn = false;
      forget();
    },
    note: (device, act) => {
      if (isOn && risky.has(act)) ahead.set(device, (ahead.get(device) ?? 0) + 1);
    },
    isAhead: () => ahead.size > 0,
    wait: (device) => {
      if (ahead.size === 0 || (ahead.get(device) ?? 0) < mostAhead || device === "system") return undefined;
      const nowMs = performance.now();
      const turn = Math.min(Math.max(nowMs, lastTurns.get(device) ?? 0) + stepMs, nowMs + longestMs);
      lastTurns.set(device, turn);
      return new Promise((resolve) => {
        const set = waiting.get(device) ?? new Set();
        waiting.set(device, set);
        const go = () => {
          clearTimeout(timer);
          set.delete(go);
          resolve();
        };
        const timer = setTimeout(go, turn - nowMs);
        set.add(go);
      });
    },
    looked: (device, count) => {
      const left = (ahead.get(device) ?? 0) - count;
      if (left > 0) ahead.set(device, left);
      else ahead.delete(device);
      if (left < mostAhead) wake(device);
    },
    caughtUp: forget,
  };
}
