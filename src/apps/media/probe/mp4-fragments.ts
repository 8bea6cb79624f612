import { type FileWindow, uint64, Unreadable } from "./file-window.ts";
import { boxAt, type Box, boxesIn, boxIn, contentOf, type FileBox } from "./mp4-boxes.ts";
import type { Mp4Track, Samples } from "./mp4-samples.ts";

/** What a sample is when nothing is said of it: of `trex`, then of `tfhd`. */
interface Defaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

const maxSamples = 5_500_000;
/** `sample_is_non_sync_sample`, and "depends on others". */
const notKey = 0x0101_0000;

export function isFragmented(moov: Buffer): boolean {
  return boxIn(moov, { start: 0, end: moov.length }, "mvex") !== undefined;
}

/** Adds the samples of all fragments to those of the movie box. */
export function addFragments(
  file: FileWindow,
  moov: Buffer,
  moofs: readonly FileBox[],
  track: Mp4Track,
  samples: Samples,
): void {
  const trex = defaultsOf(moov, track.id);
  let next = samples.durations.reduce((sum, duration) => sum + duration, 0);
  for (const moof of moofs) {
    const bytes = contentOf(file, moof);
    for (const traf of boxesIn(bytes, 0, bytes.length)) {
      if (traf.type === "traf") next = addRuns(bytes, traf, track.id, trex, samples, next);
    }
    if (samples.times.length > maxSamples) throw new Unreadable("too many samples");
  }
}

function defaultsOf(moov: Buffer, trackId: number): Defaults {
  const mvex = boxAt(moov, { start: 0, end: moov.length }, "mvex");
  for (const { type, start, end } of mvex === undefined ? [] : boxesIn(moov, mvex.start, mvex.end)) {
    if (type !== "trex" || end - start < 24 || moov.readUInt32BE(start + 4) !== trackId) continue;
    return {
      duration: moov.readUInt32BE(start + 12),
      size: moov.readUInt32BE(start + 16),
      flags: moov.readUInt32BE(start + 20),
    };
  }
  return { duration: 0, size: 0, flags: 0 };
}

/** Returns the decoding time after the last sample. */
function addRuns(bytes: Buffer, traf: Box, trackId: number, trex: Defaults, samples: Samples, next: number): number {
  const tfhd = boxIn(bytes, traf, "tfhd");
  if (tfhd === undefined || bytes.readUInt32BE(tfhd.start + 4) !== trackId) return next;
  const defaults = headDefaults(bytes, tfhd, trex);
  const tfdt = boxIn(bytes, traf, "tfdt");
  const said = tfdt && (bytes[tfdt.start] === 1 ? uint64(bytes, tfdt.start + 4) : bytes.readUInt32BE(tfdt.start + 4));
  let time = said ?? next;
  for (const box of boxesIn(bytes, traf.start, traf.end)) {
    if (box.type === "trun") time = addRun(bytes, box, defaults, samples, time);
  }
  return time;
}

function headDefaults(bytes: Buffer, { start }: Box, trex: Defaults): Defaults {
  const flags = bytes.readUInt32BE(start) & 0xff_ffff;
  let at = start + 8 + ((flags & 0x01) === 0 ? 0 : 8) + ((flags & 0x02) === 0 ? 0 : 4);
  const field = (bit: number, otherwise: number) => {
    if ((flags & bit) === 0) return otherwise;
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  return { duration: field(0x08, trex.duration), size: field(0x10, trex.size), flags: field(0x20, trex.flags) };
}

function addRun(bytes: Buffer, { start, end }: Box, defaults: Defaults, samples: Samples, from: number): number {
  const flags = bytes.readUInt32BE(start) & 0xff_ffff;
  const count = bytes.readUInt32BE(start + 4);
  const has = (bit: number) => (flags & bit) !== 0;
  let at = start + 8 + (has(0x01) ? 4 : 0);
  const firstFlags = has(0x04) ? bytes.readUInt32BE(at) : undefined;
  at += has(0x04) ? 4 : 0;
  const fields = [0x100, 0x200, 0x400, 0x800].filter(has).length;
  if (at + count * fields * 4 > end || count > maxSamples) throw new Unreadable("a run longer than its box");
  const field = (bit: number, otherwise: number) => {
    if (!has(bit)) return otherwise;
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  let time = from;
  for (let index = 0; index < count; index += 1) {
    const duration = field(0x100, defaults.duration);
    const size = field(0x200, defaults.size);
    const own = field(0x400, defaults.flags);
    const sampleFlags = index === 0 ? (firstFlags ?? own) : own;
    // Signed in practice, whatever the version says.
    const offset = field(0x800, 0) | 0;
    samples.times.push(time + offset);
    samples.durations.push(duration);
    samples.sizes.push(size);
    samples.isKey.push((sampleFlags & notKey) === 0);
    time += duration;
  }
  return time;
}
