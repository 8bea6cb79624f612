import { AppError } from "#platform/errors";
import type { HttpHandler, RequestContext, Route } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { coverKinds, type CoverForm, type CoverKind, type CoverPicture } from "./covers.ts";
import { isAudioFormat } from "./encode.ts";
import type { Streaming } from "./streaming.ts";

interface RoutesDeps {
  readonly streaming: Streaming;
  readonly cover: (actor: Actor, kind: CoverKind, id: number, size: number, form: CoverForm) => Promise<CoverPicture>;
  readonly exportPlaylist: (actor: Actor, id: number) => { readonly name: string; readonly text: string };
}

const prefix = "/api/music/";
const usualCoverSize = 256;

/** `/api/music/…`: sound, pictures and playlists as files. */
export function musicRoutes(deps: RoutesDeps): readonly Route[] {
  const handle: HttpHandler = async (request, context) => {
    const actor = await personOf(context);
    const [what, ...rest] = context.path.slice(prefix.length).split("/");
    const query = new URL(request.url).searchParams;
    if (what === "stream" && rest.length === 1) return stream(deps, request, actor, idOf(rest[0]), query);
    if (what === "piece" && rest.length === 2) {
      return deps.streaming.respondPiece(request, actor, idOf(rest[0]), pieceOf(rest[1]));
    }
    requireReading(request);
    if (what === "cover" && rest.length === 2) {
      const size = wholeNumber(query.get("size")) ?? usualCoverSize;
      const picture = await deps.cover(actor, coverKindOf(rest[0]), idOf(rest[1]), size, "webp");
      return coverResponse(request, picture, query.get("v"));
    }
    if (what === "playlist" && rest.length === 1) {
      return playlistFile(deps.exportPlaylist(actor, idOf(rest[0]?.replace(/\.m3u8$/, ""))));
    }
    throw new AppError("not-found");
  };
  return [{ prefix, handle }];
}

async function personOf(context: RequestContext): Promise<Actor> {
  const actor = await context.actor();
  if (actor.kind !== "person") throw new AppError("unauthenticated");
  if (!actor.capabilities.has("files.use")) throw new AppError("forbidden", "This needs the right files.use.");
  return actor;
}

function requireReading({ method }: Request): void {
  if (method !== "GET" && method !== "HEAD") throw new AppError("method-not-allowed");
}

function stream(deps: RoutesDeps, request: Request, actor: Actor, songId: number, query: URLSearchParams) {
  const asked = query.get("format");
  if (asked !== null && asked !== "raw" && !isAudioFormat(asked)) {
    throw new AppError("bad-request", "format is raw, mp3, opus, aac or flac.");
  }
  return deps.streaming.respond(request, actor, {
    songId,
    format: asked === null || asked === "raw" ? null : asked,
    kilobitsPerSecond: wholeNumber(query.get("rate")),
    offsetMs: wholeNumber(query.get("offsetMs")),
    isDownload: query.get("download") === "1",
  });
}

export function coverResponse(
  request: Request,
  { bytes, contentType, etag }: CoverPicture,
  version: string | null,
): Response {
  const headers = {
    etag: `"${etag}"`,
    "cache-control": version === null ? "private, no-cache" : "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
  };
  if (request.headers.get("if-none-match") === headers.etag) return new Response(null, { status: 304, headers });
  const typed = { ...headers, "content-type": contentType, "content-length": String(bytes.byteLength) };
  return new Response(request.method === "HEAD" ? null : new Uint8Array(bytes), { headers: typed });
}

function playlistFile({ name, text }: { readonly name: string; readonly text: string }): Response {
  const file = encodeURIComponent(`${name}.m3u8`);
  const headers = {
    "content-type": "audio/x-mpegurl; charset=utf-8",
    "content-disposition": `attachment; filename*=UTF-8''${file}`,
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
  };
  return new Response(text, { headers });
}

function idOf(text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text)) throw new AppError("not-found");
  return Number(text);
}

function pieceOf(text: string | undefined): number | "init" {
  if (text === "init") return "init";
  if (text === undefined || !/^\d{1,6}$/.test(text)) throw new AppError("not-found");
  return Number(text);
}

function coverKindOf(text: string | undefined): CoverKind {
  const kind = coverKinds.find((one) => one === text);
  if (kind === undefined) throw new AppError("not-found");
  return kind;
}

/** Undefined for a parameter that is missing. */
function wholeNumber(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new AppError("bad-request", "rate, offsetMs and size are whole numbers.");
  return Number(text);
}
