import { hasPreview, idAfter, mimeOf, visibleNode } from "#apps/files/browse";
import type { DerivedCache } from "#cache/derived";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import type { HttpHandler, Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { makePicture } from "./make.ts";
import { createWorkQueue } from "./queue.ts";

export interface PreviewsDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly cache: DerivedCache;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Previews {
  /** `/api/files/preview/`. */
  readonly routes: readonly Route[];
  /** The answer to a request for a node's picture whose reader has been checked; `?size=` and `?v=` are read from it. */
  respond(request: Request, node: NodeInfo): Promise<Response>;
}

const prefix = "/api/files/preview/";
const sizes: Readonly<Record<string, number>> = { "256": 256, "1600": 1600 };
const atOnce = 2;
const maxWaiting = 500;
/** Part of the key: raised when pictures are made in another way. */
const recipe = 1;

/** Pictures of images, films and PDF, made once and kept in the derived cache. */
export function createPreviews(deps: PreviewsDeps): Previews {
  const { storage, cache } = deps;
  const queue = createWorkQueue(atOnce, maxWaiting);

  const respond = async (request: Request, asked: NodeInfo): Promise<Response> => {
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const query = new URL(request.url).searchParams;
    const size = sizes[query.get("size") ?? "256"];
    if (size === undefined) throw new AppError("bad-request", "size is 256 or 1600.");
    if (asked.kind !== "file" || !hasPreview(mimeOf(asked.name))) throw noPicture();
    const node = storage.refresh(asked.id);
    const etag = `"${node.etag}-${size}-${recipe}"`;
    const headers = {
      etag,
      "cache-control": query.get("v") === node.etag ? "private, max-age=31536000, immutable" : "private, no-cache",
      "x-content-type-options": "nosniff",
    };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    const key = `preview:${recipe}:${node.id}:${node.etag}:${size}`;
    const picture = await cache.get(key, () => queue.run(() => makePicture(deps, node, size)));
    if (picture === null) throw noPicture();
    const typed = { ...headers, "content-type": "image/webp", "content-length": String(picture.byteLength) };
    return new Response(request.method === "HEAD" ? null : new Uint8Array(picture), { headers: typed });
  };

  const handle: HttpHandler = async (request, context) => {
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    return respond(request, visibleNode(deps, actor, idAfter(context.path, prefix)));
  };

  return { routes: [{ prefix, handle }], respond };
}

const noPicture = () => new AppError("not-found", "This file has no picture.");
