import { expect, test } from "bun:test";
import fc from "fast-check";
import { layoutOf, measures, rowAt, rowOf } from "./layout.ts";
import { cellsOf, monthAt, type Shape, shapeOf } from "./shape.ts";
import { parsePhotosSearch, viewOf } from "./url-state.ts";

const shapeWith = (counts: readonly number[]): Shape => {
  let at = 0;
  const months = counts.map((count, order) => ({ month: 24_000 - order, start: at, end: (at += count) }));
  const ratios = Float32Array.from({ length: at }, (_, index) => 0.5 + ((index * 7) % 11) / 5);
  const startsDay = Uint8Array.from({ length: at }, (_, index) => (index % 4 === 0 ? 1 : 0));
  return { version: "1", total: at, ratios, months, startsDay, dayOf: new Uint8Array(at).fill(1) };
};

test("rows hold every picture once, in order, never wider than the page nor higher than wanted", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 200, max: 2000 }),
      fc.integer({ min: 80, max: 300 }),
      (counts, width, wanted) => {
        const shape = shapeWith(counts);
        const layout = layoutOf(shape, width, wanted);
        let before = 0;
        for (let row = 0; row < layout.rowCount; row += 1) {
          const [start = 0, end = 0] = [layout.starts[row], layout.starts[row + 1]];
          expect(start).toBe(before);
          expect(end).toBeGreaterThan(start);
          before = end;
          const height = layout.heights[row] ?? 0;
          const sum = shape.ratios.subarray(start, end).reduce((a, b) => a + b, 0);
          expect(sum * height + (end - start - 1) * measures.gap).toBeLessThanOrEqual(width + 0.5);
          expect(height).toBeLessThanOrEqual(wanted + 0.01);
          expect(monthAt(shape, start)).toBe(monthAt(shape, end - 1));
          expect(rowAt(layout, (layout.tops[row] ?? 0) + 1)).toBe(row);
          expect(rowOf(layout, end - 1)).toBe(row);
        }
        expect(before).toBe(shape.total);
      },
    ),
  );
});

test("what the server writes in columns is read", () => {
  const shape = shapeOf({
    version: "v",
    total: 3,
    months: [
      { month: 24_290, days: [31, 2], counts: [1, 1], ratios: "f_" },
      { month: 24_289, days: [1], counts: [1], ratios: "A" },
    ],
  });
  expect(shape.months).toEqual([
    { month: 24_290, start: 0, end: 2 },
    { month: 24_289, start: 2, end: 3 },
  ]);
  expect([...shape.startsDay]).toEqual([1, 1, 1]);
  expect([...shape.dayOf]).toEqual([31, 2, 1]);
  expect([...shape.ratios].map((ratio) => Math.round(ratio * 100) / 100)).toEqual([0.98, 4, 0.25]);
  const cells = cellsOf({
    idSteps: [7, -2],
    hashes: `${"A".repeat(32)}${"x".repeat(32)}`,
    marks: "AF",
    revisions: "abcd",
  });
  expect(cells).toEqual([
    { id: 7, hash: null, flags: 0, revision: "ab" },
    { id: 5, hash: "x".repeat(32), flags: 5, revision: "cd" },
  ]);
});

test("the address says what is shown, and nothing else gets through", () => {
  expect(viewOf(parsePhotosSearch({}))).toEqual({ kind: "all" });
  expect(viewOf(parsePhotosSearch({ show: "favourites" }))).toEqual({ kind: "favourites" });
  expect(viewOf(parsePhotosSearch({ q: 2024 }))).toEqual({ kind: "search", text: "2024" });
  expect(viewOf(parsePhotosSearch({ day: "02-29" }))).toEqual({ kind: "day", month: 2, day: 29 });
  expect(viewOf(parsePhotosSearch({ area: "1,2,3,4" }))).toEqual({
    kind: "area",
    west: 1,
    south: 2,
    east: 3,
    north: 4,
  });
  expect(parsePhotosSearch({ area: "1,2,3", day: "13-40", album: -1, item: "x", show: "no", tab: 7 })).toEqual({});
});
