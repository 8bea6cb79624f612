import type { Fields } from "#apps/media/works";
import { parseNfo, type NfoElement } from "./nfo-tree.ts";
import type { NfoDocument, NfoKind, NfoReading } from "./types.ts";

const kinds: Readonly<Record<string, NfoKind>> = {
  movie: "film",
  musicvideo: "film",
  tvshow: "series",
  season: "season",
  episodedetails: "episode",
  artist: "artist",
  album: "album",
};

const longestText = 10_000;
const longestName = 300;
const mostNames = 200;

type Ids = NonNullable<Fields["externalIds"]>;

function texts(element: NfoElement, name: string, maxChars = longestName): string[] {
  return element.children
    .filter((child) => child.name === name)
    .map(({ text }) => text.trim().slice(0, maxChars))
    .filter((text) => text !== "")
    .slice(0, mostNames);
}

function first(element: NfoElement, names: readonly string[], maxChars = longestName): string | undefined {
  return names.flatMap((name) => texts(element, name, maxChars))[0];
}

function numberIn(text: string | undefined, min: number, max: number): number | undefined {
  const number = text === undefined || !/^-?\d+(?:[.,]\d+)?$/.test(text) ? Number.NaN : Number(text.replace(",", "."));
  return number >= min && number <= max ? number : undefined;
}

/** Several in one element, as older programs write them: `Drama / Crime`. */
function names(element: NfoElement, name: string): string[] | undefined {
  const all = texts(element, name).flatMap((text) => text.split(/\s+\/\s+|\s*[|;]\s*/));
  const unique = [...new Set(all.map((one) => one.trim()).filter((one) => one !== ""))].slice(0, mostNames);
  return unique.length === 0 ? undefined : unique;
}

/** Of several ratings the default one, on a scale of ten. */
function ratingOf(element: NfoElement): number | undefined {
  const ratings = element.children.find(({ name }) => name === "ratings")?.children ?? [];
  const chosen = ratings.find(({ attributes }) => attributes["default"] === "true") ?? ratings[0];
  const max = numberIn(chosen?.attributes["max"], 1, 1000) ?? 10;
  const value = chosen && numberIn(first(chosen, ["value"]), 0, max);
  const rating = value === undefined ? numberIn(first(element, ["rating"]), 0, 10) : (value / max) * 10;
  // Nobody has voted yet.
  return rating === undefined || rating === 0 ? undefined : Math.round(rating * 10) / 10;
}

const imdb = /^tt\d{6,10}$/;
const digits = /^\d{1,10}$/;

function idsOf(element: NfoElement): Ids {
  const found: { imdb?: string; tmdb?: string; tvdb?: string } = {};
  const take = (catalogue: string, value: string | undefined): void => {
    if (value === undefined) return;
    if (imdb.test(value)) found.imdb ??= value;
    else if ((catalogue === "tmdb" || catalogue === "tvdb") && digits.test(value)) found[catalogue] ??= value;
  };
  for (const child of element.children) {
    if (child.name === "uniqueid") take((child.attributes["type"] ?? "").toLowerCase(), child.text.trim());
    const plain = /^(imdb|tmdb|tvdb)_?id$/.exec(child.name)?.[1];
    if (plain !== undefined) take(plain, child.text.trim());
  }
  take(element.name === "tvshow" ? "tvdb" : "", first(element, ["id"]));
  return found;
}

/** Addresses of pages about a work, wherever they stand. */
function idsInText(text: string): Ids {
  const tmdb = /themoviedb\.org\/(?:movie|tv)\/(\d{1,9})/i.exec(text)?.[1];
  const title = /imdb\.[a-z]{2,3}\/(?:[a-z]{2}\/)?title\/(tt\d{6,10})/i.exec(text)?.[1];
  const tvdb = /thetvdb\.com\/(?:\?tab=series&id=|dereferrer\/series\/|series\/)(\d{1,9})(?!\w)/i.exec(text)?.[1];
  return { ...(tmdb && { tmdb }), ...(title && { imdb: title.toLowerCase() }), ...(tvdb && { tvdb }) };
}

const isoDay = /^(\d{4})-(\d{2})-(\d{2})/;

function dated(element: NfoElement, kind: NfoKind): Pick<Fields, "year" | "airDate"> {
  const day = isoDay.exec(first(element, ["aired", "premiered", "releasedate", "releasedate"]) ?? "");
  const year = numberIn(first(element, ["year"]) ?? day?.[1], 1870, 2200);
  return {
    ...(year === undefined ? {} : { year }),
    ...(kind === "episode" && day !== null ? { airDate: day[0] } : {}),
  };
}

function castOf(element: NfoElement): Fields["cast"] {
  const people = element.children
    .filter(({ name }) => name === "actor")
    .flatMap((actor) => {
      const name = first(actor, ["name"]);
      return name === undefined
        ? []
        : [{ name: name.slice(0, 100), role: first(actor, ["role"])?.slice(0, 200) ?? null }];
    });
  return people.length === 0 ? undefined : people.slice(0, mostNames);
}

/** Absent where nothing is said. */
function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function documentOf(element: NfoElement, kind: NfoKind, loose: string): NfoDocument {
  const ids = { ...idsInText(loose), ...idsOf(element) };
  const certification = first(element, ["mpaa", "certification"], 40)?.replace(/^Rated\s+/i, "");
  const fields: Fields = {
    title: first(element, kind === "artist" ? ["name", "title"] : ["title"]),
    originalTitle: first(element, ["originaltitle"]),
    sortTitle: first(element, ["sorttitle", "sortname"]),
    tagline: first(element, ["tagline"], 500),
    overview: first(element, ["plot", "review", "biography", "outline"], longestText),
    rating: ratingOf(element),
    certification,
    genres: names(element, "genre"),
    studios: names(element, "studio"),
    directors: names(element, "director"),
    writers: names(element, "credits") ?? names(element, "writer"),
    cast: castOf(element),
    seasonNumber: numberIn(first(element, kind === "season" ? ["seasonnumber", "season"] : ["season"]), 0, 9999),
    episodeNumber: kind === "episode" ? numberIn(first(element, ["episode"]), 0, 99_999) : undefined,
    externalIds: Object.keys(ids).length === 0 ? undefined : ids,
    ...dated(element, kind),
  };
  const { seasonNumber: _season, ...rest } = fields;
  const mbid = kind === "album" ? ["musicbrainzalbumid"] : ["musicbrainzartistid"];
  return {
    kind,
    fields: defined(kind === "season" || kind === "episode" ? fields : rest),
    musicbrainz: kind === "album" || kind === "artist" ? (first(element, mbid)?.toLowerCase() ?? null) : null,
    artists: kind === "album" ? (names(element, "artist") ?? names(element, "albumartist") ?? []) : [],
  };
}

/** What an NFO file in the form of Kodi says; also one with nothing but addresses. Never throws. */
export function readNfo(text: string): NfoReading {
  const tree = text.includes("<") ? parseNfo(text) : { roots: [], loose: text, findings: [] };
  const documents = tree.roots.flatMap((element) => {
    const kind = kinds[element.name];
    return kind === undefined ? [] : [documentOf(element, kind, tree.loose)];
  });
  if (documents.length > 0) return { documents, findings: tree.findings };
  const externalIds = idsInText(text);
  // The notes of whoever made a file are no XML, and need not be.
  if (Object.keys(externalIds).length === 0)
    return { documents: [], findings: tree.roots.length > 0 ? tree.findings : [] };
  return { documents: [{ kind: "file", fields: { externalIds }, musicbrainz: null, artists: [] }], findings: [] };
}

/** One for all: of several episodes in a file the first, under the titles of all. */
export function fieldsOfNfo({ documents }: NfoReading): Fields | undefined {
  const [one, ...more] = documents;
  if (one === undefined || more.length === 0) return one?.fields;
  const titles = documents.flatMap(({ fields }) => fields.title ?? []);
  return titles.length > 1 ? { ...one.fields, title: titles.join(" / ").slice(0, longestName) } : one.fields;
}
