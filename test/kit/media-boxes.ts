/** Boxes of fragmented MP4 (ISO/IEC 14496-12), read without any code of the program that is tested. */
export interface Sample {
  /** Ticks of the track's clock. */
  readonly decodeTime: number;
  readonly showTime: number;
  readonly duration: number;
  readonly sizeBytes: number;
  readonly isSync: boolean;
}

export interface Fragment {
  readonly sequence: number;
  readonly trackId: number;
  /** `tfdt`: decode time of the first sample. */
  readonly baseTime: number;
  readonly samples: readonly Sample[];
  /** The bytes of all samples. */
  readonly data: Uint8Array;
}

export interface InitFacts {
  readonly trackId: number;
  /** Ticks a second. */
  readonly timescale: number;
  readonly handler: string;
  /** `avc1`, `hvc1`, `mp4a`, … */
  readonly sampleEntry: string;
  /** Where the edit list enters the track (ISO/IEC 14496-12 8.6.6), in its ticks; 0 without one. Show times here are after it. */
  readonly editTicks: number;
  readonly defaults: TrackDefaults;
}

interface TrackDefaults {
  readonly duration: number;
  readonly sizeBytes: number;
  readonly flags: number;
}

interface Box {
  readonly type: string;
  /** Of the whole box in `bytes`. */
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
}

const notSync = 0x0001_0000;
const maxBoxes = 100_000;

function boxesIn(bytes: Uint8Array, from = 0, to = bytes.length): Box[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: Box[] = [];
  let start = from;
  while (start < to) {
    if (start + 8 > to || boxes.length > maxBoxes) throw new Error(`no box at byte ${start}`);
    const type = Buffer.from(bytes.subarray(start + 4, start + 8)).toString("latin1");
    const short = view.getUint32(start);
    const isLong = short === 1;
    const size = isLong ? Number(view.getBigUint64(start + 8)) : short;
    if (size < (isLong ? 16 : 8) || start + size > to) throw new Error(`box ${type} at byte ${start} of ${size} bytes`);
    boxes.push({ type, start, bodyStart: start + (isLong ? 16 : 8), end: start + size });
    start += size;
  }
  return boxes;
}

function child(bytes: Uint8Array, parent: Box | undefined, type: string): Box | undefined {
  return parent && boxesIn(bytes, parent.bodyStart, parent.end).find((box) => box.type === type);
}

function inside(bytes: Uint8Array, ...path: string[]): Box {
  let found = boxesIn(bytes).find(({ type }) => type === path[0]);
  for (const type of path.slice(1)) found = child(bytes, found, type);
  if (found === undefined) throw new Error(`there is no ${path.join("/")}`);
  return found;
}

const viewOf = (bytes: Uint8Array, box: Box) =>
  new DataView(bytes.buffer, bytes.byteOffset + box.bodyStart, box.end - box.bodyStart);

function editTicksOf(bytes: Uint8Array, elst: Box | undefined): number {
  if (elst === undefined) return 0;
  const view = viewOf(bytes, elst);
  const isLong = view.getUint8(0) === 1;
  const count = view.getUint32(4);
  const duration = isLong ? Number(view.getBigInt64(8)) : view.getUint32(8);
  // Of a film in fragments nobody may say an end here: players would stop there.
  if (count !== 1 || duration !== 0) throw new Error(`${count} edits, the first of ${duration} ticks`);
  return isLong ? Number(view.getBigInt64(16)) : view.getInt32(12);
}

/** Of an init segment with one track. */
export function readInit(bytes: Uint8Array): InitFacts {
  const moov = inside(bytes, "moov");
  const tracks = boxesIn(bytes, moov.bodyStart, moov.end).filter(({ type }) => type === "trak");
  if (tracks.length !== 1) throw new Error(`${tracks.length} tracks in one init segment`);
  const trak = tracks[0];
  const tkhd = viewOf(bytes, inside(bytes, "moov", "trak", "tkhd"));
  const mdhd = viewOf(bytes, inside(bytes, "moov", "trak", "mdia", "mdhd"));
  const hdlr = inside(bytes, "moov", "trak", "mdia", "hdlr");
  const stsd = inside(bytes, "moov", "trak", "mdia", "minf", "stbl", "stsd");
  const trex = viewOf(bytes, inside(bytes, "moov", "mvex", "trex"));
  return {
    trackId: tkhd.getUint32(tkhd.getUint8(0) === 1 ? 20 : 12),
    timescale: mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12),
    handler: Buffer.from(bytes.subarray(hdlr.bodyStart + 8, hdlr.bodyStart + 12)).toString("latin1"),
    sampleEntry: Buffer.from(bytes.subarray(stsd.bodyStart + 12, stsd.bodyStart + 16)).toString("latin1"),
    editTicks: editTicksOf(bytes, child(bytes, child(bytes, trak, "edts"), "elst")),
    defaults: { duration: trex.getUint32(12), sizeBytes: trex.getUint32(16), flags: trex.getUint32(20) },
  };
}

function withHeader(bytes: Uint8Array, traf: Box, defaults: TrackDefaults): TrackDefaults & { trackId: number } {
  const box = child(bytes, traf, "tfhd");
  if (box === undefined) throw new Error("there is no tfhd");
  const view = viewOf(bytes, box);
  const flags = view.getUint32(0) & 0xff_ff_ff;
  let at = 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
  const next = (bit: number, otherwise: number): number => {
    if (!(flags & bit)) return otherwise;
    at += 4;
    return view.getUint32(at - 4);
  };
  return {
    trackId: view.getUint32(4),
    duration: next(8, defaults.duration),
    sizeBytes: next(16, defaults.sizeBytes),
    flags: next(32, defaults.flags),
  };
}

function runOf(bytes: Uint8Array, trun: Box, defaults: TrackDefaults, startTime: number, editTicks: number): Sample[] {
  const view = viewOf(bytes, trun);
  const flags = view.getUint32(0) & 0xff_ff_ff;
  const count = view.getUint32(4);
  let at = 8 + (flags & 1 ? 4 : 0);
  const firstFlags = flags & 4 ? view.getUint32(at) : undefined;
  if (firstFlags !== undefined) at += 4;
  const next = (bit: number, otherwise: number): number => {
    if (!(flags & bit)) return otherwise;
    at += 4;
    return view.getUint32(at - 4);
  };
  let decodeTime = startTime;
  return Array.from({ length: count }, (_, index) => {
    const duration = next(0x100, defaults.duration);
    const sizeBytes = next(0x200, defaults.sizeBytes);
    const own = next(0x400, index === 0 && firstFlags !== undefined ? firstFlags : defaults.flags);
    // Offsets are signed in version 1; version 0 does not reach so far.
    const offset = next(0x800, 0) | 0;
    const sample = {
      decodeTime,
      showTime: decodeTime + offset - editTicks,
      duration,
      sizeBytes,
      isSync: (own & notSync) === 0,
    };
    decodeTime += duration;
    return sample;
  });
}

/** The fragments of a media segment, in order. */
export function readFragments(bytes: Uint8Array, init: InitFacts): Fragment[] {
  const boxes = boxesIn(bytes);
  return boxes.flatMap((moof, index) => {
    if (moof.type !== "moof") return [];
    const mdat = boxes[index + 1];
    if (mdat?.type !== "mdat") throw new Error("a moof without its mdat");
    const parts = boxesIn(bytes, moof.bodyStart, moof.end);
    const mfhd = parts.find(({ type }) => type === "mfhd");
    return parts
      .filter(({ type }) => type === "traf")
      .map((traf) => {
        const defaults = withHeader(bytes, traf, init.defaults);
        const tfdt = child(bytes, traf, "tfdt");
        if (tfdt === undefined || mfhd === undefined) throw new Error("a fragment without its time or number");
        const time = viewOf(bytes, tfdt);
        const baseTime = time.getUint8(0) === 1 ? Number(time.getBigInt64(4)) : time.getUint32(4);
        const samples: Sample[] = [];
        for (const trun of boxesIn(bytes, traf.bodyStart, traf.end).filter(({ type }) => type === "trun")) {
          const last = samples.at(-1);
          const start = last === undefined ? baseTime : last.decodeTime + last.duration;
          samples.push(...runOf(bytes, trun, defaults, start, init.editTicks));
        }
        const data = bytes.subarray(mdat.bodyStart, mdat.end);
        const sequence = viewOf(bytes, mfhd).getUint32(4);
        return { sequence, trackId: defaults.trackId, baseTime, samples, data };
      });
  });
}
