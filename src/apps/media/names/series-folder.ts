import { seasonFolder, type SeasonFolder } from "./folders.ts";
import { sureMark } from "./marks.ts";
import { readFolder, type Release } from "./release.ts";
import { isSameTitle } from "./titles.ts";

export interface SeriesFolder {
  /** What the folder of the series says; null: the file lies at the top or among others. */
  readonly series: Release | null;
  readonly path: string | null;
  /** Of the folder of a season. */
  readonly season: number | null;
}

/** The nearest folder of a season, with its place. */
export function seasonOf(folders: readonly string[]): { readonly at: number; readonly found: SeasonFolder } | null {
  for (let at = folders.length - 1; at >= 0; at -= 1) {
    const found = seasonFolder(folders[at] ?? "", at > 0);
    if (found !== null) return { at, found };
  }
  return null;
}

/** Folders that sort series rather than being one. */
const category =
  /^(?:tv|tv[- _]?shows?|tv[- _]?series|series|shows?|serien|s[ée]ries|anime|kids|kinder|enfants|cartoons?|documentar(?:y|ies)|dokus?|downloads?|media|videos?|complete|finished)$/i;
/** Folders inside a series that are no seasons. */
const arc = /^(?:\d|(?:arc|part|book|volume|vol|chapter|saga)(?![\p{L}]))/iu;

/** `Show.S01E05.1080p` and `Show Season 4` are folders of the show as well. */
function readSeriesName(name: string): Release {
  const named = seasonFolder(name, false)?.series;
  if (named !== null && named !== undefined) return named;
  const mark = sureMark(name);
  return readFolder(mark === null || mark.start === 0 ? name : name.slice(0, mark.start));
}

/** A few letters are an abbreviation rather than another series. */
function isWeak(title: string): boolean {
  return /^(?:[a-z\d]{0,4}|[A-Z\d]{0,4})$/.test(title);
}

/**
 * Which folder is the series: the one above the season; without a season the nearest one with the title of the file, else the nearest
 * that is no arc. It is believed rather than the file where it names a series (a year, a number of a catalogue, a season below it) or says
 * the same; a folder that sorts is not, nor one with another title without any of these.
 *
 * @param fileTitle what stands before the number of the episode
 */
export function seriesFolder(folders: readonly string[], fileTitle: string): SeriesFolder {
  const season = seasonOf(folders);
  const number = season?.found.season ?? null;
  const named = season?.found.series ?? null;
  const above = folders.slice(0, season?.at ?? folders.length);
  const releases = above.map((name) => readSeriesName(name));
  const pathTo = (at: number): string => folders.slice(0, at + 1).join("/");
  if (season !== null && named !== null) {
    const outer = releases.findLastIndex(({ title }) => isSameTitle(title, named.title));
    if (outer < 0) return { series: named, path: pathTo(season.at), season: number };
    return { series: releases[outer] ?? null, path: pathTo(outer), season: number };
  }
  const same = fileTitle === "" ? -1 : releases.findLastIndex(({ title }) => isSameTitle(title, fileTitle));
  const nearest = above.findLastIndex((name) => !arc.test(name) || /[({]/.test(name));
  const at = same >= 0 ? same : season === null ? Math.max(nearest, 0) : season.at - 1;
  const series = releases[at];
  const none = { series: null, path: null, season: number };
  if (series === undefined || (same < 0 && category.test(above[at] ?? "") && fileTitle !== "")) return none;
  const isBelieved = season !== null || same >= 0 || series.isNamed || isWeak(fileTitle);
  return isBelieved ? { series, path: pathTo(at), season: number } : none;
}
