import { type ErrorCode, errorTable, type Problem } from "#wire";

interface Options {
  /** Shown to the person, next to the title of the code. */
  readonly detail?: string;
  /** Private: reaches the log, never the reply. */
  readonly cause?: unknown;
  readonly retryable?: boolean;
  /** When trying again makes sense; becomes the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** Somebody was refused though the code does not say so: `not-found` that hides what is there, a request no honest client sends. */
  readonly isRefusal?: boolean;
}

/** The one error of the product: a code of the error table, a public sentence, a private cause and an id. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  /** True for refusals that their code does not give away. */
  readonly isRefusal: boolean;
  /** The same in the log and in the reply. */
  readonly id: string;

  constructor(code: ErrorCode, detail?: string, options: Options = {}) {
    super(`${code}: ${detail ?? errorTable[code].title}`, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.detail = detail ?? errorTable[code].title;
    this.retryable = options.retryable ?? (errorTable[code].status === 503 || code === "too-many-requests");
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isRefusal = options.isRefusal ?? false;
    this.id = crypto.randomUUID().slice(0, 8);
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

/** What the refusals of the kernel (errno(3)) and of SQLite mean to a person. */
const errnoCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EROFS: "storage-offline",
  EIO: "storage-offline",
  ESTALE: "storage-offline",
  ENODEV: "storage-offline",
  ENOTCONN: "storage-offline",
  ENXIO: "storage-offline",
  ENOMEDIUM: "storage-offline",
  ESHUTDOWN: "storage-offline",
  ETIMEDOUT: "storage-offline",
  EHOSTDOWN: "storage-offline",
  ENOENT: "not-found",
  ENOTDIR: "not-found",
  EEXIST: "exists",
  ENOTEMPTY: "exists",
  ENAMETOOLONG: "invalid-name",
  EILSEQ: "invalid-name",
  EINVAL: "invalid-name",
  EACCES: "forbidden",
  EPERM: "forbidden",
  ELOOP: "forbidden",
  EISDIR: "conflict",
  EBUSY: "locked",
  EFBIG: "too-large",
  EMFILE: "unavailable",
  ENFILE: "unavailable",
  ENOMEM: "unavailable",
  EAGAIN: "unavailable",
  SQLITE_FULL: "disk-full",
  SQLITE_BUSY: "unavailable",
  SQLITE_IOERR: "storage-offline",
  SQLITE_READONLY: "storage-offline",
};

/** Turns whatever was thrown into an AppError; what is not understood is `internal` and says nothing of its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const errno = errnoOf(thrown);
  return new AppError(codeOf(errno) ?? "internal", undefined, { cause: thrown });
}

/** SQLite refines its codes behind a second underscore, as `SQLITE_IOERR_WRITE`. */
function codeOf(errno: string | undefined): ErrorCode | undefined {
  if (errno === undefined) return undefined;
  const name = /^SQLITE_[A-Z]+/.exec(errno)?.[0] ?? errno;
  return Object.hasOwn(errnoCodes, name) ? errnoCodes[name] : undefined;
}

/** The errno name of a system error, as `ENOSPC`. */
export function errnoOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** RFC 9457 body of an error. */
export function problemOf(error: AppError): Problem {
  return {
    type: `urn:hearth:error:${error.code}`,
    title: errorTable[error.code].title,
    status: error.status,
    code: error.code,
    detail: error.detail,
    id: error.id,
    retryable: error.retryable,
  };
}

const errorsBehind = new WeakMap<Response, AppError>();

/** The error that `problemResponse` made this answer of: a surface that catches its errors itself hides none from the audit. */
export function errorBehind(response: Response): AppError | undefined {
  return errorsBehind.get(response);
}

export function problemResponse(error: AppError, headers: Record<string, string> = {}): Response {
  const retry: Record<string, string> =
    error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) };
  const response = new Response(JSON.stringify(problemOf(error)), {
    status: error.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...retry, ...headers },
  });
  errorsBehind.set(response, error);
  return response;
}
