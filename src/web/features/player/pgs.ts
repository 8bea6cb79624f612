/** Presentation graphics of Blu-ray discs (US 2009/0185789), as `.sup`: pictures over the film. */
export interface PgsTrack {
  /**
   * What is on the screen at a moment, of a film that begins at `fromMs` of the same clock: times of the format turn over after 13 hours, and
   * what is shown first comes after the beginning. The number stays while nothing changes; -1 before the first. Throws
   * PgsError when it is damaged.
   */
  at(ms: number, fromMs: number): { readonly number: number; readonly screen: PgsScreen; compose(): PgsPicture[] };
}

export interface PgsScreen {
  readonly width: number;
  readonly height: number;
}

export interface PgsPicture {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel: red, green, blue, alpha. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** It is damaged, or holds more than any disc does. */
export class PgsError extends Error {}

const segments = { palette: 0x14, object: 0x15, composition: 0x16, end: 0x80 } as const;
const headBytes = 13;
const ticksPerMs = 90;
/** Times have 32 bits. */
const turnMs = 2 ** 32 / ticksPerMs;
/** So much before the beginning, or before what stands in front of it, a time is not yet one of the next turn. */
const earlyMs = 10 * 60_000;
const maxSide = 4096;
const maxSets = 200_000;
/** From one complete screen to the next; a disc has some dozens for a fade. */
const maxSetsBack = 2_000;
/** The format allows two. */
const maxPictures = 8;
/** Of all pictures that are shown at once. */
const maxPixels = 2 ** 24;
const usualScreen: PgsScreen = { width: 1920, height: 1080 };

/** One change of the screen. */
interface DisplaySet {
  readonly startMs: number;
  /** Nothing before it is needed to draw it. */
  readonly isComplete: boolean;
  readonly from: number;
  readonly to: number;
}

interface PgsObject {
  readonly width: number;
  readonly height: number;
  readonly chunks: Uint8Array[];
}

interface State {
  number: number;
  readonly palettes: Map<number, Uint32Array>;
  readonly objects: Map<number, PgsObject>;
  screen: PgsScreen;
  paletteId: number;
  placed: readonly Placed[];
}

interface Placed {
  readonly objectId: number;
  readonly x: number;
  readonly y: number;
  readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

const emptyState = (): State => ({
  number: -1,
  palettes: new Map(),
  objects: new Map(),
  screen: usualScreen,
  paletteId: 0,
  placed: [],
});

/** Finds the changes of the screen in a `.sup` file; pixels are decoded when they are asked for. What is cut off at the end is left out. */
export function parsePgs(bytes: Uint8Array): PgsTrack {
  const sets = findSets(bytes);
  let state = emptyState();

  const numberAt = (ms: number, fromMs: number): number => {
    const first = sets[0];
    if (first === undefined) return -1;
    const wanted = ms - Math.ceil((fromMs - earlyMs - first.startMs) / turnMs) * turnMs;
    let [low, high] = [0, sets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sets[middle]?.startMs ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const goTo = (number: number): State => {
    let from = number;
    while (from > 0 && from !== state.number + 1 && sets[from]?.isComplete !== true) from -= 1;
    if (number - from > maxSetsBack) throw new PgsError("too many changes without a complete screen");
    if (from !== state.number + 1 || sets[from]?.isComplete === true) state = emptyState();
    for (let at = from; at <= number; at += 1) apply(bytes, sets[at], state);
    state.number = number;
    return state;
  };

  return {
    at: (ms, fromMs) => {
      const number = numberAt(ms, fromMs);
      if (number < 0) return { number, screen: usualScreen, compose: () => [] };
      const now = number === state.number ? state : goTo(number);
      return { number, screen: now.screen, compose: () => compose(now) };
    },
  };
}

function findSets(bytes: Uint8Array): DisplaySet[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sets: DisplaySet[] = [];
  let [from, isComplete, startMs]: [number, boolean, number | null] = [0, false, null];
  let lastMs = 0;
  for (let at = 0; at + headBytes <= bytes.length;) {
    if (view.getUint16(at) !== 0x5047) throw new PgsError(`no segment at ${at}`);
    const type = view.getUint8(at + 10);
    const next = at + headBytes + view.getUint16(at + 11);
    if (next > bytes.length) break;
    if (type === segments.composition && next - at >= headBytes + 11) {
      startMs = view.getUint32(at + 2) / ticksPerMs;
      startMs += Math.max(0, Math.ceil((lastMs - earlyMs - startMs) / turnMs)) * turnMs;
      isComplete = view.getUint8(at + headBytes + 7) !== 0;
    }
    if (type === segments.end) {
      if (startMs !== null) {
        if (sets.length >= maxSets) throw new PgsError("too many pictures");
        lastMs = Math.max(lastMs, startMs);
        sets.push({ startMs: lastMs, isComplete, from, to: next });
      }
      [from, startMs] = [next, null];
    }
    at = next;
  }
  if (sets.length === 0) throw new PgsError("no pictures");
  return sets;
}

function apply(bytes: Uint8Array, set: DisplaySet | undefined, state: State): void {
  if (set === undefined) return;
  for (let at = set.from; at < set.to;) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, set.to - at);
    const type = view.getUint8(10);
    const length = view.getUint16(11);
    const body = bytes.subarray(at + headBytes, at + headBytes + length);
    if (type === segments.composition) readComposition(body, state);
    else if (type === segments.palette) readPalette(body, state);
    else if (type === segments.object) readObject(body, state);
    at += headBytes + length;
  }
}

const word = (body: Uint8Array, at: number): number => ((body[at] ?? 0) << 8) | (body[at + 1] ?? 0);

function readComposition(body: Uint8Array, state: State): void {
  const [width, height] = [word(body, 0), word(body, 2)];
  if (width === 0 || height === 0 || width > maxSide || height > maxSide) throw new PgsError("an impossible screen");
  state.screen = { width, height };
  state.paletteId = body[9] ?? 0;
  const placed: Placed[] = [];
  const count = Math.min(body[10] ?? 0, maxPictures);
  for (let at = 11; placed.length < count && at + 8 <= body.length;) {
    const isCropped = ((body[at + 3] ?? 0) & 0x80) !== 0 && at + 16 <= body.length;
    const cropAt = (offset: number) => word(body, at + 8 + offset);
    const crop = isCropped ? { x: cropAt(0), y: cropAt(2), width: cropAt(4), height: cropAt(6) } : null;
    placed.push({ objectId: word(body, at), x: word(body, at + 4), y: word(body, at + 6), crop });
    at += isCropped ? 16 : 8;
  }
  state.placed = placed;
}

/** Colours as Blu-ray has them: BT.709 for high definition, BT.601 below, of the narrow range. */
function readPalette(body: Uint8Array, state: State): void {
  const [redCr, greenCb, greenCr, blueCb] =
    state.screen.height > 576 ? [1.7927, 0.2132, 0.5329, 2.1124] : [1.596, 0.3918, 0.813, 2.0172];
  const colours = state.palettes.get(body[0] ?? 0) ?? new Uint32Array(256);
  state.palettes.set(body[0] ?? 0, colours);
  const pixel = new Uint8ClampedArray(4);
  const whole = new Uint32Array(pixel.buffer);
  for (let at = 2; at + 5 <= body.length; at += 5) {
    const [index = 0, y = 0, cr = 0, cb = 0, alpha = 0] = body.subarray(at, at + 5);
    const light = (y - 16) * (255 / 219);
    pixel[0] = light + redCr * (cr - 128);
    pixel[1] = light - greenCb * (cb - 128) - greenCr * (cr - 128);
    pixel[2] = light + blueCb * (cb - 128);
    pixel[3] = alpha;
    colours[index] = whole[0] ?? 0;
  }
}

function readObject(body: Uint8Array, state: State): void {
  const id = word(body, 0);
  const isFirst = ((body[3] ?? 0) & 0x80) !== 0;
  if (!isFirst) {
    state.objects.get(id)?.chunks.push(body.subarray(4));
    return;
  }
  const [width, height] = [word(body, 7), word(body, 9)];
  if (width > maxSide || height > maxSide) throw new PgsError("an impossible picture");
  state.objects.set(id, { width, height, chunks: [body.subarray(11)] });
}

function compose({ placed, objects, palettes, paletteId }: State): PgsPicture[] {
  const colours = palettes.get(paletteId);
  if (colours === undefined) return [];
  const area = placed.reduce((sum, { objectId }) => {
    const { width = 0, height = 0 } = objects.get(objectId) ?? {};
    return sum + width * height;
  }, 0);
  if (area > maxPixels) throw new PgsError("pictures larger than the screen");
  return placed.flatMap(({ objectId, x, y, crop }) => {
    const object = objects.get(objectId);
    if (object === undefined || object.width * object.height === 0) return [];
    const { width, height } = object;
    const pixels = decodeRuns(object, colours);
    if (crop === null) return [{ x, y, width, height, rgba: new Uint8ClampedArray(pixels.buffer) }];
    const wide = Math.min(crop.width, width - crop.x);
    const high = Math.min(crop.height, height - crop.y);
    if (wide <= 0 || high <= 0) return [];
    const part = new Uint32Array(wide * high);
    for (let row = 0; row < high; row += 1) {
      const start = (crop.y + row) * width + crop.x;
      part.set(pixels.subarray(start, start + wide), row * wide);
    }
    return [{ x, y, width: wide, height: high, rgba: new Uint8ClampedArray(part.buffer) }];
  });
}

/** Runs of one colour; a line ends with two zeros. What is missing stays clear, what is too much is left out. */
function decodeRuns({ width, height, chunks }: PgsObject, colours: Uint32Array): Uint32Array<ArrayBuffer> {
  const data = join(chunks);
  const pixels = new Uint32Array(width * height);
  for (let at = 0, line = 0, x = 0; at < data.length && line < height;) {
    const first = data[at++] ?? 0;
    let [length, colour] = [1, first];
    if (first === 0) {
      const flags = data[at++] ?? 0;
      if (flags === 0) {
        [line, x] = [line + 1, 0];
        continue;
      }
      length = flags & 0x3f;
      if ((flags & 0x40) !== 0) length = (length << 8) | (data[at++] ?? 0);
      colour = (flags & 0x80) === 0 ? 0 : (data[at++] ?? 0);
    }
    const end = Math.min(width, x + length);
    pixels.fill(colours[colour] ?? 0, line * width + x, line * width + end);
    x = end;
  }
  return pixels;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
