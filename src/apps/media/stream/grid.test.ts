import { expect, test } from "bun:test";
import fc from "fast-check";
import type { KeyframeIndex } from "#apps/media/probe";
import { gridOfKeyframes, maxKeyGapSeconds, soundGrid, uniformGrid } from "./grid.ts";

const index = (pts: number[], more: Partial<KeyframeIndex> = {}): KeyframeIndex => ({
  streamIndex: 0,
  timeBase: [1, 1000],
  pts,
  endPts: (pts.at(-1) ?? 0) + 1000,
  open: [],
  bytes: [],
  ...more,
});

test("short segments first, then those nearest to four seconds, always on key pictures", () => {
  const keys = Array.from({ length: 40 }, (_, at) => 500 + at * 1000);
  const grid = gridOfKeyframes(index(keys));
  expect(grid?.originTicks).toBe(500 * 90);
  expect(grid?.starts.slice(0, 5).map((tick) => tick / 90_000)).toEqual([0, 2, 4, 8, 12]);
  expect(grid?.end).toBe(40 * 90_000);
});

test("the clock holds every time of the file as a whole number", () => {
  const ntsc = index([0, 2002, 4004, 6006], { timeBase: [1001, 30_000], endPts: 7000 });
  expect(gridOfKeyframes({ ...ntsc, pts: [0, 60, 120], endPts: 180 })).toMatchObject({
    ticksPerSecond: 90_000,
    starts: [0, 180_180, 360_360],
    end: 540_540,
  });
  const film = index([0, 48, 96], { timeBase: [1001, 24_000], endPts: 144 });
  expect(gridOfKeyframes(film)).toMatchObject({ ticksPerSecond: 24_000, starts: [0, 48_048, 96_096], end: 144_144 });
  expect(gridOfKeyframes(index([0, 24, 48], { timeBase: [1, 24], endPts: 72 }))?.ticksPerSecond).toBe(90_000 / 1);
});

test("key pictures that need no earlier one are preferred; an open one begins with what it shows first", () => {
  const open = [1, 3];
  const grid = gridOfKeyframes(index([0, 2000, 3000, 7000], { open, leadPts: [1920, 6920], endPts: 12_000 }));
  expect(grid?.keys.map((tick) => tick / 90)).toEqual([0, 3000, 7000]);
  expect(grid?.starts.map((tick) => tick / 90)).toEqual([0, 3000, 6920]);
});

test("key pictures too far apart give no grid, and neither do none", () => {
  expect(gridOfKeyframes(index([0, (maxKeyGapSeconds + 1) * 1000]))).toBeUndefined();
  expect(gridOfKeyframes(index([0], { endPts: (maxKeyGapSeconds + 1) * 1000 }))).toBeUndefined();
  expect(gridOfKeyframes(index([0], { endPts: 400 }))?.starts).toEqual([0]);
  expect(gridOfKeyframes(index([]))).toBeUndefined();
});

test("of any key pictures: ordered, whole, each segment a key picture, none longer than a player bears, bytes all there", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 11_900 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: -5000, max: 5_000_000 }),
      fc.integer({ min: 1, max: 11_900 }),
      (steps, first, last) => {
        const pts = [first];
        for (const step of steps) pts.push((pts.at(-1) ?? 0) + step);
        const endPts = (pts.at(-1) ?? 0) + last;
        const grid = gridOfKeyframes(index(pts, { endPts, bytes: pts.map(() => 7) }));
        if (grid === undefined) return;
        const known = new Set(pts.map((pt) => (pt - first) * 90));
        expect(grid.starts[0]).toBe(0);
        for (const [at, start] of grid.starts.entries()) {
          const end = grid.starts[at + 1] ?? grid.end;
          expect(known.has(start)).toBe(true);
          expect(end).toBeGreaterThan(start);
          expect(end - start).toBeLessThanOrEqual(maxKeyGapSeconds * 90_000);
        }
        expect(grid.bytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(7 * pts.length);
      },
    ),
  );
});

test("a regular grid lies on whole pictures and ends with the film", () => {
  const grid = uniformGrid({
    ticksPerSecond: 24_000,
    originTicks: 0,
    endTicks: 24_000 * 100,
    frameRate: [24_000, 1001],
  });
  for (const start of grid.starts) expect(start % 1001).toBe(0);
  expect(grid.isCopyable).toBe(false);
  expect(grid.end).toBe(2_400_000);
  expect(grid.starts.slice(0, 4).map((tick) => tick / 1001)).toEqual([0, 48, 96, 192]);
});

test("sound is cut on whole packets, also for hours", () => {
  expect(soundGrid("aac", 48_000, 20)).toMatchObject({ samplesPerSegment: 188 * 1024, count: 5, end: 960_000 });
  expect(soundGrid("ac3", 48_000, 7200)).toMatchObject({ samplesPerSegment: 125 * 1536, count: 1800 });
  expect(soundGrid("truehd", 48_000, 0.5).count).toBe(1);
  // Packets lie where the file has them: half a packet to either side of the line at most.
  const phases = [0, -0.005, 0.03, 2.003].map((first) => soundGrid("ac3", 48_000, 20, first).phase);
  expect(phases).toEqual([0, -240, -96, 96_144 - 63 * 1536]);
});
