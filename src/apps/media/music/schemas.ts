import { z } from "zod";

export const Id = z.int().positive();
export const Ids = z.array(Id).max(1000);
export const paging = {
  offset: z.int().min(0).default(0),
  limit: z.int().min(0).max(500).default(100),
};
/** What a search finds is all of these words, anywhere in names, whatever their case and accents; an empty one finds everything. */
export const Query = z.string().max(200).default("");

const ArtistRef = z.object({ id: Id, name: z.string() });
export type ArtistRef = z.infer<typeof ArtistRef>;

/** What one person did with something; of the caller. Times are null when it did not happen, a rating is 1 to 5. */
const personal = {
  starredAtMs: z.int().nullable(),
  rating: z.int().min(1).max(5).nullable(),
  plays: z.int(),
  playedAtMs: z.int().nullable(),
};

/**
 * How much louder or quieter in decibels, and the highest sample (1 is full scale): ReplayGain 2.0, relative to -18 LUFS. Null when nobody
 * has measured it.
 */
const Gain = z.object({
  trackDb: z.number().nullable(),
  trackPeak: z.number().nullable(),
  albumDb: z.number().nullable(),
  albumPeak: z.number().nullable(),
});
export type Gain = z.infer<typeof Gain>;

export const Song = z.object({
  /** Of the library item: it stays when the file is moved or its tags change. */
  id: Id,
  nodeId: Id,
  libraryId: Id,
  /** Below the folder of the library. */
  path: z.string(),
  title: z.string(),
  sortTitle: z.string(),
  albumId: Id,
  albumTitle: z.string(),
  /** As the file credits them, in order. */
  artists: z.array(ArtistRef),
  /** As it is to be shown: `A feat. B`. */
  artistText: z.string(),
  albumArtists: z.array(ArtistRef),
  albumArtistText: z.string(),
  composers: z.array(ArtistRef),
  discNumber: z.int().nullable(),
  discTitle: z.string().nullable(),
  trackNumber: z.int().nullable(),
  /** Of this release. */
  year: z.int().nullable(),
  /** First release anywhere. */
  originalYear: z.int().nullable(),
  genres: z.array(z.string()),
  bpm: z.int().nullable(),
  comment: z.string().nullable(),
  isrc: z.string().nullable(),
  /** MusicBrainz recording. */
  recordingMbid: z.string().nullable(),
  durationMs: z.int().nullable(),
  sizeBytes: z.int(),
  /** Short name of the container and of the codec, as `flac`, `mp4`, `aac`. Empty while the file was not looked into. */
  container: z.string(),
  codec: z.string(),
  contentType: z.string(),
  bitsPerSecond: z.int().nullable(),
  samplesPerSecond: z.int().nullable(),
  bitDepth: z.int().nullable(),
  channels: z.int().nullable(),
  gain: Gain,
  hasCover: z.boolean(),
  /** Part of the address of its cover: changes when the picture may have changed. */
  coverVersion: z.string(),
  hasLyrics: z.boolean(),
  addedAtMs: z.int(),
  modifiedAtMs: z.int(),
  /** False while its disk is not there, or when no program here can read it; then why, for a person. */
  canPlay: z.boolean(),
  reason: z.string().nullable(),
  ...personal,
});
export type Song = z.infer<typeof Song>;

export const Album = z.object({
  id: Id,
  title: z.string(),
  sortTitle: z.string(),
  artists: z.array(ArtistRef),
  artistText: z.string(),
  year: z.int().nullable(),
  originalYear: z.int().nullable(),
  /** As precise as the file says: `1969`, `1969-09`, `1969-09-26`. */
  releaseDate: z.string().nullable(),
  originalDate: z.string().nullable(),
  isCompilation: z.boolean(),
  /** As MusicBrainz calls them: `album`, `single`, `ep`, `live`, `compilation`, … */
  types: z.array(z.string()),
  recordLabels: z.array(z.string()),
  catalogNumber: z.string().nullable(),
  releaseMbid: z.string().nullable(),
  /** MusicBrainz release group, where MusicBrainz was asked and knows the album. */
  releaseGroupMbid: z.string().nullable(),
  genres: z.array(z.string()),
  /** Of what the caller may see. */
  songCount: z.int(),
  discCount: z.int(),
  durationMs: z.int(),
  sizeBytes: z.int(),
  coverVersion: z.string(),
  hasCover: z.boolean(),
  /** When its first file came. */
  addedAtMs: z.int(),
  ...personal,
});
export type Album = z.infer<typeof Album>;

export const Artist = z.object({
  id: Id,
  name: z.string(),
  sortName: z.string(),
  mbid: z.string().nullable(),
  /** What they made, and what they are on beside; of what the caller may see. */
  albumCount: z.int(),
  songCount: z.int(),
  /** The album whose cover stands for them. */
  coverAlbumId: Id.nullable(),
  coverVersion: z.string(),
  hasCover: z.boolean(),
  roles: z.array(z.enum(["albumArtist", "artist", "composer"])),
  ...personal,
});
export type Artist = z.infer<typeof Artist>;

export const Genre = z.object({ name: z.string(), songCount: z.int(), albumCount: z.int() });
export type Genre = z.infer<typeof Genre>;

export const Kind = z.enum(["artist", "album", "song"]);
export type MusicKind = z.infer<typeof Kind>;

const albumSorts = ["title", "artist", "year", "newest", "recent", "frequent", "rated", "starred", "random"] as const;
export const AlbumsInput = z.object({
  /**
   * `newest`: added last first; `recent`: played last first, only played ones; `frequent`: played most first, only played ones; `rated`:
   * best first, only rated ones; `starred`: starred last first, only starred ones; `random`: by `seed`.
   */
  sort: z.enum(albumSorts).default("title"),
  isDescending: z.boolean().default(false),
  query: Query,
  /** Made by, or appearing on. */
  artistId: Id.optional(),
  genre: z.string().optional(),
  /** Both included; the original year where it is known. */
  fromYear: z.int().optional(),
  toYear: z.int().optional(),
  libraryId: Id.optional(),
  isStarred: z.boolean().optional(),
  seed: z.int().default(1),
  ...paging,
});
export type AlbumsInput = z.input<typeof AlbumsInput>;

const songSorts = ["title", "album", "artist", "newest", "recent", "frequent", "rated", "starred", "random"] as const;
export const SongsInput = z.object({
  /** `album`: by album, disc and track. As of albums otherwise. */
  sort: z.enum(songSorts).default("title"),
  isDescending: z.boolean().default(false),
  query: Query,
  /** These alone, in this order unless `sort` is given otherwise; what is not visible is left out. */
  ids: Ids.optional(),
  artistId: Id.optional(),
  albumId: Id.optional(),
  genre: z.string().optional(),
  fromYear: z.int().optional(),
  toYear: z.int().optional(),
  libraryId: Id.optional(),
  isStarred: z.boolean().optional(),
  /** Files directly in this folder of a library, `/`-separated, empty for its top; needs `libraryId`. */
  folder: z.string().optional(),
  seed: z.int().default(1),
  ...paging,
});
export type SongsInput = z.input<typeof SongsInput>;

export const ArtistsInput = z.object({
  query: Query,
  /** `albumArtist`: those who made an album; `any`: everybody named anywhere. */
  role: z.enum(["albumArtist", "any"]).default("albumArtist"),
  libraryId: Id.optional(),
  isStarred: z.boolean().optional(),
  ...paging,
});
export type ArtistsInput = z.input<typeof ArtistsInput>;

const textFields = ["title", "artist", "album", "albumArtist", "genre", "composer", "comment", "path"] as const;
const numberFields = ["year", "rating", "plays", "durationSeconds", "bpm", "bitsPerSecond", "trackNumber"] as const;
const timeFields = ["addedAt", "playedAt", "starredAt"] as const;
const Rule = z.union([
  z.object({
    field: z.enum(textFields),
    is: z.enum(["equal", "notEqual", "contains", "notContains", "startsWith"]),
    value: z.string().min(1).max(200),
  }),
  z.object({
    field: z.enum(numberFields),
    is: z.enum(["equal", "notEqual", "atLeast", "atMost"]),
    value: z.number(),
  }),
  /** `inLastDays` also of what never happened is false, `notInLastDays` is true. */
  z.object({
    field: z.enum(timeFields),
    is: z.enum(["inLastDays", "notInLastDays"]),
    value: z.number().positive().max(36_500),
  }),
  z.object({ field: z.enum(["isStarred", "isCompilation", "hasLyrics"]), is: z.literal("equal"), value: z.boolean() }),
]);
export type SmartRule = z.infer<typeof Rule>;

export const SmartRules = z.object({
  /** Whether all of the groups must hold or one is enough. */
  match: z.enum(["all", "any"]).default("all"),
  groups: z
    .array(z.object({ match: z.enum(["all", "any"]).default("all"), rules: z.array(Rule).min(1).max(20) }))
    .max(20),
  sort: z
    .enum(["random", "title", "artist", "album", "year", "addedAt", "playedAt", "plays", "rating", "duration"])
    .default("artist"),
  isDescending: z.boolean().default(false),
  limit: z.int().min(1).max(5000).default(500),
});
export type SmartRules = z.output<typeof SmartRules>;

export const sharing = ["private", "read", "edit"] as const;
export const Playlist = z.object({
  id: Id,
  name: z.string(),
  comment: z.string(),
  ownerId: Id,
  ownerName: z.string(),
  isMine: z.boolean(),
  /** Whether the caller may change its songs, its name and its rules. */
  mayEdit: z.boolean(),
  /** With everybody of the household: `read` to hear, `edit` to change too. Each sees only the songs they may see. */
  sharing: z.enum(sharing),
  /** Null for a list made by hand. */
  rules: SmartRules.nullable(),
  /** Of what the caller may see; a smart list is counted when it is opened, null before. */
  songCount: z.int().nullable(),
  durationMs: z.int().nullable(),
  /** Up to four, for its picture. */
  coverAlbumIds: z.array(Id),
  createdAtMs: z.int(),
  changedAtMs: z.int(),
});
export type Playlist = z.infer<typeof Playlist>;

export const PlaylistEntry = z.object({
  /** Stays when the list is put in another order; of a smart list, the place in it. */
  id: Id,
  /** Null when its file is gone for good, or an imported entry was not found here. */
  song: Song.nullable(),
  /** What it was called, for an entry without a song. */
  label: z.string(),
});
export type PlaylistEntry = z.infer<typeof PlaylistEntry>;

export const Queue = z.object({
  songs: z.array(Song),
  /** Index into `songs`, and how far into that song. */
  index: z.int(),
  positionMs: z.int(),
  /** Name of the device or program that saved it. */
  savedBy: z.string(),
  /** 0 when nothing was ever saved. */
  savedAtMs: z.int(),
});
export type Queue = z.infer<typeof Queue>;

const LyricsLine = z.object({
  /** Null in plain lyrics. */
  startMs: z.int().nullable(),
  text: z.string(),
  /** With word times; they join up to the text. */
  words: z.array(z.object({ startMs: z.int(), endMs: z.int().nullable(), text: z.string() })),
});
export const Lyrics = z.object({
  /** ISO 639, or `xxx` when it is not known. */
  language: z.string(),
  isTimed: z.boolean(),
  /** Already taken into account in the times of the lines. */
  offsetMs: z.int(),
  displayTitle: z.string().nullable(),
  displayArtist: z.string().nullable(),
  /** Name of the sidecar file, or `embedded`. */
  source: z.string(),
  lines: z.array(LyricsLine),
});
export type Lyrics = z.infer<typeof Lyrics>;

export const Bookmark = z.object({
  song: Song,
  positionMs: z.int(),
  comment: z.string(),
  createdAtMs: z.int(),
  changedAtMs: z.int(),
});
export type Bookmark = z.infer<typeof Bookmark>;

export const Station = z.object({
  id: Id,
  name: z.string(),
  streamUrl: z.string(),
  homePageUrl: z.string().nullable(),
});
export type Station = z.infer<typeof Station>;

export const NowPlaying = z.object({
  song: Song,
  personId: Id,
  personName: z.string(),
  /** Name of the program that plays. */
  player: z.string(),
  startedAtMs: z.int(),
});
export type NowPlaying = z.infer<typeof NowPlaying>;
