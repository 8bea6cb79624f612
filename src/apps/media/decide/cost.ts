import type { VideoTrack } from "#apps/media/probe";
import type { Reason } from "#contract/apps/media/decide";
import { type Frame, framesPerSecondOf } from "./frame.ts";
import type { Load } from "./types.ts";

/** Something is left for everything else that the machine does. */
const usableShare = 0.95;
const spareBytes = 128 * 2 ** 20;
/** An encoder by itself, and frames that it looks ahead at. */
const encoderBytes = 96 * 2 ** 20;
const bytesPerPixel = 90;
/** Careful until it is measured: x264 `veryfast`, 720 lines, for each core. */
const guessedFactorPerCore = 1;

/** Decoded by one core in a second, in pixels; orders of magnitude of ffmpeg on small machines. */
const decodedPixels: Readonly<Record<string, number>> = {
  h264: 400e6,
  hevc: 250e6,
  av1: 200e6,
  vp9: 300e6,
  mpeg2video: 600e6,
};
const decodedPixelsOfOthers = 300e6;
/** Scaled first, then brought into the smaller range by one core in a second. */
const toneMappedPixels = 40e6;

export const soundShare = 0.02;

export interface Work {
  readonly source: VideoTrack;
  readonly target: Frame;
  readonly framesPerSecond: number;
  readonly toneMaps: boolean;
  readonly encoder: "hardware" | "software";
}

/** Part of the whole machine that keeps up with real time; above 1 it cannot. */
export function machineShareOf({ source, target, framesPerSecond, toneMaps, encoder }: Work, load: Load): number {
  const pixels = target.width * target.height * framesPerSecond;
  const cores = Math.max(1, load.cores);
  const table = encoder === "hardware" ? (load.hardware?.factor ?? {}) : load.softwareFactor;
  const encoding = pixels / pixelsPerSecond(table, cores);
  // A hardware encoder measured with its decoder and scaler brings its own cost for those.
  if (encoder === "hardware") return encoding;
  const sourcePixels = source.width * source.height * framesPerSecondOf(source);
  const decoding = sourcePixels / ((decodedPixels[source.codec] ?? decodedPixelsOfOthers) * cores);
  const mapping = toneMaps ? pixels / (toneMappedPixels * cores) : 0;
  return encoding + decoding + mapping;
}

/** By the slowest height that was measured, so that the estimate errs to the careful side. */
function pixelsPerSecond(factors: Readonly<Record<number, number>>, cores: number): number {
  const rates = Object.entries(factors)
    .filter(([height, factor]) => Number(height) > 0 && factor > 0)
    .map(([height, factor]) => pixelsOfHeight(Number(height)) * factor);
  return rates.length > 0 ? Math.min(...rates) : pixelsOfHeight(720) * guessedFactorPerCore * cores;
}

function pixelsOfHeight(height: number): number {
  return ((height * 16) / 9) * height * 30;
}

/** Why the machine cannot take on an encode of this share and size now; undefined when it can. */
export function againstEncode(share: number, { width, height }: Frame, load: Load): Reason | undefined {
  if (share > usableShare) {
    return { code: "machine-too-slow", text: "the server is too slow to make a larger picture while it is watched" };
  }
  const { temperatureCelsius: now, maxTemperatureCelsius: limit } = load;
  if (now !== null && limit !== null && now >= limit) {
    return { code: "machine-too-hot", text: `the server is too hot (${Math.round(now)} °C) to make pictures anew` };
  }
  if (load.usedShare + share > usableShare) {
    return { code: "machine-busy", text: "the server is busy with other playback" };
  }
  if (load.freeMemoryBytes < spareBytes + encoderBytes + width * height * bytesPerPixel) {
    return { code: "machine-short-of-memory", text: "the server has too little free memory" };
  }
  return undefined;
}
