/** Songs in the order in which they are heard; pure, so that every rule of it can be tested. */
export interface QueueState<T> {
  readonly entries: readonly Entry<T>[];
  /** Index into `entries`; 0 when there are none. */
  readonly index: number;
  readonly isShuffled: boolean;
}

export interface Entry<T> {
  /** Of this place in the queue: the same song may be in it twice. */
  readonly key: number;
  readonly item: T;
  /** Its place before it was shuffled. */
  readonly order: number;
}

export type Repeat = "off" | "all" | "one";

let lastKey = 0;
const entry = <T>(item: T, order: number): Entry<T> => ({ key: (lastKey += 1), item, order });

export function queueOf<T>(items: readonly T[], index: number): QueueState<T> {
  return { entries: items.map(entry), index: clamp(index, items.length), isShuffled: false };
}

const clamp = (index: number, length: number) => Math.max(0, Math.min(index, length - 1));

/** The place that is heard next; null at the end. */
export function nextIndex({ entries, index }: QueueState<unknown>, repeat: Repeat): number | null {
  if (entries.length === 0) return null;
  if (repeat === "one") return index;
  if (index + 1 < entries.length) return index + 1;
  return repeat === "all" ? 0 : null;
}

/** Behind the current song, or at the end. */
export function insert<T>(queue: QueueState<T>, items: readonly T[], where: "next" | "end"): QueueState<T> {
  const at = where === "next" && queue.entries.length > 0 ? queue.index + 1 : queue.entries.length;
  const order = Math.max(-1, ...queue.entries.map((one) => one.order));
  const added = items.map((item, offset) => entry(item, order + 1 + offset));
  return { ...queue, entries: queue.entries.toSpliced(at, 0, ...added) };
}

/** The current song stays current; without it the next one is. */
export function removeAt<T>(queue: QueueState<T>, at: number): QueueState<T> {
  const entries = queue.entries.toSpliced(at, 1);
  return { ...queue, entries, index: clamp(at < queue.index ? queue.index - 1 : queue.index, entries.length) };
}

export function move<T>(queue: QueueState<T>, from: number, to: number): QueueState<T> {
  const moved = queue.entries[from];
  const current = queue.entries[queue.index];
  if (moved === undefined || to < 0 || to >= queue.entries.length) return queue;
  const entries = queue.entries.toSpliced(from, 1).toSpliced(to, 0, moved);
  return {
    ...queue,
    entries,
    index: Math.max(
      0,
      entries.findIndex((one) => one === current),
    ),
  };
}

/** The current song comes first, the others in any order after it; undone by going back to the order before. */
export function shuffle<T>(queue: QueueState<T>, random: () => number): QueueState<T> {
  const current = queue.entries[queue.index];
  if (current === undefined) return { ...queue, isShuffled: true };
  const rest = queue.entries.filter((one) => one !== current);
  for (let at = rest.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [rest[at], rest[other]] = [rest[other] as Entry<T>, rest[at] as Entry<T>];
  }
  return { entries: [current, ...rest], index: 0, isShuffled: true };
}

export function unshuffle<T>(queue: QueueState<T>): QueueState<T> {
  const current = queue.entries[queue.index];
  const entries = queue.entries.toSorted((a, b) => a.order - b.order);
  return {
    entries,
    index: Math.max(
      0,
      entries.findIndex((one) => one === current),
    ),
    isShuffled: false,
  };
}
