import type { Logger } from "#platform/log";

/** A typed bus inside the process. A subscriber that fails is logged and never disturbs the others or the publisher. */
export interface Events<Payloads> {
  publish<N extends keyof Payloads & string>(name: N, payload: Payloads[N]): void;
  /** Returns the function that ends the subscription. */
  subscribe<N extends keyof Payloads & string>(name: N, listener: (payload: Payloads[N]) => void): () => void;
}

export function createEvents<Payloads>(log: Logger): Events<Payloads> {
  const listeners = new Map<string, Set<(payload: never) => void>>();
  return {
    publish: (name, payload) => {
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(payload as never);
        } catch (cause) {
          log.error("an event listener failed", { event: name, cause });
        }
      }
    },
    subscribe: (name, listener) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => set.delete(listener);
    },
  };
}
