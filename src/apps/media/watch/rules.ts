/** What one person did with one item, as it is kept. */
export interface Watched {
  readonly positionMs: number | null;
  readonly durationMs: number | null;
  readonly isWatched: boolean;
  readonly playCount: number;
  readonly isFavourite: boolean;
  readonly rating: number | null;
  /** When they were at the position, by the clock of the server. */
  readonly positionAtMs: number;
  readonly atMs: number;
  /** Other versions whose rows this one was written upon: it says all that they say. */
  readonly upon?: readonly number[];
}

export const untouched: Watched = {
  positionMs: null,
  durationMs: null,
  isWatched: false,
  playCount: 0,
  isFavourite: false,
  rating: null,
  positionAtMs: 0,
  atMs: 0,
};

/** Before this part nobody has begun; after that part the credits run. */
const begunPart = 0.05;
const watchedPart = 0.9;
/** What is shorter is not gone on with. */
const shortestResumedMs = 300_000;
/** No device keeps what it could not send for longer than this. */
const oldestMs = 30 * 86_400_000;

/**
 * When something happened by the clock of the server: as long ago as the device says, whatever its clock shows; never in the future.
 */
export function serverTime({ atMs, sentAtMs }: { atMs: number; sentAtMs: number }, nowMs: number): number {
  const ageMs = Math.min(oldestMs, Math.max(0, sentAtMs - atMs));
  return nowMs - ageMs;
}

/**
 * Where somebody was, by the rules of 5 % and 90 %. `isCounted`: this playing was counted as watched already. The later one stays when
 * it was said before.
 */
export function progressed(
  before: Watched,
  at: { readonly positionMs: number; readonly durationMs: number; readonly atMs: number },
  isCounted: boolean,
): Watched {
  if (at.atMs < before.positionAtMs) return before;
  const { durationMs } = at;
  const positionMs = Math.min(at.positionMs, durationMs);
  const part = positionMs / durationMs;
  const common = { ...before, durationMs, positionAtMs: at.atMs, atMs: Math.max(before.atMs, at.atMs) };
  if (part >= watchedPart) {
    return { ...common, positionMs: null, isWatched: true, playCount: before.playCount + (isCounted ? 0 : 1) };
  }
  const isResumed = part >= begunPart && durationMs >= shortestResumedMs;
  return { ...common, positionMs: isResumed ? positionMs : null };
}

/** Marked by hand: the position is gone either way, and what was never played counts as played once. */
export function marked(before: Watched, isWatched: boolean, atMs: number): Watched {
  const playCount = isWatched ? Math.max(1, before.playCount) : before.playCount;
  return { ...before, isWatched, playCount, positionMs: null, positionAtMs: atMs, atMs };
}

/** A row of one version of a work. */
export interface VersionState {
  readonly itemId: number;
  /** A position in it is one in the item that is asked about. */
  readonly isSameLength: boolean;
  readonly state: Watched;
}

/** The row written last: it says all of those that it was written upon. */
export function latestOf(states: readonly VersionState[]): VersionState | undefined {
  return newestFirst(states)[0];
}

const newestFirst = (states: readonly VersionState[]) =>
  states.toSorted((a, b) => b.state.atMs - a.state.atMs || b.state.positionAtMs - a.state.positionAtMs);

/**
 * What somebody did with an item, of the rows of all versions of it: positions of those that are as long, the rest of all. Rows written
 * before it was known that they are versions of one work say nothing of each other: what is said in any of them holds.
 */
export function together(all: readonly VersionState[]): Watched | undefined {
  const said = new Set<number>();
  const states: Watched[] = [];
  for (const { itemId, state } of newestFirst(all)) {
    if (!said.has(itemId)) states.push(state);
    for (const id of [itemId, ...(state.upon ?? [])]) said.add(id);
  }
  const [latest] = states;
  if (latest === undefined) return undefined;
  const { positionMs, durationMs, positionAtMs } =
    latestOf(all.filter(({ isSameLength }) => isSameLength))?.state ?? untouched;
  return {
    ...latest,
    ...{ positionMs, durationMs, positionAtMs },
    isWatched: states.some(({ isWatched }) => isWatched),
    playCount: Math.max(...states.map(({ playCount }) => playCount)),
    isFavourite: states.some(({ isFavourite }) => isFavourite),
    rating: states.find(({ rating }) => rating !== null)?.rating ?? null,
  };
}
