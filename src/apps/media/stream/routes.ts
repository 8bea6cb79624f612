import { closeSync, fstatSync, openSync } from "node:fs";
import type { Piece } from "#cache/segments";
import { AppError, toAppError } from "#platform/errors";
import { contentTypeOf, type HttpHandler, type Permit, type ResponseFile, type Route, sendFile } from "#platform/http";
import { pathForChild } from "#platform/ffmpeg";
import type { Actor } from "#platform/usecase";
import type { NodeInfo, Storage } from "#storage/primary";
import { masterOf } from "./master.ts";
import { mediaPlaylist, textPlaylist } from "./playlists.ts";
import { engineVersion, segmentStart } from "./recipe.ts";
import { initName, segmentName } from "./rendition.ts";
import { type PlaySession, playPrefix, type Track } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { splitWebVtt } from "./texts.ts";
import type { StreamDeps } from "./ports.ts";

const itemPrefix = "/media/items/";
const playlistType = "application/vnd.apple.mpegurl";
/** The address is the right to it, so any page of a player may fetch it, as a receiver in a television does. */
const openHeaders = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-length, content-range, retry-after",
  "x-content-type-options": "nosniff",
};
const freshHeaders = { ...openHeaders, "cache-control": "no-store" };
/** The address names the bytes. */
const lasting = "private, max-age=86400, immutable";

interface RouteDeps extends Pick<StreamDeps, "storage" | "clock" | "webVtt"> {
  readonly sessions: Sessions;
}

export function createRoutes(deps: RouteDeps): Route[] {
  return [
    { prefix: playPrefix, secretPath: true, handle: playHandler(deps) },
    { prefix: itemPrefix, handle: itemHandler(deps) },
  ];
}

/** `/media/items/ID/file`: the file for players that log in by themselves, with an app password or the cookie. */
function itemHandler({ sessions, storage }: RouteDeps): HttpHandler {
  return async (request, context) => {
    requireRead(request);
    const match = /^([1-9]\d{0,15})\/file(?:\/[^/]*)?$/.exec(context.path.slice(itemPrefix.length));
    if (match === null) throw new AppError("not-found");
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    const { item, node } = sessions.readable(actor, Number(match[1]));
    const holds = (now: Actor) => sessions.readable(now, item.id).item.id === item.id;
    return fileOf(request, storage, node, {}, { actor, holds });
  };
}

function playHandler(deps: RouteDeps): HttpHandler {
  const { sessions, storage } = deps;
  return async (request, context) => {
    if (request.method === "OPTIONS") return preflight();
    requireRead(request);
    const [id = "", ...rest] = context.path.slice(playPrefix.length).split("/");
    const session = sessions.use(id);
    if (rest.length === 1 && rest[0] === "file")
      return counted(session, await fileOf(request, storage, session.node, openHeaders, permitOf(session)));
    try {
      const answer = await answerOf(deps, request, session, rest);
      session.trouble = null;
      return answer;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== "not-found") session.trouble = error.detail;
      if (error.code === "gone") sessions.end(session, error);
      throw error;
    }
  };
}

/** What is sent for a playback, as long as it has not ended. */
function permitOf(session: PlaySession): Permit {
  return { actor: session.actor, holds: () => session.ended === undefined };
}

function preflight(): Response {
  const headers = { ...openHeaders, "access-control-allow-headers": "range", "access-control-max-age": "86400" };
  return new Response(null, { status: 204, headers });
}

function requireRead({ method }: Request): void {
  if (method !== "GET" && method !== "HEAD") throw new AppError("method-not-allowed");
}

async function answerOf(
  deps: RouteDeps,
  request: Request,
  session: PlaySession,
  path: readonly string[],
): Promise<Response> {
  if (path.length === 1 && path[0] === "master.m3u8") {
    return playlist(await masterOf(session, (error) => (session.trouble = toAppError(error).detail)));
  }
  const [kind, name = "", file = ""] = path;
  if (path.length !== 3) throw new AppError("not-found");
  if (kind === "s") return textAnswer(deps, session, Number(name), file);
  const track = session.tracks.get(`${kind}/${name}`);
  if (track === undefined) throw new AppError("not-found");
  if (file === "index.m3u8") return playlist(mediaPlaylist(track.rendition));
  return trackAnswer(deps, request, session, track, file);
}

const playlist = (text: string) => new Response(text, { headers: { ...freshHeaders, "content-type": playlistType } });

async function trackAnswer(
  { clock }: RouteDeps,
  request: Request,
  session: PlaySession,
  track: Track,
  file: string,
): Promise<Response> {
  const { rendition } = track;
  const match = /^(0|[1-9]\d{0,7})\.m4s$/.exec(file);
  if (match === null && file !== initName) throw new AppError("not-found");
  const index = Number(match?.[1] ?? 0);
  const ask = () =>
    match === null
      ? rendition.init(session.id, session.positionSeconds, request.signal)
      : rendition.segment(index, session.id, request.signal);
  if (match !== null) {
    session.positionSeconds = segmentStart(rendition.recipe, index);
    if (track.kind === "picture") session.rungId = track.id;
    leaveOthers(session, track);
  }
  let opened = openPiece(await ask());
  if (opened === undefined) {
    // Somebody has emptied the cache's folder.
    rendition.forget(match === null ? initName : segmentName(index));
    opened = openPiece(await ask());
  }
  if (opened === undefined) throw new AppError("unavailable", "A piece of this film has vanished; try again.");
  session.sentBytes += "content" in opened ? opened.content.length : opened.sizeBytes;
  const etag = new Bun.CryptoHasher("sha1").update(`${rendition.key} ${file} ${engineVersion}`).digest("hex");
  const options = {
    etag,
    modifiedAtMs: clock.now(),
    contentType: track.kind === "picture" ? "video/mp4" : "audio/mp4",
    headers: { ...openHeaders, "cache-control": lasting },
  };
  return sendFile(request, opened, options, permitOf(session));
}

/** A player shows one picture at a time: what it has left needs nobody to go on making it. */
function leaveOthers(session: PlaySession, track: Track): void {
  for (const other of session.tracks.values()) {
    if (other.kind === track.kind && other.rendition !== track.rendition) other.rendition.leave(session.id);
  }
}

/** Undefined when the file is gone. */
function openPiece(piece: Piece): ResponseFile | undefined {
  if ("content" in piece) return { content: piece.content };
  let fd: number;
  try {
    fd = openSync(piece.path, "r");
  } catch {
    return undefined;
  }
  return { fd, fdPath: pathForChild(fd), sizeBytes: fstatSync(fd).size, close: () => closeSync(fd) };
}

async function textAnswer(
  { webVtt }: RouteDeps,
  session: PlaySession,
  streamIndex: number,
  file: string,
): Promise<Response> {
  const { title, item } = session;
  const track = title.film.facts.subtitles.find(({ index, form }) => index === streamIndex && form === "text");
  if (track === undefined) throw new AppError("not-found");
  if (file === "index.m3u8") return playlist(textPlaylist(title.durationSeconds));
  const match = /^(0|[1-9]\d{0,5})\.vtt$/.exec(file);
  if (match === null) throw new AppError("not-found");
  const text = (await webVtt(item, streamIndex)) ?? "WEBVTT\n";
  const body = splitWebVtt(text, title.originSeconds * 1000).piece(Number(match[1]));
  const headers = { ...openHeaders, "content-type": "text/vtt; charset=utf-8", "cache-control": "private, max-age=60" };
  return new Response(body, { headers });
}

/** A file by ranges, as it lies there. */
async function fileOf(
  request: Request,
  storage: Storage,
  node: NodeInfo,
  headers: Readonly<Record<string, string>>,
  permit: Permit,
): Promise<Response> {
  const file = storage.open(node.id, { remote: true });
  const type = contentTypeOf(node.name);
  const options = {
    etag: file.node.etag,
    modifiedAtMs: file.node.modifiedAtMs,
    // Nothing but media is played from here.
    contentType: /^(video|audio)\//.test(type) ? type : "application/octet-stream",
    headers,
  };
  return sendFile(request, file, options, permit);
}

function counted(session: PlaySession, response: Response): Response {
  const length = Number(response.headers.get("content-length") ?? 0);
  session.sentBytes += length;
  return response;
}
