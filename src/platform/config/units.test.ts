import { expect, test } from "bun:test";
import fc from "fast-check";
import { editDistance, nearest } from "./nearest.ts";
import { parseDurationMs, parseListen, parseSizeBytes } from "./units.ts";

test("sizes are binary with an i and decimal without", () => {
  expect(parseSizeBytes("2 GiB")).toBe(2_147_483_648);
  expect(parseSizeBytes("2GB")).toBe(2_000_000_000);
  expect(parseSizeBytes("1.5 kib")).toBe(1536);
  for (const text of ["", "2", "GiB", "-1 GB", "2 GiB x", "9999999 PiB", "1 constructor", "1e3 B"]) {
    expect(parseSizeBytes(text)).toBeUndefined();
  }
});

test("lengths of time", () => {
  expect(parseDurationMs("30 days")).toBe(30 * 86_400_000);
  expect(parseDurationMs("250ms")).toBe(250);
  expect(parseDurationMs("1.5 h")).toBe(5_400_000);
  expect(parseDurationMs("30 m")).toBeUndefined();
});

test("listen addresses", () => {
  expect(parseListen("0.0.0.0:8420")).toEqual({ hostname: "0.0.0.0", port: 8420 });
  expect(parseListen("[::1]:0")).toEqual({ hostname: "::1", port: 0 });
  for (const text of ["8420", ":8420", "::1:80", "a:65536", "a:b", "a b:1"]) expect(parseListen(text)).toBeUndefined();
});

test("whatever is parsed is a whole number of bytes", () => {
  const unit = fc.constantFrom("B", "kB", "MiB", "GB", "TiB");
  fc.assert(fc.property(fc.nat(1000), unit, (count, name) => Number.isSafeInteger(parseSizeBytes(`${count} ${name}`))));
});

test("edit distance is a metric as far as we need: zero for the same, symmetric, at most the longer word", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
  expect(editDistance("durabilty", "durability")).toBe(1);
  expect(editDistance("lisetn", "listen")).toBe(1);
  expect(nearest("tsl", ["tls", "listen"])).toBe("tls");
  expect(nearest("zebra", ["tls", "listen"])).toBeUndefined();
});
