/** Letters that are no letter with an accent, as people write them without the key for it. */
const spellings: Readonly<Record<string, string>> = {
  ß: "ss",
  ẞ: "ss",
  æ: "ae",
  Æ: "ae",
  œ: "oe",
  Œ: "oe",
  ø: "o",
  Ø: "o",
  ł: "l",
  Ł: "l",
  đ: "d",
  Đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};
const spelled = new RegExp(`[${Object.keys(spellings).join("")}]`, "g");
/** Scripts that leave no space between words: every sign is a word, and words of several signs are phrases. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const privateUse = /[\uE000-\uF8FF\0]/g;
const plain = /^[ -~\n]*$/;

/** Text as it goes into the index and into a question to it; case and accents are the index's own business. */
export function indexable(text: string): string {
  if (plain.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll(privateUse, " ")
    .normalize("NFKC")
    .replaceAll(spelled, (letter) => spellings[letter] ?? letter)
    .replaceAll(unspaced, " $& ");
}

/** A name as it goes into the index: `IMG2024Holiday.jpg` is found by `2024` and by `holiday` too. */
export function indexableName(name: string): string {
  const text = indexable(name);
  const apart = text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{L})(\p{N})/gu, "$1 $2")
    .replaceAll(/(\p{N})(\p{L})/gu, "$1 $2");
  return apart === text ? text : `${text} ${apart}`;
}

const word = /[\p{L}\p{N}]/u;

/** Whether the index has words in it at all. */
export function hasWord(text: string): boolean {
  return word.test(text);
}

/** A string of FTS5: its words one behind the other; with `isBeginning` the last one may go on. */
export function phrase(text: string, isBeginning = false): string {
  return `"${indexable(text).replaceAll('"', " ")}"${isBeginning ? " *" : ""}`;
}

/** Without case and accents; of the same meaning as what the index compares, not of the same length. */
export function folded(text: string): string {
  return indexable(text).normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

const marks = { node: "\uE000", ending: "\uE001", kind: "\uE002" } as const;

/** A token that no text can hold: for a node or a folder above it, an ending, a kind of file. */
export function token(sort: keyof typeof marks, value: string | number): string {
  return `${marks[sort]}${value}`;
}
