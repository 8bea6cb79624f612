/** The error vocabulary: one table maps a code to every outside form of it. */
interface ErrorForm {
  readonly status: number;
  readonly exitCode: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly title: string;
}

export const errorTable = {
  "bad-request": { status: 400, exitCode: 2, logLevel: "debug", title: "The request is not understood" },
  "checksum-mismatch": { status: 400, exitCode: 2, logLevel: "warn", title: "The data does not match its checksum" },
  "length-mismatch": {
    status: 400,
    exitCode: 2,
    logLevel: "info",
    title: "The data does not have the announced length",
  },
  "invalid-name": { status: 400, exitCode: 2, logLevel: "debug", title: "That name cannot be used" },
  unauthenticated: { status: 401, exitCode: 77, logLevel: "debug", title: "Log in first" },
  forbidden: { status: 403, exitCode: 77, logLevel: "info", title: "Not allowed" },
  "step-up-required": { status: 403, exitCode: 77, logLevel: "debug", title: "Confirm that it is you" },
  blocked: { status: 403, exitCode: 77, logLevel: "info", title: "A rule of the firewall refuses this" },
  "not-found": { status: 404, exitCode: 3, logLevel: "debug", title: "Not found" },
  "method-not-allowed": { status: 405, exitCode: 2, logLevel: "debug", title: "Method not allowed" },
  conflict: { status: 409, exitCode: 4, logLevel: "debug", title: "Conflicts with what is there" },
  exists: { status: 409, exitCode: 4, logLevel: "debug", title: "The name is taken" },
  gone: { status: 410, exitCode: 3, logLevel: "debug", title: "No longer available" },
  "precondition-failed": { status: 412, exitCode: 4, logLevel: "debug", title: "Changed in the meantime" },
  "too-large": { status: 413, exitCode: 2, logLevel: "info", title: "Too large" },
  "unsupported-type": { status: 415, exitCode: 2, logLevel: "debug", title: "Unsupported type" },
  "range-not-satisfiable": { status: 416, exitCode: 2, logLevel: "debug", title: "Range not satisfiable" },
  locked: { status: 423, exitCode: 4, logLevel: "debug", title: "Locked" },
  "too-many-requests": { status: 429, exitCode: 75, logLevel: "info", title: "Too many attempts" },
  internal: { status: 500, exitCode: 70, logLevel: "error", title: "Something went wrong on the server" },
  unavailable: { status: 503, exitCode: 75, logLevel: "warn", title: "Not available right now" },
  "storage-offline": { status: 503, exitCode: 75, logLevel: "error", title: "The disk is not available" },
  "disk-full": { status: 507, exitCode: 73, logLevel: "error", title: "The disk is full" },
  "quota-exceeded": { status: 507, exitCode: 73, logLevel: "info", title: "The quota is used up" },
} as const satisfies Record<string, ErrorForm>;

export type ErrorCode = keyof typeof errorTable;

/** `application/problem+json` (RFC 9457) with the code and the id that the log has. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly id: string;
  readonly retryable: boolean;
}
