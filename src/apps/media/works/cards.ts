import type { z } from "zod";
import { ArtworkKind, type WorkCard } from "#contract/apps/media/works";
import type { LibraryReader } from "#apps/media/library";
import { coverPrefix } from "./cover-route.ts";
import type { SeenWork } from "./queries.ts";
import type { ArtworkRefs, Detail, WorkRow } from "./rows.ts";

type Artwork = z.infer<typeof WorkCard>["artwork"];

/** Addresses of pictures that catalogues have of a film or series. */
export type PicturesOf = (workId: number) => Readonly<Partial<Artwork>>;

/** How works are shown in lists. */
export function createCards(
  library: Pick<LibraryReader, "item">,
  pictures: PicturesOf = () => ({}),
  still: (workId: number) => string | undefined = () => undefined,
) {
  /** Pictures beside a film, and frames of it, are made by whoever makes pictures of files. */
  const artworkOf = (...all: readonly (string | null)[]): Artwork => {
    const refs: ArtworkRefs[] = all.map((json) => (json === null ? {} : (JSON.parse(json) as ArtworkRefs)));
    const address = (kind: z.infer<typeof ArtworkKind>): string | null => {
      const ref = refs.map((own) => own[kind]).find((own) => own !== undefined);
      const item = ref && library.item(ref.itemId);
      if (ref === undefined || item === undefined || item.state === "gone") return null;
      const of = ref.from === "cover" ? `${coverPrefix}${item.id}` : `/api/files/preview/${item.nodeId}`;
      return `${of}?v=${encodeURIComponent(item.etag)}`;
    };
    return Object.fromEntries(ArtworkKind.options.map((kind) => [kind, address(kind)])) as Artwork;
  };
  /** A picture beside the file goes before that of a catalogue, and that before a frame of the file. */
  const withStill = (work: SeenWork, artwork: Artwork): Artwork => {
    if (work.type !== "episode" || (JSON.parse(work.artwork) as ArtworkRefs).thumb?.from === "file") return artwork;
    return { ...artwork, thumb: still(work.id) ?? artwork.thumb };
  };
  const card = (work: SeenWork): z.infer<typeof WorkCard> => {
    const { id, type, libraryId, title, sortTitle, year, seasonNumber, episodeNumber, lastEpisodeNumber } = work;
    const { absoluteNumber, airDate, durationMs, rating, certification, seriesId, seasonId, seriesTitle } = work;
    const { genres } = JSON.parse(work.detail) as Detail;
    const isLeaf = type !== "series" && type !== "season";
    return {
      ...{ id, type, libraryId, title, sortTitle, year, seasonNumber, episodeNumber, lastEpisodeNumber },
      ...{ absoluteNumber, airDate, durationMs, rating, certification, seriesId, seasonId, seriesTitle },
      genres: [...genres],
      artwork: withStill(
        work,
        filled(
          artworkOf(work.artwork, type === "season" || type === "episode" ? postersOnly(work) : null),
          pictures(seriesId ?? id),
        ),
      ),
      episodeCount: isLeaf ? 0 : work.episodeCount,
      seasonCount: type === "series" ? work.seasonCount : 0,
      itemId: isLeaf ? work.itemId : null,
      isAway: work.isAway === 1,
      addedAtMs: work.shownAtMs,
    };
  };
  return {
    card,
    /** Of a film or series. */
    posterOf: ({ id, artwork }: Pick<WorkRow, "id" | "artwork">) => filled(artworkOf(artwork), pictures(id)).poster,
  };
}

export type Cards = ReturnType<typeof createCards>;

/** What lies beside the files goes before what catalogues have. */
function filled(own: Artwork, more: Readonly<Partial<Artwork>>): Artwork {
  return { ...own, poster: own.poster ?? more.poster ?? null, backdrop: own.backdrop ?? more.backdrop ?? null };
}

/** What has none of its own is shown with the pictures of its series; a frame is of one episode only. */
function postersOnly({ seriesArtwork }: SeenWork): string | null {
  if (seriesArtwork === null) return null;
  const { thumb: _thumb, ...rest } = JSON.parse(seriesArtwork) as ArtworkRefs;
  return JSON.stringify(rest);
}
