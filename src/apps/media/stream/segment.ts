import { Buffer } from "node:buffer";
import type { Sample } from "./samples.ts";

/** A media segment as it is kept and sent. */
export interface Segment {
  readonly index: number;
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
}

const keyFlags = 0x02_00_00_00;
const otherFlags = 0x01_01_00_00;

export interface SegmentInput {
  readonly index: number;
  readonly samples: readonly Sample[];
  /** The data of the samples, one behind the other. */
  readonly parts: readonly Uint8Array[];
  /** Where the segment begins and ends on the time line, in ticks; each sample lasts until the next is shown, the last until `end`. */
  readonly start: number;
  readonly end: number;
  /** Added to all times of the time line. */
  readonly offset: number;
  /** So much earlier than it is shown a picture is decoded that is shown in its place of the order. */
  readonly delay: number;
}

/**
 * One `moof` and one `mdat` that depend on nothing but the pictures: decoding times are the sorted presentation times less one delay for the
 * whole title, so they do not show where the encoder was started, the segment begins exactly where it is shown first, and the durations fill
 * it without a gap. With a delay that covers their order no composition offset is negative: libavformat would show all pictures late.
 */
export function makeSegment({ index, samples, parts, start, end, offset, delay }: SegmentInput): Segment {
  const shown = samples.map(({ pts }) => pts).sort((a, b) => a - b);
  const times = decodingTimes(samples, [start, ...shown.slice(1).map((pts) => Math.max(start, pts))], delay);
  const firstShown = shown[0] ?? start;
  const dataBytes = samples.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const perSample = 16;
  const trunBytes = 20 + samples.length * perSample;
  const moofBytes = 8 + 16 + 8 + 16 + 20 + trunBytes;
  const head = Buffer.alloc(moofBytes + 8);
  let at = 0;
  const put = (...values: readonly (number | string)[]) => {
    for (const value of values) {
      if (typeof value === "string") head.write(value, at, "latin1");
      else head.writeUInt32BE(value >>> 0, at);
      at += 4;
    }
  };
  const decoded = start + offset - delay;
  put(moofBytes, "moof", 16, "mfhd", 0, index + 1, moofBytes - 24, "traf");
  put(16, "tfhd", 0x02_00_00, 1);
  put(20, "tfdt", 0x01_00_00_00, Math.floor(decoded / 2 ** 32), decoded);
  put(trunBytes, "trun", 0x01_00_0f_01, samples.length, moofBytes + 8);
  samples.forEach((sample, order) => {
    const dts = times[order] ?? end;
    const until = times[order + 1] ?? Math.max(end, dts);
    const pts = sample.pts === firstShown ? start : Math.max(start, sample.pts);
    put(until - dts, sample.sizeBytes, sample.isKey ? keyFlags : otherFlags, pts - dts + delay);
  });
  put(dataBytes + 8, "mdat");
  return { index, parts: [head, ...parts], sizeBytes: head.length + dataBytes };
}

/**
 * Where pictures follow one another irregularly the delay may be too short for the order of some: nothing is decoded later than what comes
 * after it is shown.
 */
function decodingTimes(samples: readonly { readonly pts: number }[], times: number[], delay: number): number[] {
  let latest = Number.POSITIVE_INFINITY;
  for (let order = samples.length - 1; order > 0; order--) {
    latest = Math.min(latest, (samples[order]?.pts ?? latest) + delay);
    times[order] = Math.min(times[order] ?? latest, latest);
  }
  return times;
}

/** The bytes from `from` to before `to` of parts that lie one behind the other; nothing is copied. */
export function sliceParts(parts: readonly Uint8Array[], from: number, to: number): Uint8Array[] {
  const slices: Uint8Array[] = [];
  let at = 0;
  for (const part of parts) {
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, part.length);
    if (start < end) slices.push(start === 0 && end === part.length ? part : part.subarray(start, end));
    at += part.length;
    if (at >= to) break;
  }
  return slices;
}
