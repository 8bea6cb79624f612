import { type FillLevel, fillLevelOf } from "#wire";

/** Bytes in use on a day, days since 1970 in UTC. */
export interface DaySample {
  readonly day: number;
  readonly usedBytes: number;
}

export interface Forecast {
  readonly growthBytesPerDay: number | null;
  readonly fullAtMs: number | null;
}

export const dayMs = 24 * 60 * 60_000;
const windowDays = 30;
/** Below that a line says more about the first day than about the household. */
const minDays = 7;
const soonWithinMs = 30 * dayMs;
const horizonMs = 3650 * dayMs;

/** Least-squares line through the samples of the last 30 days, and where it meets the limit (null: there is none). */
export function forecastOf(samples: readonly DaySample[], limitBytes: number | null, nowMs: number): Forecast {
  const last = samples.at(-1);
  if (last === undefined) return { growthBytesPerDay: null, fullAtMs: null };
  const recent = samples.filter(({ day }) => day > last.day - windowDays);
  const growthBytesPerDay = slopeOf(recent);
  if (growthBytesPerDay === null || growthBytesPerDay <= 0 || limitBytes === null)
    return { growthBytesPerDay, fullAtMs: null };
  const leftMs = (Math.max(0, limitBytes - last.usedBytes) / growthBytesPerDay) * dayMs;
  return { growthBytesPerDay, fullAtMs: leftMs > horizonMs ? null : Math.round(nowMs + leftMs) };
}

/** As `fillLevelOf`, and `soon` already when the limit is a month away. */
export function foretoldLevel(
  usedBytes: number,
  limitBytes: number | null,
  fullAtMs: number | null,
  nowMs: number,
): FillLevel {
  const level = fillLevelOf(usedBytes, limitBytes);
  return level === "fine" && fullAtMs !== null && fullAtMs - nowMs <= soonWithinMs ? "soon" : level;
}

/** Bytes a day, rounded; null when the samples lie too close together. */
function slopeOf(samples: readonly DaySample[]): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.day - first.day < minDays) return null;
  const meanDay = mean(samples.map(({ day }) => day));
  const meanUsed = mean(samples.map(({ usedBytes }) => usedBytes));
  const spread = samples.reduce((sum, { day }) => sum + (day - meanDay) ** 2, 0);
  const rise = samples.reduce((sum, { day, usedBytes }) => sum + (day - meanDay) * (usedBytes - meanUsed), 0);
  return Math.round(rise / spread);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
