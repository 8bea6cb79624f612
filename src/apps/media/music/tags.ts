import type { MediaFacts } from "#apps/media/probe";

type Tags = MediaFacts["tags"];

/** Tags by what they mean. Files call the same thing differently: the names of ID3v2, MP4, Vorbis, APE and ASF, without signs. */
const aliases = {
  title: ["title", "tit2", "nam", "tt2"],
  titleSort: ["titlesort", "titlesortorder", "tsot", "sonm", "sortname"],
  artist: ["artist", "tpe1", "art", "author"],
  artists: ["artists"],
  artistSort: ["artistsort", "artistsortorder", "tsop", "soar", "sortartist"],
  artistMbid: ["musicbrainzartistid"],
  album: ["album", "talb", "alb", "albumtitle"],
  albumSort: ["albumsort", "albumsortorder", "tsoa", "soal", "sortalbum"],
  albumMbid: ["musicbrainzalbumid"],
  albumArtist: ["albumartist", "tpe2", "aart", "ensemble"],
  albumArtists: ["albumartists"],
  albumArtistSort: ["albumartistsort", "albumartistsortorder", "tso2", "soaa", "sortalbumartist"],
  albumArtistMbid: ["musicbrainzalbumartistid"],
  composer: ["composer", "tcom", "wrt"],
  track: ["track", "tracknumber", "trck", "trkn"],
  disc: ["disc", "disk", "discnumber", "disknumber", "tpos", "partofset"],
  discTitle: ["discsubtitle", "setsubtitle", "tsst"],
  date: ["releasedate", "date", "tdrl", "tdrc", "day", "year", "tyer", "recordingdate"],
  originalDate: ["originaldate", "tdor", "originalreleasetime", "originalreleasedate", "originalyear", "tory"],
  genre: ["genre", "tcon", "gen", "gnre"],
  compilation: ["compilation", "tcmp", "cpil", "iscompilation", "itunescompilation"],
  releaseType: ["musicbrainzalbumtype", "releasetype"],
  label: ["label", "publisher", "tpub", "organization"],
  catalogNumber: ["catalognumber"],
  bpm: ["bpm", "tbpm", "tmpo", "beatsperminute"],
  comment: ["comment", "comm", "cmt", "description"],
  isrc: ["isrc", "tsrc"],
  recordingMbid: ["musicbrainzrecordingid", "musicbrainztrackid"],
  trackGain: ["replaygaintrackgain"],
  trackPeak: ["replaygaintrackpeak"],
  albumGain: ["replaygainalbumgain"],
  albumPeak: ["replaygainalbumpeak"],
  r128TrackGain: ["r128trackgain"],
  r128AlbumGain: ["r128albumgain"],
  lyrics: ["lyrics", "unsyncedlyrics", "syncedlyrics", "uslt", "sylt", "lyr", "lyricseng", "lyricsxxx"],
} as const;
export type TagName = keyof typeof aliases;

/** Values by meaning; an alias named earlier wins. */
export type NamedTags = Readonly<Partial<Record<TagName, readonly string[]>>>;

const prefixes = /^(txxx:|----:com\.apple\.itunes:|wm\/|itunes[_ ])/;
/** Longer ones are no name of anything. */
const maxTextLength = 500;
const maxValues = 32;

/** Lower case, letters and digits only, without the prefixes that formats put before names of their own. */
export function plainTagName(name: string): string {
  return name
    .toLowerCase()
    .replace(prefixes, "")
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

export function namedTags(tags: Tags): NamedTags {
  const byName = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(tags)) {
    const plain = plainTagName(name);
    const kept = values.map(clean).filter((value) => value !== "");
    if (kept.length > 0 && !byName.has(plain)) byName.set(plain, kept.slice(0, maxValues));
  }
  const named: Partial<Record<TagName, readonly string[]>> = {};
  for (const [name, names] of Object.entries(aliases)) {
    const found = names.map((alias) => byName.get(alias)).find((values) => values !== undefined);
    if (found !== undefined) named[name as TagName] = found;
  }
  return named;
}

/** Without control characters and what fills fixed fields up. */
function clean(value: string): string {
  return value
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, maxTextLength);
}

/** `3`, `3/12`, `03`: the first number; null for 0 and for none. */
export function numberIn(values: readonly string[] | undefined, max = 9999): number | null {
  const match = /^\s*(\d{1,6})/.exec(values?.[0] ?? "");
  const value = match === null ? 0 : Number(match[1]);
  return value > 0 && value <= max ? value : null;
}

/** `1969`, `1969-09`, `1969-09-26` of what begins like that; null for anything else. */
export function dateIn(values: readonly string[] | undefined): string | null {
  const match = /^\s*(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?/.exec(values?.[0] ?? "");
  if (match === null || Number(match[1]) < 1000) return null;
  const [, year = "", month, day] = match;
  if (month === undefined || Number(month) < 1 || Number(month) > 12) return year;
  const both = `${year}-${month.padStart(2, "0")}`;
  return day === undefined || Number(day) < 1 || Number(day) > 31 ? both : `${both}-${day.padStart(2, "0")}`;
}

/** MusicBrainz ids of a tag, in order. */
export function mbidsIn(values: readonly string[] | undefined): string[] {
  return (values ?? []).flatMap((value) =>
    Array.from(value.toLowerCase().matchAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g), ([id]) => id),
  );
}

/** Decibels of `-7.03 dB`; null when it is no sensible gain. */
export function decibelsIn(values: readonly string[] | undefined): number | null {
  const value = Number.parseFloat((values?.[0] ?? "").replace(",", "."));
  return Number.isFinite(value) && Math.abs(value) <= 60 ? value : null;
}

/** RFC 7845 §5.2.1: 1/256 dB relative to -23 LUFS; ReplayGain 2.0 is 5 dB above. */
export function r128DecibelsIn(values: readonly string[] | undefined): number | null {
  const value = Number(values?.[0] ?? "");
  return values !== undefined && Number.isInteger(value) && Math.abs(value) <= 32_768 ? value / 256 + 5 : null;
}
