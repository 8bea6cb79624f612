import type { CatalogueIds, EpisodeName, ExtraKind, FilmName, VideoName } from "#apps/media/names";

/** A video of a library with what its path says, as grouping needs it. */
export interface NamedItem {
  readonly itemId: number;
  /** Below the folder of the library. */
  readonly path: string;
  readonly name: FilmName | EpisodeName | VideoName;
  readonly sizeBytes: number;
  /** Of the picture as it is shown; null before it was probed. */
  readonly height: number | null;
}

/** A file of a work. */
export interface FileDraft {
  readonly itemId: number;
  /** Files with the same one are parts of one version. */
  readonly versionKey: string;
  readonly edition: string | null;
  /** What the name says that tells it from the others. */
  readonly label: string | null;
  /** From 1; null when it is not in parts. */
  readonly part: number | null;
  readonly extraKind: ExtraKind | null;
  readonly extraTitle: string | null;
  /** The lowest is what is played when nobody chose. */
  readonly rank: number;
}

interface Draft {
  readonly title: string;
  readonly year: number | null;
  readonly ids: CatalogueIds;
  /** In order of rank. */
  readonly files: readonly FileDraft[];
  /** Folders that hold this work alone. */
  readonly folders: readonly string[];
}

export interface FilmDraft extends Draft {
  readonly type: "film" | "video";
  /** `YYYY-MM-DD`. */
  readonly airDate: string | null;
}

export interface EpisodeDraft extends Draft {
  readonly type: "episode";
  readonly season: number;
  /** Null: its name says none. */
  readonly episode: number | null;
  /** Of the last episode in the same file. */
  readonly lastEpisode: number | null;
  readonly absolute: number | null;
  readonly airDate: string | null;
}

export interface SeasonDraft {
  readonly type: "season";
  readonly season: number;
  readonly episodes: readonly EpisodeDraft[];
}

export interface SeriesDraft extends Draft {
  readonly type: "series";
  readonly seasons: readonly SeasonDraft[];
}

export type WorkDraft = FilmDraft | SeriesDraft;

export type AnyDraft = WorkDraft | SeasonDraft | EpisodeDraft;

/** Files of a work and of everything in it. */
export function itemsOf(draft: AnyDraft): number[] {
  const own = "files" in draft ? draft.files.map(({ itemId }) => itemId) : [];
  const inside =
    draft.type === "series"
      ? draft.seasons.flatMap(itemsOf)
      : draft.type === "season"
        ? draft.episodes.flatMap(itemsOf)
        : [];
  return [...new Set([...own, ...inside])];
}
