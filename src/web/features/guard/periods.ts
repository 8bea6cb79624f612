export const periods = ["second", "minute", "hour", "day"] as const;
export type Period = (typeof periods)[number];

const lengthsMs: Readonly<Record<Period, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The period of exactly this length; null for any other. */
export const periodOf = (perMs: number): Period | null => periods.find((name) => lengthsMs[name] === perMs) ?? null;
export const periodMs = (period: Period): number => lengthsMs[period];
