import { expect, test } from "bun:test";
import { type ConditionResult, evaluateConditions, ifRangeHolds } from "./conditions.ts";

const current = { etag: "abc", modifiedAtMs: Date.parse("2026-03-02T09:08:07.600Z") };
const at = "Mon, 02 Mar 2026 09:08:07 GMT";
const before = "Mon, 02 Mar 2026 09:08:06 GMT";
const ask = (headers: Record<string, string>, method = "GET") => new Request("http://h/", { method, headers });

const reads: readonly [Record<string, string>, ConditionResult][] = [
  [{}, "proceed"],
  [{ "if-match": '"abc"' }, "proceed"],
  [{ "if-match": '"x", "abc"' }, "proceed"],
  [{ "if-match": 'W/"abc"' }, "failed"],
  [{ "if-match": "*" }, "proceed"],
  [{ "if-match": '"abc"', "if-unmodified-since": before }, "proceed"],
  [{ "if-unmodified-since": at }, "proceed"],
  [{ "if-unmodified-since": before }, "failed"],
  [{ "if-unmodified-since": "yesterday-ish" }, "proceed"],
  [{ "if-none-match": '"abc"' }, "not-modified"],
  [{ "if-none-match": 'W/"abc"' }, "not-modified"],
  [{ "if-none-match": "*" }, "not-modified"],
  [{ "if-none-match": '"x"', "if-modified-since": at }, "proceed"],
  [{ "if-modified-since": at }, "not-modified"],
  [{ "if-modified-since": before }, "proceed"],
  [{ "if-match": '"x"', "if-none-match": '"abc"' }, "failed"],
];
test.each(reads)("GET with %p: %p", (headers, expected) => {
  expect(evaluateConditions(ask(headers), current)).toBe(expected);
});

const writes: readonly [Record<string, string>, ConditionResult, ConditionResult][] = [
  [{ "if-none-match": "*" }, "failed", "proceed"],
  [{ "if-match": "*" }, "proceed", "failed"],
  [{ "if-none-match": '"abc"' }, "failed", "proceed"],
  [{ "if-modified-since": at }, "proceed", "proceed"],
  [{ "if-unmodified-since": at }, "proceed", "failed"],
];
test.each(writes)("PUT with %p over a file: %p, as a new one: %p", (headers, over, fresh) => {
  expect(evaluateConditions(ask(headers, "PUT"), current)).toBe(over);
  expect(evaluateConditions(ask(headers, "PUT"), undefined)).toBe(fresh);
});

test("If-Range holds for the strong etag and for the very second", () => {
  const holds = (value: string) => ifRangeHolds(ask({ "if-range": value }), current);
  expect(['"abc"', 'W/"abc"', '"x"', at, before, "junk"].map(holds)).toEqual([true, false, false, true, false, false]);
});
