import { uint64, Unreadable } from "./file-window.ts";
import { boxAt, boxIn, boxesIn, type Box } from "./mp4-boxes.ts";

/** What a track of the movie box says about its samples. */
export interface Mp4Track {
  readonly id: number;
  /** Place among all tracks, as ffmpeg numbers its streams. */
  readonly index: number;
  /** `vide`, `soun`, `sbtl`, … */
  readonly handler: string;
  readonly timeScale: number;
  readonly trak: Box;
  readonly stbl: Box;
  /** To be taken from composition times, so that they count from the beginning of the film; null when the edit list does more than that. */
  readonly shift: number | null;
}

/** Samples of a track in order of decoding. */
export interface Samples {
  /** Composition times as stored. */
  readonly times: number[];
  readonly durations: number[];
  readonly sizes: number[];
  readonly isKey: boolean[];
}

const maxSamples = 5_500_000;

export function tracksOf(moov: Buffer): Mp4Track[] {
  const root = { start: 0, end: moov.length };
  const mvhd = boxIn(moov, root, "mvhd");
  if (mvhd === undefined || mvhd.end - mvhd.start < 20) throw new Unreadable("no movie header");
  const movieScale = moov.readUInt32BE(mvhd.start + (moov[mvhd.start] === 1 ? 20 : 12));
  const traks = [...boxesIn(moov, 0, moov.length)].filter(({ type }) => type === "trak");
  return traks.flatMap((trak, index) => trackOf(moov, trak, index, movieScale) ?? []);
}

function trackOf(moov: Buffer, trak: Box, index: number, movieScale: number): Mp4Track | undefined {
  const tkhd = boxIn(moov, trak, "tkhd");
  const mdhd = boxAt(moov, trak, "mdia", "mdhd");
  const hdlr = boxAt(moov, trak, "mdia", "hdlr");
  const stbl = boxAt(moov, trak, "mdia", "minf", "stbl");
  if (tkhd === undefined || mdhd === undefined || hdlr === undefined || stbl === undefined) return undefined;
  const timeScale = moov.readUInt32BE(mdhd.start + (moov[mdhd.start] === 1 ? 20 : 12));
  if (timeScale === 0) return undefined;
  return {
    id: moov.readUInt32BE(tkhd.start + (moov[tkhd.start] === 1 ? 20 : 12)),
    ...{ index, timeScale, trak, stbl },
    handler: moov.toString("latin1", hdlr.start + 8, hdlr.start + 12),
    shift: shiftOf(moov, boxAt(moov, trak, "edts", "elst"), timeScale, movieScale),
  };
}

/** An edit list with at most one pause before one uncut part moves times; any other one is beyond this reader. */
function shiftOf(moov: Buffer, elst: Box | undefined, timeScale: number, movieScale: number): number | null {
  if (elst === undefined) return 0;
  const isLong = moov[elst.start] === 1;
  const count = moov.readUInt32BE(elst.start + 4);
  if (count === 0) return 0;
  if (count > 2 || elst.start + 8 + count * (isLong ? 20 : 12) > elst.end) return null;
  const edits = Array.from({ length: count }, (_, index) => {
    const at = elst.start + 8 + index * (isLong ? 20 : 12);
    return isLong
      ? { duration: uint64(moov, at), start: Number(moov.readBigInt64BE(at + 8)), rate: moov.readInt16BE(at + 16) }
      : { duration: moov.readUInt32BE(at), start: moov.readInt32BE(at + 4), rate: moov.readInt16BE(at + 8) };
  });
  const last = edits.at(-1);
  if (last === undefined || last.start < 0 || edits.some(({ rate }) => rate !== 1)) return null;
  if (edits.length === 1) return last.start;
  const [pause] = edits;
  if (pause?.start !== -1 || movieScale === 0) return null;
  return last.start - Math.round((pause.duration * timeScale) / movieScale);
}

/** How long the one part lasts that the edit list shows, in the track's own time; undefined when it does not say. */
export function shownDuration(moov: Buffer, { trak, timeScale }: Mp4Track, movieScale: number): number | undefined {
  const elst = boxAt(moov, trak, "edts", "elst");
  if (elst === undefined || movieScale === 0) return undefined;
  const isLong = moov[elst.start] === 1;
  const count = moov.readUInt32BE(elst.start + 4);
  if (count === 0) return undefined;
  const at = elst.start + 8 + (count - 1) * (isLong ? 20 : 12);
  const duration = isLong ? uint64(moov, at) : moov.readUInt32BE(at);
  return duration === 0 ? undefined : Math.round((duration * timeScale) / movieScale);
}

/** The samples that the movie box itself lists; none in a file of fragments. */
export function samplesOf(moov: Buffer, { stbl }: Mp4Track): Samples {
  const sizes = sizesOf(moov, boxIn(moov, stbl, "stsz"), boxIn(moov, stbl, "stz2"));
  const durations = runsOf(moov, boxIn(moov, stbl, "stts"), sizes.length);
  const offsets = runsOf(moov, boxIn(moov, stbl, "ctts"), sizes.length);
  let time = 0;
  const times = durations.map((duration, index) => {
    const at = time + (offsets[index] ?? 0);
    time += duration;
    return at;
  });
  if (times.length < sizes.length) throw new Unreadable("samples without a time");
  return { times, durations, sizes, isKey: keysOf(moov, stbl, sizes.length) };
}

/** Entries of a full box: how many there are and where they begin. Throws Unreadable when they do not fit. */
export function entriesOf(moov: Buffer, box: Box, entryBytes: number, headBytes = 4): { count: number; at: number } {
  const at = box.start + headBytes;
  if (at + 4 > box.end) throw new Unreadable("a table cut short");
  const count = moov.readUInt32BE(at);
  if (at + 4 + count * entryBytes > box.end) throw new Unreadable("a table longer than its box");
  return { count, at: at + 4 };
}

function sizesOf(moov: Buffer, stsz: Box | undefined, stz2: Box | undefined): number[] {
  if (stsz === undefined) {
    if (stz2 !== undefined) throw new Unreadable("compact sizes");
    return [];
  }
  const fixed = moov.readUInt32BE(stsz.start + 4);
  const { count, at } = entriesOf(moov, stsz, fixed === 0 ? 4 : 0, 8);
  if (count > maxSamples) throw new Unreadable("too many samples");
  return Array.from({ length: count }, (_, index) => (fixed === 0 ? moov.readUInt32BE(at + index * 4) : fixed));
}

/** Values that are stored as [count, value]; values are signed, as those of negative composition offsets. */
function runsOf(moov: Buffer, box: Box | undefined, length: number): number[] {
  if (box === undefined) return [];
  const { count, at } = entriesOf(moov, box, 8);
  const values: number[] = [];
  for (let run = 0; run < count && values.length < length; run += 1) {
    const value = moov.readInt32BE(at + run * 8 + 4);
    const repeats = Math.min(moov.readUInt32BE(at + run * 8), length - values.length);
    for (let index = 0; index < repeats; index += 1) values.push(value);
  }
  return values;
}

/** Sync samples, partial ones and random access groups; every sample is one when no table says otherwise. */
function keysOf(moov: Buffer, stbl: Box, length: number): boolean[] {
  const isKey = Array.from({ length }, () => false);
  const tables = ["stss", "stps"].flatMap((type) => boxIn(moov, stbl, type) ?? []);
  for (const table of tables) {
    const { count, at } = entriesOf(moov, table, 4);
    for (let index = 0; index < count; index += 1) {
      const number = moov.readUInt32BE(at + index * 4);
      if (number >= 1 && number <= length) isKey[number - 1] = true;
    }
  }
  const groups = [...boxesIn(moov, stbl.start, stbl.end)].filter(
    ({ type, start }) => type === "sbgp" && moov.toString("latin1", start + 4, start + 8) === "rap ",
  );
  for (const group of groups) {
    const { count, at } = entriesOf(moov, group, 8, moov[group.start] === 1 ? 12 : 8);
    for (let run = 0, sample = 0; run < count; run += 1) {
      const repeats = moov.readUInt32BE(at + run * 8);
      const isPoint = moov.readUInt32BE(at + run * 8 + 4) > 0;
      for (const end = Math.min(length, sample + repeats); sample < end; sample += 1) if (isPoint) isKey[sample] = true;
    }
  }
  return boxIn(moov, stbl, "stss") === undefined && groups.length === 0 ? isKey.fill(true) : isKey;
}
