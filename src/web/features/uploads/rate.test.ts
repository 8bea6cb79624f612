import { expect, test } from "bun:test";
import fc from "fast-check";
import { emptyRate, etaMs, sampleRate } from "./rate.ts";

test("a constant speed is measured exactly, whatever the sampling", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(fc.integer({ min: 200, max: 5000 }), { minLength: 1, maxLength: 50 }),
      (bytesPerMs, steps) => {
        let now = 0;
        let rate = sampleRate(emptyRate, now, 0, 0);
        for (const step of steps) {
          now += step;
          rate = sampleRate(rate, now, now * bytesPerMs, 0);
        }
        expect(rate.bytesPerSecond / (bytesPerMs * 1000)).toBeCloseTo(1, 6);
      },
    ),
  );
});

test("whatever is measured, speed and estimate are finite and not negative", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.nat(10_000_000), fc.nat(20)), { maxLength: 40 }),
      fc.nat(1_000_000_000),
      fc.nat(1000),
      (samples, remainingBytes, remainingFiles) => {
        let [now, sent, done] = [0, 0, 0];
        let rate = sampleRate(emptyRate, 0, 0, 0);
        for (const [step, bytes, files] of samples) {
          [now, sent, done] = [now + step, sent + bytes, done + files];
          rate = sampleRate(rate, now, sent, done);
        }
        const eta = etaMs(rate, remainingBytes, remainingFiles);
        if (eta !== null) expect(eta).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(rate.bytesPerSecond)).toBe(true);
        expect(rate.bytesPerSecond).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test("many small files are estimated by their number, a film beside them by its bytes", () => {
  let rate = sampleRate(emptyRate, 0, 0, 0);
  for (let second = 1; second <= 10; second++) rate = sampleRate(rate, second * 1000, second * 1_000_000, second * 50);
  expect(etaMs(rate, 0, 500)).toBeCloseTo(10_000, -1);
  expect(etaMs(rate, 60_000_000, 500)).toBeCloseTo(60_000, -1);
  expect(etaMs(rate, 1_000_000, 500)).toBeCloseTo(10_000, -1);
});

test("films alone are estimated by bytes although small files wait, and a dead line by nothing", () => {
  let rate = sampleRate(emptyRate, 0, 0, 0);
  for (let second = 1; second <= 10; second++) rate = sampleRate(rate, second * 1000, second * 1_000_000, 0);
  expect(etaMs(rate, 10_000_000, 5)).toBeCloseTo(10_000, -1);
  let dead = sampleRate(emptyRate, 0, 0, 0);
  for (let second = 1; second <= 10; second++) dead = sampleRate(dead, second * 1000, 0, 0);
  expect(etaMs(dead, 10_000_000, 5)).toBeNull();
});

test("nothing is claimed before there is something to claim, and a stall fades the speed out", () => {
  let rate = sampleRate(emptyRate, 0, 0, 0);
  expect(etaMs(rate, 100, 1)).toBeNull();
  expect(etaMs(rate, 0, 0)).toBe(0);
  for (let at = 500; at <= 5000; at += 500) rate = sampleRate(rate, at, at * 1000, 0);
  const moving = rate.bytesPerSecond;
  for (let at = 5500; at <= 25_000; at += 500) rate = sampleRate(rate, at, 5_000_000, 0);
  expect(rate.bytesPerSecond).toBeLessThan(moving / 50);
});
