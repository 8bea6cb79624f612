import { expect, test } from "bun:test";
import fc from "fast-check";
import { quotaFromText, quotaToText, readablePassword } from "./quota.ts";

test("a limit is read as typed, with comma or point; nonsense is refused", () => {
  expect(quotaFromText(" ")).toBeNull();
  expect(quotaFromText("1,5")).toBe(1.5 * 1024 ** 3);
  for (const bad of ["0", "-1", "x", "1e99"]) expect(quotaFromText(bad)).toBeUndefined();
});

test("a limit survives the field to a thousandth of a GiB", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1024 ** 3, max: 2 ** 50 }), (bytes) => {
      expect(Math.abs((quotaFromText(quotaToText(bytes)) ?? 0) - bytes)).toBeLessThanOrEqual(1024 ** 3 / 1000);
    }),
  );
});

test("a suggested password has four groups and no look-alikes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (random) => {
      expect(readablePassword(random)).toMatch(/^([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$/);
    }),
  );
});
