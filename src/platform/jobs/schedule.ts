import type { Db } from "#platform/db";
import type { JobKind } from "./kind.ts";

/** Enqueues a job in a rhythm. Runs that were missed while the server was off are made up for by one. */
export interface Schedule {
  /** Unique in the product. */
  readonly name: string;
  readonly kind: JobKind;
  readonly payload: unknown;
  readonly rhythm: Rhythm;
}

/** Every so often, first at once; or daily at `HH:MM` of the server's time zone. */
export type Rhythm = { readonly everyMs: number } | { readonly dailyAt: string };

const timeOfDay = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** The next time of a rhythm after `nowMs`. Throws when the rhythm is none. */
export function nextTimeMs(rhythm: Rhythm, nowMs: number): number {
  if ("everyMs" in rhythm) {
    if (!(rhythm.everyMs >= 1000)) throw new Error("a schedule runs at most once a second");
    return nowMs + rhythm.everyMs;
  }
  const match = timeOfDay.exec(rhythm.dailyAt);
  if (match === null) throw new Error(`${rhythm.dailyAt} is no time of day`);
  const next = new Date(nowMs);
  next.setHours(Number(match[1]), Number(match[2]), 0, 0);
  if (next.getTime() <= nowMs) next.setDate(next.getDate() + 1);
  return next.getTime();
}

/** Stores when each schedule is next due; keeps the time of one whose rhythm has not changed, forgets those that are gone. */
export function registerSchedules(db: Db, schedules: readonly Schedule[], nowMs: number): void {
  const names = new Set(schedules.map((schedule) => schedule.name));
  if (names.size < schedules.length) throw new Error("two schedules share a name");
  db.transaction(() => {
    const known = db.prepare<{ name: string; rhythm: string }, []>("SELECT name, rhythm FROM job_schedule").all();
    const drop = db.prepare<unknown, [string]>("DELETE FROM job_schedule WHERE name = ?");
    for (const { name } of known) if (!names.has(name)) drop.run(name);
    const rhythms = new Map(known.map((row) => [row.name, row.rhythm]));
    const save = db.prepare<unknown, [string, string, number]>("INSERT OR REPLACE INTO job_schedule VALUES (?, ?, ?)");
    for (const { name, rhythm } of schedules) {
      const text = JSON.stringify(rhythm);
      const next = nextTimeMs(rhythm, nowMs);
      if (rhythms.get(name) !== text) save.run(name, text, "everyMs" in rhythm ? nowMs : next);
    }
  });
}

/** The schedules that are due, each moved on to its next time. One instance gets each of them. */
export function takeDueSchedules(db: Db, schedules: readonly Schedule[], nowMs: number): Schedule[] {
  const move = db.prepare<unknown, [number, string, number]>(
    "UPDATE job_schedule SET next_at_ms = ? WHERE name = ? AND next_at_ms <= ?",
  );
  return schedules.filter(({ name, rhythm }) => move.run(nextTimeMs(rhythm, nowMs), name, nowMs).changes > 0);
}
