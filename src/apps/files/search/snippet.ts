import type { SnippetPart } from "./protocol.ts";
import { folded } from "./words.ts";

/** Characters shown before and after the first hit. */
const before = 60;
const after = 140;
/** Words looked at for a hit that is spelled another way than it was asked for. */
const maxWords = 40_000;
const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;

/** Part of a text around the words that were asked for, and which parts of it they are. Each word is folded. */
export function snippetOf(text: string, words: readonly string[]): SnippetPart[] {
  const at = firstHit(text, words);
  const start = Math.max(0, at - before);
  const end = Math.min(text.length, at + after);
  const from = start === 0 ? 0 : start + text.slice(start, at).search(/\s|$/u);
  const cut = text.slice(from, end);
  const shown = end < text.length ? cut.replace(/\S*$/u, "") || cut : cut;
  const parts: SnippetPart[] = [];
  let last = 0;
  for (const match of shown.matchAll(wordPattern)) {
    if (!isHit(folded(match[0]), words)) continue;
    if (match.index > last) parts.push({ text: tidy(shown.slice(last, match.index)), isHit: false });
    parts.push({ text: match[0], isHit: true });
    last = match.index + match[0].length;
  }
  if (last < shown.length) parts.push({ text: tidy(shown.slice(last)), isHit: false });
  return framed(parts, from > 0, end < text.length);
}

const isHit = (word: string, words: readonly string[]) => words.some((asked) => word.startsWith(asked));
const tidy = (text: string) => text.replaceAll(/\s+/gu, " ");

/** Where one of the words stands: as it is written when it is found so, which is quick; else word by word. */
function firstHit(text: string, words: readonly string[]): number {
  const lower = text.toLowerCase();
  const found = words.map((word) => wordAt(lower, word)).filter((at) => at >= 0);
  if (found.length > 0) return Math.min(...found);
  let count = 0;
  for (const match of text.matchAll(wordPattern)) {
    if (isHit(folded(match[0]), words)) return match.index;
    if ((count += 1) > maxWords) break;
  }
  return 0;
}

function wordAt(lower: string, word: string): number {
  for (let at = lower.indexOf(word), tries = 0; at >= 0 && tries < 1000; at = lower.indexOf(word, at + 1), tries += 1) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(lower[at - 1] ?? "")) return at;
  }
  return -1;
}

function framed(parts: readonly SnippetPart[], isCutBefore: boolean, isCutAfter: boolean): SnippetPart[] {
  const dots = { text: "…", isHit: false };
  return [...(isCutBefore ? [dots] : []), ...parts, ...(isCutAfter && parts.length > 0 ? [dots] : [])];
}
