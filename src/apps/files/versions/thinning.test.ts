import { expect, test } from "bun:test";
import fc from "fast-check";
import { budgetOf, toThin } from "./thinning.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = 1_795_000_000_000;

/** The spans that the rule speaks of, said another way: what a kept version stands for. */
function spanOf(ageMs: number, atMs: number): string {
  if (ageMs <= hourMs) return `all ${atMs}`;
  if (ageMs <= dayMs) return `hour ${Math.floor(atMs / hourMs)}`;
  if (ageMs <= 30 * dayMs) return `day ${Math.floor(atMs / dayMs)}`;
  return `week ${Math.floor(atMs / (7 * dayMs))}`;
}

const history = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 2 * hourMs }), fc.integer({ min: 0, max: 500 * dayMs })), {
    maxLength: 200,
  })
  .map((ages) =>
    ages.toSorted((a, b) => b - a).map((age, index) => ({ number: index + 1, replacedAtMs: nowMs - age })),
  );

test("one version per span stays, the last of it; all of the last hour; none that is too old", () => {
  fc.assert(
    fc.property(history, (versions) => {
      const gone = new Set(toThin(versions, nowMs, 365));
      const kept = versions.filter((version) => !gone.has(version));
      const live = versions.filter(({ replacedAtMs }) => nowMs - replacedAtMs <= 365 * dayMs);
      const last = new Map<string, number>();
      for (const { number, replacedAtMs } of live) {
        const isRecent = nowMs - replacedAtMs <= hourMs;
        last.set(isRecent ? `version ${number}` : spanOf(nowMs - replacedAtMs, replacedAtMs), number);
      }
      expect(kept.map(({ number }) => number)).toEqual([...last.values()].toSorted((a, b) => a - b));
      expect(toThin(kept, nowMs, 365)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("thinning often keeps no less than thinning once", () => {
  fc.assert(
    fc.property(history, fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }), (versions, days) => {
      let kept = versions;
      let atMs = nowMs;
      for (const day of days) {
        atMs += day * dayMs;
        const gone = new Set(toThin(kept, atMs, 1000));
        kept = kept.filter((version) => !gone.has(version));
      }
      const once = new Set(toThin(versions, atMs, 1000));
      if (days.length > 0) expect(kept).toEqual(versions.filter((version) => !once.has(version)));
    }),
    { numRuns: 100 },
  );
});

test("the budget is a share, what is left of the quota, and never more than the disk has", () => {
  const room = { usedBytes: 30, versionBytes: 10, quotaBytes: 100, freeBytes: 1000 };
  expect(budgetOf(room, 0.5)).toBe(50);
  expect(budgetOf({ ...room, usedBytes: 80 }, 0.5)).toBe(20);
  expect(budgetOf({ ...room, usedBytes: 130 }, 0.5)).toBe(0);
  expect(budgetOf({ ...room, quotaBytes: null }, 0.5)).toBe(505);
  expect(budgetOf({ ...room, freeBytes: 10 }, 0.5)).toBe(10);
  expect(budgetOf(room, 0)).toBe(0);
});
