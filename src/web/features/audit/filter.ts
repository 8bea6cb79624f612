import type { Input, Output } from "#web/client.ts";

export type AuditEntry = Output<"audit.search">["entries"][number];
export const outcomes = ["allowed", "refused", "failed"] as const;
export const sinceChoices = ["hour", "day", "week", "month", "ever"] as const;
export type Since = (typeof sinceChoices)[number];

/** What the address of the page says of the search; all of it may be left out. */
export interface AuditSearch {
  readonly text?: string;
  readonly outcome?: AuditEntry["outcome"];
  readonly person?: number;
  readonly since?: Since;
}

const hourMs = 3_600_000;
const spansMs: Readonly<Record<Exclude<Since, "ever">, number>> = {
  hour: hourMs,
  day: 24 * hourMs,
  week: 7 * 24 * hourMs,
  month: 30 * 24 * hourMs,
};
const maxTextLength = 200;

/** Reads the search of the address; what is not understood is left out. */
export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const text = typeof raw["text"] === "string" || typeof raw["text"] === "number" ? String(raw["text"]) : "";
  const outcome = outcomes.find((known) => known === raw["outcome"]);
  const since = sinceChoices.find((known) => known === raw["since"]);
  const person = Number(raw["person"]);
  return {
    ...(text === "" ? {} : { text: text.slice(0, maxTextLength) }),
    ...(outcome ? { outcome } : {}),
    ...(since ? { since } : {}),
    ...(Number.isInteger(person) && person > 0 ? { person } : {}),
  };
}

/** The filter for the server; a span begins at the full minute, so that the same search is the same question for a while. */
export function filterOf(search: AuditSearch, nowMs: number): Input<"audit.search"> {
  const since = search.since ?? "ever";
  const minuteMs = 60_000;
  const fromMs = since === "ever" ? undefined : Math.floor((nowMs - spansMs[since]) / minuteMs) * minuteMs;
  return { text: search.text, outcome: search.outcome, userId: search.person, fromMs };
}

/** The address that streams what the search finds as a file. */
export function exportUrl(filter: Input<"audit.search">, format: "ndjson" | "csv"): string {
  const params = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) params.set(name, String(value));
  return `/api/audit/export?${params.toString()}`;
}
