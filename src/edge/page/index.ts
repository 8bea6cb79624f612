import { existsSync, readFileSync, statSync } from "node:fs";
import { join, normalize } from "node:path";
import { AppError } from "#platform/errors";
import { type HttpHandler, pageHeaders } from "#platform/http";

interface Asset {
  readonly body: Uint8Array;
  readonly gzip: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly modifiedAtMs: number;
}

export interface Page {
  /** Files of the built page; every path without a file gets the page itself, whose router knows what to do. */
  readonly handle: HttpHandler;
}

interface PageOptions {
  /** Whether every door of this host speaks HTTPS, so that a browser may be told to insist on it. */
  readonly isHttpsOnly: boolean;
}

/**
 * RFC 6797. It holds for every port of the host, so it is only said when none of them is plain; 30 days protect a device that comes
 * home each month, and let a household that gives up HTTPS back in.
 */
const strictTransport = { "strict-transport-security": `max-age=${30 * 86_400}` } as const;

/**
 * The one worker that runs a program in WebAssembly, to draw subtitles with styles. A worker has a policy of its own (W3C CSP 3), so that the
 * page needs none for it; this one can do nothing but fetch from us.
 */
const wasmWorker = /^assets\/ass-worker-[a-z0-9]+\.js$/;
const wasmWorkerPolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'";

/** Hashed names never change their content. */
const hashed = /-[a-z0-9]{8,}\.[a-z0-9]+$/;
const compressible = /^(text\/|application\/(json|javascript|manifest\+json|wasm)|image\/svg)/;

/** Serves the folder that `buildWeb` wrote. Files are read at their first request, and again when a new build has replaced them. */
export function createPage(folder: string, { isHttpsOnly }: PageOptions): Page {
  const assets = new Map<string, Asset>();
  const read = (path: string): Asset | undefined => {
    const known = assets.get(path);
    if (known !== undefined && hashed.test(path)) return known;
    const file = join(folder, normalize(`/${path}`));
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return undefined;
    if (known?.modifiedAtMs === stats.mtimeMs) return known;
    const asset = load(file, path, stats.mtimeMs);
    assets.set(path, asset);
    return asset;
  };

  return {
    handle: (request, { path }) => {
      // Shared with a page whose worker is not there yet: the files are gone, but the page says what to do.
      if (request.method === "POST" && path === "/share-target") {
        return new Response(null, { status: 303, headers: { location: "/camera?shared=lost" } });
      }
      if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
      const asset = read(path.slice(1)) ?? read("index.html");
      if (asset === undefined) return notBuilt(folder);
      return answer(asset, request, isHttpsOnly && request.url.startsWith("https:") ? strictTransport : {});
    },
  };
}

function load(file: string, path: string, modifiedAtMs: number): Asset {
  const body = readFileSync(file);
  const type = Bun.file(file).type;
  const gzip = compressible.test(type) ? Bun.gzipSync(body) : null;
  const headers = {
    "content-type": type,
    "cache-control": hashed.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
    ...(gzip === null ? {} : { vary: "accept-encoding" }),
    ...pageHeaders,
    ...(wasmWorker.test(path) ? { "content-security-policy": wasmWorkerPolicy } : {}),
  };
  return { body, gzip, headers, modifiedAtMs };
}

function answer(asset: Asset, request: Request, extra: Readonly<Record<string, string>>): Response {
  const zipped = asset.gzip !== null && (request.headers.get("accept-encoding") ?? "").includes("gzip");
  const body = (zipped ? asset.gzip : asset.body) as Uint8Array<ArrayBuffer>;
  const headers = { ...asset.headers, ...(zipped ? { "content-encoding": "gzip" } : {}), ...extra };
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

function notBuilt(folder: string): Response {
  const reason = existsSync(folder) ? "is incomplete" : "is not built";
  return new Response(`The web page ${reason}. Run: npm start\n`, {
    status: 503,
    headers: { "content-type": "text/plain" },
  });
}
