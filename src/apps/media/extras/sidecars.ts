import { readSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Item, LibraryKind, LibraryReader } from "#apps/media/library";
import { belongsTo, parseMediaPath, sidecarTitle } from "#apps/media/names";
import type { MediaFacts } from "#apps/media/probe";
import type { Storage } from "#storage/primary";
import type { Converter } from "./converter.ts";
import type { ExtraFiles } from "./files.ts";
import { originOf } from "./find-ranges.ts";
import { rateOf } from "./make-subtitles.ts";
import type { ExtraRows } from "./repository.ts";

/** A subtitle file beside a film. */
export interface Sidecar {
  readonly item: Item;
  /** As ffmpeg calls it. */
  readonly format: string;
  readonly form: "text" | "image";
  readonly language: string | null;
  readonly title: string | null;
  readonly isDefault: boolean;
  readonly isForced: boolean;
  readonly isHearingImpaired: boolean;
}

const formats: Readonly<Record<string, string>> = {
  srt: "subrip",
  ass: "ass",
  ssa: "ssa",
  vtt: "webvtt",
  sub: "microdvd",
  sup: "hdmv_pgs_subtitle",
};
const maxBytes = 16 * 2 ** 20;

const endingOf = (path: string) => (/\.([^./]+)$/.exec(path)?.[1] ?? "").toLowerCase();

/** The subtitle files that belong to a film, by their names. */
export function sidecarsOf(library: Pick<LibraryReader, "siblings" | "library">, film: Item): Sidecar[] {
  const kind = library.library(film.libraryId)?.kind ?? "videos";
  const near = library.siblings(film.id).filter((item) => item.state !== "gone");
  const beside = near.filter((item) => item.kind === "sidecar");
  const paths = new Set(beside.map(({ path }) => path.toLowerCase()));
  return beside.flatMap((item) => {
    const ending = endingOf(item.path);
    const format = formats[ending];
    // With an index of pictures beside it, it holds pictures.
    const hasIndex = ending === "sub" && paths.has(item.path.toLowerCase().replace(/sub$/, "idx"));
    if (format === undefined || hasIndex) return [];
    const name = parseMediaPath(kind, item.path);
    if (name?.form !== "sidecar" || name.role !== "subtitle" || belongsTo(name, film.path) === 0) return [];
    // A name that says nothing but a language is of the one film in its folder.
    if (name.stem === "" && filmsIn(kind, near) > 1) return [];
    const { language, isDefault, isForced, isHearingImpaired } = name;
    const form = format === "hdmv_pgs_subtitle" ? "image" : "text";
    return [
      { item, format, form, language, title: sidecarTitle(name, film.path), isDefault, isForced, isHearingImpaired },
    ];
  });
}

/** How many films and episodes these files hold; versions and parts of one are one. */
function filmsIn(kind: LibraryKind, near: readonly Item[]): number {
  const films = near.flatMap((item) => {
    const name = item.kind === "video" ? parseMediaPath(kind, item.path) : null;
    if (name === null) return [];
    return name.form === "film" ? `${name.title.toLowerCase()} ${name.year ?? ""}` : item.path;
  });
  return new Set(films).size;
}

interface Reading {
  readonly storage: Pick<Storage, "open" | "node">;
  readonly converter: Pick<Converter, "text" | "webVtt">;
  readonly files: Pick<ExtraFiles, "read" | "make">;
  readonly rows: Pick<ExtraRows, "keepFiles">;
}

/** `isKnown`: they are what the item tells of, and not of a file that replaced it a moment ago. */
function bytesOf(storage: Reading["storage"], { nodeId, etag }: Item): { bytes: Uint8Array; isKnown: boolean } {
  const file = storage.open(nodeId);
  try {
    const bytes = Buffer.alloc(Math.min(file.sizeBytes, maxBytes));
    let at = 0;
    for (let count = 1; at < bytes.length && count > 0; at += count)
      count = readSync(file.fd, bytes, at, bytes.length - at, at);
    return { bytes: bytes.subarray(0, at), isKnown: file.node.etag === etag };
  } finally {
    file.close();
  }
}

/** The text of a subtitle file as it is, whatever its encoding. */
export async function sidecarText({ storage, converter }: Reading, { item, language }: Sidecar): Promise<string> {
  return (await converter.text({ bytes: bytesOf(storage, item).bytes, language })) ?? "";
}

/** Raised when subtitles are written in another way. */
const recipe = 1;

/**
 * The text of a subtitle file as WebVTT, moved to the film's own clock; null when there is nothing to show in it. Made once for a content
 * whose key is known, and kept beside what is made from films.
 */
export async function sidecarVtt(
  { storage, converter, files, rows }: Reading,
  { item, language }: Sidecar,
  facts: MediaFacts | undefined,
): Promise<string | null> {
  const { contentKey } = item;
  const how = {
    language,
    shiftMs: facts === undefined ? 0 : originOf(facts),
    framesPerSecond: facts === undefined ? null : rateOf(facts),
  };
  // Beside the key, which is that of some parts of a large file: what passes for another's content is converted by itself.
  const sha1 = storage.node(item.nodeId)?.sha1 ?? null;
  const name = `f${Bun.hash(JSON.stringify([recipe, sha1, how])).toString(36)}.vtt`;
  const kept = contentKey === null ? undefined : await files.read(contentKey, name);
  if (kept !== undefined) return kept.toString("utf8");
  const { bytes, isKnown } = bytesOf(storage, item);
  const text = await converter.webVtt({ ...how, bytes });
  // That there is nothing is not kept: it may have taken too long on a busy day.
  if (contentKey !== null && isKnown && text !== null) {
    // Before the files, so that there are none of which nobody knows.
    rows.keepFiles(contentKey);
    await files.make(contentKey, async (folder) => {
      await writeFile(join(folder, name), text);
      return { files: [name], value: undefined };
    });
  }
  return text;
}
