/** Numbers of a work in catalogues, as names say them: `{tmdb-603}`, `[imdbid=tt0133093]`, `[tvdb-81189]`. */
export interface CatalogueIds {
  readonly tmdb?: string;
  /** With its letters: `tt0133093`. */
  readonly imdb?: string;
  readonly tvdb?: string;
  /** A MusicBrainz id. */
  readonly musicbrainz?: string;
}

/** `unknown`: it belongs to the work, but nothing says as what. */
export type ExtraKind =
  | "trailer"
  | "sample"
  | "behind-the-scenes"
  | "deleted-scene"
  | "featurette"
  | "interview"
  | "scene"
  | "short"
  | "clip"
  | "backdrop"
  | "theme"
  | "unknown";

export interface Extra {
  readonly kind: ExtraKind;
  readonly title: string | null;
}

/** What a name says about the encoding; the facts of the probe are surer, so this is for labels and for what has not been probed. */
export interface Traits {
  /** `2160p`, `1080p`, `1080i`, `720p`, `480p`, … */
  readonly resolution: string | null;
  /** `Blu-ray`, `Ultra HD Blu-ray`, `Web`, `DVD`, `HD DVD`, `HDTV`, `TV`, `VHS`, `Camera`, `Telesync`, … */
  readonly source: string | null;
  /** `H.264`, `H.265`, `AV1`, `VP9`, `MPEG-2`, `Xvid`, … */
  readonly videoCodec: string | null;
  /** `AAC`, `Dolby Digital`, `Dolby TrueHD`, `DTS-HD MA`, … in the order of the name. */
  readonly audio: readonly string[];
  /** `5.1`, `7.1`, … */
  readonly channels: string | null;
  /** `HDR10`, `HDR10+`, `Dolby Vision`, `HLG`, `HDR`, `10-bit`, … */
  readonly range: readonly string[];
  /** Stereoscopic: how the two pictures lie in the frame; `3d` when the name does not say. */
  readonly stereo: "sbs" | "half-sbs" | "tab" | "half-tab" | "mvc" | "3d" | null;
  /** `Remux`, `Proper`, `Hybrid`, `Upscaled`, … */
  readonly other: readonly string[];
  /** ISO 639-1 codes of languages; `mul` for several that are not named. */
  readonly languages: readonly string[];
  /** Whoever made the file. */
  readonly group: string | null;
}

/** One of several files that are one film or episode when played one after the other. */
export interface Part {
  readonly number: number;
  /** Files of the same folder with the same stack and different numbers belong together. */
  readonly stack: string;
}

interface VideoTraits {
  readonly traits: Traits;
  /** `Director's Cut`, `Extended`, …; from `{edition-…}` literally. Several are joined by ` · `. */
  readonly edition: string | null;
  /** What tells two files of the same work apart: the text behind ` - ` in a folder of the same name, else edition, resolution, source. */
  readonly version: string | null;
  readonly part: Part | null;
  /** Set: not the work itself but something that belongs to it. */
  readonly extra: Extra | null;
}

export interface FilmName extends VideoTraits {
  readonly form: "film";
  /** Of the film the extra belongs to, for extras. Never empty. */
  readonly title: string;
  readonly year: number | null;
  readonly ids: CatalogueIds;
  /** Path of the folder that holds this film alone (its versions, extras and sidecars), below the library; null: it lies among others. */
  readonly folder: string | null;
}

export interface EpisodeName extends VideoTraits {
  readonly form: "episode";
  /** Empty only when neither name nor folders say a thing. */
  readonly series: string;
  readonly seriesYear: number | null;
  /** Of the series. */
  readonly ids: CatalogueIds;
  /** 0 are the specials; null: the name has an absolute number or a date, or says nothing. */
  readonly season: number | null;
  /** Within the season, ascending; empty where only `absolute`, `airDate` or `title` are known. */
  readonly episodes: readonly number[];
  /** Counted through all seasons, as anime is. */
  readonly absolute: readonly number[];
  /** `2010-01-05`. */
  readonly airDate: string | null;
  readonly isSpecial: boolean;
  /** Of the episode. */
  readonly title: string | null;
  /** Path of the folder of the series below the library; null: it lies at the top. */
  readonly folder: string | null;
}

/** In libraries whose videos are no films: recordings, lessons, home videos. */
export interface VideoName extends VideoTraits {
  readonly form: "video";
  readonly title: string;
  readonly year: number | null;
  /** `2010-01-05`, when the name has a whole date. */
  readonly date: string | null;
}

export type SidecarRole =
  | "subtitle"
  | "audio"
  | "nfo"
  | "poster"
  | "fanart"
  | "banner"
  | "logo"
  | "thumb"
  | "disc"
  | "clear-art"
  | "theme"
  | "lyrics"
  | "playlist"
  | "cue"
  | "chapters"
  | "photo-data"
  | "trickplay"
  | "other";

/** A file that describes others. Whether it belongs to a certain file says `belongsTo`. */
export interface SidecarName {
  readonly form: "sidecar";
  readonly role: SidecarRole;
  /**
   * `file`: of the files of its folder (or the one above, see `folder`) whose names begin with `stem`. `folder`: of the film, series,
   * album or artist whose folder this is. `season`: of a season of the series whose folder this is.
   */
  readonly of: "file" | "folder" | "season";
  /** Folder below the library that holds what it describes: its own one, or the one above `Subs`, `Artwork`, `.actors` and the like. */
  readonly folder: string;
  /** Name of the described file without ending, language and flags. With `of: file` empty: of whatever video the folder has. */
  readonly stem: string;
  /** With `season`; 0 are the specials, null all seasons. */
  readonly season: number | null;
  /** ISO 639-1, or 639-2 where there is none, with region where the name has one (`pt-BR`). */
  readonly language: string | null;
  readonly isForced: boolean;
  readonly isHearingImpaired: boolean;
  readonly isDefault: boolean;
  /** `Commentary`, `Signs and Songs`, …: what is left of the name. */
  readonly title: string | null;
}

export interface MusicName {
  readonly form: "music";
  readonly artist: string | null;
  /** Of the album, where the folders say it; differs from `artist` in compilations. */
  readonly albumArtist: string | null;
  readonly album: string | null;
  readonly year: number | null;
  readonly disc: number | null;
  readonly track: number | null;
  readonly title: string;
  readonly isCompilation: boolean;
  /** Path of the folder of the album below the library (the one above `CD1`); null: it lies at the top. */
  readonly folder: string | null;
}

export interface PhotoName {
  readonly form: "photo";
  readonly medium: "picture" | "raw" | "video";
  /**
   * Files of one folder with the same stack are one picture: RAW beside JPEG, the moving part of a live photo, an edit beside its
   * original. Lower case.
   */
  readonly stack: string;
  /** Which of a stack is shown first: the highest. Edits go before pictures, these before RAW and video. */
  readonly rank: number;
  /** Local time that the name says, `2018-05-12T15:30:12.000` or `2018-05-12`; the facts inside the file are surer. */
  readonly takenLocal: string | null;
  /** Pictures of one folder with the same burst were taken in one go. */
  readonly burst: { readonly id: string; readonly index: number; readonly isCover: boolean } | null;
  /** The name says that a video lies behind the picture in the same file (`MVIMG_…`, `….MP.jpg`). */
  readonly isMotion: boolean;
  readonly isEdited: boolean;
  /** What made or sent it. */
  readonly origin: "camera" | "screenshot" | "messenger" | "recording" | null;
}

/** What the path of a file says, for its kind of library. */
export type MediaName = FilmName | EpisodeName | VideoName | SidecarName | MusicName | PhotoName;
