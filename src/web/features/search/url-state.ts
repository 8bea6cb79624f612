export const types = ["folder", "document", "image", "video", "audio", "archive"] as const;
export type SearchType = (typeof types)[number];
export const sinces = ["week", "month", "year"] as const;
export type Since = (typeof sinces)[number];

/** The address of the results: what was asked for, and the filters beside it. */
export interface SearchState {
  readonly q?: string;
  readonly type?: SearchType;
  readonly since?: Since;
  readonly names?: true;
}

const maxLength = 400;
const days: Readonly<Record<Since, number>> = { week: 7, month: 31, year: 366 };
const dayMs = 86_400_000;

export function parseSearchState(search: Record<string, unknown>): SearchState {
  // A number is a number again in the address.
  const q = typeof search["q"] === "string" || typeof search["q"] === "number" ? String(search["q"]) : "";
  const type = types.find((one) => one === search["type"]);
  const since = sinces.find((one) => one === search["since"]);
  return {
    ...(q.trim() !== "" && { q: q.slice(0, maxLength) }),
    ...(type && { type }),
    ...(since && { since }),
    ...(search["names"] === true && { names: true as const }),
  };
}

/** The line for the server; empty when nothing was asked for. */
export function queryOf({ q = "", type, since }: SearchState, nowMs: number): string {
  const text = q.trim();
  if (text === "" && type === undefined) return "";
  const parts = [
    text,
    ...(type ? [`type:${type}`] : []),
    ...(since ? [`after:${isoDay(nowMs - days[since] * dayMs)}`] : []),
  ];
  return parts.filter(Boolean).join(" ");
}

function isoDay(atMs: number): string {
  const at = new Date(atMs);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
