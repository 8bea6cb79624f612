import type { Item } from "#apps/media/library";
import type { MusicName } from "#apps/media/names";
import type { MediaFacts } from "#apps/media/probe";
import { type Credit, creditsOf, splitValues } from "./credits.ts";
import { fold } from "./fold.ts";
import { dateIn, decibelsIn, mbidsIn, namedTags, type NamedTags, numberIn, r128DecibelsIn } from "./tags.ts";

/** Raised when songs are read in another way; what was read before is read again. */
export const readingRecipe = 2;

/** What a file says about its song and its album. */
export interface SongReading {
  readonly title: string;
  readonly sortTitle: string | null;
  readonly artistText: string;
  readonly artists: readonly Credit[];
  readonly composers: readonly Credit[];
  readonly genres: readonly string[];
  readonly discNumber: number | null;
  readonly discTitle: string | null;
  readonly trackNumber: number | null;
  readonly date: string | null;
  readonly originalDate: string | null;
  readonly bpm: number | null;
  readonly comment: string | null;
  readonly isrc: string | null;
  readonly mbid: string | null;
  readonly gain: {
    readonly trackDb: number | null;
    readonly trackPeak: number | null;
    readonly albumDb: number | null;
    readonly albumPeak: number | null;
  };
  readonly hasLyrics: boolean;
  readonly coverStream: number | null;
  readonly album: AlbumReading;
}

export interface AlbumReading {
  /** The same for all songs of an album, within a library. */
  readonly identity: string;
  readonly title: string;
  readonly sortTitle: string | null;
  readonly artistText: string;
  readonly artists: readonly Credit[];
  /** False: the artist is a guess from this one song, and wrong when other songs of the album guess otherwise. */
  readonly isArtistKnown: boolean;
  readonly date: string | null;
  readonly originalDate: string | null;
  readonly isCompilation: boolean;
  readonly types: readonly string[];
  readonly labels: readonly string[];
  readonly catalogNumber: string | null;
  readonly mbid: string | null;
}

export const variousArtists = "Various Artists";
const unknownArtist = "Unknown artist";
const unknownAlbum = "Unknown album";
const maxGenres = 12;

/** What the tags say, and where they say nothing the path. `facts` is missing before the file was probed. */
export function readSong(item: Pick<Item, "path">, facts: MediaFacts | undefined, name: MusicName): SongReading {
  const tags = namedTags(facts?.tags ?? {});
  const artistMbids = mbidsIn(tags.artistMbid);
  const named = credits(name.artist ?? name.albumArtist ?? unknownArtist);
  const tagged = creditsOf(tags.artist, tags.artists, tags.artistSort, artistMbids);
  const artists = tagged.length > 0 ? tagged : named;
  const artistText = tags.artist?.join(", ") ?? artists.map((artist) => artist.name).join(", ");
  return {
    title: tags.title?.[0] ?? name.title,
    sortTitle: tags.titleSort?.[0] ?? null,
    artistText,
    artists,
    composers: creditsOf(tags.composer, undefined, undefined, []),
    genres: genresOf(tags),
    discNumber: numberIn(tags.disc, 999) ?? withoutDisc(tags.album?.[0] ?? "").disc ?? name.disc,
    discTitle: tags.discTitle?.[0] ?? null,
    trackNumber: numberIn(tags.track) ?? name.track,
    date: dateIn(tags.date) ?? yearText(name.year),
    originalDate: dateIn(tags.originalDate),
    bpm: numberIn(tags.bpm, 999),
    comment: tags.comment?.[0] ?? null,
    isrc: tags.isrc?.[0] ?? null,
    mbid: mbidsIn(tags.recordingMbid)[0] ?? null,
    gain: gainOf(tags),
    hasLyrics: tags.lyrics !== undefined,
    coverStream: facts?.covers[0]?.index ?? null,
    album: albumOf(item, tags, name, { artists, artistText }),
  };
}

function albumOf(
  { path }: Pick<Item, "path">,
  tags: NamedTags,
  name: MusicName,
  song: { readonly artists: readonly Credit[]; readonly artistText: string },
): AlbumReading {
  const tagged = creditsOf(tags.albumArtist, tags.albumArtists, tags.albumArtistSort, mbidsIn(tags.albumArtistMbid));
  const types = (tags.releaseType ?? []).flatMap((value) => value.toLowerCase().split(/[;,/+]\s*/));
  const isMarked = ["1", "true", "yes"].includes((tags.compilation?.[0] ?? "").toLowerCase());
  const isVarious = tagged.some((artist) => fold(artist.name) === fold(variousArtists));
  const isCompilation =
    isMarked || isVarious || types.includes("compilation") || (tags.album === undefined && name.isCompilation);
  // Many a file says of a compilation only that it is one.
  const artists =
    tagged.length > 0 ? tagged : isCompilation ? credits(variousArtists) : albumArtistsByName(tags, name, song);
  const artistText = tags.albumArtist?.join(", ") ?? artists.map((artist) => artist.name).join(", ");
  const title = withoutDisc(tags.album?.[0] ?? name.album ?? unknownAlbum).title;
  const mbid = mbidsIn(tags.albumMbid)[0] ?? null;
  const folder = name.folder ?? folderOf(path);
  // Songs without an album of one artist stand together wherever they lie.
  const where = tags.album === undefined && name.album === null ? "" : folder;
  const maker = tagged.length > 0 ? fold(artistText) : "";
  return {
    identity: mbid === null ? `name:${where}\n${maker}\n${fold(title) || title}` : `mbid:${mbid}`,
    title,
    sortTitle: tags.albumSort?.[0] ?? null,
    artistText,
    artists,
    isArtistKnown: tagged.length > 0 || isCompilation,
    date: dateIn(tags.date) ?? yearText(name.year),
    originalDate: dateIn(tags.originalDate),
    isCompilation,
    types: [...new Set(types.filter((type) => type !== ""))],
    labels: splitValues(tags.label ?? []),
    catalogNumber: tags.catalogNumber?.[0] ?? null,
    mbid,
  };
}

/** `The Wall (Disc 2)` is the second disc of `The Wall`. */
function withoutDisc(title: string): { readonly title: string; readonly disc: number | null } {
  const match = /^(.+?)\s*[([]\s*(?:disc|disk|cd)\s*(\d{1,2})\s*[)\]]\s*$/iu.exec(title);
  return match === null ? { title, disc: null } : { title: match[1] ?? title, disc: Number(match[2]) };
}

/** Without an album artist: the main artist of the song, so that guests make no albums of their own. */
function albumArtistsByName(tags: NamedTags, name: MusicName, song: { readonly artists: readonly Credit[] }) {
  if (tags.artist !== undefined || tags.artists !== undefined) return song.artists.slice(0, 1);
  return name.albumArtist === null ? song.artists.slice(0, 1) : credits(name.albumArtist);
}

function gainOf(tags: NamedTags): SongReading["gain"] {
  return {
    trackDb: decibelsIn(tags.trackGain) ?? r128DecibelsIn(tags.r128TrackGain),
    trackPeak: peakIn(tags.trackPeak),
    albumDb: decibelsIn(tags.albumGain) ?? r128DecibelsIn(tags.r128AlbumGain),
    albumPeak: peakIn(tags.albumPeak),
  };
}

function peakIn(values: readonly string[] | undefined): number | null {
  const value = Number.parseFloat(values?.[0] ?? "");
  return Number.isFinite(value) && value > 0 && value <= 16 ? value : null;
}

function genresOf(tags: NamedTags): string[] {
  const seen = new Map<string, string>();
  for (const value of (tags.genre ?? []).flatMap((text) => text.split(/\s*[;,]\s*|\s\/\s/))) {
    const genre = value.trim().slice(0, 100);
    const key = fold(genre);
    if (key !== "" && !seen.has(key)) seen.set(key, genre);
  }
  return [...seen.values()].slice(0, maxGenres);
}

const credits = (name: string): Credit[] => [{ name, sortName: null, mbid: null }];
const yearText = (year: number | null) => (year === null ? null : String(year));

/** Of a path below the library; empty for its top. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
