import { Buffer } from "node:buffer";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { originOffsetSeconds } from "./arguments.ts";
import { createCutter } from "./cutter.ts";
import { soundGrid } from "./grid.ts";
import type { SoundRecipe } from "./recipe.ts";
import type { Segment } from "./segment.ts";

const rate = 48_000;

const recipeOf = (codec: string, seconds: number, firstSeconds = 0): SoundRecipe => ({
  ...{ kind: "sound", streamIndex: 1, codec, grid: soundGrid(codec, rate, seconds), originSeconds: 0 },
  ...{ sourceRate: rate, sourceClock: null, firstSeconds, encode: null },
});

/** When a segment begins and ends, in samples: `tfdt`, and that with all durations of its `trun`. */
function spanOf({ parts: [head] }: Segment): { start: number; end: number } {
  const bytes = Buffer.from(head ?? []);
  const start = bytes.readUInt32BE(64) - originOffsetSeconds * rate;
  let end = start;
  for (let at = 88; at < bytes.length - 8; at += 16) end += bytes.readUInt32BE(at);
  return { start, end };
}

/** All segments of a track of packets of one length that begins somewhere and ends somewhere. */
function cut(codec: string, packet: number, seconds: number, from: number, until: number): Segment[] {
  const cutter = createCutter(recipeOf(codec, seconds, from / rate), 0);
  const segments: Segment[] = [];
  for (let pts = from; pts < until; pts += packet) {
    const sample = { pts: pts + originOffsetSeconds * rate, durationTicks: packet, sizeBytes: 1, isKey: true };
    segments.push(...cutter.push([sample], [new Uint8Array(1)]));
  }
  return [...segments, ...cutter.end()];
}

test("copied sound has no gap between its segments, however long its packets are", () => {
  const packets = { flac: 4608, vorbis: 1024, dts: 512, aac: 1024, ac3: 1536, opus: 960 };
  const any = fc.record({
    codec: fc.constantFrom(...(Object.keys(packets) as (keyof typeof packets)[])),
    seconds: fc.double({ min: 10, max: 60, noNaN: true }),
  });
  fc.assert(
    fc.property(any, ({ codec, seconds }) => {
      const spans = cut(codec, packets[codec], seconds, 0, seconds * rate).map(spanOf);
      spans.slice(1).forEach(({ start }, at) => expect(start).toBe(spans[at]?.end ?? -1));
      expect(spans.at(-1)?.end).toBe(Math.round(seconds * rate));
    }),
  );
});

test("sound that ends a little before the picture lasts until its end, one that ends long before does not", () => {
  const ends = [0.01, 0.06, 0.45, 1].map(
    (rest) =>
      cut("ac3", 1536, 20, 0, (20 - rest) * rate)
        .map(spanOf)
        .at(-1)?.end,
  );
  expect(ends.map((end) => end === 20 * rate)).toEqual([true, true, true, false]);
});
