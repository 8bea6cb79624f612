import { expect, test } from "bun:test";
import { gridGapPx, layoutOf } from "./layout.ts";

test("a table has one column and a fixed line", () => {
  expect(layoutOf("table", 1000, false)).toEqual({ columns: 1, linePx: 44, tilePx: 0 });
  expect(layoutOf("table", 390, true).linePx).toBe(60);
});

test("tiles fill the width exactly", () => {
  for (const width of [320, 358, 800, 1184, 2400]) {
    const { columns, tilePx } = layoutOf("grid", width, width < 768);
    expect(columns * tilePx + (columns - 1) * gridGapPx).toBeCloseTo(width, 6);
    expect(columns).toBeGreaterThanOrEqual(2);
  }
  expect(layoutOf("grid", 358, true).columns).toBe(3);
});
