import { AppError } from "#platform/errors";
import { type Addresses, type DavPath, parseReference } from "./path.ts";
import { DavError } from "./errors.ts";

export type Depth = 0 | 1 | "infinity";

/** The Depth header (RFC 4918 §10.2); `absent` without one. Throws `bad-request` for other values. */
export function readDepth(request: Request, absent: Depth): Depth {
  const value = request.headers.get("depth")?.trim().toLowerCase();
  if (value === undefined || value === "") return absent;
  if (value === "0") return 0;
  if (value === "1") return 1;
  // Old Windows clients write `infinity,noroot` or `1,noroot`.
  if (value === "infinity" || value === "infinity,noroot") return "infinity";
  if (value === "1,noroot") return 1;
  throw new AppError("bad-request", "Depth is 0, 1 or infinity.");
}

/** The Overwrite header (RFC 4918 §10.6): true unless it says F. */
export function readOverwrite(request: Request): boolean {
  const value = request.headers.get("overwrite")?.trim().toUpperCase() ?? "T";
  if (value !== "T" && value !== "F") throw new AppError("bad-request", "Overwrite is T or F.");
  return value === "T";
}

/** The Destination header (RFC 4918 §10.3). Throws `bad-request` without one, 502 for another server. */
export function readDestination(request: Request, addresses: Addresses): DavPath {
  const value = request.headers.get("destination")?.trim();
  if (value === undefined || value === "") throw new AppError("bad-request", "The Destination header is missing.");
  const path = parseReference(value, request, addresses);
  if (path === "foreign") throw new DavError("bad-request", "The Destination is another server.", { status: 502 });
  return path;
}

const maxLockSeconds = 24 * 60 * 60;
const defaultLockSeconds = 30 * 60;

/** Seconds a lock is granted: the first Timeout value that is understood, at most a day (RFC 4918 §10.7). */
export function readLockSeconds(request: Request): number {
  for (const value of (request.headers.get("timeout") ?? "").split(",")) {
    const text = value.trim().toLowerCase();
    if (text === "infinite") return maxLockSeconds;
    const seconds = /^second-(\d+)$/.exec(text)?.[1];
    if (seconds !== undefined) return Math.min(Math.max(Number(seconds), 1), maxLockSeconds);
  }
  return defaultLockSeconds;
}

const latestMtimeSeconds = 1e11;

/** Modification time a sync client wants kept, in milliseconds: `X-OC-Mtime` in seconds, possibly with a fraction. */
export function readMtimeMs(request: Request): number | undefined {
  const value = request.headers.get("x-oc-mtime");
  return value === null ? undefined : parseUnixSeconds(value);
}

/** Milliseconds of seconds since 1970 as text. Throws `bad-request`. */
export function parseUnixSeconds(text: string): number {
  const trimmed = text.trim();
  const seconds = /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (!(Math.abs(seconds) < latestMtimeSeconds))
    throw new AppError("bad-request", "A time is not in seconds since 1970.");
  return Math.round(seconds * 1000);
}

export interface Announced {
  readonly sizeBytes?: number;
  readonly sha1?: string;
  readonly md5?: string;
}

/** Length and checksums the client announces for a PUT; checksums of other kinds are left unchecked. */
export function readAnnounced(request: Request): Announced {
  const sums = new Map<string, string>();
  for (const part of (request.headers.get("oc-checksum") ?? "").split(/[\s,]+/)) {
    const [kind = "", hex = ""] = part.split(":", 2);
    sums.set(kind.toUpperCase(), hex.toLowerCase());
  }
  const announced = {
    sizeBytes: readLength(request),
    sha1: sums.get("SHA1"),
    md5: sums.get("MD5") ?? readContentMd5(request),
  };
  requireHex(announced.sha1, 40);
  requireHex(announced.md5, 32);
  return announced;
}

function readLength(request: Request): number | undefined {
  // Finder sends chunks without a length and names it here.
  const value = request.headers.get("content-length") ?? request.headers.get("x-expected-entity-length");
  if (value === null) return undefined;
  const length = /^\d{1,16}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(length)) throw new AppError("bad-request", "The announced length is not a number.");
  return length;
}

function readContentMd5(request: Request): string | undefined {
  const value = request.headers.get("content-md5");
  return value === null ? undefined : Buffer.from(value, "base64").toString("hex");
}

function requireHex(text: string | undefined, digits: number): void {
  if (text !== undefined && (text.length !== digits || !/^[0-9a-f]*$/.test(text))) {
    throw new AppError("bad-request", "A checksum header is not understood.");
  }
}
