import { describe, expect, test } from "bun:test";
import { matches, wordsOf } from "./name-filter.ts";
import { pagesOf } from "./pages.ts";

describe("pagesOf", () => {
  test("holds page 0 and what is on the screen", () => {
    expect(pagesOf({ from: 0, to: 30 }, 100)).toEqual([0]);
    expect(pagesOf({ from: 90, to: 130 }, 100)).toEqual([0, 1]);
    expect(pagesOf({ from: 930, to: 1001 }, 100)).toEqual([0, 9, 10]);
    expect(pagesOf({ from: 100, to: 200 }, 100, false)).toEqual([1]);
    expect(pagesOf({ from: 5, to: 5 }, 100, false)).toEqual([0]);
  });
});

test("a filter ignores case, accents and the order of words", () => {
  expect(matches("Übersicht Müller 2026.pdf", wordsOf("muller uber"))).toBe(true);
  expect(matches("Übersicht.pdf", wordsOf("2026"))).toBe(false);
  expect(wordsOf("   ")).toEqual([]);
});
