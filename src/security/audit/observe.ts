import { createHash } from "node:crypto";
import { AppError } from "#platform/errors";
import type { Observe } from "#platform/http";
import { anonymous } from "#platform/usecase";
import type { ErrorCode } from "#wire";
import type { AuditOutcome } from "./contract.ts";
import type { AuditEvent } from "./event.ts";

export interface ObserverDeps {
  readonly record: (event: AuditEvent) => Promise<void> | undefined;
  /** Whether an event tells of this error already. */
  readonly isRecorded: (error: AppError) => boolean;
  /** What is being written now. */
  readonly underWay: () => Promise<void> | undefined;
  /** The account of a name that somebody claims. */
  readonly findAccount: (name: string) => { readonly id: number; readonly name: string } | undefined;
}

const reading = new Set(["GET", "HEAD", "OPTIONS", "PROPFIND"]);
const refusals: ReadonlySet<ErrorCode> = new Set([
  "forbidden",
  "unauthenticated",
  "step-up-required",
  "blocked",
  "too-many-requests",
]);
const operationName = /^[a-z][a-zA-Z0-9]*(\.[a-z][a-zA-Z0-9]*)+$/;
const linkParts = new Set(["content", "archive", "preview", "uploads", "dav"]);
/** What follows is the token of a link. */
const publicFiles = "/public.php/dav/files/";

/** Downloads whose address is the right itself. */
const oneTimePrefixes = ["/pki/device/", "/remote.php/direct/"] as const;

interface Act {
  readonly operation: string;
  readonly resources: readonly string[];
  /** The runner tells of what reaches it; here counts only what does not. */
  readonly isOperation?: boolean;
  readonly isLink?: boolean;
  readonly isUpload?: boolean;
}

/** Sees every answer beside the operations: WebDAV, uploads, links, downloads, and what was refused before any handler. */
export function createObserver({ record, isRecorded, underWay, findAccount }: ObserverDeps): Observe {
  return (request, context, result) => {
    const isRead = reading.has(request.method);
    if (result instanceof Response && isRead && result.status !== 401 && result.status !== 403) {
      if (result.status < 400 || !context.path.startsWith("/s/")) return undefined;
    }
    if (result instanceof AppError && isRecorded(result)) return underWay();
    const act = actOf(request, context.path);
    const outcome = result instanceof AppError ? ofError(result, act, isRead) : ofResponse(result, act, isRead);
    if (outcome === undefined || isChallenge(request, result, act)) return undefined;
    const nodeId = result instanceof Response ? result.headers.get("hearth-node-id") : null;
    return record({
      operation: act.operation,
      outcome,
      actor: context.knownActor ?? anonymous,
      account: context.knownActor === undefined ? claimed(request, findAccount) : undefined,
      address: context.address,
      userAgent: request.headers.get("user-agent") ?? "",
      requestId: context.requestId,
      resources: nodeId === null ? act.resources : [...act.resources, `node ${nodeId}`],
      error: result instanceof AppError ? result : undefined,
      detail: result instanceof Response && outcome !== "allowed" ? `answer ${result.status}` : undefined,
    });
  };
}

function ofError(error: AppError, act: Act, isRead: boolean): AuditOutcome | undefined {
  if (refusals.has(error.code) || error.isRefusal) return "refused";
  if (act.isLink === true && isRefusedVisit(error)) return "refused";
  if (act.isOperation === true) return undefined;
  // A path that nobody writes by mistake is a try to get around a rule.
  return isRead && error.code !== "bad-request" ? undefined : "failed";
}

/** Operations of whoever comes over a link. */
export function isVisit(operation: string): boolean {
  return operation.startsWith("publicLink.");
}

/** What tells somebody who guesses links that there is none. */
export function isRefusedVisit({ code }: AppError): boolean {
  return code === "not-found" || code === "gone";
}

function ofResponse({ status, headers }: Response, act: Act, isRead: boolean): AuditOutcome | undefined {
  if (status === 401 || status === 403 || status === 429) return "refused";
  if (act.isLink === true && (status === 404 || status === 410)) return "refused";
  if (isRead || act.isOperation === true) return undefined;
  if (status >= 400) return "failed";
  // Of an upload in many parts, the one that makes the file counts.
  if (act.isUpload === true && !headers.has("hearth-node-id")) return undefined;
  return "allowed";
}

/** WebDAV and sync clients ask without credentials first: being told to show some refuses nothing. */
function isChallenge(request: Request, result: Response | AppError, { operation }: Act): boolean {
  if (result.status !== 401 || !/^(dav|ocs)\./.test(operation) || !reading.has(request.method)) return false;
  return !request.headers.has("authorization");
}

function actOf(request: Request, path: string): Act {
  const method = request.method.toLowerCase();
  const oneTime = oneTimePrefixes.find((prefix) => path.startsWith(prefix));
  if (oneTime !== undefined) {
    return { operation: `http.${method}`, resources: [`${oneTime}${markOf(path.slice(oneTime.length))}`] };
  }
  if (path.startsWith("/ocs/")) return { operation: `ocs.${method}`, resources: [path] };
  if (path.startsWith("/dav/") || path.startsWith("/remote.php/")) {
    const destination = request.headers.get("destination");
    const resources = destination === null ? [path] : [path, pathIn(destination)];
    // Sync clients send large files in chunks; the move at the end makes the file.
    const isUpload = path.startsWith("/remote.php/dav/uploads/") && (method === "put" || method === "mkcol");
    return { operation: `dav.${method}`, resources, isUpload };
  }
  if (path.startsWith("/api/uploads")) {
    return { operation: `uploads.${method}`, resources: [], isUpload: method !== "delete" };
  }
  if (path.startsWith("/s/")) return linkAct(path, method);
  if (path.startsWith(publicFiles)) return linkAct(`/s/${path.slice(publicFiles.length).split("/", 1)[0]}/dav`, method);
  if (path.startsWith("/public.php/")) return { operation: `link.dav`, resources: [], isLink: true };
  const name = path.startsWith("/api/") ? path.slice("/api/".length) : "";
  if (operationName.test(name)) {
    return { operation: name, resources: [], isOperation: true, isLink: isVisit(name) };
  }
  return { operation: `http.${method}`, resources: [path] };
}

/** Tells one token from another without being it. */
function markOf(token: string): string {
  return createHash("sha256").update(token).digest("hex").slice(0, 12);
}

/** The token is the right itself, so only a mark of it is written. */
function linkAct(path: string, method: string): Act {
  const [token = "", part = ""] = path.slice("/s/".length).split("/", 2);
  const isUpload = part === "uploads" && method !== "delete";
  return {
    operation: `link.${linkParts.has(part) ? part : "page"}`,
    resources: [`link ${markOf(token)}`],
    isLink: true,
    isUpload,
  };
}

function pathIn(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** Whose password was tried over Basic; a name that nobody has may be a password in the wrong field and is not kept. */
function claimed({ headers }: Request, findAccount: ObserverDeps["findAccount"]): AuditEvent["account"] {
  const encoded = /^basic +(\S+)$/i.exec(headers.get("authorization")?.slice(0, 4096) ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const name = Buffer.from(encoded, "base64").toString("utf8").split(":", 1)[0] ?? "";
  return findAccount(name.slice(0, 64)) ?? { id: 0, name: "unknown account" };
}
