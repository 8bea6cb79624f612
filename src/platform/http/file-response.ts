import { readSync } from "node:fs";
import { AppError } from "#platform/errors";
import { type ByteRange, parseRange } from "./byte-range.ts";
import { evaluateConditions, ifRangeHolds, type Validators } from "./conditions.ts";
import { httpDate } from "./http-date.ts";
import { longBytes, type Permit, underPermit } from "./transfers.ts";

/** An open file, or a part of one; `fdPath` is a path that opens the same descriptor again while it is open. */
interface OpenFile {
  readonly fd: number;
  readonly fdPath: string;
  readonly sizeBytes: number;
  /** Where the part begins; 0 when absent. */
  readonly offsetBytes?: number;
  close(): void;
}

/** A file that is in memory already. */
interface WholeFile {
  readonly content: Uint8Array<ArrayBuffer>;
}

/** A file whose bytes come from somewhere else; `ready` says beforehand whether they will. */
interface RemoteFile {
  readonly remote: {
    ready(): Promise<void>;
    /** From `start` to before `end`. */
    stream(start: number, end: number): ReadableStream<Uint8Array>;
  };
  readonly sizeBytes: number;
  close(): void;
}

export type ResponseFile = (OpenFile & Partial<Pick<RemoteFile, "remote">>) | WholeFile;

export interface FileResponseOptions extends Validators {
  readonly contentType: string;
  /** Added to, and stronger than, the headers set here. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Up to this size one read and one write beat the set-up of a file transfer. */
const inlineMaxBytes = 64 * 1024;
/** The runtime opens `fdPath` soon after the handler has returned; the descriptor must live until then. */
const closeDelayMs = 100;

/**
 * Content of strangers never runs as part of this site, wherever it is served from: no script, no form, an origin of its own.
 */
const contentHeaders = {
  "accept-ranges": "bytes",
  "cache-control": "private, no-cache",
  "content-security-policy":
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'",
  "x-content-type-options": "nosniff",
};

/**
 * `fileResponse` for a file whose content may be elsewhere: what cannot be reached is an error before the reply has begun. Such a reply
 * is sent without a length, since the runtime gives none to a stream.
 */
export function sendFile(
  request: Request,
  file: ResponseFile,
  options: FileResponseOptions,
  permit: Permit | null,
): Response | Promise<Response> {
  const remote = "content" in file ? undefined : file.remote;
  if (remote === undefined || request.method === "HEAD" || evaluateConditions(request, options) !== "proceed") {
    return fileResponse(request, file, options, permit);
  }
  return remote.ready().then(() => fileResponse(request, file, options, permit));
}

/**
 * Answers GET and HEAD with the bytes of a file: conditions, If-Range and a single range (RFC 9110 §13 and §14; several ranges
 * are answered with the whole). Owns `file` and closes it. A long answer ends when `permit` does; null is for what nobody can be denied.
 * Throws `precondition-failed`.
 */
export function fileResponse(
  request: Request,
  file: ResponseFile,
  options: FileResponseOptions,
  permit: Permit | null,
): Response {
  const sizeBytes = "content" in file ? file.content.length : file.sizeBytes;
  let handedOver = false;
  try {
    const outcome = evaluateConditions(request, options);
    if (outcome === "failed") throw new AppError("precondition-failed");
    const range = outcome === "not-modified" ? "whole" : rangeOf(request, sizeBytes, options);
    if ("content" in file && range === "whole" && outcome === "proceed" && request.method === "GET") {
      return limited(new Response(file.content, { headers: wholeHeaders(options) }), sizeBytes, permit);
    }
    const headers = headersOf(options);
    if (outcome === "not-modified") return new Response(null, { status: 304, headers });
    if (range === "unsatisfiable") {
      return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${sizeBytes}` } });
    }
    headers["content-type"] = options.contentType;
    if (range !== "whole") headers["content-range"] = `bytes ${range.start}-${range.end}/${sizeBytes}`;
    const bytes = range === "whole" ? { start: 0, end: sizeBytes - 1 } : range;
    const from = bytes.start + ("content" in file ? 0 : (file.offsetBytes ?? 0));
    const status = range === "whole" ? 200 : 206;
    if (request.method === "HEAD") {
      headers["content-length"] = String(bytes.end - bytes.start + 1);
      return new Response(null, { status, headers });
    }
    const sentBytes = bytes.end - bytes.start + 1;
    if ("remote" in file && file.remote !== undefined) {
      const stream = file.remote.stream(from, from + sentBytes);
      // Another store may be slow to give even a little.
      return limited(new Response(stream, { status, headers }), Number.POSITIVE_INFINITY, permit);
    }
    if ("content" in file || sentBytes <= inlineMaxBytes)
      return limited(new Response(readBytes(file, bytes), { status, headers }), sentBytes, permit);
    handedOver = true;
    setTimeout(file.close, closeDelayMs);
    const content = Bun.file(file.fdPath).slice(from, from + sentBytes);
    return limited(new Response(content, { status, headers }), sentBytes, permit);
  } finally {
    if (!handedOver && !("content" in file)) file.close();
  }
}

function limited(response: Response, sentBytes: number, permit: Permit | null): Response {
  return permit === null || sentBytes < longBytes ? response : underPermit(response, permit);
}

function headersOf(options: FileResponseOptions): Record<string, string> {
  return {
    ...contentHeaders,
    etag: `"${options.etag}"`,
    "last-modified": httpDate(options.modifiedAtMs),
    ...options.headers,
  };
}

/** Ready headers for options that a caller uses again: parsing them anew costs more than all else of a small answer. */
const ready = new WeakMap<FileResponseOptions, Headers>();

function wholeHeaders(options: FileResponseOptions): Headers {
  let headers = ready.get(options);
  if (headers === undefined) {
    headers = new Headers({ ...headersOf(options), "content-type": options.contentType });
    ready.set(options, headers);
  }
  return headers;
}

function rangeOf(request: Request, sizeBytes: number, options: Validators): ByteRange | "whole" | "unsatisfiable" {
  const header = request.headers.get("range");
  return header !== null && ifRangeHolds(request, options) ? parseRange(header, sizeBytes) : "whole";
}

function readBytes(file: ResponseFile, { start, end }: ByteRange): Uint8Array<ArrayBuffer> {
  if ("content" in file) return file.content.subarray(start, end + 1);
  const buffer = new Uint8Array(end - start + 1);
  const from = start + (file.offsetBytes ?? 0);
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(file.fd, buffer, filled, buffer.length - filled, from + filled);
    if (count === 0) throw new AppError("unavailable", "The file is being changed; try again.");
    filled += count;
  }
  return buffer;
}
