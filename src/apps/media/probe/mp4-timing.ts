import { Unreadable } from "./file-window.ts";
import { boxIn } from "./mp4-boxes.ts";
import { entriesOf, type Mp4Track } from "./mp4-samples.ts";

/** What the tables of a track say in sum. */
export interface Mp4Timing {
  readonly sampleCount: number;
  readonly sizeBytes: number;
  /** In the track's own time. */
  readonly duration: number;
  /** Of every sample but the last; null when it varies. */
  readonly sampleDuration: number | null;
  /** When the first picture is shown, or the first sound heard, in the track's own time, before the edit list. */
  readonly firstTime: number;
  /** Place of the first sample in the file, and its length. */
  readonly first: { readonly offset: number; readonly sizeBytes: number };
}

/** Among the first samples the one that is shown first; streams do not reorder more than 16. */
const reorderedAtMost = 32;

/** Without looking at each sample, save at its size. Throws Unreadable for a track without samples. */
export function mp4Timing(moov: Buffer, { stbl }: Mp4Track): Mp4Timing {
  const stts = boxIn(moov, stbl, "stts");
  const stsz = boxIn(moov, stbl, "stsz");
  if (stts === undefined || stsz === undefined) throw new Unreadable("no samples");
  const runs = entriesOf(moov, stts, 8);
  let [sampleCount, duration] = [0, 0];
  for (let run = 0; run < runs.count; run += 1) {
    const count = moov.readUInt32BE(runs.at + run * 8);
    sampleCount += count;
    duration += count * moov.readUInt32BE(runs.at + run * 8 + 4);
  }
  const fixed = moov.readUInt32BE(stsz.start + 4);
  const sizes = entriesOf(moov, stsz, fixed === 0 ? 4 : 0, 8);
  if (sampleCount === 0 || sizes.count !== sampleCount) throw new Unreadable("samples that do not agree");
  let sizeBytes = fixed * sizes.count;
  if (fixed === 0) for (let at = 0; at < sizes.count; at += 1) sizeBytes += moov.readUInt32BE(sizes.at + at * 4);
  const isConstant = runs.count === 1 || (runs.count === 2 && moov.readUInt32BE(runs.at + 8) === 1);
  return {
    sampleCount,
    sizeBytes,
    duration,
    sampleDuration: isConstant ? moov.readUInt32BE(runs.at + 4) : null,
    firstTime: firstTime(moov, stbl, runs),
    first: { offset: firstOffset(moov, stbl), sizeBytes: fixed === 0 ? moov.readUInt32BE(sizes.at) : fixed },
  };
}

function firstTime(moov: Buffer, stbl: Mp4Track["stbl"], durations: ReturnType<typeof entriesOf>): number {
  const ctts = boxIn(moov, stbl, "ctts");
  if (ctts === undefined) return 0;
  const offsets = firstOf(moov, entriesOf(moov, ctts, 8), (at) => moov.readInt32BE(at));
  const steps = firstOf(moov, durations, (at) => moov.readUInt32BE(at));
  let [time, first] = [0, Infinity];
  for (const [index, offset] of offsets.entries()) {
    first = Math.min(first, time + offset);
    time += steps[index] ?? 0;
  }
  return Number.isFinite(first) ? first : 0;
}

/** Values of the first samples of a table of runs. */
function firstOf(moov: Buffer, { count, at }: ReturnType<typeof entriesOf>, read: (at: number) => number): number[] {
  const values: number[] = [];
  for (let run = 0; run < count && values.length < reorderedAtMost; run += 1) {
    const repeats = Math.min(moov.readUInt32BE(at + run * 8), reorderedAtMost - values.length);
    for (let index = 0; index < repeats; index += 1) values.push(read(at + run * 8 + 4));
  }
  return values;
}

function firstOffset(moov: Buffer, stbl: Mp4Track["stbl"]): number {
  const short = boxIn(moov, stbl, "stco");
  const long = boxIn(moov, stbl, "co64");
  if (short !== undefined && entriesOf(moov, short, 4).count > 0) return moov.readUInt32BE(short.start + 8);
  if (long !== undefined && entriesOf(moov, long, 8).count > 0) return Number(moov.readBigUInt64BE(long.start + 8));
  throw new Unreadable("no samples");
}
