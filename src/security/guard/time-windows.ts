import { type TimeWindow, weekdays } from "./contract.ts";

const dayMinutes = 24 * 60;
export const weekMinutes = 7 * dayMinutes;

/** Minute of the week, Monday 00:00 is 0, of `HH:MM` on a day. */
export function minuteAt(day: TimeWindow["days"][number], time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (weekdays.indexOf(day) * dayMinutes + hours * 60 + minutes) % weekMinutes;
}

export type HouseTime = (nowMs: number) => number;

/** Says the minute of the week in a time zone; zones are whole minutes off, so one answer holds for a minute. */
export function createHouseTime(timeZone: string): HouseTime {
  let format: Intl.DateTimeFormat | undefined;
  let minute = -1;
  let answer = 0;
  return (nowMs) => {
    const now = Math.floor(nowMs / 60_000);
    if (now === minute) return answer;
    format ??= new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const parts = Object.fromEntries(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
    const day = weekdays.find((name) => name === parts["weekday"]?.toLowerCase()) ?? "mon";
    answer = minuteAt(day, `${parts["hour"]}:${parts["minute"]}`);
    minute = now;
    return answer;
  };
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

interface Span {
  readonly start: number;
  readonly lengthMinutes: number;
}

function spansOf(windows: readonly TimeWindow[]): Span[] {
  return windows.flatMap(({ days, from, to }) =>
    days.map((day) => {
      const [hours = 0, minutes = 0] = to.split(":").map(Number);
      const start = minuteAt(day, from);
      const length = hours * 60 + minutes - (start % dayMinutes);
      return { start, lengthMinutes: length > 0 ? length : length + dayMinutes };
    }),
  );
}

/** Whether a minute of the week is in any of the windows. */
export function inWindows(windows: readonly TimeWindow[]): (minute: number) => boolean {
  const spans = spansOf(windows);
  return (minute) =>
    spans.some(({ start, lengthMinutes }) => (minute - start + weekMinutes) % weekMinutes < lengthMinutes);
}

/** One minute of every stretch of the week in which none of the windows begins or ends. */
export function turningMinutes(windows: readonly TimeWindow[]): number[] {
  const minutes = new Set([0]);
  for (const { start, lengthMinutes } of spansOf(windows)) {
    minutes.add(start);
    minutes.add((start + lengthMinutes) % weekMinutes);
  }
  return [...minutes].toSorted((a, b) => a - b);
}

export function renderMinute(minute: number): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  const inDay = minute % dayMinutes;
  return `${weekdays[Math.floor(minute / dayMinutes)] ?? "mon"} ${pad(Math.floor(inDay / 60))}:${pad(inDay % 60)}`;
}
