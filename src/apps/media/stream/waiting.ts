import type { AppError } from "#platform/errors";

/** Whoever waits for something that is being made, by its name. */
export interface WaitingRoom<T> {
  /** Until it is there, no longer than a player waits, and not after `signal`. `ask` begins to make it; what it throws is thrown. */
  wait(name: string, ask: () => void, signal?: AbortSignal): Promise<T>;
  give(name: string, value: T): void;
  refuse(name: string, error: AppError): void;
  /** What somebody waits for now. */
  names(): readonly string[];
}

export function createWaitingRoom<T>(maxMs: number, late: () => AppError): WaitingRoom<T> {
  const waiting = new Map<string, PromiseWithResolvers<T> & { count: number }>();
  const take = (name: string) => {
    const waiter = waiting.get(name);
    waiting.delete(name);
    return waiter;
  };
  return {
    wait: async (name, ask, signal) => {
      let waiter = waiting.get(name);
      if (waiter === undefined) {
        waiter = { ...Promise.withResolvers<T>(), count: 0 };
        waiter.promise.catch(() => undefined);
        waiting.set(name, waiter);
      }
      waiter.count += 1;
      const over = Promise.withResolvers<never>();
      const leave = () => over.reject(late());
      const timer = setTimeout(leave, maxMs);
      signal?.addEventListener("abort", leave);
      try {
        ask();
        return await Promise.race([waiter.promise, over.promise]);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", leave);
        waiter.count -= 1;
        // Nobody waits for it any more: nothing is to be started for it.
        if (waiter.count === 0 && waiting.get(name) === waiter) waiting.delete(name);
      }
    },
    give: (name, value) => take(name)?.resolve(value),
    refuse: (name, error) => take(name)?.reject(error),
    names: () => [...waiting.keys()],
  };
}
