import type { Clock } from "#platform/clock";

/** Where in a rendition those are who watch it, in seconds of the title. */
export interface Viewers {
  touch(viewer: string, seconds: number): void;
  leave(viewer: string): void;
  forgetOld(): void;
  isEmpty(): boolean;
  /** The furthest of those in a stretch of the title; undefined when nobody is there. */
  furthestIn(from: number, to: number): number | undefined;
}

/** Whoever has fetched nothing for so long does not watch. */
const viewerMs = 10 * 60_000;

export function createViewers(clock: Clock): Viewers {
  const viewers = new Map<string, { readonly seconds: number; readonly atMs: number }>();
  return {
    touch: (viewer, seconds) => void viewers.set(viewer, { seconds, atMs: clock.now() }),
    leave: (viewer) => void viewers.delete(viewer),
    forgetOld: () => {
      for (const [viewer, { atMs }] of viewers) if (clock.now() - atMs > viewerMs) viewers.delete(viewer);
    },
    isEmpty: () => viewers.size === 0,
    furthestIn: (from, to) => {
      let furthest: number | undefined;
      for (const { seconds } of viewers.values()) {
        if (seconds >= from && seconds <= to) furthest = Math.max(furthest ?? seconds, seconds);
      }
      return furthest;
    },
  };
}
