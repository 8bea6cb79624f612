import type { ErrorCode } from "#wire";

/** Error codes of the OpenSubsonic API. */
export const codes = {
  generic: 0,
  missing: 10,
  clientTooOld: 20,
  wrongCredentials: 40,
  tokenNotSupported: 41,
  mechanismNotSupported: 42,
  conflictingMechanisms: 43,
  invalidKey: 44,
  forbidden: 50,
  notFound: 70,
} as const;

/** A refusal in words of the API. */
export class Failure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What an error of the program is called here. */
export function codeOf(code: ErrorCode): number {
  if (code === "unauthenticated") return codes.wrongCredentials;
  if (code === "forbidden" || code === "blocked" || code === "step-up-required") return codes.forbidden;
  if (code === "not-found" || code === "gone") return codes.notFound;
  return codes.generic;
}
