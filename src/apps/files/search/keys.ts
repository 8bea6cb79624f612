const minuteMs = 60_000;
/** Beyond any time that a file system gives. */
const lastMinute = 2 ** 31 - 1;
/** Documents of one minute; more of them spill over into the minutes before. */
export const keysPerMinute = 2 ** 16;

function minuteOf(atMs: number): number {
  return Math.min(Math.max(Math.floor(atMs / minuteMs), 0), lastMinute);
}

/** The first key of the minute of this time: a later time has a smaller key. */
export function firstKeyAt(atMs: number): number {
  return (lastMinute - minuteOf(atMs)) * keysPerMinute;
}

/** Keys of documents from `afterMs` up to `beforeMs`, to the minute; the caller looks closer. Undefined is without bound. */
export function keySpan(afterMs: number | undefined, beforeMs: number | undefined): { from: number; to: number } {
  return {
    from: beforeMs === undefined ? 0 : firstKeyAt(beforeMs),
    // Where a minute was full, its documents stand under later keys.
    to: afterMs === undefined ? Number.MAX_SAFE_INTEGER : firstKeyAt(afterMs) + keysPerMinute * (1 + spillMinutes),
  };
}

const spillMinutes = 64;
