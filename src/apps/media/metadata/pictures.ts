import type { LibraryReader } from "#apps/media/library";
import type { DerivedCache } from "#cache/derived";
import type { Random } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createWorkQueue } from "#platform/exec";
import type { HttpHandler, Route } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { createOffers } from "./offers.ts";
import type { Repository } from "./repository.ts";
import type { SeasonRows } from "./season-rows.ts";
import type { Picture, PictureKind, Provider } from "./types.ts";

export interface PicturesDeps {
  readonly repository: Repository;
  readonly seasonRows: Pick<SeasonRows, "stillOf">;
  readonly library: Pick<LibraryReader, "seen">;
  readonly cache: DerivedCache;
  readonly random: Random;
  readonly providers: readonly Provider[];
}

/** Addresses of pictures, each to be followed by `&size=256`, `480` or `1600`. */
export type PictureAddresses = Readonly<Partial<Record<PictureKind, string>>>;

const prefix = "/api/metadata/picture/";
const candidatePath = "candidate";
const address = /^([1-9]\d{0,15})\/(poster|backdrop|logo|still)$/;
const sizes: Readonly<Record<string, number>> = { "256": 256, "480": 480, "1600": 1600 };
const maxPixels = 60_000_000;
const quality = 82;
/** From the request of a browser to the picture: after that the page shows the title instead. */
const timeoutMs = 20_000;
const atOnce = 2;
const maxWaiting = 200;
const decodeSeconds = 10;

/** JPEG, PNG or WebP by their first bytes: nothing else that a catalogue may answer is given to a decoder. */
function isPhotograph(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  return head.startsWith("\xFF\xD8\xFF") || head.startsWith("\x89PNG\r\n\x1A\n") || /^RIFF.{4}WEBP/s.test(head);
}

/** A photograph made anew as WebP that fits into a square; null: it is none, or damaged. */
export async function shrunk(bytes: Uint8Array, size: number): Promise<Uint8Array | null> {
  if (!isPhotograph(bytes)) return null;
  const { default: sharp } = await import("sharp");
  try {
    const image = sharp(bytes, { limitInputPixels: maxPixels }).timeout({ seconds: decodeSeconds });
    return await image.resize(size, size, { fit: "inside", withoutEnlargement: true }).webp({ quality }).toBuffer();
  } catch {
    return null;
  }
}

/** Pictures of catalogues: fetched once by us, so that no browser tells a catalogue what the household watches. */
export function createPictures({ repository, seasonRows, library, cache, random, providers }: PicturesDeps) {
  const offers = createOffers(random);
  const queue = createWorkQueue(atOnce, maxWaiting);
  const picturesOf = (workId: number): readonly Picture[] => {
    const itemId = repository.firstItemOf(workId);
    const row = itemId === undefined ? undefined : repository.get(itemId);
    return row?.state === "matched" ? (JSON.parse(row.pictures) as Picture[]) : [];
  };
  const fetchOne = async (url: string): Promise<Uint8Array | null> => {
    const host = new URL(url).hostname;
    const provider = providers.find(({ hosts }) => hosts.includes(host));
    // Not kept as "there is none": the owner may switch the catalogue on again.
    if (provider === undefined) throw none();
    const signal = AbortSignal.timeout(timeoutMs);
    return queue.run(async () => {
      signal.throwIfAborted();
      const bytes = await provider.picture(url, signal);
      return bytes === null ? null : shrunk(bytes, 1600);
    });
  };
  /** Where the catalogue has it; undefined: there is no such picture, or not for this person. */
  const urlFor = (actor: Actor, path: string, token: string): string | undefined => {
    if (path === candidatePath) return offers.urlOf(token);
    const [, id, kind] = address.exec(path) ?? [];
    const workId = Number(id ?? 0);
    const url =
      kind === "still" ? seasonRows.stillOf(workId) : picturesOf(workId).find((picture) => picture.kind === kind)?.url;
    return library.seen(actor, repository.itemsOf(workId)).length === 0 ? undefined : url;
  };
  const handle: HttpHandler = async (request, context) => {
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    const { searchParams } = new URL(request.url);
    const size = sizes[searchParams.get("size") ?? "256"];
    if (size === undefined) throw new AppError("bad-request", "size is 256, 480 or 1600.");
    const url = urlFor(actor, context.path.slice(prefix.length), searchParams.get("of") ?? "");
    if (url === undefined) throw none();
    const full = cache.get(`metadata picture:${url}`, () => fetchOne(url));
    const whole = await full.catch((error: unknown) => {
      // The catalogue is away: the page shows the title instead.
      if (error instanceof AppError || (error instanceof Error && error.name === "TimeoutError")) throw none();
      throw error;
    });
    if (whole === null) throw none();
    const webp = size === 1600 ? whole : await cache.get(`metadata picture:${url}:${size}`, () => shrunk(whole, size));
    if (webp === null) throw none();
    const headers = {
      "content-type": "image/webp",
      "content-length": String(webp.byteLength),
      "cache-control": "private, max-age=86400",
      "x-content-type-options": "nosniff",
    };
    return new Response(request.method === "HEAD" ? null : new Uint8Array(webp), { headers });
  };
  return {
    routes: [{ prefix, handle }] satisfies Route[],
    /** Address of a picture that a catalogue named in an answer to a search; to be followed by a size as others. */
    offer: (url: string): string => `${prefix}${candidatePath}?of=${offers.offer(url)}`,
    /** Of an episode, as the addresses of others. */
    still: (workId: number): string | undefined => {
      const url = providers.length === 0 ? undefined : seasonRows.stillOf(workId);
      return url && `${prefix}${workId}/still?v=${Bun.hash(url).toString(36)}`;
    },
    /** What catalogues have of a film or series. */
    pictures: (workId: number): PictureAddresses => {
      if (providers.length === 0) return {};
      const all = picturesOf(workId).map(({ kind, url }) => [
        kind,
        `${prefix}${workId}/${kind}?v=${Bun.hash(url).toString(36)}`,
      ]);
      return Object.fromEntries(all) as PictureAddresses;
    },
  };
}

const none = () => new AppError("not-found", "There is no such picture.");
