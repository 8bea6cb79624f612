import { hasPreview, idAfter, mimeOf, visibleNode } from "#apps/files/browse";
import type { DerivedCache } from "#cache/derived";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createWorkQueue, type Exec } from "#platform/exec";
import type { HttpHandler, Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { createHeic } from "./heic.ts";
import { makePicture, measurePicture } from "./make.ts";
import { type ImageSize, type Sample, sampleImage } from "./still-image.ts";

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
  /**
   * A file's picture in few pixels, made (and kept for whoever asks for it later in size 480) when it is not there yet, and how large the
   * file's own picture is. Null parts: the file has none. Throws `unavailable` when its content is elsewhere or too many wait.
   */
  look(nodeId: number): Promise<{ readonly sample: Sample | null; readonly size: ImageSize | null }>;
  stop(): Promise<void>;
}

const prefix = "/api/files/preview/";
const sizes: Readonly<Record<string, number>> = { "256": 256, "480": 480, "1600": 1600 };
const atOnce = 2;
const maxWaiting = 500;
const lookSize = 480;
/** Part of the key: raised when pictures are made in another way. */
const recipe = 2;

/** Pictures of images, films and PDF, made once and kept in the derived cache. */
export function createPreviews(given: PreviewsDeps): Previews {
  const { storage, cache } = given;
  const heic = createHeic();
  const deps = { ...given, heic };
  const queue = createWorkQueue(atOnce, maxWaiting);

  const picture = (node: NodeInfo, size: number): Promise<Uint8Array | null> =>
    cache.get(`preview:${recipe}:${node.id}:${node.etag}:${size}`, () => {
      // Not kept as an answer: there may be a picture when the content is back.
      if (storage.tiers.states([node.id]).some(({ role }) => role === "cold")) throw noPicture();
      return queue.run(() => makePicture(deps, node, size));
    });

  const look: Previews["look"] = async (nodeId) => {
    const node = storage.refresh(nodeId);
    const webp = await picture(node, lookSize);
    const file = storage.open(node.id);
    try {
      const size = webp === null ? null : await measurePicture(deps, file);
      return { sample: webp === null ? null : await sampleImage(webp), size };
    } finally {
      file.close();
    }
  };

  const respond = async (request: Request, asked: NodeInfo): Promise<Response> => {
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const query = new URL(request.url).searchParams;
    const size = sizes[query.get("size") ?? "256"];
    if (size === undefined) throw new AppError("bad-request", "size is 256, 480 or 1600.");
    if (asked.kind !== "file" || !hasPreview(mimeOf(asked.name))) throw noPicture();
    const node = storage.refresh(asked.id);
    const etag = `"${node.etag}-${size}-${recipe}"`;
    const headers = {
      etag,
      "cache-control": query.get("v") === node.etag ? "private, max-age=31536000, immutable" : "private, no-cache",
      "x-content-type-options": "nosniff",
    };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    const webp = await picture(node, size);
    if (webp === null) throw noPicture();
    const typed = { ...headers, "content-type": "image/webp", "content-length": String(webp.byteLength) };
    return new Response(request.method === "HEAD" ? null : new Uint8Array(webp), { headers: typed });
  };

  const handle: HttpHandler = async (request, context) => {
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    return respond(request, visibleNode(given, actor, idAfter(context.path, prefix)));
  };

  return { routes: [{ prefix, handle }], respond, look, stop: heic.stop };
}

const noPicture = () => new AppError("not-found", "This file has no picture.");
