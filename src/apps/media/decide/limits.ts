import type { VideoTrack } from "#apps/media/probe";
import type { ClientCapabilities, Reason } from "#contract/apps/media/decide";
import { classOf, shownFrame } from "./frame.ts";
import { bitRateName } from "./names.ts";
import type { PlaybackPolicy, PlayedMedia } from "./types.ts";

/** A measured way carries a little less than was measured. */
const usableBandwidth = 0.85;
/** Peaks of the rungs: a quality chosen by hand also says how much data is wished. */
const chosenBits: Readonly<Record<number, number>> = {
  240: 700_000,
  360: 1_400_000,
  480: 2_100_000,
  720: 4_000_000,
  1080: 8_000_000,
  1440: 12_000_000,
  2160: 28_000_000,
};

/** What bounds the original, and everything made from it. */
export interface Limits {
  /** Quality class; null: no limit. */
  readonly maxClass: number | null;
  readonly chosenClass: number | null;
  /** Of the household: never exceeded. */
  readonly hardBitsPerSecond: number | null;
  /** Of the way to the client. */
  readonly softBitsPerSecond: number | null;
  readonly tightBitsPerSecond: number | null;
  /** Picture and sound of the file as it is; null: not known. */
  readonly originalBitsPerSecond: number | null;
}

export function limitsOf(
  { facts, sizeBytes }: PlayedMedia,
  client: ClientCapabilities,
  policy: PlaybackPolicy,
): Limits {
  const measured = facts.durationMs !== null && facts.durationMs > 0 ? (sizeBytes * 8000) / facts.durationMs : null;
  const chosenClass = classOfChoice(policy.rung);
  const hard = policy.maxBitsPerSecond;
  const soft = client.bitsPerSecond === null ? null : client.bitsPerSecond * usableBandwidth;
  return {
    maxClass: least(policy.maxHeight, chosenClass),
    chosenClass,
    hardBitsPerSecond: hard,
    softBitsPerSecond: soft,
    tightBitsPerSecond: least(hard, soft),
    originalBitsPerSecond: facts.bitsPerSecond ?? measured,
  };
}

/** Why the original may not be sent as it is, whatever the client can play. */
export function againstLimits(video: VideoTrack | undefined, limits: Limits): Reason[] {
  const { maxClass, chosenClass, hardBitsPerSecond: hard, softBitsPerSecond: soft } = limits;
  const bits = limits.originalBitsPerSecond ?? 0;
  const reasons: Reason[] = [];
  const size = video === undefined ? 0 : classOf(shownFrame(video));
  if (chosenClass !== null && (size > chosenClass || bits > (chosenBits[chosenClass] ?? 0))) {
    reasons.push({ code: "quality-chosen", text: "as chosen" });
  } else if (maxClass !== null && size > maxClass) {
    reasons.push({ code: "limited-by-policy", text: `pictures above ${maxClass}p are not sent to you` });
  }
  if (hard !== null && bits > hard) {
    reasons.push({ code: "limited-by-policy", text: `no more than ${bitRateName(hard)} are sent to you` });
  }
  if (soft !== null && bits > soft) {
    const text = `the connection is too slow for the original, which needs ${bitRateName(bits)}`;
    reasons.push({ code: "bandwidth-too-low", text });
  }
  return reasons;
}

function classOfChoice(rung: string | null): number | null {
  const height = /^(\d{2,4})p$/.exec(rung ?? "")?.[1];
  return height === undefined ? null : Number(height);
}

function least(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
