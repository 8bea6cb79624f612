import type { Fields } from "#apps/media/works";
import { AppError } from "#platform/errors";
import { parseNfo, type NfoElement } from "./nfo-tree.ts";

const roots = { film: "movie", series: "tvshow", season: "season", episode: "episodedetails" } as const;
export type WrittenKind = keyof typeof roots;

function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const element = (name: string, text: string | number, attributes = ""): string =>
  `<${name}${attributes}>${escaped(String(text))}</${name}>`;

/** Whether a child of the root says what is written anew. */
type Owned = (child: NfoElement) => boolean;

interface Piece {
  readonly owns: Owned;
  readonly lines: readonly string[];
}

const named =
  (...all: readonly string[]): Owned =>
  ({ name }) =>
    all.includes(name);

const elements: Readonly<Partial<Record<keyof Fields, string>>> = {
  ...{ title: "title", originalTitle: "originaltitle", sortTitle: "sorttitle", tagline: "tagline", overview: "plot" },
  ...{ year: "year", airDate: "aired", certification: "mpaa", genres: "genre", studios: "studio", cast: "actor" },
  ...{ directors: "director", writers: "credits", seasonNumber: "season", episodeNumber: "episode" },
};

/** A field that is not said leaves what the file has. */
function piecesOf(kind: WrittenKind, fields: Fields, removed: readonly (keyof Fields)[]): Piece[] {
  const pieces: Piece[] = removed.flatMap((field) => {
    const name = elements[field];
    return name === undefined ? [] : [{ owns: named(name), lines: [] }];
  });
  const one = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) pieces.push({ owns: named(name), lines: [element(name, value)] });
  };
  const many = (name: string, values: readonly string[] | undefined): void => {
    if (values !== undefined) pieces.push({ owns: named(name), lines: values.map((value) => element(name, value)) });
  };
  one("title", fields.title);
  one("originaltitle", fields.originalTitle);
  one("sorttitle", fields.sortTitle);
  one("tagline", fields.tagline);
  one("plot", fields.overview);
  one("year", fields.year);
  if (kind === "episode") one("aired", fields.airDate);
  one("mpaa", fields.certification);
  many("genre", fields.genres);
  many("studio", fields.studios);
  many("director", fields.directors);
  many("credits", fields.writers);
  if (kind === "season") one("seasonnumber", fields.seasonNumber);
  if (kind === "episode") {
    one("season", fields.seasonNumber);
    one("episode", fields.episodeNumber);
  }
  for (const [catalogue, id] of Object.entries(fields.externalIds ?? {})) {
    const isOwn = ({ name, attributes }: NfoElement): boolean =>
      name === "uniqueid" && attributes["type"]?.toLowerCase() === catalogue;
    if (id !== undefined) pieces.push({ owns: isOwn, lines: [element("uniqueid", id, ` type="${catalogue}"`)] });
  }
  if (fields.cast !== undefined)
    pieces.push({ owns: named("actor"), lines: fields.cast.map((person) => actor(person)) });
  return pieces;
}

function actor({ name, role }: NonNullable<Fields["cast"]>[number]): string {
  return `<actor>${element("name", name)}${role === null ? "" : element("role", role)}</actor>`;
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** An actor that is said already stays as it is, with picture and order. */
function isUnchanged(own: readonly NfoElement[], lines: readonly string[]): boolean {
  const said = own.map(({ name, text, children }) =>
    [
      name,
      text.trim(),
      ...children.filter((child) => /^(?:name|role)$/.test(child.name)).map((child) => child.text.trim()),
    ]
      .filter((one) => one !== "")
      .join("\0"),
  );
  const wanted = lines.map((line) => {
    const [root] = parseNfo(line).roots;
    return root === undefined
      ? ""
      : [root.name, root.text.trim(), ...root.children.map((child) => child.text.trim())]
          .filter((one) => one !== "")
          .join("\0");
  });
  return said.length === wanted.length && said.every((one, at) => one === wanted[at]);
}

function changesOf(root: NfoElement, pieces: readonly Piece[]): Change[] {
  return pieces.flatMap(({ owns, lines }): Change[] => {
    const own = root.children.filter(owns);
    if (isUnchanged(own, lines)) return [];
    const [first, ...rest] = own;
    if (first === undefined) {
      return lines.length === 0
        ? []
        : [{ start: root.innerEnd, end: root.innerEnd, text: lines.map((line) => `  ${line}\n`).join("") }];
    }
    const removed = rest.map(({ start, end }) => ({ start, end, text: "" }));
    return [{ start: first.start, end: first.end, text: lines.join("\n  ") }, ...removed];
  });
}

/**
 * The text of an NFO file with these fields, in the form that Kodi, Jellyfin and Emby read. What an existing file says besides stays to
 * the letter: elements that we do not know, comments, addresses behind the end.
 *
 * @param existing the text of the file that is there, or null
 * @param removed fields of which the file shall say nothing any more
 * @throws AppError `conflict` when the existing file is not understood: then it is left alone
 */
export function writeNfo(
  kind: WrittenKind,
  fields: Fields,
  existing: string | null,
  removed: readonly (keyof Fields)[] = [],
): string {
  const name = roots[kind];
  const pieces = piecesOf(kind, fields, removed);
  if (existing === null || existing.trim() === "") {
    const lines = pieces.flatMap((piece) => piece.lines).map((line) => `  ${line}\n`);
    return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${name}>\n${lines.join("")}</${name}>\n`;
  }
  const { roots: found, findings } = parseNfo(existing);
  const [root] = found;
  if (
    root === undefined ||
    found.length !== 1 ||
    findings.length > 0 ||
    root.name !== name ||
    root.innerEnd === root.innerStart
  ) {
    throw new AppError("conflict", "The NFO file that is there is not understood; it was left as it is.");
  }
  let text = existing;
  for (const { start, end, text: own } of changesOf(root, pieces).toSorted((a, b) => b.start - a.start)) {
    text = text.slice(0, start) + own + text.slice(end);
  }
  return text.replace(/encoding="(?!utf-8)[^"]*"/i, 'encoding="UTF-8"');
}
