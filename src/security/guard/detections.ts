import type { Clock } from "#platform/clock";
import { createLruMap } from "#platform/lru";
import type { Detection, DetectorMode, DetectorName } from "./contract.ts";
import type { Place } from "./places.ts";

const maxDetections = 500;
const holdMs = 5 * 60_000;

type Did = Detection["did"];

export interface Detections {
  /** What is to be done about something noticed: nothing inside is banned, slowed down at most. */
  note(detector: DetectorName, what: string, place: Place, mode: DetectorMode): Did;
  /** Seconds that logins from a network still have to wait; 0 is none. */
  waitSeconds(place: Place): number;
  /** 0 is the common case, in which a login need not ask for its address. */
  readonly heldCount: number;
  list(): Detection[];
}

/** What detectors noticed, folded by network; the latest few hundred, in memory. */
export function createDetections(clock: Clock): Detections {
  const found = new Map<string, Detection>();
  const heldUntilMs = createLruMap<string, number>(maxDetections * 4);
  return {
    note: (detector, what, place, mode) => {
      const did =
        mode === "shadow" || mode === "off" ? "counted" : mode === "ban" && !place.inside ? "banned" : "throttled";
      const nowMs = clock.now();
      if (did === "throttled" && detector === "credential-stuffing") heldUntilMs.set(place.lineText, nowMs + holdMs);
      const key = `${detector} ${place.lineText}`;
      const before = found.get(key);
      found.delete(key);
      found.set(key, {
        detector,
        network: place.lineText,
        zone: place.zone,
        what,
        count: (before?.count ?? 0) + 1,
        firstAtMs: before?.firstAtMs ?? nowMs,
        lastAtMs: nowMs,
        did,
      });
      const [stalest] = found.keys();
      if (found.size > maxDetections && stalest !== undefined) found.delete(stalest);
      return did;
    },
    get heldCount() {
      return heldUntilMs.size;
    },
    waitSeconds: (place) => {
      const untilMs = heldUntilMs.get(place.lineText);
      const leftMs = untilMs === undefined ? 0 : untilMs - clock.now();
      if (untilMs !== undefined && leftMs <= 0) heldUntilMs.delete(place.lineText);
      return Math.max(0, Math.ceil(leftMs / 1000));
    },
    list: () => [...found.values()].toReversed(),
  };
}
