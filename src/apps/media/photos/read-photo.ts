import type { MediaFacts } from "#apps/media/probe";
import { parseMediaPath } from "#apps/media/names";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import type { Thread } from "#platform/thread";
import type { NodeInfo, Storage } from "#storage/primary";
import { ratioChar } from "./columns.ts";
import type { ExifCalls, PictureMeta, SidecarMeta } from "./exif-protocol.ts";
import { noWords, takenOf } from "./moment.ts";
import { readIso6709 } from "./place.ts";
import type { PendingItem, ReadPhoto } from "./repository.ts";
import { wordsOf } from "./words.ts";

/** Few pixels of a file's picture, and how large it is; as `Previews.look`. */
export type LookAtPicture = (nodeId: number) => Promise<{
  readonly sample: {
    readonly rgba: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly grey: Uint8Array;
  } | null;
  readonly size: { readonly width: number; readonly height: number } | null;
}>;

export interface ReadDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Logger;
  readonly exif: Thread<ExifCalls>;
  readonly look: LookAtPicture;
  readonly facts: (item: Pick<PendingItem, "contentKey">) => MediaFacts | undefined;
}

/** Raised when files are read in another way; all are read again. */
const recipe = 1;
const noPicture = "No picture could be made of this file: it is damaged, or of a kind that nothing here can read.";

/** What is to be read of a file as it is now. */
export function readOfNow({ etag, path }: Pick<PendingItem, "etag" | "path">): string {
  return `${recipe}:${etag}:${Bun.hash.crc32(path)}`;
}

const homeOffset = (atMs: number) => -new Date(atMs).getTimezoneOffset();

/** What the name and the time of a file say, before anybody has looked into it. */
export function fromName(item: PendingItem, nowMs: number): ReadPhoto {
  const name = parseMediaPath("photos", item.path);
  const photo = name?.form === "photo" ? name : null;
  const words = { ...noWords, name: photo?.takenLocal ?? null };
  const burst = photo?.burst ?? null;
  return {
    itemId: item.id,
    readOf: "",
    kind: item.kind === "video" ? "video" : "still",
    taken: takenOf(words, { fileMs: item.modifiedAtMs, nowMs, homeOffset }),
    ...{ width: 0, height: 0, ratio: ratioChar(0, 0), durationMs: null, thumbhash: null, hash64: null, place: null },
    ...{ country: null, camera: null, lens: null, exposureSeconds: null, aperture: null, iso: null, focalMm: null },
    ...{ description: null, rating: null, motion: null, contentId: null, problem: null },
    stackKey: `${item.folderId}/${burst === null ? (photo?.stack ?? item.path) : `burst ${burst.id}`}`,
    // Of a burst the cover, else the first.
    stackRank: burst === null ? (photo?.rank ?? 0) : burst.isCover ? 100_000 : -burst.index,
    words: wordsOf([item.path]),
  };
}

/**
 * Everything about one file. Throws AppError `unavailable` and its like when it cannot be read now; a broken file is an answer with a
 * problem.
 */
export async function readPhoto(deps: ReadDeps, item: PendingItem): Promise<ReadPhoto> {
  const nowMs = deps.clock.now();
  const named = fromName(item, nowMs);
  const done = { ...named, readOf: readOfNow(item) };
  if (item.sizeBytes === 0) return { ...done, problem: "The file is empty." };
  const beside = await sidecarOf(deps, item);
  const picture = await deps.look(item.nodeId);
  const hashes = picture.sample === null ? null : await deps.exif.call("hash", picture.sample);
  const shown = {
    thumbhash: hashes?.thumbhash ?? null,
    hash64: item.kind === "video" ? null : (hashes?.hash64 ?? null),
    problem: picture.sample === null ? noPicture : null,
  };
  const inside = item.kind === "video" ? videoOf(deps, item) : await stillOf(deps, item);
  const name = parseMediaPath("photos", item.path);
  const takenLocal = name?.form === "photo" ? name.takenLocal : null;
  const words = { ...noWords, ...inside.times, sidecar: beside?.taken ?? null, name: takenLocal };
  const place = placeIn(beside) ?? inside.place;
  const country = place === null ? null : await deps.exif.call("country", place).catch(() => null);
  const { width, height } = inside.size ?? picture.size ?? { width: 0, height: 0 };
  // Without a size the small picture has the right shape.
  const shape = width > 0 ? { width, height } : (picture.sample ?? { width, height });
  const description = beside?.description ?? inside.description;
  return {
    ...done,
    ...shown,
    kind: item.kind === "video" ? "video" : inside.motion === null ? "still" : "motion",
    taken: takenOf(words, { fileMs: item.modifiedAtMs, nowMs, homeOffset }),
    ...{
      width,
      height,
      ratio: ratioChar(shape.width, shape.height),
      durationMs: inside.durationMs,
      place,
      country,
      description,
    },
    ...{ camera: inside.camera, lens: inside.lens, exposureSeconds: inside.exposureSeconds, aperture: inside.aperture },
    ...{ iso: inside.iso, focalMm: inside.focalMm, rating: beside?.rating ?? inside.rating, motion: inside.motion },
    contentId: inside.contentId,
    words: wordsOf([item.path, inside.camera, inside.lens, country, description]),
  };
}

type Inside = Omit<PictureMeta, "times" | "latitude" | "longitude"> & {
  readonly times: Partial<PictureMeta["times"]> & { readonly utc?: string | null };
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
  /** Upright. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly durationMs: number | null;
};

async function stillOf({ storage, exif, log }: ReadDeps, item: PendingItem): Promise<Inside> {
  const file = storage.open(item.nodeId);
  try {
    const input = { fd: file.fd, sizeBytes: file.sizeBytes, name: file.node.name };
    const meta = await exif.call("read", input).catch((cause: unknown) => {
      log.info("a picture says nothing", { itemId: item.id, cause });
      return null;
    });
    return { ...nothing, ...meta, place: placeIn(meta), size: null, durationMs: null };
  } finally {
    file.close();
  }
}

const nothing = {
  ...{ times: {}, camera: null, lens: null, exposureSeconds: null, aperture: null, iso: null, focalMm: null },
  ...{ description: null, rating: null, contentId: null, motion: null },
};

function videoOf({ facts: factsOf }: ReadDeps, item: PendingItem): Inside {
  const facts = factsOf(item);
  const [track] = facts?.video ?? [];
  const tag = (name: string) => facts?.tags[name]?.[0] ?? null;
  const isTurned = track !== undefined && track.rotation % 180 !== 0;
  const [over, under] = track?.pixelAspect ?? [1, 1];
  const width = track === undefined ? 0 : Math.round((track.width * over) / Math.max(1, under));
  const make = tag("com.apple.quicktime.make") ?? tag("make") ?? tag("com.android.manufacturer");
  const model = tag("com.apple.quicktime.model") ?? tag("model") ?? tag("com.android.model");
  return {
    ...nothing,
    // Apple's has the zone; the other is in UTC.
    times: { embedded: tag("com.apple.quicktime.creationdate"), utc: tag("creation_time") },
    place: readIso6709(tag("com.apple.quicktime.location.iso6709") ?? tag("location") ?? undefined),
    camera: model === null ? make : make === null || model.startsWith(make) ? model : `${make} ${model}`,
    contentId: tag("com.apple.quicktime.content.identifier"),
    size:
      track === undefined ? null : isTurned ? { width: track.height, height: width } : { width, height: track.height },
    durationMs: facts?.durationMs === null || facts === undefined ? null : Math.round(facts.durationMs),
  };
}

function placeIn(meta: Pick<SidecarMeta, "latitude" | "longitude"> | null) {
  if (meta === null || meta.latitude === null || meta.longitude === null) return null;
  return { latitude: meta.latitude, longitude: meta.longitude };
}

/** `a.jpg.xmp` goes before `a.xmp`. */
async function sidecarOf({ storage, exif, log }: ReadDeps, item: PendingItem): Promise<SidecarMeta | null> {
  const name = item.path.slice(item.path.lastIndexOf("/") + 1);
  const stem = name.slice(0, name.lastIndexOf("."));
  const node = [`${name}.xmp`, `${stem}.xmp`, `${name}.XMP`, `${stem}.XMP`]
    .map((candidate): NodeInfo | undefined => storage.child(item.folderId, candidate))
    .find((found) => found?.kind === "file");
  if (node === undefined) return null;
  try {
    const file = storage.open(node.id);
    try {
      return await exif.call("sidecar", { fd: file.fd, sizeBytes: file.sizeBytes });
    } finally {
      file.close();
    }
  } catch (cause) {
    if (cause instanceof AppError && cause.code === "unavailable") throw cause;
    log.info("an XMP file cannot be read", { nodeId: node.id, cause });
    return null;
  }
}
