import { photos as t } from "#web/strings/photos.ts";

/** `March 2024` of a number of months. */
export function monthName(month: number): string {
  return `${t.months[month % 12] ?? ""} ${Math.floor(month / 12)}`;
}

const days = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const whole = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const withTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

const utcOf = (month: number, day: number) => Date.UTC(Math.floor(month / 12), month % 12, day);

export function dayName(month: number, day: number): string {
  return days.format(utcOf(month, day));
}

export function dateName(month: number, day: number): string {
  return month === 0 ? "" : day === 0 ? monthName(month) : whole.format(utcOf(month, day));
}

/** The clock on the wall, as it is written: `localMs` is it as if it were UTC. */
export function momentName(localMs: number): string {
  return withTime.format(localMs);
}

export function offsetName(minutes: number): string {
  const sign = minutes < 0 ? "−" : "+";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** `1/250 s`, `0.8 s`, `2 s`. */
export function exposureName(seconds: number): string {
  return seconds < 0.4 ? `1/${Math.round(1 / seconds)} s` : `${Number(seconds.toFixed(1))} s`;
}
