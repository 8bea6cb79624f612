import type { Output } from "#web/client.ts";
import { history as t } from "#web/strings/history.ts";
import { deviceOf } from "#web/ui/device.ts";
import { formatDay } from "#web/ui/index.ts";

export type HistoryEntry = Output<"watch.history">["entries"][number];

const mostDevice = 40;

/** The browser and its system, or the name of the app; empty when nothing is known. */
export function deviceLabel(device: string): string {
  const known = deviceOf(device);
  return known === null ? device.slice(0, mostDevice) : t.device(known.browser, known.system);
}

/** Entries by day, in their order. */
export function byDay(entries: readonly HistoryEntry[], nowMs: number, locale?: string) {
  const today = new Date(nowMs);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  const labelOf = (atMs: number): string => {
    const day = new Date(atMs).toDateString();
    if (day === today.toDateString()) return t.today;
    return day === yesterday.toDateString() ? t.yesterday : formatDay(atMs, locale);
  };
  return [...Map.groupBy(entries, ({ atMs }) => labelOf(atMs))].map(([label, of]) => ({ label, entries: of }));
}
