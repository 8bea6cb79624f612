import { extraSuffix } from "./folders.ts";
import { bareMark, dateIn, episodeMark, seasonMark, sureMark, type EpisodeMark } from "./marks.ts";
import { extraOf, partOf, versionOf, type PathParts } from "./paths.ts";
import { readFolder, readRelease, tailTitle, type Release } from "./release.ts";
import { seasonOf, seriesFolder, type SeriesFolder } from "./series-folder.ts";
import { cleanTitle, isSameTitle, titleKey } from "./titles.ts";
import type { EpisodeName } from "./types.ts";

/** Cuts the name of the series off the beginning of a name, so that its numbers are no episodes. */
function behindSeries(stem: string, folders: readonly string[]): number {
  const named = stem.replace(/^\[[^\]]*\]/, "");
  const whole = titleKey(named);
  for (const folder of folders.toReversed()) {
    const key = titleKey(readFolder(folder).title);
    if (key === "" || /^\d+$/.test(key) || !whole.startsWith(key)) continue;
    for (const { index } of named.matchAll(/(?<=[\p{L}\p{N}!?)'.])(?=[\s._-])/gu)) {
      if (titleKey(named.slice(0, index)) === key) return index + stem.length - named.length;
    }
  }
  return 0;
}

const sceneEpisode = /^(\d{1,2})(\d\d)$/;

/** What a bare number means: within the folder of a season its episode; of three figures season and episode where names have no blanks. */
function settle(mark: EpisodeMark, season: number | null, text: string): EpisodeMark {
  const [number = 0] = mark.absolute;
  const joined = sceneEpisode.exec(String(number));
  if (season !== null) {
    if (joined && Number(joined[1]) === season) return { ...mark, season, episodes: [Number(joined[2])], absolute: [] };
    return number < 100 ? { ...mark, season, episodes: mark.absolute, absolute: [] } : { ...mark, season };
  }
  const isScene = !/\s|^\[/.test(text) && mark.absolute.length === 1 && Number(joined?.[2] ?? 0) > 0;
  if (joined && isScene) return { ...mark, season: Number(joined[1]), episodes: [Number(joined[2])], absolute: [] };
  return mark;
}

/** A number of Spanish releases: `Cap.102`. */
const joinedEpisode = /^\W*cap[\s._-]*\d{3,4}/i;

function withSeason(
  mark: EpisodeMark,
  word: EpisodeMark | null,
  folderSeason: number | null,
  text: string,
): EpisodeMark {
  if (mark.season !== null || mark.episodes.length === 0) return mark;
  const start = Math.min(mark.start, word?.start ?? mark.start);
  const season = word?.season ?? folderSeason;
  const [first = 0] = mark.episodes;
  if (joinedEpisode.test(text.slice(mark.start)) && (season === null || Math.floor(first / 100) === season)) {
    return { ...mark, start, season: Math.floor(first / 100), episodes: mark.episodes.map((number) => number % 100) };
  }
  return { ...mark, start, season: season ?? 1 };
}

function markOf(stem: string, folders: readonly string[]): EpisodeMark | null {
  const sure = sureMark(stem);
  if (sure !== null && sure.season !== null) return sure;
  const folderSeason = seasonOf(folders)?.found.season ?? null;
  const word = seasonMark(stem);
  const episode = sure ?? episodeMark(stem);
  if (episode !== null) return withSeason(episode, word, folderSeason, stem);
  const from = behindSeries(stem, folders);
  // The number of a season is none of an episode.
  const hidden =
    word === null ? stem : `${stem.slice(0, word.start)}${"·".repeat(word.end - word.start)}${stem.slice(word.end)}`;
  const rest = hidden.slice(from);
  const bare = bareMark(rest, readRelease(rest).encodingStart);
  if (bare === null) return word;
  const mark = { ...bare, start: bare.start + from, end: bare.end + from };
  if (word === null || mark.start < word.start) return settle(mark, folderSeason, stem);
  return { ...settle(mark, word.season, stem), start: word.start };
}

/** The title of the episode: what stands behind the mark, without its date and the name of the series. */
function episodeTitle(tail: string, series: string): string | null {
  const dated = dateIn(tail);
  const title = tailTitle(dated === null ? tail : `${tail.slice(0, dated.start)} ${tail.slice(dated.end)}`);
  if (!/[\p{L}\p{N}]/u.test(title) || titleKey(title) === titleKey(series)) return null;
  const [first = "", ...rest] = title.split(" - ");
  return rest.length > 0 && titleKey(first) === titleKey(series) ? cleanTitle(rest.join(" - ")) || null : title;
}

/** The name that counts: of the folder, where only this one has a number and the file is in disguise (`a41e….mkv`). */
function tellingName(stem: string, folders: readonly string[]): string {
  const folder = folders.at(-1);
  if (folder === undefined || sureMark(stem) !== null) return stem;
  const mark = sureMark(folder);
  return mark !== null && (mark.episodes.length > 0 || mark.airDate !== null) ? folder : stem;
}

function seasonNumber(mark: EpisodeMark | null, context: SeriesFolder): number | null {
  if (mark === null) return context.season;
  return mark.season ?? (mark.airDate === null && mark.absolute.length === 0 ? context.season : null);
}

interface Titles {
  readonly series: string;
  readonly title: string | null;
}

/** `[Group] 01 - Show`: with nothing before the number and no folder, what stands behind is the series. */
function titlesOf(mark: EpisodeMark | null, stem: string, head: Release, folder: Release | null): Titles {
  if (mark === null)
    return { series: folder?.title || head.title, title: folder === null ? null : readRelease(stem).title || null };
  const isHeadEmpty = !/[\p{L}\p{N}]/u.test(stem.slice(0, mark.start).replaceAll(/\[[^\]]*\]/g, ""));
  const series = folder?.title || (isHeadEmpty ? "" : head.title);
  const title = episodeTitle(stem.slice(mark.end), series);
  return series === "" && mark.start > 0 && title !== null ? { series: title, title: null } : { series, title };
}

/** An episode by its path below the library. */
export function readEpisode(parts: PathParts): EpisodeName {
  const { folders } = parts;
  const suffix = extraSuffix(parts.stem);
  const kind = parts.extra ?? suffix?.kind ?? null;
  const stem = kind === null ? tellingName(parts.stem, folders) : (suffix?.stem ?? parts.stem);
  const mark = markOf(stem, folders);
  const head = readRelease(mark === null ? stem : stem.slice(0, mark.start));
  const context = seriesFolder(folders, head.title);
  const folder = context.series;
  const isSame = folder === null || isSameTitle(folder.title, head.title);
  const { series, title } = titlesOf(mark, stem, head, folder);
  const season = seasonNumber(mark, context);
  const whole = readRelease(stem);
  return {
    form: "episode",
    series,
    seriesYear: folder?.year ?? (isSame ? head.year : null),
    ids: { ...folder?.ids, ...head.ids },
    season,
    episodes: mark?.episodes ?? [],
    absolute: mark?.absolute ?? [],
    airDate: mark?.airDate ?? null,
    isSpecial: mark?.isSpecial === true || season === 0,
    title: kind === null ? title : null,
    edition: whole.edition,
    version: kind === null ? versionOf(stem, undefined, whole) : null,
    traits: whole.traits,
    part: kind === null ? partOf(stem, mark?.end ?? whole.titleEnd, undefined) : null,
    extra: kind === null ? null : extraOf(kind, stem, series),
    folder: context.path,
  };
}
