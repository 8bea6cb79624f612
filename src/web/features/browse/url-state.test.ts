import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { carryOver, nextSort, parseFilesSearch, sortOf, sortSearch } from "./url-state.ts";

describe("parseFilesSearch", () => {
  test("keeps what it knows and drops the rest", () => {
    expect(
      parseFilesSearch({
        sort: "size",
        desc: true,
        view: "grid",
        filter: "a",
        preview: 3,
        at: 4,
        panel: "details",
        x: 1,
      }),
    ).toEqual({
      sort: "size",
      desc: true,
      view: "grid",
      filter: "a",
      preview: 3,
      at: 4,
      panel: "details",
    });
    expect(parseFilesSearch({ sort: "name", desc: "yes", view: 3, preview: -1, at: 1.5, panel: "x" })).toEqual({});
  });

  test("never throws and is stable", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (search) => {
        const once = parseFilesSearch(search);
        expect(parseFilesSearch({ ...once })).toEqual(once);
      }),
    );
  });
});

test("a sort survives the address", () => {
  for (const key of ["name", "size", "modified"] as const)
    for (const descending of [true, false])
      expect(sortOf(sortSearch({ key, descending }))).toEqual({ key, descending });
});

test("a column starts in its natural direction and then turns round", () => {
  const bySize = nextSort({ key: "name", descending: false }, "size");
  expect(bySize).toEqual({ key: "size", descending: true });
  expect(nextSort(bySize, "size")).toEqual({ key: "size", descending: false });
});

test("another folder keeps sort, view and panel only", () => {
  expect(
    carryOver({ sort: "size", desc: true, filter: "a", preview: 2, at: 1, view: "grid", panel: "details" }),
  ).toEqual({
    sort: "size",
    desc: true,
    view: "grid",
    panel: "details",
  });
});
