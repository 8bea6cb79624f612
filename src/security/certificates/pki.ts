import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { HttpHandler, Route } from "#platform/http";
import type { Authority } from "./authority.ts";
import type { Downloads } from "./downloads.ts";
import { downloadPath } from "./issue.ts";
import type { Repository } from "./repository.ts";
import { signRevocationList } from "./x509.ts";

export const rootPath = "/pki/root.crt";
export const revocationListPath = "/pki/crl.der";

const hourMs = 3_600_000;
const listLifeMs = 7 * 24 * hourMs;
/** A list is made again when it is this old, so that whoever fetches daily always has a fresh one. */
const listRenewMs = 12 * hourMs;

interface PkiDeps {
  readonly clock: Clock;
  readonly repository: Repository;
  readonly authority: Authority;
  readonly downloads: Downloads;
}

export interface Pki {
  readonly route: Route;
  /** The next revocation list is made anew. */
  forgetList(): void;
}

/** What devices and other programs fetch without logging in: the root, the revocation list, and their own key once. */
export function createPki(deps: PkiDeps): Pki {
  let list: { readonly der: Promise<Uint8Array>; readonly madeAtMs: number } | undefined;
  const revocationList = (): Promise<Uint8Array> => {
    const nowMs = deps.clock.now();
    if (list === undefined || nowMs - list.madeAtMs >= listRenewMs) {
      const der = makeList(deps, nowMs);
      der.catch(() => (list = undefined));
      list = { der, madeAtMs: nowMs };
    }
    return list.der;
  };

  const handle: HttpHandler = async (request, { path }) => {
    // No error is thrown below the path of a download: an error is logged with its path, and the path is a secret.
    if (path.startsWith(downloadPath)) return download(request, path.slice(downloadPath.length), deps.downloads);
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    if (deps.authority.view() === undefined) throw new AppError("not-found", "There is no certificate authority here.");
    if (path === rootPath) return file(deps.authority.chain().root, "application/x-x509-ca-cert", "hearth-root.crt");
    if (path === revocationListPath) return file(await revocationList(), "application/pkix-crl", "hearth.crl");
    throw new AppError("not-found");
  };
  return { route: { prefix: "/pki/", secretPath: true, handle }, forgetList: () => (list = undefined) };
}

function makeList({ repository, authority }: PkiDeps, nowMs: number): Promise<Uint8Array> {
  const root = authority.view()?.root.fingerprint;
  const revoked = repository
    .revokedCertificates(nowMs)
    .filter((row) => row.root_fingerprint === root)
    .map((row) => ({ serial: row.serial, atMs: row.revoked_at_ms ?? nowMs }));
  return signRevocationList(authority.issuer(), revoked, { fromMs: nowMs, toMs: nowMs + listLifeMs }, nowMs);
}

function file(bytes: Uint8Array, contentType: string, fileName: string): Response {
  return new Response(Buffer.from(bytes), {
    headers: {
      "content-type": contentType,
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function download(request: Request, token: string, downloads: Downloads): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  if (request.method === "HEAD") return new Response(null, { status: 405, headers });
  const found = downloads.take(token);
  // What is no fetch may be written down with its path, so the path is good for nothing afterwards.
  if (request.method !== "GET") return new Response("Only GET fetches a certificate.\n", { status: 405, headers });
  if (found !== undefined) return file(found.bytes, found.contentType, found.fileName);
  return new Response("This certificate was fetched already, or its ten minutes are over. Make a new one.\n", {
    status: 410,
    headers,
  });
}
