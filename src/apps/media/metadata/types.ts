import type { Fields } from "#apps/media/works";

/** What an NFO file describes. `file`: a bare list of addresses, which belongs to whatever it stands beside. */
export type NfoKind = "film" | "series" | "season" | "episode" | "artist" | "album" | "file";

/** What one element of an NFO file says; an album's or artist's title is its name. */
export interface NfoDocument {
  readonly kind: NfoKind;
  readonly fields: Fields;
  /** Of albums and artists. */
  readonly musicbrainz: string | null;
  readonly artists: readonly string[];
}

/** Something in a file that was passed over. */
export interface NfoFinding {
  /** From 1. */
  readonly line: number;
  /** For a person. */
  readonly message: string;
}

export interface NfoReading {
  /** Several for a file with several episodes. Empty: it says nothing, as the notes of those who made a file. */
  readonly documents: readonly NfoDocument[];
  readonly findings: readonly NfoFinding[];
}

export type SearchKind = "film" | "series" | "artist" | "album";

export interface Query {
  readonly kind: SearchKind;
  readonly title: string;
  readonly year: number | null;
  /** Of an album. */
  readonly artist: string | null;
  readonly durationMs: number | null;
}

/** What a catalogue takes something for; not yet believed. */
export interface Candidate {
  readonly provider: ProviderName;
  readonly kind: SearchKind;
  /** In the catalogue. */
  readonly id: string;
  readonly title: string;
  readonly originalTitle: string | null;
  readonly year: number | null;
  readonly artist: string | null;
  readonly durationMs: number | null;
  readonly overview: string | null;
  /** Path of a small picture at the catalogue, to be fetched by us; never given to a browser. */
  readonly picture: string | null;
}

/** A candidate with how well it fits, 0 to 1. */
export interface Scored extends Candidate {
  readonly score: number;
}

export type PictureKind = "poster" | "backdrop" | "logo";

/** A picture at a catalogue. */
export interface Picture {
  readonly kind: PictureKind;
  /** On one of the fixed hosts of the provider. */
  readonly url: string;
}

export interface Details {
  readonly fields: Fields;
  readonly pictures: readonly Picture[];
}

export interface EpisodeDetails {
  readonly number: number;
  readonly fields: Fields;
  /** Address of its picture, as of `Picture`; null: there is none. */
  readonly still: string | null;
}

export interface SeasonDetails {
  readonly fields: Fields;
  readonly episodes: readonly EpisodeDetails[];
}

/** An album of the household, as a catalogue is asked for it. */
export interface AlbumQuery {
  /** MusicBrainz release, where its tags tell one. */
  readonly releaseMbid: string | null;
  readonly artist: string;
  readonly title: string;
  readonly trackCount: number;
  /** Of the release, where it is known. */
  readonly year: number | null;
}

/** What a catalogue knows of an album. Ids are of MusicBrainz; dates as precise as they are known: `1969`, `1969-09`, `1969-09-26`. */
export interface AlbumDetails {
  /** Null with `date` and without labels: which release of the group it is cannot be told. */
  readonly releaseMbid: string | null;
  readonly releaseGroupMbid: string;
  readonly artistMbids: readonly string[];
  readonly date: string | null;
  /** First release anywhere. */
  readonly originalDate: string | null;
  readonly labels: readonly string[];
  /** The most fitting first. */
  readonly genres: readonly string[];
  /** Where its front may be had. */
  readonly coverUrl: string;
}

export type ProviderName = "tmdb" | "musicbrainz";

/** A catalogue on the internet. All methods throw `unavailable` when it cannot be asked now, which is tried again later. */
export interface Provider {
  readonly name: ProviderName;
  readonly kinds: readonly SearchKind[];
  /** Hosts of its pictures. */
  readonly hosts: readonly string[];
  search(query: Query, signal: AbortSignal): Promise<readonly Candidate[]>;
  /** Null: the catalogue has no such work (any more). */
  details(kind: SearchKind, id: string, signal: AbortSignal): Promise<Details | null>;
  /** A season of a series with its episodes. Null: there is no such season. Absent: it knows of none. */
  readonly season?: (seriesId: string, season: number, signal: AbortSignal) => Promise<SeasonDetails | null>;
  /** An album that is clearly meant. Null: there is none. Absent: it knows of none. */
  readonly album?: (query: AlbumQuery, signal: AbortSignal) => Promise<AlbumDetails | null>;
  picture(url: string, signal: AbortSignal): Promise<Uint8Array | null>;
}
