import { longestEntry, meaningOf, type Meaning } from "./vocabulary.ts";

export interface Word {
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
  /** Number of the pair of brackets around it, 0: none. */
  readonly group: number;
}

/** A run of words with one meaning. */
export interface Mark extends Meaning {
  /** Index of its first word, and behind its last. */
  readonly from: number;
  readonly to: number;
}

export interface Group {
  readonly open: number;
  /** Behind the closing bracket. */
  readonly close: number;
  /** Code of the closing bracket. */
  readonly end: number;
}

export interface Tokens {
  readonly text: string;
  readonly words: readonly Word[];
  readonly marks: readonly Mark[];
  /** By number; the first is a placeholder. */
  readonly groups: readonly Group[];
}

/** Codes of brackets: the opening one's → the closing one's. */
const closing = new Map(
  ["()", "[]", "{}", "【】", "（）", "「」"].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]),
);
const isSeparator = new Uint8Array(128);
for (const letter of " ._-+,~;:@/|\\()[]{}\t") isSeparator[letter.charCodeAt(0)] = 1;
const rareSeparators = new Set([..."\u00a0·【】（）「」\u2013\u2014"].map((letter) => letter.charCodeAt(0)));
const maxWords = 120;

/** Names are cut to this: the kernel allows 255 bytes. */
export const maxNameChars = 300;

function isPart(words: readonly Word[], at: number): { value: string; count: number } | undefined {
  const word = words[at]?.lower ?? "";
  if (!/^(?:cd|di|dv)/.test(word)) return undefined;
  const joined = /^(cd|disc|disk|dvd)(\d{1,2})(?:of\d{1,2})?$/.exec(word);
  if (joined && partNumber(joined[1] ?? "", joined[2] ?? "") > 0) return { value: String(Number(joined[2])), count: 1 };
  if (word !== "cd" && word !== "disc" && word !== "disk" && word !== "dvd") return undefined;
  const next = /^(\d{1,2})(?:of\d{1,2})?$/.exec(words[at + 1]?.lower ?? "");
  return next && partNumber(word, next[1] ?? "") > 0 ? { value: String(Number(next[1])), count: 2 } : undefined;
}

/** DVD5 and DVD9 are kinds of disc. */
function partNumber(keyword: string, digits: string): number {
  const number = Number(digits);
  return number > 8 || (keyword === "dvd" && number === 5) ? 0 : number;
}

function marksOf(text: string, words: readonly Word[]): Mark[] {
  const marks: Mark[] = [];
  for (let at = 0; at < words.length;) {
    const found = markAt(text, words, at);
    if (found === undefined) at += 1;
    else {
      marks.push(found);
      at = found.to;
    }
  }
  return marks;
}

function markAt(text: string, words: readonly Word[], at: number): Mark | undefined {
  const part = isPart(words, at);
  if (part) return { slot: "part", value: part.value, isStrong: true, from: at, to: at + part.count };
  let joined = words[at]?.lower ?? "";
  let best: Mark | undefined;
  const single = meaningOf(joined, true);
  if (single) best = { ...single, from: at, to: at + 1 };
  const most = longestEntry(joined);
  for (let next = at + 1; next < words.length && next < at + most; next += 1) {
    const word = words[next];
    const before = words[next - 1];
    if (word === undefined || before === undefined || word.start - before.end > 1 || word.group !== before.group) break;
    joined += ` ${word.lower}`;
    const several = meaningOf(joined, false);
    if (several) best = { ...several, from: at, to: next + 1 };
  }
  // The plus sign separates words, and is the name of this one.
  if (best?.value === "HDR10" && text[words[best.to - 1]?.end ?? -1] === "+") return { ...best, value: "HDR10+" };
  return best;
}

/** Cuts a name into words and finds those that describe an encoding, an edition or a language. */
export function tokenize(name: string): Tokens {
  const text = name.slice(0, maxNameChars);
  const words: Word[] = [];
  const groups: { open: number; close: number; end: number }[] = [{ open: 0, close: 0, end: 0 }];
  const open: number[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? 32 : text.charCodeAt(at);
    if (code < 128 ? isSeparator[code] !== 1 : !rareSeparators.has(code)) {
      if (start < 0) start = at;
      continue;
    }
    if (start >= 0 && words.length < maxWords) {
      const piece = text.slice(start, at);
      words.push({ text: piece, lower: piece.toLowerCase(), start, end: at, group: open.at(-1) ?? 0 });
    }
    start = -1;
    const end = closing.get(code);
    if (end !== undefined) {
      open.push(groups.length);
      groups.push({ open: at, close: text.length, end });
    } else if (open.length > 0) {
      const current = groups[open.at(-1) ?? 0];
      if (current?.end === code) {
        current.close = at + 1;
        open.pop();
      }
    }
  }
  return { text, words, marks: marksOf(text, words), groups };
}
