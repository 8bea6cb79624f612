import type { Film, Series } from "./film-texts.ts";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replaceAll(/[&<>"]/g, (found) => escapes[found] ?? found);
const tag = (name: string, value: string | number) => `  <${name}>${escape(String(value))}</${name}>\n`;

/** What Kodi and Jellyfin write beside a film. */
export function filmNfo(film: Film): string {
  return documentOf("movie", tag("tagline", film.tagline) + common(film));
}

export function seriesNfo(series: Series): string {
  return documentOf("tvshow", common(series));
}

export function episodeNfo(series: Series, episode: Series["episodes"][number], nowMs: number): string {
  const aired = new Date(nowMs - episode.daysAgo * 86_400_000).toISOString().slice(0, 10);
  const { season, number, title, plot } = episode;
  const numbers = tag("season", season) + tag("episode", number) + tag("aired", aired);
  return documentOf(
    "episodedetails",
    tag("title", title) + numbers + tag("plot", plot) + tag("director", series.director),
  );
}

const documentOf = (root: string, content: string) =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${root}>\n${content}</${root}>\n`;

function common(made: Film | Series): string {
  const actors = made.cast.map(([name, role]) => `  <actor>\n  ${tag("name", name)}  ${tag("role", role)}  </actor>\n`);
  return [
    ...[tag("title", made.title), tag("year", made.year), tag("plot", made.plot), tag("rating", made.rating)],
    ...[tag("mpaa", made.certification), tag("studio", made.studio)],
    ...made.genres.map((genre) => tag("genre", genre)),
    ...[tag("director", made.director), tag("credits", made.writer)],
    ...actors,
  ].join("");
}
