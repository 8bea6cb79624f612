import type { Buffer } from "node:buffer";
import { AppError } from "#platform/errors";
import { innerBoxes } from "./boxes.ts";

/** One picture or packet of sound, in decoding order. */
export interface Sample {
  /** Presentation time in ticks of the track. */
  readonly pts: number;
  readonly durationTicks: number;
  readonly sizeBytes: number;
  readonly isKey: boolean;
}

const flag = {
  baseDataOffset: 0x1,
  descriptionIndex: 0x2,
  defaultDuration: 0x8,
  defaultSize: 0x10,
  defaultFlags: 0x20,
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionOffset: 0x800,
} as const;
const nonSync = 0x1_00_00;

/** What holds for the samples of a track that say nothing else: `trex` and `tfhd`. */
interface Defaults {
  durationTicks: number;
  sizeBytes: number;
  flags: number;
}

/** The samples of a `moof` of one track (ISO/IEC 14496-12 §8.8), whose data follow in one `mdat` without gaps. */
export function samplesOf(moof: Buffer, trex: Readonly<Defaults>): Sample[] {
  const samples: Sample[] = [];
  for (const traf of innerBoxes(moof)) {
    if (traf.type !== "traf") continue;
    const defaults = { ...trex };
    let dts = 0;
    for (const { type, content } of innerBoxes(traf.content)) {
      if (type === "tfhd") readDefaults(content, defaults);
      if (type === "tfdt") dts = content[0] === 1 ? Number(content.readBigUInt64BE(4)) : content.readUInt32BE(4);
      if (type === "trun") dts = readRun(content, defaults, dts, samples);
    }
  }
  return samples;
}

/** `trex` of a `moov` of one track. */
export function trackDefaults(moov: Buffer): Defaults {
  const trex = innerBoxes(innerBoxes(moov).find(({ type }) => type === "mvex")?.content ?? moov.subarray(0, 0)).find(
    ({ type }) => type === "trex",
  )?.content;
  if (trex === undefined) throw new AppError("internal", undefined, { cause: new Error("no trex in the moov") });
  return {
    durationTicks: trex.readUInt32BE(12),
    sizeBytes: trex.readUInt32BE(16),
    flags: trex.readUInt32BE(20),
  };
}

function readDefaults(content: Buffer, defaults: Defaults): void {
  const flags = content.readUIntBE(1, 3);
  let at = 8;
  if (flags & flag.baseDataOffset) at += 8;
  if (flags & flag.descriptionIndex) at += 4;
  const next = () => {
    at += 4;
    return content.readUInt32BE(at - 4);
  };
  if (flags & flag.defaultDuration) defaults.durationTicks = next();
  if (flags & flag.defaultSize) defaults.sizeBytes = next();
  if (flags & flag.defaultFlags) defaults.flags = next();
}

/** Adds the samples of a `trun`; answers the decoding time behind them. */
function readRun(content: Buffer, defaults: Readonly<Defaults>, startDts: number, samples: Sample[]): number {
  const flags = content.readUIntBE(1, 3);
  const count = content.readUInt32BE(4);
  let at = 8;
  if (flags & flag.dataOffset) at += 4;
  const next = () => {
    at += 4;
    return content.readUInt32BE(at - 4);
  };
  const firstFlags = flags & flag.firstFlags ? next() : undefined;
  let dts = startDts;
  for (let index = 0; index < count; index += 1) {
    const durationTicks = flags & flag.duration ? next() : defaults.durationTicks;
    const sizeBytes = flags & flag.size ? next() : defaults.sizeBytes;
    const own = flags & flag.flags ? next() : defaults.flags;
    const sampleFlags = index === 0 ? (firstFlags ?? own) : own;
    // Version 0 calls it unsigned, but nothing is shown hours after it was decoded.
    const offset = flags & flag.compositionOffset ? next() | 0 : 0;
    samples.push({ pts: dts + offset, durationTicks, sizeBytes, isKey: (sampleFlags & nonSync) === 0 });
    dts += durationTicks;
  }
  return dts;
}
