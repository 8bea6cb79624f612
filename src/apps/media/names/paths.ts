import { behindFolderName, discNumber, extraFolder, isDiscStructure } from "./folders.ts";
import { readRelease, type Release } from "./release.ts";
import { cleanTitle, titleKey } from "./titles.ts";
import { maxNameChars } from "./tokens.ts";
import type { Extra, ExtraKind, Part } from "./types.ts";

/** A path below a library, taken apart. */
export interface PathParts {
  /** Folders from the top, without those of discs and extras at their end. */
  readonly folders: readonly string[];
  readonly stem: string;
  readonly ending: string;
  /** From a folder as `Trailers`. */
  readonly extra: ExtraKind | null;
  /** From a folder as `CD2`. */
  readonly disc: number | null;
  readonly isInDiscStructure: boolean;
}

const maxDepth = 64;

/** The name without its ending, and the ending in lower case without dot. Endings have at most ten letters and a letter among them. */
export function splitEnding(name: string): { readonly stem: string; readonly ending: string } {
  const dot = name.lastIndexOf(".");
  const ending = dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
  return /^(?=.*[a-z])[a-z0-9+]{1,10}$/.test(ending)
    ? { stem: name.slice(0, dot), ending }
    : { stem: name, ending: "" };
}

export function splitPath(path: string): PathParts {
  const names = path
    .split("/", maxDepth + 1)
    .filter((name) => name !== "")
    .map((name) => name.slice(0, maxNameChars).normalize("NFC"));
  const { stem, ending } = splitEnding(names.at(-1) ?? "");
  const folders = names.slice(0, -1);
  let isInDiscStructure = false;
  while (isDiscStructure(folders.at(-1) ?? "")) {
    folders.pop();
    isInDiscStructure = true;
  }
  let extra: ExtraKind | null = null;
  const disc = discNumber(folders.at(-1) ?? "");
  if (disc !== null && folders.length > 1) folders.pop();
  // `Extras/Interviews/…`: the inner one says more. A library may begin with a folder of this name.
  for (let kind = extraFolder(folders.at(-1) ?? ""); kind !== undefined && folders.length > 1;) {
    extra = extra === null || extra === "unknown" ? kind : extra;
    folders.pop();
    kind = extraFolder(folders.at(-1) ?? "");
  }
  return { folders, stem, ending, extra, disc, isInDiscStructure };
}

/** The name of an extra for people: what its own name says besides the title of the film or series. */
export function extraOf(kind: ExtraKind, stem: string, owner: string): Extra {
  const { title } = readRelease(stem);
  if (titleKey(title) === titleKey(owner)) return { kind, title: null };
  const rest = cleanTitle(behindFolderName(title, owner) ?? title);
  return { kind, title: rest === "" ? null : rest };
}

const sureStack = /(?<=^|[\s._\-([])(?:cd|dvd|dis[ck])[\s._-]?(\d{1,2})(?:of\d{1,2})?(?=$|[\s._\-)\]])/i;
const lettered = /(?<=[\s._\-([])(?:cd|dvd|dis[ck]|part|pt)[\s._-]?([a-d])[)\]]?$/i;
const doubtful = /(?<=[\s._\-([])(?:part|pt)[\s._-]?(\d{1,2})(?=$|[\s._\-)\]])/i;
/** Plex plays at most eight in one go. */
const mostParts = 8;

function stackAt(stem: string, found: RegExpExecArray): Part | null {
  const label = found[1] ?? "";
  const number = /^\d+$/.test(label) ? Number(label) : label.toLowerCase().charCodeAt(0) - 96;
  if (number < 1 || number > mostParts) return null;
  return { number, stack: `${stem.slice(0, found.index)}#${stem.slice(found.index + found[0].length)}`.toLowerCase() };
}

/**
 * The piece of a stack that a name says. `cd`, `disc` and `dvd` say it anywhere; `part` and `pt` may be of the title, so they count behind
 * the year or the encoding only, or when the rest is the name of the folder.
 *
 * @param afterTitle offset where the title of the name ends
 */
export function partOf(stem: string, afterTitle: number, folder: string | undefined): Part | null {
  const sure = sureStack.exec(stem) ?? lettered.exec(stem);
  if (sure && sure.index > 0) return stackAt(stem, sure);
  const found = doubtful.exec(stem);
  if (found === null) return null;
  const isBehind = found.index >= afterTitle;
  const isFolder =
    folder !== undefined && cleanTitle(stem.slice(0, found.index)).toLowerCase() === cleanTitle(folder).toLowerCase();
  return isBehind || isFolder ? stackAt(stem, found) : null;
}

/** What tells versions apart: the text behind the name of the folder, else what the name says. */
export function versionOf(stem: string, folder: string | undefined, release: Release): string | null {
  const rest = folder === undefined ? null : behindFolderName(stem, folder);
  if (rest !== null) {
    const label = rest
      .replace(doubtful, "")
      .replace(sureStack, "")
      .replaceAll(/\{[^}]*\}/g, "")
      .replace(/^[\s._-]*[([]?(?:18|19|20)\d\d[)\]]?(?=$|[\s._-])/, "")
      .replace(/^[\s._-]+/, "")
      .replace(/^\[(.*)\]$|^\((.*)\)$/, "$1$2");
    const cleaned = cleanTitle(label);
    if (cleaned !== "" && cleaned.length <= 60) return cleaned;
  }
  const { resolution, source, stereo } = release.traits;
  const label = [release.edition, stereo === null ? null : "3D", resolution, source].filter((one) => one !== null);
  return label.length === 0 ? null : label.join(" ");
}
