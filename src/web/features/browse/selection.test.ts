import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Node } from "#contract/apps/files/browse";
import { allRows, rowsOf } from "./rows.ts";
import {
  clear,
  cursorAfter,
  noSelection,
  rangeTo,
  refresh,
  selectOnly,
  selectRange,
  toggle,
  type Selection,
} from "./selection.ts";

const node = (id: number): Node => ({
  id,
  spaceId: 1,
  parentId: 1,
  name: `n${id}`,
  kind: "file",
  sizeBytes: 0,
  count: 0,
  modifiedAtMs: 0,
  mime: "",
  etag: "",
  hasPreview: false,
  shared: false,
  canWrite: true,
  canShare: true,
});
const list = Array.from({ length: 20 }, (_, index) => node(100 + index));
const at = (index: number): Node => list[index] ?? node(0);
const ids = (selection: Selection): number[] => [...selection.nodes.keys()];

function extend(selection: Selection, index: number): Selection {
  const { from, to } = rangeTo(selection, index);
  return selectRange(selection, index, list.slice(from, to));
}

describe("selection", () => {
  test("Shift pivots around the anchor, as desktops do", () => {
    const start = selectOnly(5, at(5));
    expect(ids(extend(start, 8))).toEqual([105, 106, 107, 108]);
    expect(ids(extend(extend(start, 8), 3))).toEqual([103, 104, 105]);
  });

  test("Ctrl toggles and moves the anchor", () => {
    const two = toggle(selectOnly(1, at(1)), 4, at(4));
    expect(ids(two)).toEqual([101, 104]);
    expect(ids(toggle(two, 4, at(4)))).toEqual([101]);
    expect(ids(extend(two, 6))).toEqual([104, 105, 106]);
  });

  test("clear keeps the cursor", () => {
    expect(clear(selectOnly(7, at(7)))).toEqual({ nodes: new Map(), cursor: 7, anchor: 7 });
  });

  test("refresh drops what is gone, renews what changed and keeps identity otherwise", () => {
    const two = toggle(selectOnly(1, at(1)), 4, at(4));
    expect(refresh(two, () => undefined)).toBe(two);
    expect(ids(refresh(two, (id) => (id === 101 ? null : undefined)))).toEqual([104]);
    const renamed = { ...at(4), name: "new" };
    expect(refresh(two, (id) => (id === 104 ? renamed : undefined)).nodes.get(104)).toBe(renamed);
  });
});

describe("cursorAfter", () => {
  const shape = { total: 10, columns: 4, linesPerPage: 2 };
  test("moves in a grid and stops at the edges", () => {
    expect(cursorAfter("ArrowDown", null, shape)).toBe(0);
    expect(cursorAfter("ArrowDown", 1, shape)).toBe(5);
    expect(cursorAfter("ArrowUp", 1, shape)).toBe(1);
    expect(cursorAfter("ArrowDown", 7, shape)).toBe(9);
    expect(cursorAfter("End", 0, shape)).toBe(9);
    expect(cursorAfter("ArrowRight", 3, { ...shape, columns: 1 })).toBeNull();
    expect(cursorAfter("x", 1, shape)).toBeNull();
  });

  test("never leaves the list", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(499),
        (key, total, columns, start) => {
          const next = cursorAfter(key, start % total, { total, columns, linesPerPage: 5 });
          expect(next === null || (next >= 0 && next < total)).toBe(true);
        },
      ),
    );
  });
});

test("a range beyond what is loaded is loaded", async () => {
  const partial = {
    total: 20,
    get: (index: number) => (index < 5 ? at(index) : undefined),
    load: async (from: number, to: number) => list.slice(from, to),
  };
  expect(await allRows(partial, 2, 9)).toHaveLength(7);
  expect(await allRows(rowsOf(list), 15, 99)).toHaveLength(5);
  expect(noSelection.nodes.size).toBe(0);
});
