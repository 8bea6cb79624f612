import { originOffsetSeconds, shiftSeconds } from "./arguments.ts";
import { entries, type PictureRecipe, type Recipe, type SoundRecipe } from "./recipe.ts";
import type { Sample } from "./samples.ts";
import { makeSegment, type Segment, sliceParts } from "./segment.ts";

/** The encoder's pictures do not lie where the play list says: `late`: it began behind the wanted place. */
export class OffGrid extends Error {
  readonly isLate: boolean;

  constructor(isLate: boolean, message: string) {
    super(message);
    this.name = "OffGrid";
    this.isLate = isLate;
  }
}

/** Groups the samples of a head into the segments of the grid. */
export interface Cutter {
  /** The segments that these samples complete. Throws `OffGrid`. */
  push(samples: readonly Sample[], parts: readonly Uint8Array[]): Segment[];
  /** What is complete now that nothing follows. */
  end(): Segment[];
  /** Every segment of the rendition from the first wanted one is out. */
  isDone(): boolean;
}

/** `isEager`: a segment that looks whole is given before the next key picture has come, which is made a segment later. */
export function createCutter(recipe: Recipe, from: number, isEager = true): Cutter {
  return recipe.kind === "picture" ? pictureCutter(recipe, from, isEager) : soundCutter(recipe, from);
}

/** Rounding of the clocks of containers; regular pictures may be half a picture off. */
const irregularToleranceSeconds = 0.004;
const maxFirstSeconds = 2;
/** Between the last picture of a segment and the next segment, in pictures. */
const maxRoomPictures = 1.6;
/** Sound that ends so much before the picture lasts until the end of the picture: what is missing is silence. */
const maxRestSeconds = 0.5;
/** Nothing that belongs to a segment is shown so long after its end. */
const maxOverrunSeconds = 15;

interface Gathering {
  readonly index: number;
  readonly samples: Sample[];
  readonly parts: Uint8Array[];
}

function pictureCutter(recipe: PictureRecipe, from: number, isEager: boolean): Cutter {
  const { grid } = recipe;
  const { starts, ticksPerSecond } = grid;
  const keys = entries(recipe);
  const shift = shiftSeconds(grid.originTicks / ticksPerSecond) * ticksPerSecond + grid.originTicks;
  const tolerance = toleranceTicks(recipe);
  // When the first picture comes is only known when the file was read; it is shown from the beginning.
  const firstTolerance = recipe.encode === null ? tolerance : maxFirstSeconds * ticksPerSecond;
  let current: Gathering | undefined;
  let next = from;
  let isDone = false;
  /** A key picture came before the first wanted one. */
  let hasRunUp = from === 0 || recipe.encode !== null;

  const finish = ({ index, samples, parts }: Gathering): Segment => {
    const start = starts[index] ?? 0;
    const first = samples.reduce((least, { pts }) => Math.min(least, pts), Infinity);
    if (!hasRunUp && index === from && first < (keys[index] ?? 0) - tolerance) {
      throw new OffGrid(true, `segment ${index} holds pictures of before it, whose times are bent`);
    }
    const last = lastShown(samples);
    const isLast = index === starts.length - 1;
    isDone = isLast;
    next = index + 1;
    return makeSegment({
      index,
      samples,
      parts,
      // Times of a copied picture and of one that was made from it differ by the rounding of their clocks.
      start: Math.abs(first - start) <= (index === 0 ? firstTolerance : tolerance) ? start : first,
      end: isLast ? Math.max(grid.end, last + 1) : (starts[index + 1] ?? grid.end),
      offset: originOffsetSeconds * ticksPerSecond,
      delay: Math.round(recipe.delaySeconds * ticksPerSecond),
    });
  };
  /** The segment that a key picture opens; undefined when it opens none. */
  const opened = (pts: number): number | undefined => {
    const wanted = current === undefined ? next : current.index + 1;
    const key = keys[wanted];
    if (key === undefined || pts < key - tolerance) return undefined;
    if (pts <= key + (wanted === 0 ? firstTolerance : tolerance)) return wanted;
    const seconds = (pts - key) / ticksPerSecond;
    const isFirst = current === undefined && next === from;
    throw new OffGrid(isFirst, `segment ${wanted} begins ${seconds.toFixed(4)} s behind its place`);
  };
  /** Fragments end before key pictures: the next one is that of the next segment when no other picture has room before it. */
  const looksWhole = ({ index, samples }: Gathering): boolean => {
    const end = starts[index + 1];
    const [first] = samples;
    if (end === undefined || first === undefined || samples.length < 2) return false;
    const last = lastShown(samples);
    return end - last < (maxRoomPictures * (last - first.pts)) / (samples.length - 1);
  };

  return {
    push: (samples, parts) => {
      const done: Segment[] = [];
      let at = 0;
      let runStart = 0;
      const keep = () => {
        if (current !== undefined && at > runStart) current.parts.push(...sliceParts(parts, runStart, at));
        runStart = at;
      };
      for (const sample of samples) {
        const pts = sample.pts - shift;
        const index = sample.isKey ? opened(pts) : undefined;
        if (current === undefined && index === undefined && next > from && next < keys.length) {
          throw new OffGrid(false, `segment ${next - 1} was not whole`);
        }
        if (sample.isKey && current === undefined && index === undefined) hasRunUp = true;
        if (index !== undefined) {
          keep();
          if (current !== undefined) done.push(finish(current));
          current = { index, samples: [], parts: [] };
          runStart = at;
        }
        const isUnshowable = current?.index === 0 && pts < -tolerance;
        if (isUnshowable) keep();
        else if (current !== undefined) {
          const until = keys[current.index + 1] ?? grid.end;
          if (pts > until + maxOverrunSeconds * ticksPerSecond) {
            throw new OffGrid(false, `no key picture where segment ${current.index + 1} begins`);
          }
          current.samples.push({ ...sample, pts });
        }
        at += sample.sizeBytes;
        if (isUnshowable) runStart = at;
      }
      keep();
      if (isEager && current !== undefined && looksWhole(current)) {
        done.push(finish(current));
        current = undefined;
      }
      return done;
    },
    end: () => (current === undefined || current.samples.length === 0 ? [] : [finish(current)]),
    isDone: () => isDone,
  };
}

const lastShown = (samples: readonly Sample[]) => samples.reduce((most, { pts }) => Math.max(most, pts), 0);

function toleranceTicks({ grid, encode }: PictureRecipe): number {
  const irregular = irregularToleranceSeconds * grid.ticksPerSecond;
  if (encode === null) return irregular;
  if (!encode.isRegular && !encode.evensTimes) return irregular;
  const [rate, per] = encode.frameRate;
  const frame = (per / rate) * grid.ticksPerSecond;
  // Of every second picture the wanted one may be left out.
  return Math.max(irregular, encode.halvesFrames ? frame * 1.1 : frame / 2);
}

function soundCutter(recipe: SoundRecipe, from: number): Cutter {
  const { grid, encode } = recipe;
  const { samplesPerPacket, samplesPerSegment, samplesPerSecond, count } = grid;
  const shift = Math.round((shiftSeconds(recipe.originSeconds) + recipe.originSeconds) * samplesPerSecond);
  let current: Gathering | undefined;
  let next = from;
  /** Packets came before the first wanted one: what is missing then is not in the file. */
  let hasRunUp = from === 0;

  const finish = (until: number): Segment[] => {
    if (current === undefined) return [];
    const { index, samples, parts } = current;
    const start = samples[0]?.pts ?? index * samplesPerSegment;
    next = index + 1;
    // The end of the picture is the end of the sound, as the play list says.
    const isEnd = index === count - 1 && until >= grid.end - maxRestSeconds * samplesPerSecond && grid.end > start;
    const end = isEnd ? grid.end : until;
    const offset = originOffsetSeconds * samplesPerSecond;
    return [makeSegment({ index, samples, parts, start, end, offset, delay: 0 })];
  };
  /** Where the file is silent there is a segment without packets, so that each that is listed exists. */
  const empty = (index: number): Segment => {
    next = index + 1;
    const start = index * samplesPerSegment;
    const offset = originOffsetSeconds * samplesPerSecond;
    return makeSegment({ index, samples: [], parts: [], start, end: start, offset, delay: 0 });
  };
  /** Where the last packet of a segment ends at the latest when it is not followed at once; packets whose length is not known may be long. */
  const longestEnd = ({ samples }: Gathering, boundary: number): number => {
    const last = samples.at(-1);
    const own = last === undefined ? 0 : last.pts + last.durationTicks + roundingSeconds * samplesPerSecond;
    return Math.max(boundary + samplesPerPacket, Math.round(own));
  };
  /** In samples from the start of the title; what was made anew lies on whole packets. */
  const timeOf = (pts: number): number => {
    const time = pts - shift;
    if (encode === null) return copiedTime(recipe, time);
    const packet = Math.round(time / samplesPerPacket);
    if (Math.abs(time - packet * samplesPerPacket) > samplesPerPacket / 4) {
      throw new OffGrid(false, `sound lies ${time - packet * samplesPerPacket} samples beside its packet`);
    }
    return packet * samplesPerPacket;
  };

  return {
    push: (samples, parts) => {
      const done: Segment[] = [];
      let at = 0;
      for (const sample of samples) {
        const pts = timeOf(sample.pts);
        const place = Math.floor((pts + samplesPerPacket / 2) / samplesPerSegment);
        const index = pts < grid.end ? Math.min(place, count - 1) : count;
        if (index >= from && index < count) {
          if (current === undefined && index > next && !hasRunUp) {
            throw new OffGrid(true, `sound of segment ${index} came where ${from} begins`);
          }
          if (current !== undefined && index > current.index) {
            done.push(...finish(Math.min(pts, longestEnd(current, index * samplesPerSegment))));
            current = undefined;
          }
          if (current === undefined) while (next < index) done.push(empty(next));
          current ??= { index, samples: [], parts: [] };
          current.samples.push({ ...sample, pts });
          current.parts.push(...sliceParts(parts, at, at + sample.sizeBytes));
        } else if (index < from) hasRunUp = true;
        else if (current !== undefined) {
          done.push(...finish(pts));
          current = undefined;
        }
        at += sample.sizeBytes;
      }
      return done;
    },
    end: () => {
      const last = current?.samples.at(-1);
      const done = last === undefined ? [] : finish(last.pts + last.durationTicks);
      while (next < count) done.push(empty(next));
      return done;
    },
    isDone: () => next >= count,
  };
}

/** Containers round times; so far beside their place packets still follow each other without a gap. */
const roundingSeconds = 0.002;

/**
 * When a copied packet sounds, in samples from the start of the title. ffmpeg smooths the times of sound, so they depend a little on where
 * it began: they are put back to where the file says, or on the line of whole packets from its first, which is what the file means.
 */
function copiedTime(recipe: SoundRecipe, time: number): number {
  const { grid, sourceClock, firstSeconds, originSeconds } = recipe;
  const { samplesPerSecond, samplesPerPacket } = grid;
  if (firstSeconds !== null && samplesPerPacket > 1) {
    const first = Math.round((firstSeconds - originSeconds) * samplesPerSecond);
    const onLine = first + Math.round((time - first) / samplesPerPacket) * samplesPerPacket;
    if (Math.abs(onLine - time) <= roundingSeconds * samplesPerSecond) return onLine;
  }
  if (sourceClock === null) return time;
  const shift = originSeconds * samplesPerSecond;
  const ticks = Math.round(((time + shift) * sourceClock) / samplesPerSecond);
  return Math.round((ticks * samplesPerSecond) / sourceClock - shift);
}
