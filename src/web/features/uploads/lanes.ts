/**
 * Which uploads may run: two lanes, so that one film does not hold up five hundred photos and the photos do not
 * hold up the film. First in, first out within a lane.
 */
export interface LaneLimits {
  /** Uploads at once over both lanes. */
  readonly total: number;
  /** Of these, at most so many big ones; smaller than `total`, or small files would starve. */
  readonly big: number;
  /** From this size on a file counts as big. */
  readonly bigFromBytes: number;
}

/** HTTP/1.1 gives a browser six connections: the event stream and one request of the page must find room beside us. */
export const http1Limits: LaneLimits = { total: 4, big: 2, bigFromBytes: 16 * 1024 * 1024 };
/** HTTP/2 and later share one connection. */
export const http2Limits: LaneLimits = { total: 7, big: 2, bigFromBytes: http1Limits.bigFromBytes };

export interface Lanes {
  add(id: number, sizeBytes: number): void;
  /** Forget an id, waiting or running. */
  remove(id: number): void;
  /** Ids to start now; they count as running until `remove`. */
  take(): number[];
  readonly runningCount: () => number;
}

export function createLanes(limits: LaneLimits): Lanes {
  const waiting = { big: new Set<number>(), small: new Set<number>() };
  const running = { big: new Set<number>(), small: new Set<number>() };
  const runningCount = (): number => running.big.size + running.small.size;

  function takeFrom(lane: "big" | "small", laneLimit: number, into: number[]): void {
    for (const id of waiting[lane]) {
      if (running[lane].size >= laneLimit || runningCount() >= limits.total) return;
      waiting[lane].delete(id);
      running[lane].add(id);
      into.push(id);
    }
  }

  return {
    runningCount,
    add(id, sizeBytes) {
      waiting[sizeBytes >= limits.bigFromBytes ? "big" : "small"].add(id);
    },
    remove(id) {
      for (const set of [waiting.big, waiting.small, running.big, running.small]) set.delete(id);
    },
    take() {
      const started: number[] = [];
      const smallReserve = waiting.small.size > 0 ? 1 : 0;
      takeFrom("big", Math.min(limits.big, limits.total - smallReserve), started);
      takeFrom("small", limits.total, started);
      return started;
    },
  };
}
