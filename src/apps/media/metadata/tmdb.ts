import { z } from "zod";
import type { Outgoing } from "./outgoing.ts";
import { seasonOf } from "./tmdb-season.ts";
import type { Candidate, Details, Picture, Provider } from "./types.ts";

/** Of https://developer.themoviedb.org/reference; what is missing or odd is passed over. */
const text = z.string().max(20_000).nullish().catch(null);
const Hit = z.object({
  id: z.int().positive(),
  title: text,
  name: text,
  original_title: text,
  original_name: text,
  release_date: text,
  first_air_date: text,
  overview: text,
  poster_path: text,
});
const Found = z.object({ results: z.array(z.unknown()).max(200) });
const ByNumber = z.object({
  movie_results: z.array(z.unknown()).catch([]),
  tv_results: z.array(z.unknown()).catch([]),
});
const Name = z.object({ name: z.string().max(200) });
const Names = z.array(Name).max(1000).catch([]);
const Role = z.object({
  name: z.string().max(200),
  character: text,
  roles: z.array(z.object({ character: text })).nullish(),
});
const Work = Hit.extend({
  tagline: text,
  vote_average: z.number().min(0).max(10).nullish().catch(null),
  vote_count: z.number().nullish().catch(null),
  backdrop_path: text,
  genres: Names,
  production_companies: Names,
  networks: Names,
  created_by: Names,
  external_ids: z
    .object({ imdb_id: text, tvdb_id: z.int().nullish().catch(null) })
    .nullish()
    .catch(null),
  credits: z
    .object({
      cast: z.array(Role).catch([]),
      crew: z.array(z.object({ name: z.string(), job: text, department: text })).catch([]),
    })
    .nullish()
    .catch(null),
  release_dates: z
    .object({
      results: z.array(z.object({ iso_3166_1: z.string(), release_dates: z.array(z.object({ certification: text })) })),
    })
    .nullish()
    .catch(null),
  content_ratings: z
    .object({ results: z.array(z.object({ iso_3166_1: z.string(), rating: text })) })
    .nullish()
    .catch(null),
});
type Work = z.infer<typeof Work>;

const api = "https://api.themoviedb.org/3/";
const pictures = "https://image.tmdb.org/t/p/";
export const tmdbHosts = ["api.themoviedb.org", "image.tmdb.org"];
const maxPictureBytes = 12 * 2 ** 20;
const mostPeople = 40;

export interface TmdbDeps {
  readonly outgoing: Outgoing;
  /** A key of version 3 (32 letters), or the longer token of version 4. */
  readonly key: () => Promise<string>;
  /** `de-DE`. */
  readonly language: string;
}

function yearOf(date: string | null | undefined): number | null {
  const year = Number(/^(\d{4})-/.exec(date ?? "")?.[1]);
  return Number.isInteger(year) && year > 0 ? year : null;
}

function candidateOf(kind: "film" | "series", raw: unknown): Candidate[] {
  const { data: hit } = Hit.safeParse(raw);
  const title = hit?.title ?? hit?.name;
  if (hit === undefined || !title) return [];
  return [
    {
      provider: "tmdb",
      kind,
      id: String(hit.id),
      title: title.slice(0, 300),
      originalTitle: (hit.original_title ?? hit.original_name)?.slice(0, 300) ?? null,
      year: yearOf(hit.release_date ?? hit.first_air_date),
      artist: null,
      durationMs: null,
      overview: hit.overview || null,
      picture: isPicture(hit.poster_path) ? `${pictures}w342${hit.poster_path}` : null,
    },
  ];
}

const isPicture = (path: string | null | undefined): path is string =>
  /^\/[\w-]{1,80}\.(?:jpg|png|webp)$/.test(path ?? "");
const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
const namesOf = (list: readonly { readonly name: string }[]): readonly string[] | undefined =>
  some([...new Set(list.map(({ name }) => name.slice(0, 100)))].slice(0, mostPeople));

/** As it is marked in the country of the language, else in the United States. */
function certificationOf(work: Work, country: string): string | undefined {
  const marks = new Map<string, string>();
  for (const { iso_3166_1: where, release_dates: dates } of work.release_dates?.results ?? []) {
    const mark = dates.map(({ certification }) => certification).find((one) => one);
    if (mark) marks.set(where, mark);
  }
  for (const { iso_3166_1: where, rating } of work.content_ratings?.results ?? []) if (rating) marks.set(where, rating);
  const own = marks.get(country);
  // `12` alone says nothing to whoever limits by age.
  return (own !== undefined && country === "DE" ? `FSK ${own}` : (own ?? marks.get("US")))?.slice(0, 40);
}

function detailsOf(kind: "film" | "series", work: Work, country: string): Details {
  const crew = work.credits?.crew ?? [];
  const cast = (work.credits?.cast ?? []).slice(0, mostPeople).map(({ name, character, roles }) => ({
    name: name.slice(0, 100),
    role: (character || roles?.[0]?.character)?.slice(0, 200) || null,
  }));
  const year = yearOf(work.release_date ?? work.first_air_date);
  const ids = work.external_ids;
  const fields = {
    title: (work.title ?? work.name)?.slice(0, 300) || undefined,
    originalTitle: (work.original_title ?? work.original_name)?.slice(0, 300) || undefined,
    tagline: work.tagline?.slice(0, 500) || undefined,
    overview: work.overview?.slice(0, 10_000) || undefined,
    year: year ?? undefined,
    rating: work.vote_count ? Math.round((work.vote_average ?? 0) * 10) / 10 || undefined : undefined,
    certification: certificationOf(work, country),
    genres: namesOf(work.genres),
    studios: namesOf(kind === "film" ? work.production_companies : work.networks),
    directors: namesOf(kind === "film" ? crew.filter(({ job }) => job === "Director") : work.created_by),
    writers: namesOf(crew.filter(({ department }) => department === "Writing")),
    cast: some(cast),
    externalIds: {
      tmdb: String(work.id),
      ...(/^tt\d{6,10}$/.test(ids?.imdb_id ?? "") && { imdb: ids?.imdb_id ?? "" }),
      ...(ids?.tvdb_id && { tvdb: String(ids.tvdb_id) }),
    },
  };
  const picture = (of: Picture["kind"], size: string, path: string | null | undefined): Picture[] =>
    isPicture(path) ? [{ kind: of, url: `${pictures}${size}${path}` }] : [];
  return {
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    pictures: [...picture("poster", "w780", work.poster_path), ...picture("backdrop", "w1280", work.backdrop_path)],
  };
}

/** Films and series of The Movie Database. */
export function createTmdb({ outgoing, key, language }: TmdbDeps): Provider {
  const ask = async (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> => {
    const secret = (await key()).trim();
    const url = new URL(path, api);
    for (const [name, value] of Object.entries({ ...query, language })) url.searchParams.set(name, value);
    if (secret.length > 40) return outgoing.json(url, { authorization: `Bearer ${secret}` }, signal);
    url.searchParams.set("api_key", secret);
    return outgoing.json(url, {}, signal);
  };
  const country = language.split("-")[1]?.toUpperCase() ?? "US";
  return {
    name: "tmdb",
    kinds: ["film", "series"],
    hosts: tmdbHosts,
    search: async ({ kind, title, year }, signal) => {
      if (kind !== "film" && kind !== "series") return [];
      const when = year === null ? {} : { [kind === "film" ? "year" : "first_air_date_year"]: String(year) };
      const what = { query: title.slice(0, 200), include_adult: "false" };
      const path = kind === "film" ? "search/movie" : "search/tv";
      const found = Found.safeParse(await ask(path, { ...what, ...when }, signal)).data?.results ?? [];
      // A year of the name may be that of another country.
      const all =
        found.length > 0 || year === null
          ? found
          : (Found.safeParse(await ask(path, what, signal)).data?.results ?? []);
      return all.slice(0, 20).flatMap((raw) => candidateOf(kind, raw));
    },
    details: async (kind, id, signal) => {
      if (kind !== "film" && kind !== "series") return null;
      let number = id;
      if (id.startsWith("tt")) {
        const { data } = ByNumber.safeParse(await ask(`find/${id}`, { external_source: "imdb_id" }, signal));
        const [hit] = (kind === "film" ? data?.movie_results : data?.tv_results) ?? [];
        number = candidateOf(kind, hit)[0]?.id ?? "";
      }
      if (!/^\d{1,10}$/.test(number)) return null;
      const more = kind === "film" ? "credits,external_ids,release_dates" : "credits,external_ids,content_ratings";
      const { data } = Work.safeParse(
        await ask(`${kind === "film" ? "movie" : "tv"}/${number}`, { append_to_response: more }, signal),
      );
      return data === undefined ? null : detailsOf(kind, data, country);
    },
    season: async (seriesId, season, signal) => {
      if (!/^\d{1,10}$/.test(seriesId)) return null;
      const answer = await ask(`tv/${seriesId}/season/${season}`, {}, signal);
      return seasonOf(answer, (path) => (isPicture(path) ? `${pictures}w780${path}` : null));
    },
    picture: (url, signal) => outgoing.bytes(new URL(url), maxPictureBytes, signal),
  };
}
