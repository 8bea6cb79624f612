import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";

const dayMs = 86_400_000;
/** Ranges of one viewing are one open. */
const sameOpenMs = 10 * 60_000;
const maxPending = 5_000;
const countedDays = 30;

/** Counts how often files are opened, by day; in memory until it is flushed, so that reading writes nothing. */
export function createOpens(db: Db, clock: Clock) {
  let pending = new Map<number, number>();
  const lastAtMs = new Map<number, number>();
  let readAtMs = -Infinity;
  const add = db.prepare<never, [number, number, number]>(
    "INSERT INTO tier_open VALUES (?, ?, ?) ON CONFLICT (node_id, day) DO UPDATE SET count = count + excluded.count",
  );

  const flush = (): void => {
    if (pending.size === 0) return;
    const taken = pending;
    pending = new Map();
    const today = Math.floor(clock.now() / dayMs);
    db.transaction(() => {
      for (const [nodeId, count] of taken) add.run(nodeId, today, count);
    });
  };

  return {
    note: (nodeId: number): void => {
      const nowMs = clock.now();
      readAtMs = nowMs;
      if (nowMs - (lastAtMs.get(nodeId) ?? -Infinity) < sameOpenMs) return;
      if (lastAtMs.size >= maxPending) lastAtMs.clear();
      lastAtMs.set(nodeId, nowMs);
      pending.set(nodeId, (pending.get(nodeId) ?? 0) + 1);
      if (pending.size >= maxPending) flush();
    },
    /** When somebody last read something. */
    readAtMs: () => readAtMs,
    flush,
    /** Keeps the last day of every file, and all days that count; forgets files that are gone. */
    prune: (): void => {
      db.prepare<never, [number]>(
        `DELETE FROM tier_open WHERE day < ? AND EXISTS
           (SELECT 1 FROM tier_open AS later WHERE later.node_id = tier_open.node_id AND later.day > tier_open.day)`,
      ).run(Math.floor(clock.now() / dayMs) - countedDays - 1);
      db.prepare<never, []>("DELETE FROM tier_open WHERE node_id NOT IN (SELECT id FROM node)").run();
    },
  };
}

/** SQL of the last moment of the day a node was opened on, and of its opens within 30 days; `?now` is a day number. */
export const lastOpenSql = `(SELECT (max(day) + 1) * ${dayMs} - 1 FROM tier_open WHERE tier_open.node_id = node.id)`;
export const opensSql = (dayParameter: string) =>
  `coalesce((SELECT sum(count) FROM tier_open WHERE tier_open.node_id = node.id AND day > ${dayParameter} - ${countedDays}), 0)`;
