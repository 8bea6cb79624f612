import type { KeyframeIndex } from "./types.ts";

/** A picture as it is stored; times in the time base of its stream. */
export interface StoredPicture {
  readonly pts: number;
  readonly duration: number;
  readonly sizeBytes: number;
  readonly isKey: boolean;
}

/** Collects pictures in order of decoding. */
export function createKeyframeBuilder(streamIndex: number, timeBase: readonly [number, number]) {
  const pts: number[] = [];
  const bytes: number[] = [];
  /** The first time shown of the pictures that follow a key frame and are shown before it. */
  const lead = new Map<number, number>();
  let endPts = -Infinity;
  return {
    add: ({ pts: time, duration, sizeBytes, isKey }: StoredPicture): void => {
      endPts = Math.max(endPts, time + duration);
      const last = pts.length - 1;
      if (isKey) {
        pts.push(time);
        bytes.push(sizeBytes);
        return;
      }
      if (last < 0) return;
      bytes[last] = (bytes[last] ?? 0) + sizeBytes;
      if (time < (pts[last] ?? 0)) lead.set(last, Math.min(lead.get(last) ?? time, time));
    },
    /** Null when there is no key frame, or they are not in order: nobody could say where anything is. */
    build: (): KeyframeIndex | null => {
      const isInOrder = pts.every((time, index) => index === 0 || time > (pts[index - 1] ?? 0));
      if (pts.length === 0 || !isInOrder || ![...pts, endPts].every(Number.isSafeInteger)) return null;
      return { streamIndex, timeBase, pts, endPts, open: [...lead.keys()], leadPts: [...lead.values()], bytes };
    },
  };
}
