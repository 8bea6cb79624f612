import { promiseOf } from "./sniff.ts";

/** `photo.jpg.locked` → stem `photo.jpg`, ending `locked`. Without an ending the stem is the whole name. */
export interface SplitName {
  readonly stem: string;
  /** Lower case; empty without one. */
  readonly ending: string;
}

const longestEnding = 24;

export function splitName(name: string): SplitName {
  const dot = name.lastIndexOf(".");
  if (dot <= 0 || name.length - dot - 1 > longestEnding) return { stem: name, ending: "" };
  return { stem: name.slice(0, dot), ending: name.slice(dot + 1).toLowerCase() };
}

/** Endings that programs and people put behind a name for a while, or that say openly what was done. */
const usual = new Set(
  (
    "bak backup old orig save sav tmp temp part partial crdownload download filepart swp swo lock lck new copy " +
    "gpg pgp asc age aes enc p7m gz bz2 xz zst lz4 br 7z zip rar xmp thm aae json txt md5 sha1 sha256 par2 torrent " +
    "c9r c9s cryptomator hc tc"
  ).split(" "),
);

/**
 * The ending that a name got which says nothing about the content: put behind the whole name, or in place of one that promised
 * something. Undefined for every other new name.
 */
export function foreignEnding(before: string, after: string): string | undefined {
  const { ending } = splitName(after);
  if (ending === "" || promiseOf(ending) !== undefined || usual.has(ending)) return undefined;
  if (/^\d{1,3}$/.test(ending)) return undefined;
  const old = splitName(before);
  if (old.ending === ending) return undefined;
  return old.ending !== "" ? ending : undefined;
}

/** `photo.jpg.locked` beside `photo.jpg`: the name it hangs on and what was put behind; undefined when nothing was. */
export function hungOn(name: string): { readonly original: string; readonly ending: string } | undefined {
  const { stem, ending } = splitName(name);
  if (ending === "" || promiseOf(ending) !== undefined || usual.has(ending)) return undefined;
  return promiseOf(splitName(stem).ending) === undefined ? undefined : { original: stem, ending };
}

/** Names under which a copy and its original find each other: the whole name, and without one and two endings. */
export function pairKeys(name: string): string[] {
  const once = splitName(name).stem;
  const twice = splitName(once).stem;
  return [...new Set([name, once, twice])].map((key) => key.toLowerCase());
}
