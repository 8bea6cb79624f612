import { languageOf } from "./languages.ts";
import { seasonFolder } from "./folders.ts";
import { splitEnding } from "./paths.ts";
import { cleanTitle } from "./titles.ts";
import { maxNameChars } from "./tokens.ts";
import type { SidecarName, SidecarRole } from "./types.ts";

const roleOfEnding = new Map<string, SidecarRole>(
  Object.entries({
    subtitle: "srt ass ssa vtt sub idx sup smi sami mks ttml dfxp usf stl",
    nfo: "nfo",
    lyrics: "lrc elrc",
    playlist: "m3u m3u8 pls xspf wpl",
    cue: "cue",
    chapters: "edl",
    "photo-data": "xmp aae thm json",
    trickplay: "bif",
  }).flatMap(([role, endings]) => endings.split(" ").map((ending) => [ending, role as SidecarRole] as const)),
);

const artRoles: Readonly<Record<string, SidecarRole>> = {
  poster: "poster",
  cover: "poster",
  folder: "poster",
  movie: "poster",
  default: "poster",
  show: "poster",
  front: "poster",
  album: "poster",
  albumart: "poster",
  albumartlarge: "poster",
  jacket: "poster",
  artist: "poster",
  fanart: "fanart",
  backdrop: "fanart",
  background: "fanart",
  art: "fanart",
  banner: "banner",
  logo: "logo",
  clearlogo: "logo",
  landscape: "thumb",
  thumb: "thumb",
  disc: "disc",
  discart: "disc",
  cdart: "disc",
  clearart: "clear-art",
};

const sidecarFolder =
  /^(?:subs?|subtitles?|untertitel|sous-titres|artwork|extrafanart|extrathumbs|\.actors|metadata|lyrics|.+\.trickplay)$/i;
const forced = /^(?:forced|foreign)$/i;
const impaired = /^(?:sdh|cc|hi)$/i;
/** Most words behind the stem that are looked at. */
const mostFlags = 6;

const blank: SidecarName = {
  form: "sidecar",
  role: "other",
  of: "file",
  folder: "",
  stem: "",
  season: null,
  language: null,
  isForced: false,
  isHearingImpaired: false,
  isDefault: false,
  title: null,
};

interface Place {
  readonly folder: string;
  /** Of `Subs/NAME/2_English.srt`. */
  readonly inner: string | null;
}

function placeOf(folders: readonly string[]): Place {
  const at = folders.findIndex((name) => sidecarFolder.test(name));
  if (at < 0) return { folder: folders.join("/"), inner: null };
  return { folder: folders.slice(0, at).join("/"), inner: folders[at + 1] ?? null };
}

interface Flags {
  readonly stem: string;
  readonly language: string | null;
  readonly isForced: boolean;
  readonly isHearingImpaired: boolean;
  readonly isDefault: boolean;
}

/** Reads `.en.forced` and the like from the end of a name. `hi` is Hindi where no other language is named. */
function flagsOf(name: string): Flags {
  const words = name.split(".");
  let language: string | null = null;
  let isForced = false;
  let isHearingImpaired = false;
  let isDefault = false;
  for (let count = 0; count < mostFlags && words.length > 1; count += 1) {
    const word = words.at(-1) ?? "";
    if (forced.test(word)) isForced = true;
    else if (/^default$/i.test(word)) isDefault = true;
    else if (impaired.test(word) && !(isHindi(word) && language === null && !hasLanguage(words.at(-2)))) {
      isHearingImpaired = true;
    } else if (language === null && languageOf(word) !== undefined) language = languageOf(word) ?? null;
    else break;
    words.pop();
  }
  return { stem: words.join("."), language, isForced, isHearingImpaired, isDefault };
}

const isHindi = (word: string): boolean => word.toLowerCase() === "hi";
const hasLanguage = (word: string | undefined): boolean => word !== undefined && languageOf(word) !== undefined;

/** `2_English`, `English`, `en`, `3_Eng,SDH` in a folder of subtitles. */
function looseLanguage(stem: string): Flags | null {
  const words = stem.split(/[\s._,()[\]-]+/).filter((word) => word !== "" && !/^\d+$/.test(word));
  const languages = words.map((word) => languageOf(word)).filter((one) => one !== undefined);
  const rest = words.filter((word) => languageOf(word) === undefined && !forced.test(word) && !impaired.test(word));
  if (languages.length === 0 || rest.length > 0) return null;
  return {
    stem: "",
    language: languages[0] ?? null,
    isForced: words.some((word) => forced.test(word)),
    isHearingImpaired: words.some((word) => impaired.test(word) && !(isHindi(word) && languages.length === 1)),
    isDefault: false,
  };
}

function textSidecar(role: SidecarRole, stem: string, place: Place): SidecarName {
  const loose = place.inner === null && role !== "subtitle" ? null : looseLanguage(stem);
  if (loose !== null) return { ...blank, ...loose, role, folder: place.folder, stem: place.inner ?? "" };
  return { ...blank, ...flagsOf(stem), role, folder: place.folder };
}

function nfoSidecar(stem: string, place: Place): SidecarName {
  const name = stem.toLowerCase();
  const isOfFolder = /^(?:movie|tvshow|album|artist|series|video_ts|index)$/.test(name);
  if (name === "season") return { ...blank, role: "nfo", of: "season", folder: place.folder };
  return {
    ...blank,
    role: "nfo",
    of: isOfFolder ? "folder" : "file",
    folder: place.folder,
    stem: isOfFolder ? "" : stem,
  };
}

/** `season01-poster`, `season-specials-banner`, `season-all-fanart`. */
const seasonArt = /^season[\s._-]?(\d{1,4}|specials|all)(?:[\s._-]([a-z]+))?$/i;
const numbered = /[\s._-]?\d{1,2}$/;

function artSidecar(stem: string, place: Place, seasonOfFolder: number | null): SidecarName {
  const base = { ...blank, folder: place.folder } as const;
  const season = seasonArt.exec(stem);
  if (season) {
    const label = (season[1] ?? "").toLowerCase();
    const role = artRoles[(season[2] ?? "poster").toLowerCase()] ?? "poster";
    return { ...base, role, of: "season", season: label === "all" ? null : label === "specials" ? 0 : Number(label) };
  }
  const whole = artRoles[stem.toLowerCase()] ?? artRoles[stem.toLowerCase().replace(numbered, "")];
  if (whole !== undefined) {
    if (seasonOfFolder === null) return { ...base, role: whole, of: "folder" };
    return {
      ...base,
      role: whole,
      of: "season",
      season: seasonOfFolder,
      folder: place.folder.replace(/\/?[^/]*$/, ""),
    };
  }
  const behind = /^(.+?)(?:[-.]|\s-\s)([a-z]+?)\d{0,2}$/i.exec(stem);
  const role = artRoles[(behind?.[2] ?? "").toLowerCase()];
  return role === undefined ? { ...base, role: "other", stem } : { ...base, role, stem: behind?.[1] ?? "" };
}

const picture = /^(?:jpe?g|png|webp|gif|tbn|avif|bmp)$/;
const sound = /^(?:mka|ac3|eac3|ec3|dts|dtshd|aac|mp3|flac|m4a|ogg|opus|wav|thd|truehd)$/;
const theme = /^theme(?:[\s._-]?\d{1,2})?$/i;

/** Whether a file's ending alone makes it a sidecar in every library. */
export function isSidecarEnding(ending: string): boolean {
  return roleOfEnding.has(ending);
}

/**
 * A file that stands beside videos or songs: subtitles, sound tracks, pictures, NFO, lyrics.
 *
 * @returns null: it is none (another kind of file)
 */
export function readSidecar(path: string): SidecarName | null {
  const names = path.split("/").filter((name) => name !== "");
  const { stem, ending } = splitEnding((names.at(-1) ?? "").slice(0, maxNameChars).normalize("NFC"));
  const place = placeOf(names.slice(0, -1));
  const folder = names.at(-2) ?? "";
  if (picture.test(ending)) return artSidecar(stem, place, seasonFolder(folder, names.length > 2)?.season ?? null);
  if (sound.test(ending)) {
    if (theme.test(stem) || /^theme[- ]music$/i.test(folder)) {
      return { ...blank, role: "theme", of: "folder", folder: names.slice(0, theme.test(stem) ? -1 : -2).join("/") };
    }
    return textSidecar("audio", stem, place);
  }
  const role = roleOfEnding.get(ending);
  if (role === undefined) return null;
  if (role === "nfo") return nfoSidecar(stem, place);
  if (role === "subtitle" || role === "lyrics") return textSidecar(role, stem, place);
  if (role === "photo-data")
    return { ...blank, role, folder: place.folder, stem: stem.replace(/\.supplemental-metadata$/i, "") };
  return { ...blank, role, folder: place.folder, stem };
}

/**
 * Whether a sidecar belongs to a file, by both paths below the library. The stem may be longer than the file's name by a title, as in
 * `Film.Commentary.en.srt`, or be the name with the file's ending (`IMG_1.jpg.xmp`).
 *
 * @returns 0: no; higher: a closer fit
 */
export function belongsTo(sidecar: SidecarName, mediaPath: string): number {
  const slash = mediaPath.lastIndexOf("/");
  const folder = slash < 0 ? "" : mediaPath.slice(0, slash);
  if (folder !== sidecar.folder) return 0;
  if (sidecar.of !== "file") return 1;
  const name = mediaPath
    .slice(slash + 1)
    .normalize("NFC")
    .toLowerCase();
  const { stem } = splitEnding(name);
  const own = sidecar.stem.toLowerCase();
  if (own === "") return 1;
  if (own === stem || own === name) return 1000;
  return own.startsWith(stem) && /^[\s._\-([]/.test(own.slice(stem.length)) ? stem.length : 0;
}

/** What a sidecar's name says behind the name of the file it belongs to: `Commentary`. */
export function sidecarTitle(sidecar: SidecarName, mediaPath: string): string | null {
  const { stem } = splitEnding(mediaPath.slice(mediaPath.lastIndexOf("/") + 1).normalize("NFC"));
  const rest = sidecar.stem.toLowerCase().startsWith(stem.toLowerCase()) ? sidecar.stem.slice(stem.length) : "";
  const title = cleanTitle(rest.replaceAll(".", " "));
  return title === "" ? null : title;
}
