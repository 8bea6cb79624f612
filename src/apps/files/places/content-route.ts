import { contentHeaders, safeContentType } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import {
  evaluateConditions,
  httpDate,
  parseRange,
  type Permit,
  type RequestContext,
  underPermit,
} from "#platform/http";
import type { RemoteEntry } from "#storage/external";
import type { Directory } from "./directory.ts";
import { etagOf } from "./present.ts";
import type { PlaceRow } from "./repository.ts";

/** A reader may pause so long, as a film that is stopped. */
const idleTimeoutSeconds = 240;

/** As of files of Hearth: content of strangers never runs as part of this site. */
const guardHeaders = {
  "accept-ranges": "bytes",
  "cache-control": "private, no-cache",
  "content-security-policy":
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'",
  "x-content-type-options": "nosniff",
};

/** Answers GET and HEAD with a file of a place whose reader has been checked: conditions and one range (RFC 9110). */
export async function contentResponse(
  request: Request,
  context: Pick<RequestContext, "setIdleTimeout">,
  directory: Directory,
  { place, path, entry, download }: { place: PlaceRow; path: string; entry: RemoteEntry; download: boolean },
  permit: Permit,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
  if (entry.kind !== "file") throw new AppError("bad-request", "A folder has no content.");
  context.setIdleTimeout(idleTimeoutSeconds);
  const validators = { etag: etagOf(entry), modifiedAtMs: entry.modifiedAtMs ?? 0 };
  const outcome = evaluateConditions(request, validators);
  if (outcome === "failed") throw new AppError("precondition-failed");
  const headers: Record<string, string> = {
    ...guardHeaders,
    etag: `"${validators.etag}"`,
    ...(entry.modifiedAtMs !== null && { "last-modified": httpDate(entry.modifiedAtMs) }),
    ...contentHeaders(entry.name, download),
  };
  if (outcome === "not-modified") return new Response(null, { status: 304, headers });
  const { sizeBytes } = entry;
  const range = rangeOf(request, sizeBytes, validators.etag);
  if (range === "unsatisfiable") {
    return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${sizeBytes}` } });
  }
  headers["content-type"] = safeContentType(entry.name);
  const span = range === "whole" ? undefined : range;
  if (span !== undefined) headers["content-range"] = `bytes ${span.start}-${span.end}/${sizeBytes}`;
  headers["content-length"] = String(span === undefined ? sizeBytes : span.end - span.start + 1);
  const status = span === undefined ? 200 : 206;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const content = await directory.ask(place, (remote) => remote.open(path, sizeBytes, span, request.signal));
  return underPermit(new Response(content.stream, { status, headers }), permit);
}

function rangeOf(request: Request, sizeBytes: number, etag: string) {
  const header = request.headers.get("range");
  const condition = request.headers.get("if-range");
  if (header === null || (condition !== null && condition !== `"${etag}"`)) return "whole";
  return parseRange(header, sizeBytes);
}
