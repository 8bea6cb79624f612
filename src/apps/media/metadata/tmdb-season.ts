import { z } from "zod";
import type { SeasonDetails } from "./types.ts";

/** Of https://developer.themoviedb.org/reference/tv-season-details; what is missing or odd is passed over. */
const text = z.string().max(20_000).nullish().catch(null);
const Episode = z.object({
  episode_number: z.int().min(0).max(99_999),
  name: text,
  overview: text,
  air_date: text,
  still_path: text,
  vote_average: z.number().min(0).max(10).nullish().catch(null),
  vote_count: z.number().nullish().catch(null),
});
const Season = z.object({ overview: text, episodes: z.array(z.unknown()) });

/** More than any season has; an answer is 4 MiB at most anyway. */
const mostEpisodes = 2000;
const isoDay = /^\d{4}-\d{2}-\d{2}$/;

/** @param pictureOf the address of a picture by the path that the catalogue gives; null: it is none */
export function seasonOf(raw: unknown, pictureOf: (path: string | null | undefined) => string | null) {
  const { data } = Season.safeParse(raw);
  if (data === undefined) return null;
  const overviewOf = (said: string | null | undefined) => said?.trim().slice(0, 10_000) || undefined;
  const episodes = data.episodes.slice(0, mostEpisodes).flatMap((one) => {
    const { data: episode } = Episode.safeParse(one);
    if (episode === undefined) return [];
    const { vote_count: votes, vote_average: average, air_date: day } = episode;
    const fields = {
      title: episode.name?.trim().slice(0, 300) || undefined,
      overview: overviewOf(episode.overview),
      airDate: day && isoDay.test(day) ? day : undefined,
      rating: votes ? Math.round((average ?? 0) * 10) / 10 || undefined : undefined,
    };
    return [{ number: episode.episode_number, fields: said(fields), still: pictureOf(episode.still_path) }];
  });
  return { fields: said({ overview: overviewOf(data.overview) }), episodes } satisfies SeasonDetails;
}

function said<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
