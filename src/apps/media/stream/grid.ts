import type { KeyframeIndex } from "#apps/media/probe";

/**
 * Where the segments of a title begin, for every rung of it. Times are whole ticks from the first picture that is shown; the film's own
 * clock is `originTicks` ahead of that.
 */
export interface Grid {
  readonly ticksPerSecond: number;
  /** First picture in the clock of the file. */
  readonly originTicks: number;
  /** When the first picture of segment k is shown; the first is 0. In order. */
  readonly starts: readonly number[];
  /** The picture in which segment k is entered; later than its start where pictures that need an earlier one are shown before it. */
  readonly keys: readonly number[];
  /** From that picture to the next key picture of the file, whether it begins a segment or not. */
  readonly rooms: readonly number[];
  /** End of the last picture. */
  readonly end: number;
  /** Each segment begins with a key picture of the file, so that the original can be cut here. */
  readonly isCopyable: boolean;
  /** Bytes of the picture in segment k of the original; empty when not known. */
  readonly bytes: readonly number[];
}

const targetSeconds = 4;
/** The first two are short, so that playing begins early. */
const shortSegments = 2;
const shortSeconds = 2;
/** A key picture that needs no earlier one is worth so long a segment. */
const closedWithinSeconds = 6;
/** x264 places them 250 pictures apart when nobody says otherwise: 10.4 s of a film. */
export const maxKeyGapSeconds = 12;
/** A shorter rest belongs to the segment before it. */
const minLastSeconds = 1;
/** Coarser clocks are refined: encoders and players round to them. */
const minTicksPerSecond = 8000;
const wholeMsTicksPerSecond = 90_000;

/** The grid of a file whose key pictures are known; undefined when it has none or they are too far apart. */
export function gridOfKeyframes(index: KeyframeIndex): Grid | undefined {
  const { ticksPerSecond, ofPts } = clockOf(index.timeBase);
  const keys = index.pts.map(ofPts);
  const [first] = keys;
  if (first === undefined) return undefined;
  const leads = new Map(index.open.map((at, order) => [at, index.leadPts?.[order]]));
  const shown = keys.map((key, at) => {
    const lead = leads.get(at);
    return lead === undefined ? key : Math.min(key, ofPts(lead));
  });
  // What is shown before the very first key picture can be shown by nobody.
  const origin = first;
  const end = Math.max(ofPts(index.endPts), keys.at(-1) ?? first) - origin;
  const chosen = choose(
    keys.map((key) => key - origin),
    new Set(index.open),
    end,
    ticksPerSecond,
  );
  if (chosen === undefined) return undefined;
  return {
    ticksPerSecond,
    originTicks: origin,
    starts: chosen.map((at) => (at === 0 ? 0 : (shown[at] ?? 0) - origin)),
    keys: chosen.map((at) => (keys[at] ?? 0) - origin),
    rooms: chosen.map((at) => (keys[at + 1] ?? origin + end) - (keys[at] ?? 0)),
    end,
    isCopyable: true,
    bytes: index.bytes.length === keys.length ? sums(index.bytes, chosen) : [],
  };
}

export interface UniformInput {
  readonly ticksPerSecond: number;
  readonly originTicks: number;
  readonly endTicks: number;
  /** Pictures a second. */
  readonly frameRate: readonly [number, number];
}

/** A grid on every so many pictures, for a film whose own key pictures cannot be used: all its rungs are made anew. */
export function uniformGrid({ ticksPerSecond, originTicks, endTicks, frameRate }: UniformInput): Grid {
  const [rate, per] = frameRate;
  const frames = (seconds: number) => Math.max(1, Math.round((seconds * rate) / per));
  const tickOf = (frame: number) => Math.round((frame * per * ticksPerSecond) / rate);
  const end = Math.max(1, endTicks - originTicks);
  const starts: number[] = [];
  for (let frame = 0; tickOf(frame) < end;) {
    starts.push(tickOf(frame));
    frame += frames(starts.length <= shortSegments ? shortSeconds : targetSeconds);
  }
  const last = starts.at(-1) ?? 0;
  if (starts.length > 1 && end - last < minLastSeconds * ticksPerSecond) starts.pop();
  const rooms = starts.map((start, at) => (starts[at + 1] ?? end) - start);
  return { ticksPerSecond, originTicks, starts, keys: starts, rooms, end, isCopyable: false, bytes: [] };
}

/** Ticks in which every time of a file is a whole number. */
export function clockOf([num, den]: readonly [number, number]): {
  readonly ticksPerSecond: number;
  ofPts(pts: number): number;
} {
  let factor = Math.max(1, Math.ceil(minTicksPerSecond / den));
  if (wholeMsTicksPerSecond % den === 0 && den < wholeMsTicksPerSecond) factor = wholeMsTicksPerSecond / den;
  return { ticksPerSecond: den * factor, ofPts: (pts) => pts * num * factor };
}

/** Indexes of the key pictures that begin segments; undefined when two are too far apart. */
function choose(
  keys: readonly number[],
  open: ReadonlySet<number>,
  end: number,
  ticksPerSecond: number,
): number[] | undefined {
  const chosen = [0];
  for (let at = 0; ;) {
    const start = keys[at] ?? 0;
    const target = chosen.length <= shortSegments ? shortSeconds : targetSeconds;
    const next = nextKey(keys, open, at, target * ticksPerSecond, closedWithinSeconds * ticksPerSecond);
    if ((next === undefined ? end : (keys[next] ?? end)) - start > maxKeyGapSeconds * ticksPerSecond) return undefined;
    if (next === undefined) return chosen;
    if (
      end - (keys[next] ?? end) < minLastSeconds * ticksPerSecond &&
      end - start <= 2 * targetSeconds * ticksPerSecond
    ) {
      return chosen;
    }
    chosen.push(next);
    at = next;
  }
}

/** The key picture nearest to the wished length; one that stands for itself within reach is preferred. */
function nextKey(
  keys: readonly number[],
  open: ReadonlySet<number>,
  from: number,
  target: number,
  reach: number,
): number | undefined {
  const start = keys[from] ?? 0;
  let best: number | undefined;
  let bestCost = Infinity;
  for (let at = from + 1; at < keys.length; at += 1) {
    const length = (keys[at] ?? 0) - start;
    if (length <= 0) continue;
    const cost = Math.abs(length - target) + (open.has(at) ? reach : 0);
    if (cost < bestCost) [best, bestCost] = [at, cost];
    if (length > target + reach) break;
  }
  return best;
}

function sums(bytes: readonly number[], chosen: readonly number[]): number[] {
  return chosen.map((at, order) => {
    let sum = 0;
    for (let index = at; index < (chosen[order + 1] ?? bytes.length); index += 1) sum += bytes[index] ?? 0;
    return sum;
  });
}

/** Where the segments of a sound track begin: on whole packets, the same for whoever starts anywhere. In samples. */
export interface SoundGrid {
  readonly samplesPerSecond: number;
  readonly samplesPerSegment: number;
  readonly samplesPerPacket: number;
  /** So far beside a multiple of `samplesPerSegment` segments begin, since packets lie where the file has them; less than half a packet. */
  readonly phase: number;
  readonly count: number;
  /** End of the last segment: with the picture. */
  readonly end: number;
}

const soundTargetSeconds = 4;
/** Samples in a packet, by codec; what is not here is cut by time alone. */
const packetSamples: Readonly<Record<string, number>> = {
  aac: 1024,
  ac3: 1536,
  eac3: 1536,
  mp2: 1152,
  mp3: 1152,
  opus: 960,
};

/** `firstSeconds`: first packet of what is copied, from the beginning of the title; null: not known, or made anew. */
export function soundGrid(
  codec: string,
  samplesPerSecond: number,
  seconds: number,
  firstSeconds: number | null = null,
): SoundGrid {
  const samplesPerPacket = packetSamples[codec] ?? 1;
  const packets = Math.max(1, Math.round((soundTargetSeconds * samplesPerSecond) / samplesPerPacket));
  const samplesPerSegment = packets * samplesPerPacket;
  const end = Math.max(1, Math.round(seconds * samplesPerSecond));
  return {
    samplesPerSecond,
    samplesPerPacket,
    samplesPerSegment,
    phase: phaseOf(Math.round((firstSeconds ?? 0) * samplesPerSecond), samplesPerPacket),
    // Sound that is copied often ends a little before the picture: no segment is made of the little.
    count: Math.max(1, Math.ceil((end - minLastSeconds * samplesPerSecond) / samplesPerSegment)),
    end,
  };
}

/** Of the line of packets on which one begins at `first`: the place nearest to 0, before it rather than behind. */
function phaseOf(first: number, samplesPerPacket: number): number {
  const half = Math.floor(samplesPerPacket / 2);
  return ((((first + half) % samplesPerPacket) + samplesPerPacket) % samplesPerPacket) - half;
}
