import type { CatalogueIds, EpisodeName, FilmName, VideoName } from "#apps/media/names";
import { titleKey } from "#apps/media/names";
import { clusters } from "./clusters.ts";
import type {
  EpisodeDraft,
  FileDraft,
  FilmDraft,
  NamedItem,
  SeasonDraft,
  SeriesDraft,
  WorkDraft,
} from "./group-types.ts";

/** More episodes in one file than anybody makes; hostile names say more. */
const mostEpisodes = 60;

type Named<N> = NamedItem & { readonly name: N };

/**
 * The works that these files are: films with their versions, parts and extras, series with seasons and episodes, home videos. Depends on
 * the set of files alone, not on their order or on what was there before.
 */
export function groupWorks(items: readonly NamedItem[]): WorkDraft[] {
  return clusters(items).flatMap((cluster): WorkDraft[] => {
    const episodes = cluster.filter((item): item is Named<EpisodeName> => item.name.form === "episode");
    if (episodes.length > 0) return [seriesOf(episodes)];
    return [filmOf(cluster as readonly Named<FilmName | VideoName>[])];
  });
}

function filmOf(items: readonly Named<FilmName | VideoName>[]): FilmDraft {
  const films = items.filter(({ name }) => name.extra === null);
  const named = films.length > 0 ? films : items;
  const isFilm = named[0]?.name.form === "film";
  const dates = named.flatMap(({ name }) => (name.form === "video" && name.date !== null ? [name.date] : []));
  return {
    type: isFilm ? "film" : "video",
    title: commonest(named.map(({ name }) => name.title)) ?? "",
    year: commonest(named.map(({ name }) => name.year)),
    ids: idsOf(named.map(({ name }) => (name.form === "film" ? name.ids : {}))),
    airDate: dates.toSorted()[0] ?? null,
    files: filesOf(items),
    folders: foldersOf(named),
  };
}

function seriesOf(items: readonly Named<EpisodeName>[]): SeriesDraft {
  const own = items.filter(({ name }) => name.extra !== null && !hasNumber(name));
  const bySeason = Map.groupBy(
    items.filter((item) => !own.includes(item)),
    ({ name }) => seasonOf(name),
  );
  return {
    type: "series",
    title: commonest(items.map(({ name }) => name.series)) ?? "",
    year: commonest(items.map(({ name }) => name.seriesYear)),
    ids: idsOf(items.map(({ name }) => name.ids)),
    files: filesOf(own),
    folders: foldersOf(items),
    seasons: [...bySeason].map(([season, of]) => seasonDraft(season, of)).toSorted((a, b) => a.season - b.season),
  };
}

const hasNumber = ({ episodes, absolute, airDate }: EpisodeName) =>
  episodes.length > 0 || absolute.length > 0 || airDate !== null;

/** Shows of a day are kept by year, as everybody else does; what is only counted through is one season. */
function seasonOf({ season, isSpecial, airDate, episodes }: EpisodeName): number {
  if (season !== null) return season;
  if (isSpecial) return 0;
  return airDate !== null && episodes.length === 0 ? Number(airDate.slice(0, 4)) : 1;
}

function seasonDraft(season: number, items: readonly Named<EpisodeName>[]): SeasonDraft {
  const byEpisode = new Map<string, Named<EpisodeName>[]>();
  for (const item of items) {
    for (const key of episodeKeys(item)) byEpisode.set(key, [...(byEpisode.get(key) ?? []), item]);
  }
  const episodes = [...byEpisode].map(([key, of]) => episodeDraft(season, key, of));
  return { type: "season", season, episodes: episodes.toSorted(inOrder) };
}

function episodeKeys({ name, itemId }: Named<EpisodeName>): string[] {
  if (name.episodes.length > 0) return name.episodes.slice(0, mostEpisodes).map((number) => `e:${number}`);
  if (name.absolute.length > 0) return name.absolute.slice(0, mostEpisodes).map((number) => `a:${number}`);
  if (name.airDate !== null) return [`d:${name.airDate}`];
  return [`t:${name.title === null ? itemId : titleKey(name.title)}`];
}

function episodeDraft(season: number, key: string, items: readonly Named<EpisodeName>[]): EpisodeDraft {
  const number = key.startsWith("e:") ? Number(key.slice(2)) : null;
  const main = items.filter(({ name }) => name.extra === null);
  const named = main.length > 0 ? main : items;
  // The title of a file with several episodes is that of all of them.
  const alone = named.filter(({ name }) => name.episodes.length <= 1);
  const titles = (alone.length > 0 ? alone : named).map(({ name }) => name.title);
  const last = Math.max(...named.map(({ name }) => name.episodes.at(-1) ?? 0));
  return {
    type: "episode",
    season,
    title: commonest(titles) ?? "",
    year: null,
    ids: {},
    episode: number,
    lastEpisode: number !== null && last > number ? last : null,
    absolute: key.startsWith("a:")
      ? Number(key.slice(2))
      : commonest(named.map(({ name }) => (name.absolute.length === 1 ? (name.absolute[0] ?? null) : null))),
    airDate: commonest(named.map(({ name }) => name.airDate)),
    files: filesOf(items),
    folders: [],
  };
}

function inOrder(a: EpisodeDraft, b: EpisodeDraft): number {
  const at = ({ episode, absolute }: EpisodeDraft) => episode ?? absolute ?? Number.MAX_SAFE_INTEGER;
  return (
    at(a) - at(b) ||
    compareText(a.airDate ?? "9", b.airDate ?? "9") ||
    compareText(a.title, b.title) ||
    (a.files[0]?.itemId ?? 0) - (b.files[0]?.itemId ?? 0)
  );
}

/** Versions in order of rank, each with its parts in order; extras behind them. */
function filesOf(items: readonly NamedItem[]): FileDraft[] {
  const versions = Map.groupBy(
    items.filter(({ name }) => name.extra === null),
    (item) => versionKeyOf(item),
  );
  const heightOf = (of: readonly NamedItem[]) => Math.max(...of.map(({ name, height }) => height ?? nameHeight(name)));
  const sizeOf = (of: readonly NamedItem[]) => of.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  // An edition other than the ordinary one is a choice, however sharp it is.
  const isChoice = (of: readonly NamedItem[]) => Number(of[0]?.name.edition !== null);
  const ordered = [...versions]
    .toSorted(
      ([oneKey, one], [otherKey, other]) =>
        isChoice(one) - isChoice(other) ||
        heightOf(other) - heightOf(one) ||
        sizeOf(other) - sizeOf(one) ||
        compareText(oneKey, otherKey),
    )
    .flatMap(([versionKey, of]) =>
      of
        .toSorted((a, b) => (a.name.part?.number ?? 0) - (b.name.part?.number ?? 0) || compareText(a.path, b.path))
        .map((item) => ({ item, versionKey })),
    );
  const extras = items
    .filter(({ name }) => name.extra !== null)
    .toSorted((a, b) => compareText(a.path, b.path))
    .map((item) => ({ item, versionKey: `x:${item.path}` }));
  return [...ordered, ...extras].map(({ item: { itemId, name }, versionKey }, rank) => ({
    itemId,
    versionKey,
    edition: name.edition,
    label: name.version ?? name.traits.resolution,
    part: name.part?.number ?? null,
    extraKind: name.extra?.kind ?? null,
    extraTitle: name.extra?.title ?? null,
    rank,
  }));
}

/** Parts of one stack are one version; the same in another format is another one. */
function versionKeyOf({ path, name }: NamedItem): string {
  if (name.part === null) return `p:${path}`;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return `s:${folder}#${name.part.stack}${path.slice(path.lastIndexOf("."))}`;
}

function nameHeight({ traits }: NamedItem["name"]): number {
  return Number.parseInt(traits.resolution ?? "0", 10) || 0;
}

/** What most say; of several as many, the shortest, then the first in the alphabet. */
function commonest<T extends string | number>(values: readonly (T | null)[]): T | null {
  const counts = new Map<T, number>();
  for (const value of values) if (value !== null && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  const best = [...counts].toSorted(
    ([one, oneCount], [other, otherCount]) =>
      otherCount - oneCount || `${one}`.length - `${other}`.length || compareText(`${one}`, `${other}`),
  )[0];
  return best?.[0] ?? null;
}

function idsOf(all: readonly CatalogueIds[]): CatalogueIds {
  const one = (name: keyof CatalogueIds) => commonest(all.map((ids) => ids[name] ?? null)) ?? undefined;
  const { tmdb, imdb, tvdb } = { tmdb: one("tmdb"), imdb: one("imdb"), tvdb: one("tvdb") };
  return { ...(tmdb && { tmdb }), ...(imdb && { imdb }), ...(tvdb && { tvdb }) };
}

function foldersOf(items: readonly NamedItem[]): string[] {
  const folders = items.flatMap(({ name }) => (name.form === "video" || name.folder === null ? [] : [name.folder]));
  return [...new Set(folders)].toSorted();
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
