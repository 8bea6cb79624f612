import type { TierFileState } from "#contract/apps/files/tiers";

/** Rows that are drawn together ask together. */
const gatherMs = 15;
const most = 1_000;

/** Gathers single questions into one call; null for a file that is here. */
export function statesBatch(
  ask: (nodeIds: number[]) => Promise<readonly TierFileState[]>,
): (nodeId: number) => Promise<TierFileState | null> {
  let waiting = new Map<number, PromiseWithResolvers<TierFileState | null>>();
  const send = (): void => {
    const taken = [...waiting];
    waiting = new Map();
    for (let at = 0; at < taken.length; at += most) {
      const part = taken.slice(at, at + most);
      ask(part.map(([nodeId]) => nodeId)).then(
        (states) => {
          const found = new Map(states.map((state) => [state.nodeId, state]));
          for (const [nodeId, { resolve }] of part) resolve(found.get(nodeId) ?? null);
        },
        (error: unknown) => {
          for (const [, { reject }] of part) reject(error);
        },
      );
    }
  };
  return (nodeId) => {
    if (waiting.size === 0) setTimeout(send, gatherMs);
    let question = waiting.get(nodeId);
    if (question === undefined) {
      question = Promise.withResolvers<TierFileState | null>();
      waiting.set(nodeId, question);
    }
    return question.promise;
  };
}
