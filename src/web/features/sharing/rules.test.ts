import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Link } from "#contract/apps/files/links";
import { endOfDayMs, localDate } from "#web/ui/expiry.ts";
import { endedBy, formOf, newLinkForm, rulesOf } from "./rules.ts";

const now = new Date(2026, 10, 23, 12).getTime();
const link: Link = {
  id: "l1",
  nodeId: 1,
  name: "x",
  url: "/s/x",
  mode: "view",
  hasPassword: true,
  expiresAtMs: new Date(2026, 10, 30, 15).getTime(),
  downloadLimit: 3,
  downloads: 1,
  createdAtMs: 0,
  lastUsedAtMs: null,
};

test("an untouched form of a link that still works changes nothing", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Link["mode"]>("view", "upload"),
      fc.boolean(),
      fc.option(fc.integer({ min: 1, max: 3650 * 86_400_000 })),
      fc.option(fc.integer({ min: 1, max: 1e6 })),
      (mode, hasPassword, expiresInMs, downloadLimit) => {
        const expiresAtMs = expiresInMs === null ? null : now + expiresInMs;
        const given: Link = { ...link, mode, hasPassword, expiresAtMs, downloadLimit };
        expect(rulesOf(formOf(given), now, given)).toEqual({
          rules: { mode, password: hasPassword ? undefined : null, expiresAtMs, downloadLimit },
        });
      },
    ),
  );
});

test("what cannot be meant is named", () => {
  expect(rulesOf({ ...newLinkForm, passwordOn: true, password: "abc" }, now, null)).toEqual({ problem: "password" });
  expect(rulesOf({ ...newLinkForm, expiry: "date", date: "2026-11-22" }, now, null)).toEqual({ problem: "date" });
  expect(rulesOf({ ...newLinkForm, expiry: "date", date: "" }, now, null)).toEqual({ problem: "date" });
  expect(rulesOf({ ...newLinkForm, limit: "0" }, now, null)).toEqual({ problem: "limit" });
  expect(rulesOf({ ...newLinkForm, limit: "2.5" }, now, null)).toEqual({ problem: "limit" });
});

test("a date means the whole day, and taking the password off means no password", () => {
  expect(rulesOf({ ...newLinkForm, expiry: "date", date: "2026-11-23" }, now, null)).toMatchObject({
    rules: { expiresAtMs: endOfDayMs("2026-11-23"), password: null },
  });
  expect(localDate(endOfDayMs("2026-11-23"))).toBe("2026-11-23");
  expect(rulesOf({ ...formOf(link), passwordOn: false }, now, link)).toMatchObject({ rules: { password: null } });
});

test("a link ends by its date or its downloads", () => {
  expect(endedBy(link, now)).toBeNull();
  expect(endedBy({ ...link, expiresAtMs: now }, now)).toBe("expired");
  expect(endedBy({ ...link, downloads: 3 }, now)).toBe("limit");
});
