import type { UploadItem, UploadSnapshot, UploadState, UploadTotals } from "./model.ts";
import { etaMs, smallBelowBytes, type Rate } from "./rate.ts";

const emptyTotals: UploadTotals = {
  files: 0,
  done: 0,
  failed: 0,
  waiting: 0,
  sending: 0,
  paused: 0,
  clashes: 0,
  missing: 0,
  skipped: 0,
  totalBytes: 0,
  sentBytes: 0,
  bytesPerSecond: 0,
  etaMs: null,
};

export const emptySnapshot: UploadSnapshot = { items: [], totals: emptyTotals, ask: null, canReopen: false };

const counterOf: Readonly<
  Record<UploadState, "done" | "failed" | "waiting" | "sending" | "paused" | "clashes" | "missing" | "skipped">
> = {
  queued: "waiting",
  retrying: "waiting",
  sending: "sending",
  paused: "paused",
  clash: "clashes",
  missing: "missing",
  done: "done",
  skipped: "skipped",
  failed: "failed",
};

/** What needs a person first, then what moves, then what waits, then the rest; the order of adding within. */
const shownOrder: readonly UploadState[] = [
  "clash",
  "failed",
  "sending",
  "retrying",
  "missing",
  "paused",
  "queued",
  "skipped",
  "done",
];

/** Count and order all items in one pass. */
export function snapshotOf(items: readonly UploadItem[], rate: Rate, canReopen: boolean): UploadSnapshot {
  const counts = { ...emptyTotals };
  const groups = new Map<UploadState, UploadItem[]>(shownOrder.map((state) => [state, []]));
  let remainingBytes = 0;
  let waitingSmall = 0;
  for (const item of items) {
    counts.files += 1;
    counts[counterOf[item.state]] += 1;
    groups.get(item.state)?.push(item);
    if (item.state === "skipped") continue;
    counts.totalBytes += item.sizeBytes;
    counts.sentBytes += item.sentBytes;
    const waits = counterOf[item.state] === "waiting";
    if (item.state === "sending" || waits) remainingBytes += item.sizeBytes - item.sentBytes;
    if (waits && item.sizeBytes < smallBelowBytes) waitingSmall += 1;
  }
  const running = counts.sending + counts.waiting;
  const totals: UploadTotals = {
    ...counts,
    bytesPerSecond: counts.sending > 0 ? rate.bytesPerSecond : 0,
    etaMs: running > 0 ? etaMs(rate, remainingBytes, waitingSmall) : null,
  };
  return { items: [...groups.values()].flat(), totals, ask: groups.get("clash")?.[0] ?? null, canReopen };
}

/** Share of the work that is done, in whole percent; 100 only when all is. */
export function percentOf(totals: UploadTotals): number {
  if (totals.totalBytes > 0) return Math.min(100, Math.floor((100 * totals.sentBytes) / totals.totalBytes));
  return totals.files > 0 ? Math.floor((100 * totals.done) / totals.files) : 0;
}
