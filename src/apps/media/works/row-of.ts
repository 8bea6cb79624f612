import type { Description } from "./describe.ts";
import { type Fields, folded, type Layer, mergeLayers, sortTitleOf } from "./fields.ts";
import type { AnyDraft } from "./group-types.ts";
import type { Detail, WorkRow } from "./rows.ts";

/** A work as it is to be kept: what people set, else what its files say, else what its name says. */
export function rowOf(
  draft: AnyDraft,
  place: { readonly libraryId: number; readonly parentId: number | null },
  described: Description,
  locks: Fields,
): { readonly work: Omit<WorkRow, "id" | "addedAtMs">; readonly detail: Detail } {
  const layers: Layer[] = [
    { source: "user", fields: locks },
    ...described.layers,
    { source: "name", fields: said(draft) },
  ];
  // What a catalogue says comes last.
  const { fields, sources } = mergeLayers([
    ...layers.filter(({ source }) => source !== "provider"),
    ...layers.filter(({ source }) => source === "provider"),
  ]);
  const title = fields.title ?? "";
  const detail: Detail = {
    originalTitle: fields.originalTitle ?? null,
    tagline: fields.tagline ?? null,
    overview: fields.overview ?? null,
    genres: fields.genres ?? [],
    studios: fields.studios ?? [],
    cast: fields.cast ?? [],
    directors: fields.directors ?? [],
    writers: fields.writers ?? [],
  };
  const people = [...detail.cast.map(({ name }) => name), ...detail.directors, ...detail.writers];
  const isEpisode = draft.type === "episode";
  const work = {
    ...place,
    type: draft.type,
    title,
    sortTitle: folded(fields.sortTitle ?? "") || sortTitleOf(title),
    year: fields.year ?? null,
    seasonNumber: fields.seasonNumber ?? ("season" in draft ? draft.season : null),
    episodeNumber: fields.episodeNumber ?? (isEpisode ? draft.episode : null),
    lastEpisodeNumber: isEpisode ? draft.lastEpisode : null,
    absoluteNumber: isEpisode ? draft.absolute : null,
    airDate: fields.airDate ?? null,
    durationMs: described.durationMs,
    rating: fields.rating ?? null,
    certification: fields.certification ?? null,
    imdb: fields.externalIds?.imdb ?? null,
    tmdb: fields.externalIds?.tmdb ?? null,
    tvdb: fields.externalIds?.tvdb ?? null,
    search: folded([title, detail.originalTitle ?? "", ...people].join("\n")),
    detail: JSON.stringify(detail),
    artwork: JSON.stringify(described.artwork),
    sources: JSON.stringify(sources),
  };
  return { work, detail };
}

/** What the name of a work says. */
function said(draft: AnyDraft): Fields {
  if (draft.type === "season") return { seasonNumber: draft.season };
  const title = draft.title === "" ? {} : { title: draft.title };
  const ids = Object.keys(draft.ids).length === 0 ? {} : { externalIds: draft.ids };
  const year = draft.year === null ? {} : { year: draft.year };
  if (draft.type === "series") return { ...title, ...year, ...ids };
  const airDate = draft.airDate === null ? {} : { airDate: draft.airDate };
  return { ...title, ...year, ...ids, ...airDate };
}
