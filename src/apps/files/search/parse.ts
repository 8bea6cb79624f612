import { AppError } from "#platform/errors";
import { fileKinds, type FileKind } from "./scope.ts";
import { hasWord } from "./words.ts";

/** What somebody asked for, read from one line. */
export interface Wish {
  /** Each must be found. */
  readonly words: readonly WordWish[];
  readonly without: readonly string[];
  /** One of these, each a kind or an ending. */
  readonly types: readonly TypeWish[];
  readonly notTypes: readonly TypeWish[];
  /** Below one of these: names, or paths, of folders. */
  readonly folders: readonly string[];
  readonly notFolders: readonly string[];
  readonly afterMs: number | undefined;
  readonly beforeMs: number | undefined;
}

/** A word, or several that follow each other; of an open one the beginning of the last is enough. */
export interface WordWish {
  readonly text: string;
  readonly isOpen: boolean;
}

export type TypeWish = { readonly kind: FileKind } | { readonly ending: string };

/** What everything fits. */
export const anything: Wish = {
  words: [],
  without: [],
  types: [],
  notTypes: [],
  folders: [],
  notFolders: [],
  afterMs: undefined,
  beforeMs: undefined,
};

const part = /(-)?(?:(type|in|after|before):)?(?:"([^"]*)"?|(\S+))/giu;
/** Each costs a look into the index. */
const maxParts = 32;
const kindNames: Readonly<Record<string, FileKind>> = {
  ...(Object.fromEntries(fileKinds.map((kind) => [kind, kind])) as Record<FileKind, FileKind>),
  photo: "image",
  photos: "image",
  picture: "image",
  pictures: "image",
  images: "image",
  film: "video",
  films: "video",
  videos: "video",
  music: "audio",
  song: "audio",
  songs: "audio",
  documents: "document",
  folders: "folder",
  archives: "archive",
};

/** Throws `bad-request` that says what is wrong and how it is written. */
export function parseWish(line: string): Wish {
  const words: WordWish[] = [];
  const without: string[] = [];
  const types: TypeWish[] = [];
  const notTypes: TypeWish[] = [];
  const folders: string[] = [];
  const notFolders: string[] = [];
  const times: { after?: number; before?: number } = {};
  let count = 0;
  for (const [whole, minus, filter, quoted, bare] of line.matchAll(part)) {
    if ((count += 1) > maxParts) throw new AppError("bad-request", `Search for at most ${maxParts} things at once.`);
    const value = (quoted ?? bare ?? "").trim();
    const isNot = minus !== undefined;
    const name = filter?.toLowerCase();
    if (name !== undefined && value === "") throw new AppError("bad-request", `Write something behind ${whole}`);
    if (name === "type") (isNot ? notTypes : types).push(...value.split(",").map(typeOf));
    else if (name === "in") (isNot ? notFolders : folders).push(value);
    else if (name === "after" || name === "before") {
      if (isNot)
        throw new AppError("bad-request", `Write ${name === "after" ? "before" : "after"}: instead of -${name}:`);
      times[name] = timeOf(name, value);
    } else if (hasWord(value)) {
      if (isNot) without.push(value);
      else words.push({ text: value, isOpen: quoted === undefined });
    }
  }
  const isEmpty = [words, types, folders, notTypes, notFolders].every((list) => list.length === 0);
  if (isEmpty && times.after === undefined && times.before === undefined) {
    const detail =
      without.length > 0 ? "Write also what is to be found, not only what is not." : "Write a word to search for.";
    throw new AppError("bad-request", detail);
  }
  const { after: afterMs, before: beforeMs } = times;
  if (afterMs !== undefined && beforeMs !== undefined && afterMs >= beforeMs) {
    throw new AppError("bad-request", "Nothing lies between these dates: after: has to be earlier than before:");
  }
  return { words: words.map(lastOpen), without, types, notTypes, folders, notFolders, afterMs, beforeMs };
}

/** Somebody who types has finished every word but the last. */
const lastOpen = ({ text, isOpen }: WordWish, at: number, all: readonly WordWish[]): WordWish => ({
  text,
  isOpen: isOpen && at === all.length - 1,
});

function typeOf(value: string): TypeWish {
  const name = value.trim().toLowerCase();
  const kind = Object.hasOwn(kindNames, name) ? kindNames[name] : undefined;
  if (kind !== undefined) return { kind };
  const ending = name.replace(/^\*?\./, "");
  if (/^[a-z0-9]{1,16}$/.test(ending)) return { ending };
  throw new AppError(
    "bad-request",
    `"${value}" is no type: write an ending such as pdf, or one of ${fileKinds.join(", ")}.`,
  );
}

/** The beginning of a year, month or day in the time of the server. */
function timeOf(name: string, value: string): number {
  const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(value);
  const [year, month, day] = [match?.[1], match?.[2] ?? "1", match?.[3] ?? "1"].map(Number);
  if (match !== null && year !== undefined && month !== undefined && day !== undefined) {
    const date = new Date(year, month - 1, day);
    if (date.getMonth() === month - 1 && date.getDate() === day) return date.getTime();
  }
  throw new AppError(
    "bad-request",
    `"${value}" is no date: write ${name}:2024-01-31, ${name}:2024-01 or ${name}:2024.`,
  );
}
