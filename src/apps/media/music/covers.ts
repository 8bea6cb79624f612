import { readSync } from "node:fs";
import type Sharp from "sharp";
import type { DerivedCache } from "#cache/derived";
import type { AlbumCatalogues } from "#apps/media/metadata";
import type { Item, LibraryReader } from "#apps/media/library";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { createWorkQueue } from "#platform/exec";
import type { Actor } from "#platform/usecase";
import type { Storage } from "#storage/primary";
import type { Browsing } from "./browse.ts";
import { coversSeen } from "./cover-sight.ts";
import type { Playlists } from "./playlists.ts";
import type { SightDeps } from "./sight.ts";

export interface CoversDeps extends SightDeps {
  readonly db: Db;
  readonly cache: DerivedCache;
  readonly storage: Pick<Storage, "open">;
  readonly library: Pick<LibraryReader, "item">;
  /** The picture inside a song's file. */
  readonly coverInside: (item: Item) => Promise<{ readonly bytes: Uint8Array } | null>;
  /** Undefined while no catalogue is on. */
  readonly catalogues: Pick<AlbumCatalogues, "cover"> | undefined;
  readonly browsing: Browsing;
  readonly playlists: Playlists;
}

export const coverKinds = ["song", "album", "artist", "playlist"] as const;
export type CoverKind = (typeof coverKinds)[number];
/** JPEG for programs that know nothing newer. */
export type CoverForm = "webp" | "jpeg";

const sizes = [64, 128, 256, 512, 1024];
/** Raised when pictures are made in another way. */
const recipe = 1;
const maxSourceBytes = 64 * 1024 * 1024;
const maxPixels = 100_000_000;
const timeoutSeconds = 15;
/** From the request of a browser to the picture. */
const fetchMs = 20_000;
/** A large picture may take hundreds of megabytes while it is made smaller. */
const atOnce = 2;
const maxWaiting = 500;

export interface CoverPicture {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly etag: string;
}

/** Pictures of songs, albums, artists and playlists, as squares at most, made once for each size. Throws `not-found` where there is none. */
export function createCovers(deps: CoversDeps) {
  const source = createSource(deps);
  const queue = createWorkQueue(atOnce, maxWaiting);
  return async (actor: Actor, kind: CoverKind, id: number, size: number, form: CoverForm): Promise<CoverPicture> => {
    const pixels = sizes.find((one) => one >= size) ?? sizes.at(-1) ?? 512;
    const from = source(actor, kind, id);
    if (from === undefined) throw noPicture();
    const key = `cover:${recipe}:${contentOf(from)}:${pixels}:${form}`;
    const bytes = await deps.cache.get(key, () => queue.run(() => render(deps, from, pixels, form)));
    if (bytes === null) throw noPicture();
    return { bytes, contentType: `image/${form}`, etag: Bun.hash(key).toString(36) };
  };
}

const noPicture = () => new AppError("not-found", "There is no picture of this.");

/** A file, or a picture at a catalogue. */
type Source = Item | { readonly url: string };

const contentOf = (from: Source): string =>
  "url" in from ? from.url : (from.contentKey ?? `${from.nodeId}:${from.etag}`);

/** Where a picture of a catalogue is kept, as it was made anew. */
export const providedCover = (url: string): string => `album cover of a catalogue:${url}`;

/** The file whose picture stands for something: one that this person may see. */
function createSource(deps: CoversDeps) {
  const inside = deps.db.prepare<{ album: number; stream: number | null }, [number]>(
    "SELECT album_id AS album, cover_stream AS stream FROM media_song WHERE item_id = ?",
  );
  const ofAlbum = (actor: Actor, albumId: number): Source | undefined => {
    deps.browsing.albumById(actor, albumId);
    const shown = coversSeen(deps, actor, [albumId]).get(albumId);
    if (shown === undefined) return undefined;
    return "url" in shown.source ? shown.source : deps.library.item(shown.source.itemId);
  };
  return (actor: Actor, kind: CoverKind, id: number): Source | undefined => {
    if (kind === "album") return ofAlbum(actor, id);
    if (kind === "artist") {
      const { coverAlbumId } = deps.browsing.artistById(actor, id);
      return coverAlbumId === null ? undefined : ofAlbum(actor, coverAlbumId);
    }
    if (kind === "playlist") {
      const [albumId] = deps.playlists.playlist(actor, { id }).playlist.coverAlbumIds;
      return albumId === undefined ? undefined : ofAlbum(actor, albumId);
    }
    deps.browsing.song(actor, id);
    const song = inside.get(id);
    if (song === null) return undefined;
    return song.stream === null ? ofAlbum(actor, song.album) : deps.library.item(id);
  };
}

/** Undefined or empty: there is none. */
async function bytesOf(deps: CoversDeps, from: Source): Promise<Uint8Array | null | undefined> {
  if (!("url" in from)) return from.kind === "audio" ? (await deps.coverInside(from))?.bytes : readPicture(deps, from);
  const { catalogues } = deps;
  try {
    return await deps.cache.get(providedCover(from.url), () => {
      if (catalogues === undefined) throw noPicture();
      return catalogues.cover(from.url, AbortSignal.timeout(fetchMs));
    });
  } catch (error) {
    // It is not kept any more, and cannot be had now: the page shows a note instead, and asks again another time.
    if (error instanceof AppError || (error instanceof Error && error.name === "TimeoutError")) throw noPicture();
    throw error;
  }
}

async function render(deps: CoversDeps, from: Source, pixels: number, form: CoverForm): Promise<Uint8Array | null> {
  const bytes = await bytesOf(deps, from);
  if (bytes === null || bytes === undefined || bytes.length === 0 || isDrawing(bytes)) return null;
  const sharp = await loadSharp();
  try {
    const picture = sharp(bytes, { failOn: "none", limitInputPixels: maxPixels, sequentialRead: true })
      .timeout({ seconds: timeoutSeconds })
      .autoOrient()
      .resize(pixels, pixels, { fit: "inside", withoutEnlargement: true })
      .flatten({ background: "#fff" });
    return await (
      form === "webp" ? picture.webp({ quality: 80, effort: 2 }) : picture.jpeg({ quality: 85 })
    ).toBuffer();
  } catch {
    // A damaged picture is none, and stays none as long as the file is the same.
    return null;
  }
}

/** SVG, plain or packed, whatever the name of the file says: covers are photographs, and a drawing can ask for any amount of work. */
function isDrawing(bytes: Uint8Array): boolean {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isPacked || /<svg/i.test(Buffer.from(bytes.subarray(0, 1024)).toString("latin1"));
}

function readPicture({ storage }: CoversDeps, item: Item): Uint8Array {
  const file = storage.open(item.nodeId);
  try {
    if (file.sizeBytes > maxSourceBytes) return new Uint8Array();
    const bytes = new Uint8Array(file.sizeBytes);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(file.fd, bytes, filled, bytes.length - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    file.close();
  }
}

let loaded: Promise<typeof Sharp> | undefined;

/** It costs 30 MB of memory: it comes with the first picture. */
function loadSharp(): Promise<typeof Sharp> {
  loaded ??= import("sharp").then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}
