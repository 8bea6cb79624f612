import type { Grid, SoundGrid } from "./grid.ts";

/** How a picture is made anew. */
export interface PictureEncode {
  readonly encoder: "software" | HardwareEncoder;
  readonly width: number;
  readonly height: number;
  readonly bitsPerSecond: number;
  readonly maxBitsPerSecond: number;
  /** Pictures a second of the file. */
  readonly frameRate: readonly [number, number];
  /** False: the times between pictures differ, and the rate is only about right. */
  readonly isRegular: boolean;
  /** The file's own times are irregular and have no key pictures to stand on: pictures are placed on a regular line. */
  readonly evensTimes: boolean;
  readonly halvesFrames: boolean;
  /** Pictures come so much later out of the decoder than they are shown, where the container holds no times of its own. */
  readonly lateSeconds: number;
  readonly toneMaps: boolean;
  readonly deinterlaces: boolean;
  /** Stream index of the subtitle of pictures that is drawn in; null: none. */
  readonly burnsIn: number | null;
  readonly threads: number;
}

export const hardwareEncoders = ["h264_nvenc", "h264_qsv", "h264_vaapi"] as const;
export type HardwareEncoder = (typeof hardwareEncoders)[number];

export interface PictureRecipe {
  readonly kind: "picture";
  readonly streamIndex: number;
  /** Of the file, as ffmpeg calls it. */
  readonly codec: string;
  readonly grid: Grid;
  /** From decoding a picture to showing it, the same for all rungs of a title. */
  readonly delaySeconds: number;
  /** Null: copied. */
  readonly encode: PictureEncode | null;
}

export interface SoundRecipe {
  readonly kind: "sound";
  readonly streamIndex: number;
  readonly codec: string;
  readonly grid: SoundGrid;
  /** Of the picture, in the clock of the file: what sounds there is 0. */
  readonly originSeconds: number;
  /** Samples a second of the file's track. */
  readonly sourceRate: number;
  /** Ticks a second in which the file holds times, where they are coarser than samples; null: exact. */
  readonly sourceClock: number | null;
  /** First packet in the clock of the file; null: not known. */
  readonly firstSeconds: number | null;
  /** Null: copied. */
  readonly encode: { readonly channels: number; readonly bitsPerSecond: number } | null;
}

/** What one rendition is made of. All that a segment depends on beside the bytes of the file is in here. */
export type Recipe = PictureRecipe | SoundRecipe;

/** Of the engine: raised when the same recipe gives other bytes, so that what was kept is not mixed with it. */
export const engineVersion = 2;

export function segmentCount({ grid }: Recipe): number {
  return "count" in grid ? grid.count : grid.starts.length;
}

/** Start of segment k in seconds from the beginning of the title; the end of the title for the one behind the last. */
export function segmentStart({ grid }: Recipe, index: number): number {
  if ("count" in grid) {
    const samples = index < grid.count ? index * grid.samplesPerSegment + grid.phase : grid.end;
    return samples / grid.samplesPerSecond;
  }
  return (grid.starts[index] ?? grid.end) / grid.ticksPerSecond;
}

/** The segment in which a time lies. */
export function segmentAt(recipe: Recipe, seconds: number): number {
  let low = 0;
  let high = segmentCount(recipe) - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (segmentStart(recipe, middle) <= seconds) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The picture in which each segment is entered: of a copy the key picture of the file; what is made anew begins with the first that is
 * shown, so that both are shown from the same moment on.
 */
export function entries({ grid, encode }: PictureRecipe): readonly number[] {
  return encode === null ? grid.keys : grid.starts;
}
