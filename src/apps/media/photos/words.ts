/** Letters as they are searched: small, without accents. */
function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "")
    .toLowerCase();
}

/** Everything of a picture that words are looked for in. */
export function wordsOf(parts: readonly (string | null)[]): string {
  return fold(parts.filter((part) => part !== null && part !== "").join(" \n ")).slice(0, 2000);
}

const months = "january february march april may june july august september october november december".split(" ");

/** What one word of a search asks for: days (20240100 to 20240199 is January 2024), a kind, or a part of the words. */
export type Wish =
  | { readonly kind: "year"; readonly year: number; readonly word: string }
  | { readonly kind: "month"; readonly month: number; readonly word: string }
  | { readonly kind: "day"; readonly from: number; readonly to: number }
  | { readonly kind: "video" | "motion" }
  | { readonly kind: "word"; readonly word: string };

const maxWishes = 12;

/** `2024`, `march`, `2024-03`, `2024-03-15`, `video`, `live`, and words of names, places and cameras. */
export function wishesOf(text: string): Wish[] {
  return fold(text)
    .split(/[\s,;]+/u)
    .filter((word) => word !== "")
    .slice(0, maxWishes)
    .map(wishOf);
}

function wishOf(word: string): Wish {
  const date = /^(\d{4})[-./](\d{1,2})(?:[-./](\d{1,2}))?$/.exec(word);
  if (date !== null) {
    const month = Number(date[1]) * 10_000 + Number(date[2]) * 100;
    const day = date[3] === undefined ? null : Number(date[3]);
    return { kind: "day", from: month + (day ?? 0), to: month + (day ?? 99) };
  }
  if (/^(1[89]|20)\d\d$/.test(word)) return { kind: "year", year: Number(word), word };
  const month =
    word.length < 3 ? -1 : months.findIndex((name) => name === word || (word.length === 3 && name.startsWith(word)));
  if (month !== -1) return { kind: "month", month: month + 1, word };
  if (/^(videos?|films?|movies?)$/.test(word)) return { kind: "video" };
  return /^(live|motion)$/.test(word) ? { kind: "motion" } : { kind: "word", word };
}
