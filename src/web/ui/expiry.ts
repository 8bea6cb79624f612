/** When something given for a while ends. */
export type Expiry = "never" | "day" | "week" | "month" | "year" | "date";
export const expiries: readonly Expiry[] = ["never", "day", "week", "month", "year", "date"];

/** What a form says about the end; `date` is `YYYY-MM-DD` in the person's zone, used with `expiry: "date"`. */
export interface ExpiryForm {
  readonly expiry: Expiry;
  readonly date: string;
}

const dayMs = 86_400_000;
const presetDays: Readonly<Record<Exclude<Expiry, "never" | "date">, number>> = {
  day: 1,
  week: 7,
  month: 30,
  year: 365,
};

/** The end of a day in the person's zone, or NaN. */
export function endOfDayMs(date: string): number {
  return new Date(`${date}T23:59:59.999`).getTime();
}

export function localDate(atMs: number): string {
  const at = new Date(atMs);
  return `${String(at.getFullYear()).padStart(4, "0")}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

/** The form of an end that is known already. */
export function expiryFormOf(expiresAtMs: number | null): ExpiryForm {
  return expiresAtMs === null ? { expiry: "never", date: "" } : { expiry: "date", date: localDate(expiresAtMs) };
}

/** The moment a form means, null for never, or NaN for no date or one that is over. An untouched `existingMs` stays to the millisecond. */
export function expiryMs(form: ExpiryForm, nowMs: number, existingMs: number | null): number | null {
  if (form.expiry === "never") return null;
  if (form.expiry !== "date") return nowMs + presetDays[form.expiry] * dayMs;
  const untouched = existingMs !== null && localDate(existingMs) === form.date;
  const atMs = untouched ? existingMs : endOfDayMs(form.date);
  return atMs > nowMs ? atMs : Number.NaN;
}
