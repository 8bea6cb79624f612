import { z } from "zod";
import { defineContract } from "#wire";

/** `video` is a home video: a name, a date and the file. */
export const WorkType = z.enum(["film", "series", "season", "episode", "video"]);
export type WorkType = z.infer<typeof WorkType>;

/** Fields that a person can set and lock. */
export const WorkField = z.enum([
  "title",
  "sortTitle",
  "originalTitle",
  "tagline",
  "overview",
  "year",
  "airDate",
  "rating",
  "certification",
  "genres",
  "studios",
  "cast",
  "directors",
  "writers",
  "seasonNumber",
  "episodeNumber",
  "externalIds",
]);
export type WorkField = z.infer<typeof WorkField>;

/** Where the value of a field comes from; the first of these that says something counts. */
export const FieldSource = z.enum(["user", "nfo", "tags", "name", "provider"]);
export type FieldSource = z.infer<typeof FieldSource>;

export const ArtworkKind = z.enum(["poster", "backdrop", "logo", "thumb", "banner"]);
export type ArtworkKind = z.infer<typeof ArtworkKind>;

/** Addresses of pictures, each to be followed by `&size=256`, `480` or `1600`; null where there is none. */
const Artwork = z.object({
  poster: z.string().nullable(),
  backdrop: z.string().nullable(),
  logo: z.string().nullable(),
  thumb: z.string().nullable(),
  banner: z.string().nullable(),
});

/** A work in a list. */
export const WorkCard = z.object({
  id: z.int(),
  type: WorkType,
  libraryId: z.int(),
  title: z.string(),
  sortTitle: z.string(),
  year: z.int().nullable(),
  /** Of a season or an episode: its series and season. */
  seriesId: z.int().nullable(),
  seasonId: z.int().nullable(),
  seriesTitle: z.string().nullable(),
  seasonNumber: z.int().nullable(),
  episodeNumber: z.int().nullable(),
  /** Of a file with several episodes: the last of them. */
  lastEpisodeNumber: z.int().nullable(),
  absoluteNumber: z.int().nullable(),
  /** `YYYY-MM-DD`. */
  airDate: z.string().nullable(),
  durationMs: z.int().nullable(),
  /** 0 to 10. */
  rating: z.number().nullable(),
  certification: z.string().nullable(),
  genres: z.array(z.string()),
  artwork: Artwork,
  /** Of series and seasons: episodes that the caller can see. */
  episodeCount: z.int(),
  seasonCount: z.int(),
  /** What playing it begins with: the first part of the best version. Null for series and seasons. */
  itemId: z.int().nullable(),
  /** Parts and versions of it are away: its disk is not there now. */
  isAway: z.boolean(),
  addedAtMs: z.int(),
});
export type WorkCard = z.infer<typeof WorkCard>;

const WorkPart = z.object({
  itemId: z.int(),
  nodeId: z.int(),
  /** Below the folder of the library. */
  path: z.string(),
  sizeBytes: z.int(),
  durationMs: z.int().nullable(),
  state: z.enum(["found", "ready", "broken", "away"]),
  reason: z.string().nullable(),
});

/** Subtitles or an audio track in a file beside the film. */
const WorkSidecar = z.object({
  itemId: z.int(),
  kind: z.enum(["subtitle", "audio"]),
  /** BCP 47; null when its name says nothing. */
  language: z.string().nullable(),
  title: z.string().nullable(),
  isForced: z.boolean(),
  isHearingImpaired: z.boolean(),
  isDefault: z.boolean(),
});

/** One way to watch a work: an edition in one quality, in one or more parts. */
export const WorkVersion = z.object({
  /** Stable: the id of its first part. */
  itemId: z.int(),
  /** `Director's Cut`; null for the ordinary one. */
  edition: z.string().nullable(),
  /** `1080p`, `2160p HDR`; null when nothing is known. */
  label: z.string().nullable(),
  durationMs: z.int().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  videoCodec: z.string().nullable(),
  audioCodecs: z.array(z.string()),
  /** `sdr`, `hdr10`, `hlg`, `dolby-vision`; null before it was probed. */
  range: z.string().nullable(),
  sizeBytes: z.int(),
  parts: z.array(WorkPart),
  sidecars: z.array(WorkSidecar),
});
export type WorkVersion = z.infer<typeof WorkVersion>;

export const WorkExtra = z.object({
  itemId: z.int(),
  title: z.string(),
  kind: z.enum([
    "trailer",
    "behind-the-scenes",
    "deleted-scene",
    "interview",
    "featurette",
    "scene",
    "short",
    "sample",
    "theme",
    "other",
  ]),
  durationMs: z.int().nullable(),
  state: z.enum(["found", "ready", "broken", "away"]),
});

const Credit = z.object({ name: z.string(), role: z.string().nullable() });

export const WorkDetail = z.object({
  work: WorkCard,
  originalTitle: z.string().nullable(),
  tagline: z.string().nullable(),
  overview: z.string().nullable(),
  studios: z.array(z.string()),
  cast: z.array(Credit),
  directors: z.array(z.string()),
  writers: z.array(z.string()),
  externalIds: z.object({
    imdb: z.string().nullable(),
    tmdb: z.string().nullable(),
    tvdb: z.string().nullable(),
  }),
  versions: z.array(WorkVersion),
  extras: z.array(WorkExtra),
  /** Of a series, in order; specials are season 0 and come last. */
  seasons: z.array(WorkCard),
  /** Of a season, or of a series without its seasons: in order. */
  episodes: z.array(WorkCard),
  /** The episodes before and after this one, over the ends of seasons. */
  previousId: z.int().nullable(),
  nextId: z.int().nullable(),
  sources: z.partialRecord(WorkField, FieldSource),
  lockedFields: z.array(WorkField),
  canEdit: z.boolean(),
  /** Whether there is an edit to undo. */
  canUndo: z.boolean(),
});
export type WorkDetail = z.infer<typeof WorkDetail>;

const text = (max: number) => z.string().trim().min(1).max(max);
const names = z.array(text(100)).max(100);

/** Null clears a value: then what the files say counts again. */
export const WorkEdit = z
  .object({
    title: text(300),
    sortTitle: text(300).nullable(),
    originalTitle: text(300).nullable(),
    tagline: text(500).nullable(),
    overview: text(10_000).nullable(),
    year: z.int().min(1870).max(2200).nullable(),
    airDate: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .nullable(),
    rating: z.number().min(0).max(10).nullable(),
    certification: text(40).nullable(),
    genres: names,
    studios: names,
    cast: z.array(z.object({ name: text(100), role: text(200).nullable() })).max(200),
    directors: names,
    writers: names,
    seasonNumber: z.int().min(0).max(9999).nullable(),
    episodeNumber: z.int().min(0).max(99_999).nullable(),
    externalIds: z.object({
      imdb: text(20).nullable().optional(),
      tmdb: text(20).nullable().optional(),
      tvdb: text(20).nullable().optional(),
    }),
  })
  .partial();
export type WorkEdit = z.infer<typeof WorkEdit>;

/** What a work may be instead. */
export const Candidate = z.object({
  /** To be given back to `works.choose`; opaque. */
  key: z.string(),
  /** `name`: another reading of its name, `search`: what was typed; else the name of a catalogue. */
  source: z.string(),
  title: z.string(),
  year: z.int().nullable(),
  overview: z.string().nullable(),
  /** Address here, to be followed by `&size=256`, `480` or `1600`; it holds for a while. Null where its catalogue has none. */
  posterUrl: z.string().nullable(),
  externalIds: z.object({ imdb: z.string().nullable(), tmdb: z.string().nullable(), tvdb: z.string().nullable() }),
});

/** A file whose name, or place, another media server would not understand. */
export const NameFinding = z.object({
  itemId: z.int(),
  nodeId: z.int(),
  path: z.string(),
  /** Which servers would not understand it. */
  servers: z.array(z.enum(["plex", "jellyfin"])),
  /** For a person: what is wrong. */
  reason: z.string(),
  /** Below the folder of the library, as both would understand it; null when nothing can be proposed. */
  proposedPath: z.string().nullable(),
});
export type NameFinding = z.infer<typeof NameFinding>;

const workId = z.int().positive();
const libraryId = z.int().positive();

export const worksContract = defineContract({
  "works.list": {
    summary:
      "Films, series or home videos that the caller can see a file of; seasons of a series or episodes with `parentId`.",
    input: z.object({
      types: z.array(WorkType).min(1).default(["film"]),
      libraryId: libraryId.optional(),
      /** A series or a season. */
      parentId: workId.optional(),
      /** Words of the title, the original title or the name of a person. */
      search: z.string().trim().max(200).optional(),
      genre: z.string().max(100).optional(),
      person: z.string().max(100).optional(),
      fromYear: z.int().optional(),
      toYear: z.int().optional(),
      /** Only these, in their order when `sort` is `given`. */
      ids: z.array(workId).max(500).optional(),
      sort: z.enum(["title", "added", "year", "rating", "air", "duration", "random", "given"]).default("title"),
      descending: z.boolean().default(false),
      /** Makes a random order the same again. */
      seed: z.int().default(0),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(60),
    }),
    output: z.object({ works: z.array(WorkCard), total: z.int() }),
    permission: "files.use",
    effect: "read",
  },
  "works.get": {
    summary:
      "A work with its versions, extras, seasons, episodes, people and pictures, as far as the caller can see them.",
    input: z.object({ workId }),
    output: WorkDetail,
    permission: "by-resource",
    effect: "read",
  },
  "works.ofItem": {
    summary: "The works that a file belongs to; several for a file with several episodes.",
    input: z.object({ itemId: z.int().positive() }),
    output: z.object({ works: z.array(WorkCard) }),
    permission: "by-resource",
    effect: "read",
  },
  "works.facets": {
    summary: "Genres, years and first letters of the works that the caller can see, with counts.",
    input: z.object({ types: z.array(WorkType).min(1).default(["film"]), libraryId: libraryId.optional() }),
    output: z.object({
      genres: z.array(z.object({ name: z.string(), count: z.int() })),
      years: z.array(z.object({ year: z.int(), count: z.int() })),
      letters: z.array(z.object({ letter: z.string(), count: z.int() })),
    }),
    permission: "files.use",
    effect: "read",
  },
  "works.edit": {
    summary: "Set fields of a work, which locks them; for whoever may write in the folder of its library.",
    input: z.object({ workId, fields: WorkEdit }),
    output: WorkDetail,
    permission: "by-resource",
    effect: "write",
  },
  "works.lock": {
    summary: "Keep fields as they are now, whatever files or providers say, or let them change again.",
    input: z.object({ workId, lock: z.array(WorkField).default([]), unlock: z.array(WorkField).default([]) }),
    output: WorkDetail,
    permission: "by-resource",
    effect: "write",
  },
  "works.undo": {
    summary: "Take the last edit, lock or choice of a work back.",
    input: z.object({ workId }),
    output: WorkDetail,
    permission: "by-resource",
    effect: "write",
  },
  "works.candidates": {
    summary: "What a work may be instead; asks the providers that are switched on.",
    input: z.object({ workId, search: z.string().trim().max(200).optional(), year: z.int().optional() }),
    output: z.object({ candidates: z.array(Candidate) }),
    permission: "by-resource",
    effect: "read",
  },
  "works.choose": {
    summary: "Say what a work is: one of its candidates. Its title, year and ids become those, locked.",
    input: z.object({ workId, key: z.string().min(1).max(2000) }),
    output: WorkDetail,
    permission: "by-resource",
    effect: "write",
  },
  "works.refresh": {
    summary: "Read names, NFO files and tags of a work again, and ask the providers that are switched on.",
    input: z.object({ workId }),
    output: WorkDetail,
    permission: "by-resource",
    effect: "write",
  },
  "works.names": {
    summary: "Files of a library whose names Plex or Jellyfin would not understand, and what name they would.",
    input: z.object({
      libraryId,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ findings: z.array(NameFinding), total: z.int(), checkedCount: z.int() }),
    permission: "by-resource",
    effect: "read",
  },
});
