import { AppError } from "#platform/errors";
import { type HttpHandler, type Permit, type Route, sendFile } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { NodeInfo, Storage } from "#storage/primary";
import type { createFinder } from "./detail.ts";
import { mimeOf, nameOf } from "./detail.ts";
import type { DetailRow } from "./detail-rows.ts";

export interface RoutesDeps {
  readonly storage: Storage;
  readonly find: ReturnType<typeof createFinder>;
  /** Answers with the picture of a file whose reader has been checked; reads `size` and `v` of the query, as `Previews.respond`. */
  readonly respondWithPicture: (request: Request, node: NodeInfo) => Promise<Response>;
}

const prefix = "/api/photos/";
const paths = /^(thumb|original|motion)\/([1-9]\d{0,15})$/;
/** A picture under a revision does not change. */
const keep = "private, max-age=31536000, immutable";

/** `thumb/ID?size=480|1600`, `original/ID` and `motion/ID`, each with `?album=` for what is seen because of an album. */
export function photosRoutes({ storage, find, respondWithPicture }: RoutesDeps): Route[] {
  const found = (actor: Actor, id: string, query: URLSearchParams): DetailRow => {
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    const album = query.get("album");
    if (album !== null && !/^[1-9]\d{0,15}$/.test(album)) throw new AppError("bad-request", "album is a number.");
    return find(actor, Number(id), album === null ? undefined : Number(album)).row;
  };
  const thumb = async (request: Request, row: DetailRow, query: URLSearchParams): Promise<Response> => {
    const response = await respondWithPicture(request, storage.refresh(row.nodeId));
    if (query.has("v")) response.headers.set("cache-control", keep);
    return response;
  };
  const original = (request: Request, row: DetailRow, query: URLSearchParams, permit: Permit) => {
    const name = nameOf(row.path);
    const headers: Record<string, string> = {};
    if (query.has("download")) headers["content-disposition"] = attachmentOf(name);
    return sendContent(request, storage, row, headers, permit);
  };
  const motion = (request: Request, row: DetailRow, query: URLSearchParams, permit: Permit) => {
    if (row.motionItemId !== null) {
      const film = find(permit.actor, row.motionItemId, Number(query.get("album") ?? 0) || undefined);
      return sendContent(request, storage, film.row, {}, permit);
    }
    const { motionOffset: offset, motionBytes: bytes } = row;
    if (offset === null || bytes === null) throw noFilm();
    return partOf(request, storage, row, { offset, bytes }, permit);
  };
  const handle: HttpHandler = async (request, context) => {
    const [, what, id] = paths.exec(context.path.slice(prefix.length)) ?? [];
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    if (what === undefined || id === undefined) throw new AppError("not-found");
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const query = new URL(request.url).searchParams;
    const row = found(actor, id, query);
    if (what === "thumb") return thumb(request, row, query);
    const permit = { actor, holds: (now: Actor) => found(now, id, query).nodeId === row.nodeId };
    return what === "original" ? original(request, row, query, permit) : motion(request, row, query, permit);
  };
  return [{ prefix, handle }];
}

function sendContent(
  request: Request,
  storage: Storage,
  row: DetailRow,
  headers: Record<string, string>,
  permit: Permit,
) {
  const file = storage.open(row.nodeId, { remote: true });
  const contentType = safeType(file.node.name);
  const { etag, modifiedAtMs } = file.node;
  return sendFile(request, file, { etag, modifiedAtMs, contentType, headers }, permit);
}

const noFilm = () => new AppError("not-found", "No film goes with this.");

/** Drawings can hold scripts: they are shown as their preview only. */
function safeType(name: string): string {
  const mime = mimeOf(name);
  return /^(image|video)\//.test(mime) && !mime.startsWith("image/svg") ? mime : "application/octet-stream";
}

/** The film inside a motion photo. */
function partOf(
  request: Request,
  storage: Storage,
  row: DetailRow,
  part: { offset: number; bytes: number },
  permit: Permit,
) {
  const file = storage.open(row.nodeId, { remote: true });
  // Of another content than the one that was read.
  if (part.offset + part.bytes > file.sizeBytes) {
    file.close();
    throw noFilm();
  }
  const { etag, modifiedAtMs } = file.node;
  const film = { ...file, offsetBytes: part.offset, sizeBytes: part.bytes };
  return sendFile(request, film, { etag: `${etag}-motion`, modifiedAtMs, contentType: "video/mp4" }, permit);
}

/** RFC 6266, with the true name in the form of RFC 8187. */
function attachmentOf(name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}
