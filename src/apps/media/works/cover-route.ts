import type { Item, LibraryReader } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { DerivedCache } from "#cache/derived";
import { AppError } from "#platform/errors";
import { createWorkQueue, type Exec } from "#platform/exec";
import { bounds, ffmpegInput } from "#platform/ffmpeg";
import type { HttpHandler, Route } from "#platform/http";
import type { Storage } from "#storage/primary";

export interface CoverDeps {
  readonly library: LibraryReader;
  readonly storage: Storage;
  readonly cache: DerivedCache;
  readonly exec: Exec;
  readonly facts: (item: Item) => MediaFacts | undefined;
}

export const coverPrefix = "/api/works/cover/";
/** As previews of files have. */
const sizes: Readonly<Record<string, number>> = { "256": 256, "480": 480, "1600": 1600 };
const timeoutMs = 20_000;
const maxOutputBytes = 16 * 1024 * 1024;
const niceness = 10;
const atOnce = 2;
/** As a page of films asks for. */
const maxWaiting = 500;

/** `GET /api/works/cover/ITEM?size=256|480|1600`: the picture inside a film's file, as JPEG, for whoever can see the file. */
export function coverRoute(deps: CoverDeps): Route {
  const { library, cache } = deps;
  const queue = createWorkQueue(atOnce, maxWaiting);
  const handle: HttpHandler = async (request, context) => {
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    const itemId = Number(/^[1-9]\d{0,15}$/.exec(context.path.slice(coverPrefix.length))?.[0]);
    const { searchParams } = new URL(request.url);
    const size = sizes[searchParams.get("size") ?? "256"];
    if (size === undefined) throw new AppError("bad-request", "size is 256, 480 or 1600.");
    const [item] = Number.isNaN(itemId) ? [] : library.seen(actor, [itemId]);
    const index = item && deps.facts(item)?.covers[0]?.index;
    if (item === undefined || index === undefined) throw noCover();
    const key = `works cover:${item.contentKey ?? item.etag}:${index}:${size}`;
    const jpeg = await cache.get(key, () => queue.run(() => extract(deps, item, index, size)));
    if (jpeg === null) throw noCover();
    const headers = {
      "content-type": "image/jpeg",
      "content-length": String(jpeg.byteLength),
      "cache-control":
        searchParams.get("v") === item.etag ? "private, max-age=31536000, immutable" : "private, no-cache",
      "x-content-type-options": "nosniff",
    };
    return new Response(request.method === "HEAD" ? null : new Uint8Array(jpeg), { headers });
  };
  return { prefix: coverPrefix, handle };
}

const noCover = () => new AppError("not-found", "This film has no picture in its file.");

async function extract(
  { storage, exec }: CoverDeps,
  item: Item,
  index: number,
  size: number,
): Promise<Uint8Array | null> {
  const file = storage.open(item.nodeId);
  try {
    const fit = `scale='min(${size},iw)':'min(${size},ih)':force_original_aspect_ratio=decrease`;
    const argv = [
      ...["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", ...ffmpegInput(file.fd), "-map", `0:${index}`],
      ...["-frames:v", "1", "-vf", fit, "-c:v", "mjpeg", "-q:v", "4", "-f", "image2pipe", "pipe:1"],
    ];
    const { stdout } = await exec.run(argv, { timeoutMs, maxOutputBytes, niceness, limits: bounds.make });
    return stdout.byteLength > 0 ? stdout : null;
  } finally {
    file.close();
  }
}
