import { expect, test } from "bun:test";
import fc from "fast-check";
import { errorTable, type ErrorCode } from "#wire";
import { backoffMs, judge, type AttemptError } from "./failure.ts";

const error = (change: Partial<AttemptError>): AttemptError => ({
  status: 0,
  code: null,
  detail: "",
  errorId: null,
  unreadable: false,
  ...change,
});

test("a lost line is tried again, a taken name is a question, a full disk needs a person", () => {
  expect(judge(error({}))).toMatchObject({ verdict: "retry", failure: { reason: "offline" } });
  expect(judge(error({ status: 409, code: "exists" }))).toEqual({ verdict: "name-taken" });
  expect(judge(error({ status: 507, code: "disk-full", errorId: "e1" }))).toMatchObject({
    verdict: "fail",
    failure: { reason: "diskFull", errorId: "e1" },
  });
  expect(judge(error({ status: 502 }))).toMatchObject({ verdict: "retry" });
  expect(judge(error({ unreadable: true }))).toMatchObject({ verdict: "fail", failure: { reason: "unreadable" } });
});

test("every code of the table has a verdict, and only passing ones are retried", () => {
  const retried = (Object.keys(errorTable) as ErrorCode[]).filter(
    (code) => judge(error({ code, status: errorTable[code].status })).verdict === "retry",
  );
  expect(retried.toSorted()).toEqual(["internal", "locked", "storage-offline", "too-many-requests", "unavailable"]);
});

test("the wait grows with the attempt and stays between half a second and a minute", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const wait = backoffMs(attempt, random);
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(60_000);
      expect(backoffMs(attempt + 1, random)).toBeGreaterThanOrEqual(wait);
    }),
  );
});
