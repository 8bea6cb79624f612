import { expect, test } from "bun:test";
import fc from "fast-check";
import { diffLines, linesOf, withGaps } from "./diff.ts";

const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 });

/** Length of the longest common subsequence, the slow and certain way. */
function commonLength(before: readonly string[], after: readonly string[]): number {
  let row = Array.from({ length: after.length + 1 }, () => 0);
  for (const line of before) {
    const next = [0];
    for (const [index, other] of after.entries())
      next.push(line === other ? (row[index] ?? 0) + 1 : Math.max(next[index] ?? 0, row[index + 1] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

test("both texts can be read from a comparison, and no shorter one would do", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const left = lines.filter(({ kind }) => kind !== "added");
      const right = lines.filter(({ kind }) => kind !== "removed");
      expect(left.map((line) => line.text)).toEqual(before);
      expect(right.map((line) => line.text)).toEqual(after);
      expect(left.map(({ oldNumber }) => oldNumber)).toEqual(before.map((_, index) => index + 1));
      expect(right.map(({ newNumber }) => newNumber)).toEqual(after.map((_, index) => index + 1));
      expect(lines.filter(({ kind }) => kind === "same")).toHaveLength(commonLength(before, after));
    }),
    { numRuns: 300 },
  );
});

test("long texts that have nothing in common are shown one after the other", () => {
  const before = Array.from({ length: 5000 }, (_, index) => `old ${index}`);
  const after = Array.from({ length: 5000 }, (_, index) => `new ${index}`);
  const lines = diffLines(["same", ...before], ["same", ...after]);
  expect(lines).toHaveLength(10_001);
  expect(lines[5000]?.kind).toBe("removed");
  expect(lines[5001]?.kind).toBe("added");
});

test("what is alike for long is left out, and said", () => {
  const before = Array.from({ length: 100 }, (_, index) => String(index));
  const shown = withGaps(diffLines(before, before.with(50, "x")));
  expect(shown.map((line) => (line.kind === "gap" ? line.count : line.text))).toEqual([
    ...[47, "47", "48", "49", "50", "x", "51", "52", "53", 46],
  ]);
  expect(withGaps(diffLines(before, before))).toEqual([]);
  expect(linesOf("a\r\nb\n")).toEqual(["a", "b"]);
  expect(linesOf("")).toEqual([]);
});
