import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { marked, progressed, serverTime, untouched } from "./rules.ts";

const hourMs = 3_600_000;
const at = (positionMs: number, atMs = 1_000, durationMs = hourMs) => ({ positionMs, durationMs, atMs });

describe("positions", () => {
  test("before 5 % there is none, after 90 % it is watched", () => {
    expect(progressed(untouched, at(0.04 * hourMs), false)).toMatchObject({ positionMs: null, isWatched: false });
    expect(progressed(untouched, at(0.5 * hourMs), false)).toMatchObject({
      positionMs: 0.5 * hourMs,
      isWatched: false,
    });
    const watched = progressed(untouched, at(0.95 * hourMs), false);
    expect(watched).toMatchObject({ positionMs: null, isWatched: true, playCount: 1 });
    expect(progressed(watched, at(hourMs, 2_000), true).playCount).toBe(1);
  });

  test("what is shorter than five minutes is watched, but not gone on with", () => {
    expect(progressed(untouched, at(100_000, 1, 200_000), false)).toMatchObject({ positionMs: null, isWatched: false });
    expect(progressed(untouched, at(190_000, 1, 200_000), false)).toMatchObject({ positionMs: null, isWatched: true });
  });

  test("an older position does not replace a newer one, whichever arrives first", () => {
    const times = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(times, fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 8, maxLength: 8 }), (when, parts) => {
        const saves = when.map((atMs, i) => at(Math.round(((parts[i] ?? 0) / 100) * hourMs), atMs));
        const one = saves.reduce((state, save) => progressed(state, save, true), untouched);
        const latest = Math.max(...when);
        expect(one.positionAtMs).toBe(latest);
        const last = saves.findLast(({ atMs }) => atMs === latest);
        expect(one.positionMs).toBe(progressed(untouched, last ?? at(0), true).positionMs);
      }),
    );
  });

  test("the clock of a device may be wrong by years: only how long ago it was counts", () => {
    const any = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(any, fc.integer({ min: -hourMs, max: 90 * 24 * hourMs }), any, (sentAtMs, ageMs, nowMs) => {
        const when = serverTime({ atMs: sentAtMs - ageMs, sentAtMs }, nowMs);
        expect(when).toBeLessThanOrEqual(nowMs);
        expect(when).toBeGreaterThanOrEqual(nowMs - 30 * 24 * hourMs);
        if (ageMs >= 0 && ageMs <= 30 * 24 * hourMs) expect(when).toBe(nowMs - ageMs);
      }),
    );
  });

  test("marked by hand, and back", () => {
    const half = progressed(untouched, at(0.5 * hourMs), false);
    const watched = marked(half, true, 5_000);
    expect(watched).toMatchObject({ positionMs: null, isWatched: true, playCount: 1 });
    expect(marked(watched, false, 6_000)).toMatchObject({ isWatched: false, playCount: 1 });
  });
});
