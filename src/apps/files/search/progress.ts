import type { SkipReason } from "./contract.ts";
import type { IndexCalls, Tally } from "./protocol.ts";
import type { Thread } from "#platform/thread";

/** How far the index is. */
export interface State {
  readonly tallies: readonly Tally[];
  readonly byReason: readonly (readonly [SkipReason, number])[];
}

const keptMs = 1_000;
/** Documents by whose time the rest is judged. */
const judgedBy = 200;

/** Counts what there is and what is done, and judges how long the rest will take. */
export function createProgress(index: Pick<Thread<IndexCalls>, "call">) {
  let known: { readonly state: Promise<State>; readonly atMs: number } | undefined;
  /** Times at which the last documents were read. */
  let reads: number[] = [];

  return {
    state: (): Promise<State> => {
      const now = performance.now();
      if (known === undefined || now - known.atMs > keptMs) {
        known = { state: index.call("tallies", null), atMs: now };
        known.state.catch(() => (known = undefined));
      }
      return known.state;
    },
    begun: () => {
      reads = [performance.now()];
    },
    /** A document was read. */
    read: () => {
      reads.push(performance.now());
      if (reads.length > judgedBy) reads.shift();
    },
    ended: () => {
      reads = [];
    },
    secondsLeft: (count: number): number | null => {
      const first = reads[0];
      const last = reads.at(-1);
      if (count === 0) return 0;
      if (first === undefined || last === undefined || reads.length < 5) return null;
      return Math.ceil((count * (last - first)) / (reads.length - 1) / 1000);
    },
  };
}

export type Progress = ReturnType<typeof createProgress>;

/** Counts of documents in these spaces, or in all. */
export function textCounts(tallies: readonly Tally[], spaceIds?: ReadonlySet<number>) {
  const sum = (...states: readonly Tally["state"][]) =>
    tallies
      .filter(({ spaceId, state }) => states.includes(state) && spaceIds?.has(spaceId) !== false)
      .reduce((total, { count }) => total + count, 0);
  return { wanted: sum("wanted"), done: sum("read", "skipped"), all: sum("none", "wanted", "read", "skipped") };
}
