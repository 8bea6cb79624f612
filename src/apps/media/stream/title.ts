import type { Item } from "#apps/media/library";
import type { AudioTrack, KeyframeIndex, MediaFacts, VideoTrack } from "#apps/media/probe";
import type { SegmentCache } from "#cache/segments";
import type { AudioRendition, Plan, Rung } from "#contract/apps/media/decide";
import type { OpenedSource } from "./head.ts";
import { clockOf, type Grid, gridOfKeyframes, soundGrid, uniformGrid } from "./grid.ts";
import { engineVersion, type HardwareEncoder, type PictureEncode, type Recipe } from "./recipe.ts";
import { createRendition, type Rendition, type RenditionDeps } from "./rendition.ts";

/** What is known of the file that is played. */
export interface Film {
  readonly item: Item;
  readonly contentKey: string;
  readonly facts: MediaFacts;
  readonly index: KeyframeIndex | null;
}

/** One content and its grid, shared by all who watch it. */
export interface Title {
  readonly film: Film;
  /** Null for sound alone. */
  readonly grid: Grid | null;
  readonly durationSeconds: number;
  /** First picture, or first sound where there is none, in the clock of the file. */
  readonly originSeconds: number;
  /** From decoding a picture to showing it. */
  readonly delaySeconds: number;
  /** The rendition of a rung; the same for all who ask for it. */
  picture(plan: Plan, rung: Rung, track: VideoTrack): Promise<Rendition>;
  sound(audio: AudioRendition, track: AudioTrack): Promise<Rendition>;
  renditions(): readonly Rendition[];
}

export interface TitleDeps extends Omit<RenditionDeps, "openSource"> {
  readonly segments: SegmentCache;
  readonly openSource: (film: Film) => Promise<OpenedSource>;
  /** The encoder that has proved itself, for a rung whose plan says hardware. */
  readonly hardware: () => HardwareEncoder | null;
}

const usualFrameRate = [30, 1] as const;
/** The one container in use that holds no times, only an order. */
export const timeless = "avi";
const soundRate = 48_000;
/** Ticks a second of containers whose times are coarser than samples, or do not divide them. */
const sourceClocks: Readonly<Record<string, number>> = {
  matroska: 1000,
  webm: 1000,
  mpegts: 90_000,
  mpeg: 90_000,
  flv: 1000,
};
/** A file that does not say how long it is: so much may be asked for. */
const unknownSeconds = 4 * 3600;

/** Pictures that x264 decodes before the one it shows; a rung with half of the pictures needs twice the time for it. */
const encodedReorder = 2;
const manyFramesPerSecond = 35;
const maxDelaySeconds = 0.5;

/** The same for every rung of a title: long enough for the order of its pictures, as short as can be. */
function delayOf({ frameRate, reorder }: VideoTrack): number {
  const [rate, per] = frameRate ?? usualFrameRate;
  const encoded = rate / per > manyFramesPerSecond ? 2 * encodedReorder : encodedReorder;
  return Math.min(maxDelaySeconds, (Math.max(encoded, reorder ?? 0) * per) / rate);
}

function gridOf({ facts, index }: Pick<Film, "facts" | "index">): Grid | null {
  const [track] = facts.video;
  if (track === undefined) return null;
  // Its key pictures are known in the order of decoding alone.
  const hasTimes = facts.container !== timeless || track.reorder === 0;
  const own = index === null || !hasTimes ? undefined : gridOfKeyframes(index);
  if (own !== undefined) return own;
  const { ticksPerSecond, ofPts } = clockOf(index?.timeBase ?? [1, 1000]);
  const [first] = index?.pts ?? [];
  const startTicks = Math.round((facts.startMs / 1000) * ticksPerSecond);
  // Without times of its own the film begins where its file does, however late the first key picture is said to come.
  const originTicks = first === undefined || !hasTimes ? startTicks : ofPts(first);
  const seconds = facts.durationMs === null ? unknownSeconds : facts.durationMs / 1000;
  const lengthTicks =
    index === null || first === undefined ? Math.round(seconds * ticksPerSecond) : ofPts(index.endPts) - ofPts(first);
  const endTicks = originTicks + lengthTicks;
  return uniformGrid({ ticksPerSecond, originTicks, endTicks, frameRate: track.frameRate ?? usualFrameRate });
}

export function createTitle(deps: TitleDeps, film: Film): Title {
  const { facts } = film;
  const grid = gridOf(film);
  const durationSeconds = grid === null ? (facts.durationMs ?? 0) / 1000 : grid.end / grid.ticksPerSecond;
  const originSeconds = grid === null ? facts.startMs / 1000 : grid.originTicks / grid.ticksPerSecond;
  const delaySeconds = facts.video[0] === undefined ? 0 : delayOf(facts.video[0]);
  const renditions = new Map<string, Promise<Rendition>>();
  const made = new Set<Rendition>();

  const open = (recipe: Recipe, machineShare = 0): Promise<Rendition> => {
    // By the file and not only its content: a copy that somebody changed between the places the key is read from is shown to its readers alone.
    const { nodeId, etag } = film.item;
    const key = `${film.contentKey} ${nodeId} ${etag} ${engineVersion} ${recipeKey(recipe)}`;
    let rendition = renditions.get(key);
    if (rendition === undefined) {
      const opening = deps.segments.open(key).then((shelf) => {
        const own = { ...deps, openSource: () => deps.openSource(film) };
        const one = createRendition(own, { key, recipe, shelf, machineShare });
        made.add(one);
        return one;
      });
      rendition = opening;
      renditions.set(key, opening);
    }
    return rendition;
  };

  return {
    film,
    grid,
    durationSeconds,
    originSeconds,
    delaySeconds,
    picture: (plan, rung, track) => {
      if (grid === null) throw new Error("a title without pictures has no rungs");
      const { index: streamIndex, codec } = track;
      const encode =
        rung.encoder === "copy"
          ? null
          : encodeOf(plan, rung, track, grid, deps.hardware(), facts.container === timeless);
      return open({ kind: "picture", streamIndex, codec, grid, delaySeconds, encode }, rung.machineShare);
    },
    sound: ({ index: streamIndex, action, channels, bitsPerSecond }, track) => {
      const isCopy = action === "copy";
      const rate = isCopy ? track.samplesPerSecond : soundRate;
      const codec = isCopy ? track.codec : "aac";
      const firstSeconds = track.startMs === undefined ? null : track.startMs / 1000;
      return open({
        kind: "sound",
        streamIndex,
        codec,
        grid: soundGrid(
          codec,
          rate,
          durationSeconds,
          isCopy && firstSeconds !== null ? firstSeconds - originSeconds : null,
        ),
        originSeconds,
        sourceRate: track.samplesPerSecond,
        sourceClock: sourceClocks[facts.container] ?? null,
        firstSeconds,
        encode: isCopy ? null : { channels, bitsPerSecond },
      });
    },
    renditions: () => [...made],
  };
}

/** The settings of a rung. */
export function encodeOf(
  plan: Pick<Plan, "burnsIn">,
  rung: Rung,
  track: VideoTrack,
  grid: Pick<Grid, "isCopyable">,
  hardware: HardwareEncoder | null,
  hasNoTimes: boolean,
): PictureEncode {
  const [rate, per] = track.frameRate ?? usualFrameRate;
  return {
    encoder: rung.encoder === "hardware" && hardware !== null ? hardware : "software",
    width: rung.width,
    height: rung.height,
    bitsPerSecond: rung.bitsPerSecond,
    maxBitsPerSecond: rung.maxBitsPerSecond,
    frameRate: track.frameRate ?? usualFrameRate,
    isRegular: track.frameRate !== null,
    evensTimes: track.frameRate === null && !grid.isCopyable,
    halvesFrames: rung.halvesFrames,
    lateSeconds: hasNoTimes ? ((track.reorder ?? 0) * per) / rate : 0,
    toneMaps: rung.toneMaps,
    deinterlaces: rung.deinterlaces,
    burnsIn: plan.burnsIn,
    threads: 0,
  };
}

/** All that the bytes depend on, in few words: of the grid only where it came from, since the rest follows from the content. */
function recipeKey(recipe: Recipe): string {
  const { grid, ...rest } = recipe;
  const place =
    "starts" in grid
      ? [grid.isCopyable, grid.ticksPerSecond, grid.originTicks, grid.starts.length, grid.starts.at(-1)]
      : [grid.samplesPerSecond, grid.samplesPerSegment, grid.count];
  return JSON.stringify([rest, place]);
}
