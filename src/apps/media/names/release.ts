import { takeTags } from "./ids.ts";
import { cleanTitle } from "./titles.ts";
import { tokenize, type Mark, type Tokens, type Word } from "./tokens.ts";
import type { CatalogueIds, Traits } from "./types.ts";
import type { Slot } from "./vocabulary.ts";

/** One name of a file or folder: its title, and what follows. */
export interface Release {
  readonly title: string;
  readonly year: number | null;
  readonly ids: CatalogueIds;
  readonly edition: string | null;
  readonly traits: Traits;
  readonly part: number | null;
  /** Whether anything but a title was found. */
  readonly hasTraits: boolean;
  /** A year, or a number of a catalogue, makes a name one of a work. */
  readonly isNamed: boolean;
  /** Offset in the given name where the title ends; behind it stand year, encoding and the like. */
  readonly titleEnd: number;
  /** The same, where only an encoding or an edition ends a title. */
  readonly encodingStart: number;
}

const squareEnd = "]".charCodeAt(0);

/** Films of later years do not exist for a while: 2046, 2049, 2067 and 2081 are titles. */
const firstYear = 1888;
const lastYear = 2040;

const site =
  /^\s*(?:\[\s*(?:www\.)?[\w-]+\.(?:com|org|net|info|ru|to|me|tv|cc|io|se|nl|pl|it|de|fr|es|ws|cx)\s*\][\s._-]*|www\.[\w-]+\.\w{2,4}[\s._-]+)/i;
const groupAtEnd = /-([A-Za-z0-9][A-Za-z0-9@&µ™]{1,24})(?:[\s._]*[[({][^\])}]*[\])}])*$/;

export function yearOf(text: string): number | null {
  if (text.length !== 4) return null;
  const year = Number(text);
  return year >= firstYear && year <= lastYear ? year : null;
}

interface Year {
  readonly year: number;
  readonly at: number;
}

function isAlone(words: readonly Word[], at: number): boolean {
  const { group = 0 } = words[at] ?? {};
  return group !== 0 && words[at - 1]?.group !== group && words[at + 1]?.group !== group;
}

/** A year inside a date, as in `2010-01-05` or `05.01.2010`, is none. */
function isInDate({ text }: Tokens, word: Word): boolean {
  return (
    /^[._\s-]\d{1,2}[._\s-]\d{1,2}(?!\d)/.test(text.slice(word.end, word.end + 7)) ||
    /(?<!\d)\d{1,2}[._\s-]\d{1,2}[._\s-]$/.test(text.slice(Math.max(0, word.start - 7), word.start))
  );
}

/**
 * The year of a name: the last one alone in brackets; else the last one before the first word of an encoding that is not the first
 * word of the name (`2012.2009.1080p`, `Blade.Runner.2049.2017`), else the first one behind.
 */
function chooseYear(tokens: Tokens, lead: number, firstStrong: number): Year | null {
  const { words } = tokens;
  let bracketed: Year | null = null;
  let before: Year | null = null;
  let behind: Year | null = null;
  for (const [at, word] of words.entries()) {
    const year = yearOf(word.text);
    if (year === null || isInDate(tokens, word)) continue;
    if (isAlone(words, at)) {
      if (at < firstStrong || bracketed === null) bracketed = { year, at };
    } else if (at > lead && at < firstStrong && word.group === 0) before = { year, at };
    else if (at > lead && (at >= firstStrong || words[at + 1]?.group !== word.group)) behind ??= { year, at };
  }
  return bracketed ?? before ?? behind;
}

/** Words of doubt right before the first sure one belong to it: `Movie.FRENCH.DVDRip`, not `The.French.Connection.1971`. */
function firstOfRun(marks: readonly Mark[], end: number, from: number): number {
  let first = end;
  for (const mark of marks.toReversed()) {
    if (mark.to === first && !mark.isStrong && mark.from >= from) first = mark.from;
  }
  return first;
}

/** Brackets with nothing but traits, as `[1080p x265]` or `(Extended)`: where the first such pair begins, in words. */
function firstTraitGroup({ words, marks, groups }: Tokens, from: number): number {
  if (groups.length === 1) return words.length;
  const covered = new Set(
    marks.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)),
  );
  for (const [number] of groups.entries()) {
    if (number === 0) continue;
    const inside = words.flatMap((word, at) => (word.group === number ? [at] : []));
    const [first] = inside;
    if (first !== undefined && first >= from && inside.every((at) => covered.has(at))) return first;
  }
  return words.length;
}

/** Where the title may begin: behind `[Group]` and `[1080p]`, when a title follows. */
function leadOf({ words, groups }: Tokens): number {
  const at = words.findIndex(({ group }) => groups[group]?.end !== squareEnd);
  const isTitle = words.slice(Math.max(at, 0)).some(({ group, text }) => group === 0 && /\p{L}/u.test(text));
  return at > 0 && isTitle ? at : 0;
}

function startOf({ words, groups, text }: Tokens, at: number): number {
  const word = words[at];
  if (word === undefined) return text.length;
  const group = groups[word.group];
  // A year at the end of `(Director, 1967)` takes the whole pair with it.
  const isInside =
    word.group !== 0 && group !== undefined && (words[at - 1]?.group !== word.group || yearOf(word.text) !== null);
  return isInside ? group.open : word.start;
}

/** The text of the title without `[…]`, unless nothing but a number is left: `[REC] 2` is a film, `[Group] Title` is not. */
function titleText(text: string): string {
  const bare = cleanTitle(text.replaceAll(/\[[^\]]*\]/g, " ").trim());
  return /\p{L}/u.test(bare) || !text.includes("[") || /^\s*[^\s[]/.test(text) ? bare : cleanTitle(text);
}

const list = (marks: readonly Mark[], slot: Slot): string[] => [
  ...new Set(marks.filter((mark) => mark.slot === slot).map(({ value }) => value)),
];

function traitsOf(marks: readonly Mark[], group: string | null): Traits {
  const first = (slot: Slot): string | null => marks.find((mark) => mark.slot === slot)?.value ?? null;
  return {
    resolution: first("resolution"),
    source: first("source"),
    videoCodec: first("video"),
    audio: list(marks, "audio"),
    channels: first("channels") ?? marks.find(({ channels }) => channels !== undefined)?.channels ?? null,
    range: list(marks, "range"),
    stereo: (list(marks, "stereo").toSorted((left, right) => right.length - left.length)[0] ??
      null) as Traits["stereo"],
    other: list(marks, "other"),
    languages: list(marks, "language"),
    group,
  };
}

function groupOf({ text, words, marks }: Tokens, hasTraits: boolean): string | null {
  const last = marks.at(-1);
  const atEnd = hasTraits ? groupAtEnd.exec(text) : null;
  if (atEnd && last !== undefined && (words[last.to - 1]?.end ?? 0) <= atEnd.index) return atEnd[1] ?? null;
  return /^\s*\[([^\]]{2,30})\]\s*\S/.exec(text)?.[1] ?? null;
}

interface Bounds {
  /** Of the title, as offsets into the text. */
  readonly start: number;
  readonly end: number;
  /** First word behind the title. */
  readonly behind: number;
}

/** `EXTENDED 2016`, `DC (1979)`, `3D 2013`: in capitals, where the rest of the name is not. */
function capitalsBefore({ text, words, marks }: Tokens, end: number, lead: number): number {
  if (text === text.toUpperCase()) return end;
  const before = marks.findLast(({ to }) => to === end);
  if (before === undefined || before.from <= lead || !/^(?:edition|stereo|other)$/.test(before.slot)) return end;
  const spelling = text.slice(words[before.from]?.start, words[before.to - 1]?.end);
  return spelling === spelling.toUpperCase() ? before.from : end;
}

function boundsOf(tokens: Tokens, year: Year | null, lead: number, firstStrong: number): Bounds {
  const { words, marks, groups } = tokens;
  if (year !== null && year.at === lead) {
    const start = groups[words[lead]?.group ?? 0]?.close ?? 0;
    return { start, end: startOf(tokens, firstStrong), behind: firstStrong };
  }
  const strong = firstOfRun(marks, firstStrong, lead + 1);
  const dated = year === null ? words.length : capitalsBefore(tokens, year.at, lead);
  const behind = Math.min(
    dated,
    firstStrong < (year?.at ?? Infinity) ? strong : words.length,
    firstTraitGroup(tokens, lead + 1),
  );
  return { start: lead === 0 ? 0 : startOf(tokens, lead), end: startOf(tokens, behind), behind };
}

/** Reads a name of a file (without ending) or of a folder. */
export function readRelease(name: string): Release {
  const given = name.normalize("NFC");
  const bare = given.replace(site, "");
  const { text, ids, edition } = takeTags(bare);
  const tokens = tokenize(text);
  const { words } = tokens;
  const lead = leadOf(tokens);
  const firstStrong = tokens.marks.find(({ isStrong, from }) => isStrong && from > lead)?.from ?? words.length;
  const year = chooseYear(tokens, lead, firstStrong);
  const bounds = boundsOf(tokens, year, lead, firstStrong);
  const cut = given.length - bare.length;
  const marks = tokens.marks.filter(({ from }) => from >= bounds.behind || from < lead);
  const hasTraits = marks.some(({ isStrong }) => isStrong);
  const editions = edition === null ? list(marks, "edition") : [edition];
  const part = marks.find(({ slot }) => slot === "part");
  return {
    title: titleText(text.slice(bounds.start, bounds.end)),
    year: year?.year ?? null,
    ids,
    edition: editions.length === 0 ? null : editions.join(" · "),
    traits: traitsOf(marks, groupOf(tokens, hasTraits)),
    part: part === undefined ? null : Number(part.value),
    hasTraits,
    isNamed: year !== null || Object.keys(ids).length > 0,
    titleEnd: bounds.end + cut,
    encodingStart: boundsOf(tokens, null, lead, firstStrong).end + cut,
  };
}

const mostRemembered = 512;
const remembered = new Map<string, Release>();

/** The same for names that come again and again: those of folders. */
export function readFolder(name: string): Release {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  if (remembered.size >= mostRemembered) remembered.clear();
  const release = readRelease(name);
  remembered.set(name, release);
  return release;
}

/**
 * The title of an episode: what stands behind its number, without the words of the encoding. Numbers that look like years are titles
 * here; `[…]` never is.
 */
export function tailTitle(tail: string): string {
  // `show.s01e01-lol`: whoever made the file.
  if (/^-(?:[a-z\d]+|[A-Z\d]+)$/.test(tail)) return "";
  const tokens = tokenize(takeTags(tail).text);
  const firstStrong = tokens.marks.find(({ isStrong }) => isStrong)?.from ?? tokens.words.length;
  const end = Math.min(firstOfRun(tokens.marks, firstStrong, 0), firstTraitGroup(tokens, 0));
  const text = tokens.text.slice(0, startOf(tokens, end)).replaceAll(/\[[^\]]*\]?/g, " ");
  return cleanTitle(text.trim());
}
