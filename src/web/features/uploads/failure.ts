import type { ErrorCode } from "#wire";
import type { Failure, FailureReason } from "./model.ts";

/** How one attempt ended badly, as far as the transport can tell. */
export interface AttemptError {
  /** HTTP status, or 0 without an answer. */
  readonly status: number;
  readonly code: ErrorCode | null;
  readonly detail: string;
  readonly errorId: string | null;
  /** The browser could not read the file any more. */
  readonly unreadable: boolean;
}

export type Verdict =
  | { readonly verdict: "name-taken" }
  | { readonly verdict: "retry"; readonly failure: Failure }
  | { readonly verdict: "fail"; readonly failure: Failure };

const finalReasons: Partial<Record<ErrorCode, FailureReason>> = {
  unauthenticated: "loggedOut",
  forbidden: "forbidden",
  "not-found": "folderGone",
  gone: "linkEnded",
  "invalid-name": "invalidName",
  "bad-request": "server",
  conflict: "nameTaken",
  "too-large": "tooLarge",
  "disk-full": "diskFull",
  "quota-exceeded": "quota",
};

const passingReasons: Partial<Record<ErrorCode, FailureReason>> = {
  "storage-offline": "storageOffline",
  unavailable: "server",
  "too-many-requests": "server",
  locked: "server",
  internal: "server",
};

const byStatus: Readonly<Record<number, FailureReason>> = {
  401: "loggedOut",
  403: "forbidden",
  404: "folderGone",
  410: "linkEnded",
  413: "tooLarge",
  507: "diskFull",
};

/** Passing troubles are tried again, a taken name is a question, everything else needs the person. */
export function judge(error: AttemptError): Verdict {
  const failure = (reason: FailureReason): Failure => ({ reason, detail: error.detail, errorId: error.errorId });
  if (error.unreadable) return { verdict: "fail", failure: failure("unreadable") };
  if (error.code === "exists") return { verdict: "name-taken" };
  if (error.status === 0) return { verdict: "retry", failure: failure("offline") };
  const final = error.code ? finalReasons[error.code] : byStatus[error.status];
  if (final) return { verdict: "fail", failure: failure(final) };
  const passing = error.code ? passingReasons[error.code] : undefined;
  const retry = passing !== undefined || error.status >= 500 || [408, 409, 423, 425, 429].includes(error.status);
  return { verdict: retry ? "retry" : "fail", failure: failure(passing ?? "server") };
}

export const maxAttempts = 8;
const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/** Wait before attempt `attempt` (1 is the first retry): doubling from one second to a minute, half of it random. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(Math.max(0, attempt - 1), 10));
  return full / 2 + (full / 2) * random;
}
