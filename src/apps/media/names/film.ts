import { extraSuffix, isObscure } from "./folders.ts";
import { extraOf, partOf, versionOf, type PathParts } from "./paths.ts";
import { readFolder, readRelease, type Release } from "./release.ts";
import { isSameTitle, isSequel, titleKey } from "./titles.ts";
import type { FilmName, Part } from "./types.ts";

const collection =
  /(?<!\p{L})(?:collection|trilogy|trilogie|duology|tetralogy|quadrilogy|anthology|saga|filmography|box ?set)(?!\p{L})/iu;

/**
 * Whether the folder's name is believed rather than the file's. A folder that names a film (with a year or a number of a catalogue) is,
 * unless the file names another one (another title and another year): such a folder holds a collection. A folder without a year is
 * believed when the file says nothing (`movie.mkv`, `ht-sparks.avi`), or the same.
 */
function isFolderBelieved(folder: Release, file: Release, stem: string): boolean {
  if (folder.title === "") return false;
  const isSame = isSameTitle(folder.title, file.title);
  if (isObscure(file, stem)) return true;
  if (file.isNamed && collection.test(folder.title) && !isSame) return false;
  if (isSequel(file.title, folder.title)) return false;
  if (!folder.isNamed) return isSame && file.title.length <= folder.title.length;
  const areYearsFar = folder.year !== null && file.year !== null && Math.abs(folder.year - file.year) > 1;
  return isSame ? !areYearsFar : file.year === null || folder.year === file.year;
}

function pieceOf(parts: PathParts, file: Release): Part | null {
  const owner = parts.folders.at(-1);
  if (parts.isInDiscStructure) {
    const title = /^vts_(\d\d)_([1-9])$/i.exec(parts.stem);
    return title && { number: Number(title[2]), stack: `vts_${title[1]}` };
  }
  const part = partOf(parts.stem, file.titleEnd, owner);
  if (part !== null || parts.disc === null) return part;
  return { number: parts.disc, stack: "#" };
}

/** Menus of DVDs belong to the film as little as a trailer does. */
function isMenu({ isInDiscStructure, stem }: PathParts): boolean {
  return isInDiscStructure && /^(?:video_ts|vts_\d\d_0)$/i.test(stem);
}

interface Reading {
  readonly file: Release;
  readonly piece: Part | null;
}

/** A piece that stands where the title is (`Wedding part1`) is cut off it. */
function readFile(parts: PathParts, stem: string): Reading {
  const file = readRelease(stem);
  const piece = pieceOf(parts, file);
  const at = piece?.stack.indexOf("#") ?? -1;
  return at > 0 && at < file.titleEnd ? { file: readRelease(stem.slice(0, at)), piece } : { file, piece };
}

/** A film by its path below the library. */
export function readFilm(parts: PathParts): FilmName {
  const { folders, stem } = parts;
  const suffix = isMenu(parts) ? { kind: "unknown" as const, stem: "" } : extraSuffix(stem);
  const kind = parts.extra ?? suffix?.kind ?? null;
  const owner = folders.at(-1);
  const { file, piece } = readFile(parts, suffix?.stem ?? stem);
  const folder = owner === undefined ? null : readFolder(owner);
  const isInFolder = parts.extra !== null || parts.isInDiscStructure;
  const believed = folder !== null && (isInFolder || isFolderBelieved(folder, file, stem)) ? folder : null;
  const work = believed ?? file;
  const isOwn = believed !== null || (folder !== null && titleKey(folder.title) === titleKey(file.title));
  const isSame = isSameTitle(work.title, file.title);
  const telling = file.hasTraits || believed === null ? file : believed;
  const edition = file.edition ?? (isOwn ? (folder?.edition ?? null) : null);
  return {
    form: "film",
    title: work.title || file.title || stem,
    year: work.year ?? (isSame ? file.year : null),
    ids: { ...(isOwn ? folder?.ids : {}), ...(isInFolder ? {} : file.ids) },
    edition: kind === null ? edition : null,
    version: kind === null ? versionOf(stem, isOwn ? owner : undefined, { ...telling, edition }) : null,
    traits: telling.traits,
    part: kind === null ? piece : null,
    extra: kind === null ? null : extraOf(kind, suffix?.stem ?? stem, work.title),
    folder: isOwn ? folders.join("/") : null,
  };
}
