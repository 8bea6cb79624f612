import { readSync } from "node:fs";
import type { Lyrics, Song } from "#contract/apps/media/music";
import type { Item, LibraryReader } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { Actor } from "#platform/usecase";
import type { Storage } from "#storage/primary";
import { parseLrc, type ParsedLyrics } from "./lrc.ts";
import { plainTagName } from "./tags.ts";

export interface LyricsDeps {
  readonly storage: Pick<Storage, "open">;
  readonly library: Pick<LibraryReader, "item" | "besideSong" | "seen">;
  readonly factsOf: (item: Item) => MediaFacts | undefined;
}

const maxFileBytes = 1_000_000;
const maxFound = 12;
/** Begins anew at each `<`, so that a text of nothing else is no work either. */
const anyTag = /<[^<>]*>/g;
const forms = ["lrc", "elrc", "ttml", "srt", "txt"];

/**
 * Lyrics of a song that somebody may see: of files with its name beside it, `song.lrc` or `song.de.lrc`, which may have rights of their
 * own, then of its tags; timed ones first.
 */
export function lyricsOf(deps: LyricsDeps, actor: Actor, song: Pick<Song, "id">): Lyrics[] {
  const item = deps.library.item(song.id);
  if (item === undefined) return [];
  const near = deps.library.besideSong(item.id).filter((other) => sidecarOf(item, other) !== undefined);
  const ids = near.map(({ id }) => id);
  const beside = deps.library.seen(actor, ids).flatMap((other) => {
    const match = sidecarOf(item, other);
    if (match === undefined) return [];
    const text = readText(deps, other);
    if (text === undefined) return [];
    const parsed = parseAs(match.form, text);
    return [lyricsFrom(parsed, fileName(other.path), match.language)];
  });
  const all = [...beside, ...embedded(deps.factsOf(item))].filter(({ lines }) => lines.length > 0);
  return all.toSorted((a, b) => Number(b.isTimed) - Number(a.isTimed)).slice(0, maxFound);
}

/** Ids of the files with lyrics beside a song. */
export function lyricsBeside(item: Item, siblings: readonly Item[]): number[] {
  return siblings.filter((other) => sidecarOf(item, other) !== undefined).map(({ id }) => id);
}

/** Songs that a file beside them may be the lyrics of. */
export function songsOfLyrics(sidecar: Item, siblings: readonly Item[]): Item[] {
  const present: Item = { ...sidecar, state: "ready" };
  return siblings.filter((song) => song.kind === "audio" && sidecarOf(song, present) !== undefined);
}

function sidecarOf(item: Item, other: Item): { readonly form: string; readonly language: string | null } | undefined {
  if (other.kind !== "sidecar" || other.state === "gone") return undefined;
  const own = fileName(item.path)
    .replace(/\.[^.]*$/, "")
    .toLowerCase();
  const match = /^(.*?)(?:\.([a-z]{2,3}))?\.([a-z]+)$/i.exec(fileName(other.path));
  if (match === null) return undefined;
  const form = (match[3] ?? "").toLowerCase();
  if (!forms.includes(form)) return undefined;
  const name = (match[1] ?? "").toLowerCase();
  if (name === own) return { form, language: match[2]?.toLowerCase() ?? null };
  return match[2] !== undefined && `${name}.${match[2].toLowerCase()}` === own ? { form, language: null } : undefined;
}

function embedded(facts: MediaFacts | undefined): Lyrics[] {
  return Object.entries(facts?.tags ?? {}).flatMap(([name, values]) => {
    const match = /^(?:synced|unsynced)?lyrics([a-z]{3})?$/.exec(plainTagName(name));
    return match === null ? [] : values.map((text) => lyricsFrom(parseLrc(text), "embedded", match[1] ?? null));
  });
}

function lyricsFrom(parsed: ParsedLyrics, source: string, language: string | null): Lyrics {
  const { isTimed, offsetMs, displayTitle, displayArtist, lines } = parsed;
  const spoken = language ?? parsed.language ?? "xxx";
  return { language: spoken, isTimed, offsetMs, displayTitle, displayArtist, source, lines: [...lines] };
}

function parseAs(form: string, text: string): ParsedLyrics {
  if (form === "srt") return parseLrc(lrcOfSrt(text));
  if (form === "ttml") return parseLrc(lrcOfTtml(text));
  return parseLrc(text);
}

/** SubRip says the same with other signs. */
function lrcOfSrt(text: string): string {
  const blocks = text.replaceAll("\r\n", "\n").split(/\n\s*\n/);
  const lines = blocks.flatMap((block) => {
    const match = /(?:^|\n)(\d+):(\d\d):(\d\d)[,.](\d{3})\s*-->[^\n]*\n([\s\S]*)$/.exec(block);
    if (match === null) return [];
    const [, hours, minutes, seconds, part, body = ""] = match;
    const start = `[${Number(hours) * 60 + Number(minutes)}:${seconds}.${part}]`;
    return [start + body.replaceAll(anyTag, "").replaceAll("\n", " ").trim()];
  });
  return lines.join("\n");
}

const maxTagChars = 2000;

/** The lines of a TTML document (`<p begin="…">`), their words joined. Cut by hand: no text, whatever is in it, is gone through twice. */
function lrcOfTtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  const plain = (body: string) =>
    body.replaceAll(anyTag, "").replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? "");
  return text
    .split("</p>")
    .slice(0, -1)
    .map((piece) => {
      const start = piece.lastIndexOf("<p ");
      const end = start < 0 ? -1 : piece.indexOf(">", start);
      const begin = /\bbegin="([^"]{1,40})"/.exec(end < 0 ? "" : piece.slice(start, end).slice(0, maxTagChars))?.[1];
      const parts = (begin ?? "x").replace(/s$/, "").split(":").map(Number);
      const seconds = parts.reduce((sum, part) => sum * 60 + part, 0);
      if (!Number.isFinite(seconds)) return "";
      const rest = (seconds % 60).toFixed(3).padStart(6, "0");
      const body = plain(piece.slice(end + 1));
      return `[${Math.floor(seconds / 60)}:${rest}]${body.replaceAll(/\s+/g, " ").trim()}`;
    })
    .join("\n");
}

function readText({ storage }: LyricsDeps, item: Item): string | undefined {
  if (item.sizeBytes > maxFileBytes || item.sizeBytes === 0) return undefined;
  const file = storage.open(item.nodeId);
  try {
    const bytes = new Uint8Array(Math.min(file.sizeBytes, maxFileBytes));
    const count = readSync(file.fd, bytes, 0, bytes.length, 0);
    return decode(bytes.subarray(0, count));
  } finally {
    file.close();
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
