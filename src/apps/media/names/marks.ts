import { yearOf } from "./release.ts";

/** Where a name says which episode it is. */
export interface EpisodeMark {
  /** Offsets of the mark in the name. */
  readonly start: number;
  readonly end: number;
  readonly season: number | null;
  readonly episodes: readonly number[];
  readonly absolute: readonly number[];
  readonly airDate: string | null;
  readonly isSpecial: boolean;
}

const none = { season: null, episodes: [], absolute: [], airDate: null, isSpecial: false } as const;

/** Longest run of episodes in one file: `S01E01-E99` is no misprint, `S01E01-E720` is. */
const longestRun = 100;

const seasonWords =
  "seasons?|series|saison|staffel|temporada|temp|stagione|seizoen|s[äa]song|s[æa]son|sesong|kausi|sezon|sezona|s[ée]rie";
const episodeWords =
  "episode|episodio|épisode|folge|capitulo|capítulo|cap|aflevering|avsnitt|afsnit|odcinek|jakso|ep|e";

/** A number alone follows a dash without blanks only: `S01E01 - 33` is an episode called 33. */
const behindStandard =
  "(?:[-+&~,]\\d{1,4}(?![\\dpi])|[\\s._]?[-+&~,]?[\\s._]?(?:and[\\s._])?(?:s\\d{1,4}[\\s._-]?)?ep?\\d{1,4}(?![\\dpi]))*";
/** `S01E02`, with more behind it: `E03`, `-E05`, `-05`, `-S01E05`, ` & E03`, `.S01E03`. */
const standard = new RegExp(
  `(?<![A-Za-z0-9])s(\\d{1,4})[\\s._[\\]-]*(?:x[\\s._]?)?e(?:p|pisode)?[\\s._]?(\\d{1,4})(${behindStandard})(?!\\d)`,
  "i",
);
/** `1x02`, `1x02-03`, `1x02x03`, `1x02.1x03`. No sizes of frames, no codecs. */
const crossed =
  /(?<![A-Za-z0-9])s?(\d{1,2})[\s._]?x[\s._]?(?!26[456])e?(\d{1,3})((?:[-+&~,]e?\d{1,3}(?![\dpix])|[\s._]?[-+&~,]?[\s._]?\d{1,2}x\d{1,3}|[\s._]?[-+&~,][\s._]?e\d{1,3}|x\d{1,3})*)(?![\dA-Za-wyz])/i;
const worded = new RegExp(
  `(?<![\\p{L}\\d])(?:${seasonWords}|s)[\\s._-]*(\\d{1,4})[\\s._,-]+(?:${episodeWords})[\\s._-]*(\\d{1,4})((?:[\\s._]?[-+&][\\s._]?(?:${episodeWords})?[\\s._]?\\d{1,4}(?![\\dpi]))*)(?!\\d)`,
  "iu",
);
const isoDate = /(?<!\d)((?:19|20)\d\d)([\s._-])(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)/;
const europeanDate = /(?<!\d)(0?[1-9]|[12]\d|3[01])([\s._-])(0?[1-9]|1[0-2])\2((?:19|20)\d\d)(?!\d)/;
const americanDate = /(?<!\d)(0?[1-9]|1[0-2])([\s._-])(1[3-9]|2\d|3[01])\2((?:19|20)\d\d)(?!\d)/;
const compactDate = /(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)/;
const episodeOnly = new RegExp(
  `(?<![\\p{L}\\d])(?:${episodeWords}|#|第)[\\s._-]{0,2}(\\d{1,4})((?:[\\s._]?[-+&][\\s._]?(?:${episodeWords})?[\\s._]?\\d{1,4}(?![\\dpi])|e\\d{1,4})*)(?:v\\d)?(?=$|[\\s._\\-\\])(话話集回])`,
  "iu",
);
const counted = /(?<![\p{L}\d])(\d{1,3})[\s._]?of[\s._]?\d{1,3}(?![\p{L}\d])/iu;
const seasonOnly = new RegExp(
  `(?<![\\p{L}\\d])(?:(?:${seasonWords}|tem)[\\s._-]*(\\d{1,4}|[IVX]{1,5})|s(\\d{1,4}))(?=$|[\\s._\\-([\\])&,]|extras|d\\d)`,
  "iu",
);
const special = /(?<![\p{L}\d])(?:sp|special|ova|oad|ona)[\s._-]?(\d{1,3})(?:v\d)?(?=$|[\s._\-\])(])/iu;

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && yearOf(String(year)) !== null;
}

const two = (number: number): string => String(number).padStart(2, "0");

/** A whole date in a name as `2010-01-05`; year first, else day first as Plex reads it, month first only where it must be. */
export function dateIn(text: string): { readonly date: string; readonly start: number; readonly end: number } | null {
  for (const [pattern, order] of [
    [isoDate, [1, 3, 4]],
    [europeanDate, [4, 3, 1]],
    [americanDate, [4, 1, 3]],
    [compactDate, [1, 2, 3]],
  ] as const) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const [year = 0, month = 0, day = 0] = order.map((index) => Number(found[index]));
    if (!isDay(year, month, day)) continue;
    return { date: `${year}-${two(month)}-${two(day)}`, start: found.index, end: found.index + found[0].length };
  }
  return null;
}

/** The first number and those behind it: a dash means all between, anything else just these. */
function numbersOf(first: number, more: string): number[] {
  const numbers = [first];
  const plain = more.replaceAll(/s\d{1,4}[\s._-]?(?=e)|(?<=[\s._+&~,-])\d{1,2}x(?=e?\d)/gi, "");
  for (const [, joint = "", digits = ""] of plain.matchAll(/(\D*)(\d+)/g)) {
    const next = Number(digits);
    const last = numbers.at(-1) ?? first;
    if (next <= last || next - last > longestRun) continue;
    const isRange = /[-~]/.test(joint);
    for (let number = isRange ? last + 1 : next; number <= next; number += 1) numbers.push(number);
  }
  return numbers;
}

function numbered(pattern: RegExp, text: string): EpisodeMark | null {
  const found = pattern.exec(text);
  if (found === null) return null;
  const season = Number(found[1]);
  return {
    ...none,
    start: found.index,
    end: found.index + found[0].length,
    season,
    episodes: numbersOf(Number(found[2]), found[3] ?? ""),
    isSpecial: season === 0,
  };
}

/** Marks that are sure wherever they stand. */
export function sureMark(text: string): EpisodeMark | null {
  const mark = numbered(standard, text) ?? numbered(crossed, text) ?? numbered(worded, text);
  if (mark !== null) return { ...mark, airDate: dateIn(text.slice(mark.end))?.date ?? null };
  const dated = dateIn(text);
  return dated && { ...none, start: dated.start, end: dated.end, airDate: dated.date };
}

/** Episode numbers without a season: `E02`, `Episode 2`, `第2話`; and numbered specials: `SP1`, `OVA 2`. */
export function episodeMark(text: string): EpisodeMark | null {
  const found = episodeOnly.exec(text) ?? counted.exec(text);
  if (found !== null) {
    const episodes = numbersOf(Number(found[1]), found[2] ?? "");
    return { ...none, start: found.index, end: found.index + found[0].length, episodes };
  }
  const extra = special.exec(text);
  if (extra === null) return null;
  const end = extra.index + extra[0].length;
  return { ...none, start: extra.index, end, season: 0, episodes: [Number(extra[1])], isSpecial: true };
}

const roman: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };

function numberOf(text: string): number {
  if (/^\d/.test(text)) return Number(text);
  const values = [...text.toUpperCase()].map((letter) => roman[letter] ?? 0);
  return values.reduce((sum, value, at) => sum + (value < (values[at + 1] ?? 0) ? -value : value), 0);
}

/** A season without an episode: `Season 2`, `Saison VII`, `S03`. */
export function seasonMark(text: string): EpisodeMark | null {
  const found = seasonOnly.exec(text);
  if (found === null) return null;
  const season = numberOf(found[1] ?? found[2] ?? "");
  return { ...none, start: found.index, end: found.index + found[0].length, season, isSpecial: season === 0 };
}

const atStart = /^[\s._-]*#?(\d{1,4})(?:v\d)?(?:\s?-\s?(\d{1,4})(?![\d.pi]))?(?=$|[\s._\-\])([,])/i;
const afterDash = /[\s._]-[\s._]#?(\d{1,4})(?:v\d)?(?:-(\d{1,4})(?![\dpi]))?(?=$|[\s._\-\])([])/i;
const inBrackets = /\[(\d{1,4})(?:v\d)?(?:-(\d{1,4}))?\]/;
const amongWords = /(?<=[\p{L}\d)\]!?'"][\s._])(\d{2,4})(?:-(\d{2,4}))?(?:v\d)?(?=$|[\s._\-\])([])/giu;

function bare(found: RegExpExecArray | null): EpisodeMark | null {
  if (found === null) return null;
  const number = Number(found[1]);
  if ((found[1] ?? "").length === 4 && yearOf(found[1] ?? "") !== null) return null;
  return {
    ...none,
    start: found.index,
    end: found.index + found[0].length,
    absolute: numbersOf(number, found[2] === undefined ? "" : `-${found[2]}`),
  };
}

/**
 * Numbers that only their place makes an episode: `01 - Title`, `Show - 137`, `[Group][Show][21]`, `show.102.hdtv`. They come back as
 * absolute; the folder may say more.
 *
 * @param encodingStart where the words of an encoding begin
 */
export function bareMark(text: string, encodingStart: number): EpisodeMark | null {
  const head = text.slice(0, encodingStart);
  const plain = bare(atStart.exec(head)) ?? bare(afterDash.exec(head)) ?? bare(inBrackets.exec(text));
  if (plain !== null) return plain;
  const all = [...head.matchAll(amongWords)].filter(([, digits = ""]) => digits.length < 4 || yearOf(digits) === null);
  return bare(all.find(([, digits = ""]) => digits.startsWith("0")) ?? all.at(-1) ?? null);
}
