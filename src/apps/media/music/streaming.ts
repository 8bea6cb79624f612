import { openSync, closeSync } from "node:fs";
import type { Song } from "#contract/apps/media/music";
import type { Item, LibraryReader } from "#apps/media/library";
import { AppError } from "#platform/errors";
import { fileResponse, type FileResponseOptions, type Permit, sendFile, underPermit } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { Storage } from "#storage/primary";
import { contentTypeOfAudio } from "./audio-types.ts";
import type { Browsing } from "./browse.ts";
import { type AudioFormat, contentTypes, encodeKey, type EncodeOptions, estimatedBytes, rateFor } from "./encode.ts";
import { type Encoding, streamOfEncoding } from "./encoding.ts";
import type { Encodings } from "./encodings.ts";
import { fragmentBytes, fragmentOf } from "./fragments.ts";

export interface StreamingDeps {
  readonly storage: Pick<Storage, "open">;
  readonly library: Pick<LibraryReader, "item"> & { contentKey(itemId: number): Promise<string> };
  readonly browsing: Browsing;
  readonly encodings: Encodings;
}

export interface StreamOptions {
  readonly songId: number;
  /** Null: the file as it is. */
  readonly format: AudioFormat | null;
  readonly kilobitsPerSecond?: number | undefined;
  /** Begins so far into the song; makes a conversion of the file as it is. */
  readonly offsetMs?: number | undefined;
  /** The browser is to save it. */
  readonly isDownload?: boolean | undefined;
}

/** Sound to whoever may hear it: `not-found` for a song they may not see. */
export interface Streaming {
  /** GET and HEAD with ranges. A conversion under way is sent as it comes, without a length. */
  respond(request: Request, actor: Actor, options: StreamOptions): Promise<Response>;
  /** A piece of the lossless form for playing without gaps: `init` or a number from 0. */
  respondPiece(request: Request, actor: Actor, songId: number, which: number | "init"): Promise<Response>;
}

const playable = (song: Song): Song => {
  if (!song.canPlay) throw new AppError("unavailable", song.reason ?? "This song cannot be played now.");
  return song;
};

export function createStreaming(deps: StreamingDeps): Streaming {
  const { library, browsing, encodings } = deps;
  const encodingOf = async (
    song: Song,
    options: EncodeOptions,
  ): Promise<{ encoding: Encoding; contentKey: string }> => {
    const contentKey = await library.contentKey(song.id);
    const item = itemOf(library, song.id);
    return { encoding: await encodings.get(item, contentKey, options, song), contentKey };
  };
  const permitFor = (actor: Actor, { id }: Song): Permit => ({
    actor,
    holds: (now) => browsing.presentSongs(now, [id]).length > 0,
  });
  return {
    respond: async (request, actor, { songId, format, kilobitsPerSecond, offsetMs = 0, isDownload = false }) => {
      requireReading(request);
      const song = playable(browsing.song(actor, songId));
      const permit = permitFor(actor, song);
      if (format === null && offsetMs === 0) return fileAsIs(deps, request, song, isDownload, permit);
      const form = format ?? "mp3";
      const options = { format: form, kilobitsPerSecond: rateFor(form, kilobitsPerSecond), offsetMs };
      if (request.method === "HEAD") return headOf(song, options);
      const { encoding, contentKey } = await encodingOf(song, options);
      return converted(request, encoding, options, song, encodeKey(contentKey, options), permit);
    },
    respondPiece: async (request, actor, songId, which) => {
      requireReading(request);
      const song = playable(browsing.song(actor, songId));
      const { encoding, contentKey } = await encodingOf(song, { format: "flac", kilobitsPerSecond: 0, offsetMs: 0 });
      const etag = Bun.hash(`${contentKey} ${which}`).toString(36);
      const found = await fragmentOf(encoding, which, request.signal);
      if (found === undefined) throw new AppError("not-found", "The song is over.");
      const headers = {
        "cache-control": "private, max-age=3600",
        "hearth-last": String(found.isLast),
        "x-content-type-options": "nosniff",
      };
      const content = request.method === "HEAD" ? new Uint8Array() : fragmentBytes(encoding, found.fragment);
      const options = { etag, modifiedAtMs: song.modifiedAtMs, contentType: "audio/mp4", headers };
      return fileResponse(request, { content }, options, permitFor(actor, song));
    },
  };
}

function requireReading({ method }: Request): void {
  if (method !== "GET" && method !== "HEAD") throw new AppError("method-not-allowed");
}

function itemOf(library: StreamingDeps["library"], id: number): Item {
  const item = library.item(id);
  if (item === undefined) throw new AppError("not-found", "There is no such song.");
  return item;
}

function fileAsIs(
  { storage }: StreamingDeps,
  request: Request,
  song: Song,
  isDownload: boolean,
  permit: Permit,
): Promise<Response> {
  const file = storage.open(song.nodeId, { remote: true });
  const name = encodeURIComponent(file.node.name);
  const options: FileResponseOptions = {
    etag: file.node.etag,
    modifiedAtMs: file.node.modifiedAtMs,
    contentType: contentTypeOfAudio(song.path, song.container),
    headers: isDownload ? { "content-disposition": `attachment; filename*=UTF-8''${name}` } : {},
  };
  return Promise.resolve(sendFile(request, file, options, permit));
}

/** What can be said before anything was converted. */
function headOf(song: Song, options: EncodeOptions): Response {
  const size = estimatedBytes(options, song.durationMs);
  const headers: Record<string, string> = {
    "content-type": contentTypes[options.format],
    ...soundHeaders(song, options),
  };
  if (size !== null) headers["content-length"] = String(size);
  return new Response(null, { headers });
}

/** As other servers call the length of the sound in seconds. */
function soundHeaders({ durationMs }: Song, { offsetMs }: EncodeOptions): Record<string, string> {
  return durationMs === null ? {} : { "x-content-duration": (Math.max(0, durationMs - offsetMs) / 1000).toFixed(3) };
}

const beginning = /^bytes=0-\s*$/;

/** Whole: with ranges. Under way: as it comes, or for a part of it when it is whole. */
async function converted(
  request: Request,
  encoding: Encoding,
  options: EncodeOptions,
  song: Song,
  key: string,
  permit: Permit,
): Promise<Response> {
  const range = request.headers.get("range");
  if (encoding.state() === "running" && range !== null && !beginning.test(range)) {
    const release = encoding.hold();
    await encoding.done().finally(release);
  }
  const contentType = contentTypes[options.format];
  if (encoding.state() !== "done") {
    // What is wrong with the file shows before the answer begins.
    await encoding.more(0, request.signal);
    const headers = {
      "content-type": contentType,
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
    };
    const stream = streamOfEncoding(encoding, request.signal);
    return underPermit(new Response(stream, { headers: { ...headers, ...soundHeaders(song, options) } }), permit);
  }
  const fd = openSync(encoding.path(), "r");
  return fileResponse(
    request,
    { fd, fdPath: `/proc/self/fd/${fd}`, sizeBytes: encoding.sizeBytes(), close: () => closeSync(fd) },
    {
      etag: Bun.hash(key).toString(36),
      modifiedAtMs: song.modifiedAtMs,
      contentType,
      headers: soundHeaders(song, options),
    },
    permit,
  );
}
