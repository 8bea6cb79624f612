import type { PlaceUsage } from "#contract/apps/files/usage";
import { usage as t } from "#web/strings/usage.ts";

export interface Part {
  readonly key: string;
  readonly label: string;
  readonly sizeBytes: number;
  /** Null where files are not counted. */
  readonly count: number | null;
}

/** What a place holds, the largest first; nothing that is empty. */
export function partsOf({ byKind, trashBytes, versionBytes }: PlaceUsage): readonly Part[] {
  return [
    ...byKind.map(({ kind, sizeBytes, count }) => ({ key: kind, label: t.kinds[kind], sizeBytes, count })),
    { key: "trash", label: t.trash, sizeBytes: trashBytes, count: null },
    { key: "versions", label: t.versions, sizeBytes: versionBytes, count: null },
  ]
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes);
}

const dayMs = 24 * 60 * 60_000;

/** A time span as people say it: days up to two weeks, weeks up to three months, months up to two years, then years. */
export function spanInWords(ms: number): string {
  const days = Math.max(1, Math.round(ms / dayMs));
  if (days <= 14) return t.days(days);
  if (days <= 90) return t.weeks(Math.round(days / 7));
  return days <= 730 ? t.months(Math.round(days / 30.4)) : t.years(Math.round(days / 365));
}
