import { expect, test } from "bun:test";
import fc from "fast-check";
import { endOfDayMs, expiryFormOf, expiryMs, localDate } from "./expiry.ts";

const now = new Date(2026, 10, 23, 12).getTime();

test("an untouched end stays to the millisecond while it lies ahead", () => {
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 1, max: 3650 * 86_400_000 })), (inMs) => {
      const end = inMs === null ? null : now + inMs;
      expect(expiryMs(expiryFormOf(end), now, end)).toBe(end);
    }),
  );
});

test("a date means the whole day; none, or one that is over, means nothing", () => {
  expect(expiryMs({ expiry: "date", date: "2026-11-23" }, now, null)).toBe(endOfDayMs("2026-11-23"));
  expect(localDate(endOfDayMs("2026-11-23"))).toBe("2026-11-23");
  expect(expiryMs({ expiry: "date", date: "2026-11-22" }, now, null)).toBeNaN();
  expect(expiryMs({ expiry: "date", date: "" }, now, null)).toBeNaN();
  expect(expiryMs({ expiry: "week", date: "" }, now, null)).toBe(now + 7 * 86_400_000);
});
