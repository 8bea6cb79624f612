import type { VideoTrack } from "#apps/media/probe";
import type { ClientCapabilities, Reason, Rung, VideoCapability } from "#contract/apps/media/decide";
import { againstEncode, machineShareOf } from "./cost.ts";
import { classOf, fitted, type Frame, framesPerSecondOf, heights, shownFrame } from "./frame.ts";
import { strikeKeys } from "./strikes.ts";
import type { Load } from "./types.ts";

/** Average and peak bits a second of H.264 by height, enough for the eye at usual distance. */
const bitsOfHeight: Readonly<Record<number, readonly [number, number]>> = {
  240: [400_000, 700_000],
  360: [800_000, 1_400_000],
  480: [1_200_000, 2_100_000],
  720: [2_400_000, 4_000_000],
  1080: [4_800_000, 8_000_000],
  1440: [9_600_000, 12_000_000],
  2160: [16_000_000, 28_000_000],
};
/** Below this there is nothing to be recognised. */
const leastBitsPerSecond = 150_000;
/** Above so many frames a second, every second one can be left out. */
const manyFrames = 35;
/** H.264 needs more bits than these for the same picture. */
const denserCodecs: Readonly<Record<string, number>> = { hevc: 1.7, av1: 2, vp9: 1.6 };

export interface LadderInput {
  readonly track: VideoTrack;
  readonly client: ClientCapabilities;
  readonly load: Load;
  readonly strikes: ReadonlySet<string>;
  /** Height class of the best rung that is wanted. */
  readonly maxClass: number;
  /** For the picture alone; null: no limit. */
  readonly hardBitsPerSecond: number | null;
  /** What the way carries; the lowest rung stays, however little that is. */
  readonly softBitsPerSecond: number | null;
  readonly burnsIn: boolean;
}

export interface Ladder {
  /** The best first. */
  readonly rungs: readonly Rung[];
  /** Why rungs are missing at the top, or all of them. */
  readonly reasons: readonly Reason[];
}

/** Rungs that are made anew: within every limit, never larger than the picture, each affordable by itself. */
export function ladderOf(input: LadderInput): Ladder {
  const { track, client, strikes, maxClass, hardBitsPerSecond: hard, softBitsPerSecond: soft } = input;
  const frame = shownFrame(track);
  const can = client.video.filter(({ codec, ways }) => codec === "h264" && ways.includes("hls"));
  const reasons: Reason[] = [];
  const rungs: Rung[] = [];
  const top = Math.min(classOf(frame), maxClass);
  for (const height of heights.filter((candidate) => candidate <= top)) {
    if (strikes.has(strikeKeys.rung(`${height}p`))) continue;
    const size = fitted(frame, height);
    if (!can.some((capability) => holds(capability, size))) continue;
    const bits = bitsOf(track, height, hard);
    if (bits === undefined) continue;
    const rung = affordable(input, size, height, bits, can);
    if ("code" in rung) reasons.push(rung);
    else rungs.push(rung);
  }
  if (can.length === 0) {
    const text = `${client.name} cannot play what would be made for it`;
    return { rungs: [], reasons: [{ code: "video-codec-not-supported", text }] };
  }
  const carried = rungs.filter(({ bitsPerSecond }) => soft === null || bitsPerSecond <= soft);
  const lowest = rungs.at(-1);
  return { rungs: carried.length > 0 || lowest === undefined ? carried : [lowest], reasons };
}

/** The rung with the cheapest encoder that keeps up; if none does, why not. */
function affordable(
  { track, client, load, strikes, burnsIn }: LadderInput,
  size: Frame,
  height: number,
  bits: Bits,
  can: readonly VideoCapability[],
): Rung | Reason {
  const frames = framesPerSecondOf(track);
  const most = Math.max(...can.map(({ maxFramesPerSecond }) => maxFramesPerSecond));
  const toneMaps = track.range !== "sdr";
  const hasHardware = load.hardware?.codecs.includes("h264") === true && !strikes.has(strikeKeys.hardware);
  // Drawing into the picture and bringing down its range are done by the processor.
  const encoders = hasHardware && !burnsIn && !toneMaps ? (["hardware", "software"] as const) : (["software"] as const);
  let refused: Reason | undefined;
  for (const encoder of encoders) {
    for (const halvesFrames of [false, true]) {
      const framesPerSecond = halvesFrames ? frames / 2 : frames;
      if ((halvesFrames && frames <= manyFrames) || framesPerSecond > most + 0.5) continue;
      const share = machineShareOf({ source: track, target: size, framesPerSecond, toneMaps, encoder }, load);
      const reason = againstEncode(share, size, load);
      if (reason === undefined) {
        const deinterlaces = track.isInterlaced;
        const machineShare = share;
        const id = `${height}p`;
        return {
          id,
          encoder,
          codec: "h264",
          ...size,
          ...bits,
          halvesFrames,
          toneMaps,
          deinterlaces,
          machineShare,
        };
      }
      refused ??= reason;
    }
  }
  return refused ?? { code: "video-frame-rate-too-high", text: `${client.name} cannot play so many frames a second` };
}

interface Bits {
  readonly bitsPerSecond: number;
  readonly maxBitsPerSecond: number;
}

/** Never more than the original's picture is worth, nor than the limit; undefined when too little is left. */
function bitsOf({ bitsPerSecond: original, codec }: VideoTrack, height: number, limit: number | null) {
  const [usual, usualPeak] = bitsOfHeight[height] ?? [leastBitsPerSecond, leastBitsPerSecond];
  const worth = original === null ? usual : Math.max(leastBitsPerSecond, original * (denserCodecs[codec] ?? 1));
  const average = Math.round(Math.min(usual, worth));
  if (limit !== null && average > limit && (height > 240 || limit < leastBitsPerSecond)) return undefined;
  const bitsPerSecond = Math.min(average, limit ?? average);
  const peak = Math.max(bitsPerSecond, Math.round((usualPeak * bitsPerSecond) / usual));
  const bits: Bits = { bitsPerSecond, maxBitsPerSecond: Math.min(peak, limit ?? peak) };
  return bits;
}

function holds({ maxWidth, maxHeight }: VideoCapability, { width, height }: Frame): boolean {
  return (
    Math.max(width, height) <= Math.max(maxWidth, maxHeight) && Math.min(width, height) <= Math.min(maxWidth, maxHeight)
  );
}
