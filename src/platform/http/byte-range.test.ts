import { expect, test } from "bun:test";
import fc from "fast-check";
import { type ByteRange, parseRange } from "./byte-range.ts";

const cases: readonly [string | null, number, ByteRange | "whole" | "unsatisfiable"][] = [
  [null, 10, "whole"],
  ["bytes=0-0", 10, { start: 0, end: 0 }],
  ["bytes=2-", 10, { start: 2, end: 9 }],
  ["bytes=-3", 10, { start: 7, end: 9 }],
  ["bytes=-30", 10, { start: 0, end: 9 }],
  ["bytes=5-999", 10, { start: 5, end: 9 }],
  ["Bytes = 1-2 ", 10, { start: 1, end: 2 }],
  ["bytes=10-", 10, "unsatisfiable"],
  ["bytes=-0", 10, "unsatisfiable"],
  ["bytes=0-", 0, "unsatisfiable"],
  ["bytes=-1", 0, "unsatisfiable"],
  ["bytes=99999999999999999999999-", 10, "unsatisfiable"],
  ["bytes=5-2", 10, "whole"],
  ["bytes=-", 10, "whole"],
  ["bytes=0-1,3-4", 10, "whole"],
  ["bytes=a-b", 10, "whole"],
  ["lines=0-1", 10, "whole"],
];
test.each(cases)("%p of %p bytes", (header, sizeBytes, expected) => {
  expect(parseRange(header, sizeBytes)).toEqual(expected);
});

test("a range lies inside the file, whatever the header holds", () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,20}-\d{0,20}$/));
  fc.assert(
    fc.property(header, fc.nat(), (text, sizeBytes) => {
      const range = parseRange(text, sizeBytes);
      if (typeof range === "string") return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.end).toBeGreaterThanOrEqual(range.start);
      expect(range.end).toBeLessThan(sizeBytes);
    }),
  );
});
