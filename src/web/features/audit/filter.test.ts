import { expect, test } from "bun:test";
import { exportUrl, filterOf, parseAuditSearch } from "./filter.ts";

test("the address of the page is read back, and what it does not know is left out", () => {
  const search = { text: "dav.put", outcome: "refused", person: 3, since: "day" } as const;
  expect(parseAuditSearch(search)).toEqual(search);
  expect(parseAuditSearch({ text: 42, outcome: "maybe", person: "x", since: "never" })).toEqual({ text: "42" });
  expect(parseAuditSearch({ text: "x".repeat(500) }).text).toHaveLength(200);
});

test("a span counts back from the full minute; without one everything is asked for", () => {
  expect(filterOf({ since: "hour" }, 3_600_000 + 90_000).fromMs).toBe(60_000);
  expect(filterOf({}, 90_000).fromMs).toBeUndefined();
});

test("an export is the same search under another address", () => {
  expect(exportUrl({ text: "a b", outcome: "failed" }, "csv")).toBe(
    "/api/audit/export?format=csv&text=a+b&outcome=failed",
  );
});
