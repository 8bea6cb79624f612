import { readRelease, yearOf, type Release } from "./release.ts";
import { titleKey } from "./titles.ts";
import type { ExtraKind } from "./types.ts";

export interface SeasonFolder {
  readonly season: number;
  /** The series, when the folder names it as well: `Show.S01.1080p`. */
  readonly series: Release | null;
}

const words =
  "season|seasons|series|saison|staffel|temporada|stagione|seizoen|s[äa]song|s[æa]son|sesong|kausi|sezon|sezona|s[ée]rie|évad|сезон";
const bareSeason = new RegExp(`^(?:${words})[\\s._-]*(\\d{1,4})(?=$|[\\s._\\-([:,])`, "iu");
const shortSeason = /^s(\d{1,4})(?=$|[\s._\-([])/i;
const countedSeason = new RegExp(
  `^(\\d{1,3})(?:\\.|st|nd|rd|th|ª|a|e|ème|er)?[\\s._]*(?:${words})(?=$|[\\s._\\-([])`,
  "iu",
);
const namedSeason = new RegExp(
  `^(.+?)[\\s._-]+(?:(?:${words})[\\s._-]*(\\d{1,4})|s(\\d{1,4}))(?=$|[\\s._\\-([])(?![\\s._-]*e\\d)`,
  "iu",
);
const specials =
  /^(?:specials?|season 0+|s0+|ovas?|oad|especiales|especiais|sp[ée]ciaux|hors[- ]s[ée]rie|sonderfolgen|extras? ?episodes)$/i;

/**
 * What a folder says about a season: `Season 01`, `Staffel 2`, `S03`, `2nd Season`, `Specials`, `Show.S01.1080p-GROUP`; a number alone
 * when it lies in another folder.
 */
export function seasonFolder(name: string, isInside: boolean): SeasonFolder | null {
  const text = name.normalize("NFC").trim();
  if (specials.test(text)) return { season: 0, series: null };
  const alone = bareSeason.exec(text) ?? shortSeason.exec(text) ?? countedSeason.exec(text);
  if (alone) return { season: Number(alone[1]), series: null };
  if (isInside && /^\d{1,4}$/.test(text)) return { season: Number(text), series: null };
  const named = namedSeason.exec(text);
  if (named === null || yearOf(named[2] ?? "") !== null) return null;
  const series = readRelease(named[1] ?? "");
  return series.title === "" ? null : { season: Number(named[2] ?? named[3]), series };
}

const extraFolders: Readonly<Record<string, ExtraKind>> = {
  "behind the scenes": "behind-the-scenes",
  "deleted scenes": "deleted-scene",
  featurettes: "featurette",
  featurette: "featurette",
  interviews: "interview",
  interview: "interview",
  scenes: "scene",
  shorts: "short",
  short: "short",
  trailers: "trailer",
  trailer: "trailer",
  clips: "clip",
  samples: "sample",
  sample: "sample",
  backdrops: "backdrop",
  "theme-music": "theme",
  "theme music": "theme",
  extras: "unknown",
  extra: "unknown",
  other: "unknown",
  others: "unknown",
  bonus: "unknown",
  "bonus features": "unknown",
  "special features": "unknown",
};

/** Folders of Plex and Jellyfin whose videos belong to the film or series above. */
export function extraFolder(name: string): ExtraKind | undefined {
  return extraFolders[name.toLowerCase().replaceAll("_", " ").trim()];
}

const suffixes: Readonly<Record<string, ExtraKind>> = {
  trailer: "trailer",
  sample: "sample",
  behindthescenes: "behind-the-scenes",
  deleted: "deleted-scene",
  deletedscene: "deleted-scene",
  featurette: "featurette",
  interview: "interview",
  scene: "scene",
  short: "short",
  clip: "clip",
  extra: "unknown",
  other: "unknown",
};
const suffix =
  /^(.*?)(?:-(behindthescenes|deletedscene|deleted|featurette|interview|scene|short|clip|extra|other)|(?:\s-\s|[-._])(trailer|sample)\d{0,2})$/i;

export interface ExtraName {
  readonly kind: ExtraKind;
  /** The name without the suffix; empty for `trailer.mkv`. */
  readonly stem: string;
}

/** Suffixes of names: `Film-trailer`, `Film-behindthescenes`, `sample`, `sample-film`. */
export function extraSuffix(stem: string): ExtraName | null {
  const lower = stem.toLowerCase();
  if (lower === "trailer" || lower === "sample" || lower === "movie-trailer") {
    return { kind: lower === "sample" ? "sample" : "trailer", stem: "" };
  }
  if (/^sample[-._]/.test(lower)) return { kind: "sample", stem: stem.slice(7) };
  const found = suffix.exec(stem);
  if (found === null) return null;
  const kind = suffixes[(found[2] ?? found[3] ?? "").toLowerCase()];
  return kind === undefined ? null : { kind, stem: found[1] ?? "" };
}

const discFolder = /^(?:cd|dvd|dis[ck]|disk|part|pt|digital media|vol|volume)[\s._-]*(\d{1,2}|[a-d])$/i;

/** The number of a folder that holds one disc of several: `CD1`, `Disc 2`. */
export function discNumber(name: string): number | null {
  const found = discFolder.exec(name.trim())?.[1];
  if (found === undefined) return null;
  const number = /^\d+$/.test(found) ? Number(found) : found.toLowerCase().charCodeAt(0) - 96;
  return number;
}

/** Folders inside a copy of a disc. */
export function isDiscStructure(name: string): boolean {
  return /^(?:bdmv|stream|video_ts|audio_ts|hvdvd_ts|certificate|backup|playlist)$/i.test(name);
}

/** Whether a name in a folder begins with the folder's name, as versions do; the rest, else null. */
export function behindFolderName(stem: string, folder: string): string | null {
  const [one, other] = [stem.normalize("NFC"), folder.normalize("NFC").trim()];
  if (!one.toLowerCase().startsWith(other.toLowerCase())) return null;
  const rest = one.slice(other.length);
  return rest === "" || /^[\s._\-[({]/.test(rest) ? rest : null;
}

/** Whether a name says so little that the folder must know better: `movie`, `00001`, `VTS_01_1`, `ht-sparks`. */
export function isObscure(release: Release, stem: string): boolean {
  if (release.isNamed) return false;
  const key = titleKey(release.title);
  return (
    key === "" ||
    /^(?:movie|film|video|feature|main|title\s?t?\d*|vts \d+ \d+|vts\d+|\d{5}|t\d{2}|index)$/i.test(release.title) ||
    /^[a-z0-9]{2,12}-[a-z0-9.-]{2,40}$/.test(stem)
  );
}
