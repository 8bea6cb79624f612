import { parseHttpDate } from "./http-date.ts";

/** What conditional headers are compared with; the etag is strong and without quotes. */
export interface Validators {
  readonly etag: string;
  readonly modifiedAtMs: number;
}

export type ConditionResult = "proceed" | "not-modified" | "failed";

/**
 * Conditional headers in the order of RFC 9110 §13.2.2. `current` is undefined when nothing exists at the URL.
 * `not-modified` is only ever the answer for GET and HEAD.
 */
export function evaluateConditions(request: Request, current: Validators | undefined): ConditionResult {
  const { headers } = request;
  const isRead = request.method === "GET" || request.method === "HEAD";
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    if (!matchesEtag(ifMatch, current, "strong")) return "failed";
  } else {
    const since = dateOf(headers.get("if-unmodified-since"));
    if (since !== undefined && (current === undefined || wholeSecondMs(current) > since)) return "failed";
  }
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    if (matchesEtag(ifNoneMatch, current, "weak")) return isRead ? "not-modified" : "failed";
  } else if (isRead && current !== undefined) {
    const since = dateOf(headers.get("if-modified-since"));
    if (since !== undefined && wholeSecondMs(current) <= since) return "not-modified";
  }
  return "proceed";
}

/** Whether a Range header may be honoured: no If-Range, or one that still holds (RFC 9110 §13.1.5). */
export function ifRangeHolds(request: Request, current: Validators): boolean {
  const value = request.headers.get("if-range")?.trim();
  if (value === undefined) return true;
  if (value.startsWith('"') || value.startsWith("W/")) return value === `"${current.etag}"`;
  return dateOf(value) === wholeSecondMs(current);
}

const entityTag = /(W\/)?"([\x21\x23-\x7e\x80-\u{10ffff}]*)"/gu;

function matchesEtag(value: string, current: Validators | undefined, comparison: "strong" | "weak"): boolean {
  if (current === undefined) return false;
  if (value.trim() === "*") return true;
  for (const [, weak, tag] of value.matchAll(entityTag)) {
    if (tag === current.etag && (weak === undefined || comparison === "weak")) return true;
  }
  return false;
}

function dateOf(value: string | null): number | undefined {
  return value === null ? undefined : parseHttpDate(value);
}

function wholeSecondMs(current: Validators): number {
  return Math.floor(current.modifiedAtMs / 1000) * 1000;
}
