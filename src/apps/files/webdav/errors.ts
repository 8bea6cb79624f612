import { AppError } from "#platform/errors";
import type { ErrorCode } from "#wire";
import { escapeXml, xmlHeader } from "./xml-write.ts";

interface DavDetails {
  /** Elements that name the precondition (RFC 4918 §16), as ready XML with the prefix `d`. */
  readonly conditionXml?: string;
  /** A status that the error table has no code for. */
  readonly status?: number;
}

/** An error that names the WebDAV precondition it comes from. */
export class DavError extends AppError {
  readonly conditionXml: string;
  readonly davStatus: number | undefined;

  constructor(code: ErrorCode, detail: string, { conditionXml = "", status }: DavDetails) {
    super(code, detail);
    this.name = "DavError";
    this.conditionXml = conditionXml;
    this.davStatus = status;
  }

  override get status(): number {
    return this.davStatus ?? super.status;
  }
}

/** What sync clients look for in an error body: the exception of sabre/dav that has this status. */
const exceptions: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "NotAuthenticated",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  409: "Conflict",
  412: "PreconditionFailed",
  415: "UnsupportedMediaType",
  416: "RequestedRangeNotSatisfiable",
  423: "Locked",
  501: "NotImplemented",
  503: "ServiceUnavailable",
  507: "InsufficientStorage",
};

export const allowedMethods =
  "OPTIONS, GET, HEAD, PUT, DELETE, MKCOL, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK" as const;

/** `<d:error>` as RFC 4918 §14.5 wants it, with the exception and message that sync clients show. */
export function renderError(error: AppError, request: Request): Response {
  const headers: Record<string, string> = {
    "content-type": "application/xml; charset=utf-8",
    "cache-control": "no-store",
  };
  if (error.status === 401) headers["www-authenticate"] = 'Basic realm="Hearth", charset="UTF-8"';
  if (error.status === 405) headers["allow"] = allowedMethods;
  if (error.status === 503 || error.status === 429) headers["retry-after"] = String(error.retryAfterSeconds ?? 10);
  if (request.method === "HEAD") return new Response(null, { status: error.status, headers });
  const exception = exceptions[error.status];
  const condition = error instanceof DavError ? error.conditionXml : "";
  const body =
    `${xmlHeader}<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">${condition}` +
    `<s:exception>Sabre\\DAV\\Exception${exception === undefined ? "" : `\\${exception}`}</s:exception>` +
    `<s:message>${escapeXml(error.detail)}</s:message></d:error>`;
  return new Response(body, { status: error.status, headers });
}
