/** What the rule looks at. */
export interface Dated {
  readonly number: number;
  readonly replacedAtMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
const monthMs = 30 * dayMs;

/** From which age on one version per so much time is enough. */
const steps = [
  { fromMs: monthMs, spanMs: weekMs },
  { fromMs: dayMs, spanMs: dayMs },
  { fromMs: hourMs, spanMs: hourMs },
] as const;

/**
 * The versions of one file that need not be kept: all of the last hour stay, then the last of each hour for a day, of each day for 30
 * days, of each week after that, none once they are older than `keepDays`. Spans begin at fixed times (UTC), so that what stays in a
 * shorter span is also what a longer one would have kept.
 */
export function toThin<T extends Dated>(versions: readonly T[], nowMs: number, keepDays: number): T[] {
  const newestFirst = versions.toSorted((a, b) => b.replacedAtMs - a.replacedAtMs || b.number - a.number);
  const taken = new Set<string>();
  return newestFirst.filter(({ replacedAtMs }) => {
    const ageMs = nowMs - replacedAtMs;
    if (ageMs > keepDays * dayMs) return true;
    const step = steps.find(({ fromMs }) => ageMs > fromMs);
    if (step === undefined) return false;
    const span = `${step.spanMs}:${Math.floor(replacedAtMs / step.spanMs)}`;
    if (taken.has(span)) return true;
    taken.add(span);
    return false;
  });
}

interface Room {
  /** Live files and trash. */
  readonly usedBytes: number;
  readonly versionBytes: number;
  /** Null is unlimited. */
  readonly quotaBytes: number | null;
  /** Of the disk. */
  readonly freeBytes: number;
}

/** How much the versions of a space may take: a share of its quota and only what is left of it, or of what would be free without them. */
export function budgetOf({ usedBytes, versionBytes, quotaBytes, freeBytes }: Room, maxShare: number): number {
  const ofDisk = (freeBytes + versionBytes) * maxShare;
  if (quotaBytes === null) return Math.floor(ofDisk);
  return Math.floor(Math.max(0, Math.min(quotaBytes * maxShare, quotaBytes - usedBytes, ofDisk)));
}
