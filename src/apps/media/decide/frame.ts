import type { VideoTrack } from "#apps/media/probe";

/** A picture as it is shown, in square pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Heights that qualities are named after; each stands for a box of 16:9, or 9:16 for an upright picture. */
export const heights = [2160, 1440, 1080, 720, 480, 360, 240] as const;

const assumedFramesPerSecond = 30;
/** A few pixels above a box (1920×1088) do not make it the next one. */
const tolerance = 0.98;

/** After pixel aspect and rotation. */
export function shownFrame({ width, height, pixelAspect: [across, down], rotation }: VideoTrack): Frame {
  const wide = across > 0 && down > 0 ? Math.round((width * across) / down) : width;
  return rotation % 180 === 0 ? { width: wide, height } : { width: height, height: wide };
}

/** Of a track whose rate varies, a usual one. */
export function framesPerSecondOf({ frameRate }: VideoTrack): number {
  if (frameRate === null || frameRate[0] <= 0 || frameRate[1] <= 0) return assumedFramesPerSecond;
  return frameRate[0] / frameRate[1];
}

/** The picture made as small as the box asks, even in both directions; never larger than it is. */
export function fitted(frame: Frame, height: number): Frame {
  const asIs = scaleInto(frame, height);
  const scale = asIs >= tolerance ? 1 : asIs;
  return { width: even(frame.width * scale), height: even(frame.height * scale) };
}

/** The lowest quality whose box holds the picture; the highest there is for what is larger than all. */
export function classOf(frame: Frame): number {
  return heights.findLast((height) => scaleInto(frame, height) >= tolerance) ?? heights[0];
}

function scaleInto({ width, height }: Frame, boxHeight: number): number {
  return Math.min((boxHeight * 16) / 9 / Math.max(width, height), boxHeight / Math.min(width, height));
}

function even(pixels: number): number {
  return Math.max(2, 2 * Math.floor(pixels / 2 + 1e-6));
}
