import { z } from "zod";

/** Months since the year 0: year × 12 + month (0 to 11). 0 for a view that is not in the order of time. */
export const MonthNumber = z.int().min(0).max(120_000);

/** Which pictures, and in which order. Every view but `archive`, `album` and `search` leaves out what the person has archived. */
export const PhotoView = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["all", "favourites", "videos", "motion", "archive", "recent"]) }),
  z.object({ kind: z.literal("album"), albumId: z.int().positive() }),
  /** Words of dates, places, cameras, folders and file names; all of them must fit. */
  z.object({ kind: z.literal("search"), text: z.string().trim().min(1).max(200) }),
  z.object({
    kind: z.literal("area"),
    west: z.number().min(-180).max(180),
    east: z.number().min(-180).max(180),
    south: z.number().min(-90).max(90),
    north: z.number().min(-90).max(90),
  }),
  /** This day of every year. */
  z.object({ kind: z.literal("day"), month: z.int().min(1).max(12), day: z.int().min(1).max(31) }),
]);
export type PhotoView = z.infer<typeof PhotoView>;

/** `motion`: a picture with a few seconds of film, in the same file or beside it. */
const photoKinds = ["still", "motion", "video"] as const;
export const PhotoKind = z.enum(photoKinds);
export type PhotoKind = z.infer<typeof PhotoKind>;

/**
 * How the date is known, the surest first: set by a person; XMP file beside it; EXIF or the container of a film with and without its time
 * zone; time of the satellites; the file's name; the file's time.
 */
const takenSources = ["person", "sidecar", "zoned", "camera", "gps", "name", "file"] as const;
export const TakenSource = z.enum(takenSources);
export type TakenSource = z.infer<typeof TakenSource>;

const Place = z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });

/** The caller's own marks; what is absent stays. */
export const Mark = z.object({
  itemId: z.int().positive(),
  isFavourite: z.boolean().optional(),
  isArchived: z.boolean().optional(),
});
export type Mark = z.infer<typeof Mark>;

/** What people have set by hand; absent stays, null is what the file says. */
export const Edit = z.object({
  itemId: z.int().positive(),
  taken: z
    .object({
      /** The clock on the wall, as if it were UTC. */
      localMs: z.int(),
      offsetMinutes: z.int().min(-900).max(900).nullable(),
    })
    .nullable()
    .optional(),
  place: Place.nullable().optional(),
  /** 0 is rejected. */
  rating: z.int().min(0).max(5).nullable().optional(),
});
export type Edit = z.infer<typeof Edit>;

export const PhotoFile = z.object({
  itemId: z.int(),
  nodeId: z.int(),
  name: z.string(),
  sizeBytes: z.int(),
  canWrite: z.boolean(),
  canShare: z.boolean(),
});

export const PhotoDetail = z.object({
  itemId: z.int(),
  /** Null when the caller sees it through an album only. */
  file: PhotoFile.extend({ folderPath: z.string(), folderId: z.int().nullable() }).nullable(),
  name: z.string(),
  mime: z.string(),
  sizeBytes: z.int(),
  kind: PhotoKind,
  month: MonthNumber,
  revision: z.string(),
  /** Upright, as shown. 0 when it is not known. */
  width: z.int(),
  height: z.int(),
  durationMs: z.int().nullable(),
  /** The film beside a live photo; null when it is in the file itself, and when the caller sees it through an album only. */
  motion: z.object({ itemId: z.int(), nodeId: z.int() }).nullable(),
  /** The clock on the wall, as if it were UTC. */
  takenLocalMs: z.int(),
  offsetMinutes: z.int().nullable(),
  takenFrom: TakenSource,
  place: Place.nullable(),
  /** In which country that is, in English. */
  country: z.string().nullable(),
  camera: z.string().nullable(),
  lens: z.string().nullable(),
  /** Seconds. */
  exposureSeconds: z.number().nullable(),
  aperture: z.number().nullable(),
  iso: z.int().nullable(),
  focalLengthMm: z.number().nullable(),
  description: z.string().nullable(),
  rating: z.int().nullable(),
  isFavourite: z.boolean(),
  isArchived: z.boolean(),
  /** Why it has no picture; null when all is well. */
  problem: z.string().nullable(),
  /** Everything shown as this one, itself first. */
  stack: z.array(z.object({ itemId: z.int(), name: z.string(), revision: z.string(), mime: z.string() })),
  albums: z.array(z.object({ id: z.int(), name: z.string() })),
});
export type PhotoDetail = z.infer<typeof PhotoDetail>;

export const AlbumMember = z.object({
  kind: z.enum(["person", "group"]),
  id: z.int().positive(),
  /** May also add pictures of their own, and take those out again. */
  contributes: z.boolean(),
});
export type AlbumMember = z.infer<typeof AlbumMember>;

export const AlbumSummary = z.object({
  id: z.int(),
  name: z.string(),
  ownerId: z.int(),
  ownerName: z.string(),
  isOwn: z.boolean(),
  canAdd: z.boolean(),
  order: z.enum(["date", "own"]),
  count: z.int(),
  coverId: z.int().nullable(),
  coverRevision: z.string().nullable(),
  firstLocalMs: z.int().nullable(),
  lastLocalMs: z.int().nullable(),
  /** Whom it is shared with; empty for all but the owner. */
  members: z.array(AlbumMember),
});
export type AlbumSummary = z.infer<typeof AlbumSummary>;
