const article = /^(.+), ?(the|a|an|der|die|das|le|la|les|el|los|las|il|lo|gli)$/i;
const trimmed = /^[\s._\-+,~;:|]+|[\s_\-+,~;:|]+$/g;

/**
 * The text of a title without the marks that stand for blanks: `Marvels.Agents.of.S.H.I.E.L.D` → `Marvels Agents of S.H.I.E.L.D`,
 * `Simpsons, The` → `The Simpsons`. Dots stay where there are blanks as well (`Mr. Robot`).
 */
export function cleanTitle(raw: string): string {
  let text = raw;
  if (!/\s/.test(text.trim())) {
    // Single letters with dots between are an abbreviation.
    text = text.replaceAll(/(?<=^|[._])(?:\p{L}\.){2,}(?:\p{L}(?=$|[._]))?/gu, (letters) =>
      letters.replaceAll(".", "\0"),
    );
    text = text.replaceAll(/[._]+/g, " ").replaceAll("\0", ".");
    text = text.replaceAll(/(\.\p{L})\.(?=\p{L}{2})/gu, "$1. ").replaceAll(/(?<=\.)(?=\p{L}{2})/gu, " ");
  } else text = text.replaceAll("_", " ");
  text = text.replaceAll(/\s+/g, " ").replaceAll(trimmed, "").trim();
  // One dot is the end of a sentence of the name's maker; an abbreviation or an ellipsis keeps its dots.
  if (text.endsWith(".") && !/(?:\.\p{L}|\b(?:Jr|Sr|Dr|Mr|Mrs|Ms|St|Vol|Inc|etc|vs)|\.\.)\.$/iu.test(text)) {
    text = text.replace(/\s*\.$/, "");
  }
  text = text
    .replaceAll(/\(\s*\)|\[\s*\]|\{\s*\}/g, "")
    .replace(/[\s([{]+$/, "")
    .trim();
  const turned = article.exec(text);
  return turned ? `${turned[2]} ${turned[1]}` : text;
}

const leadingArticle = /^(?:the|a|an|der|die|das|le|la|les|el|los|las|il)\s+(?=\S)/;

/**
 * A title for comparing: small letters without accents, signs, blanks and the leading article; `&` counts as `and`. Titles that are
 * made of signs alone keep them.
 */
export function titleKey(title: string): string {
  const plain = title
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll("œ", "oe")
    .replaceAll("ł", "l")
    .replaceAll(/[&+]/g, " and ")
    .replaceAll(/['’`´.]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  const key = plain.replace(leadingArticle, "").replaceAll(" ", "");
  return key === "" ? title.trim().toLowerCase() : key;
}

function initials(title: string): string {
  return title
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.slice(0, 1).toLowerCase())
    .join("");
}

const sequel = /^[\s._:-]*(?:\d{1,3}|[ivx]{1,5})(?![\p{L}\p{N}])/iu;

/** Whether two titles are one: equal, one the beginning of the other at a word (but no sequel), or its initials (`TNG`). */
export function isSameTitle(left: string, right: string): boolean {
  const [one, other] = [titleKey(left), titleKey(right)];
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [left, right] : [right, left];
  const [shortKey, longKey] = one.length < other.length ? [one, other] : [other, one];
  if (shortKey.length >= 3 && longKey.startsWith(shortKey) && beginsAtWord(short, long)) return true;
  return shortKey.length >= 2 && !/\s/.test(short.trim()) && initials(long).endsWith(shortKey);
}

function beginsAtWord(short: string, long: string): boolean {
  const count = short.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "").length;
  const words = long.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const extra = leadingArticle.test(long.toLowerCase()) && !leadingArticle.test(short.toLowerCase()) ? 1 : 0;
  if (titleKey(words.slice(0, count + extra).join(" ")) !== titleKey(short)) return false;
  return !sequel.test(words.slice(count + extra).join(" "));
}

/** Whether one title is the other with a number behind: `Rocky II`, `Cars 2`. */
export function isSequel(title: string, first: string): boolean {
  const words = title.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const count = first.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "").length;
  return titleKey(words.slice(0, count).join(" ")) === titleKey(first) && sequel.test(words.slice(count).join(" "));
}
