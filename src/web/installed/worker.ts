import { sharedCache, sharedPage, shareTarget, toCached } from "./shared-files.ts";

/** Set by the build: every script, style and font of the page, whose names change with their content. */
declare const ASSETS: readonly string[];

/** What this worker needs of its surroundings (W3C service workers); the page's own types know none of it. */
interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends LifeEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
const worker = globalThis as unknown as {
  addEventListener(type: "install" | "activate", listener: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
};

const shellCache = "hearth-shell";
const shell = "/";
/** A server that does not answer by then is as good as away. */
const waitMs = 4_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(shellCache)
      .then((cache) => cache.add(shell))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldAssets().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.method === "POST" && url.pathname === shareTarget) event.respondWith(keepShared(request));
  else if (request.method !== "GET") return;
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (request.mode === "navigate" && isOfPage(url.pathname)) event.respondWith(page(request));
});

/** Addresses that the page answers; files, links and the interfaces of other programs are the server's. */
function isOfPage(path: string): boolean {
  return !/^\/(api|dav|remote\.php|public\.php|index\.php|ocs|s|status\.php|restic|media|rest|oidc|metrics)(\/|$)/.test(
    path,
  );
}

async function forgetOldAssets(): Promise<void> {
  const cache = await caches.open(shellCache);
  const current = new Set<string>([...ASSETS, shell]);
  for (const request of await cache.keys()) {
    if (!current.has(new URL(request.url).pathname)) await cache.delete(request);
  }
}

/** Names of assets change with their content: what was fetched once is right for ever. */
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(shellCache);
  const known = await cache.match(request);
  if (known !== undefined) return known;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

/** The page from the server, or as it was when that could be reached last. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(shellCache);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(waitMs) });
    if (response.ok && response.headers.get("content-type")?.startsWith("text/html") === true && !response.redirected)
      await cache.put(shell, response.clone());
    return response;
  } catch (error) {
    const known = await cache.match(shell);
    if (known === undefined) throw error;
    return known;
  }
}

/** Files that another program shares: kept until the page has uploaded them. */
async function keepShared(request: Request): Promise<Response> {
  const form = await request.formData();
  await caches.delete(sharedCache);
  const cache = await caches.open(sharedCache);
  const files = form.getAll("files").filter((value): value is File => value instanceof File);
  for (const [at, file] of files.entries()) await cache.put(`/shared/${at}`, toCached(file));
  return Response.redirect(sharedPage, 303);
}
