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
      const failed = (cause: unknown) => log.error("an event listener failed", { event: name, cause });
      // A copy: a listener may subscribe or end while the event goes round.
      const round = [...(listeners.get(name) ?? [])];
      for (const listener of round) {
        try {
          const answer: unknown = listener(payload as never);
          if (answer instanceof Promise) answer.catch(failed);
        } catch (cause) {
          failed(cause);
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
