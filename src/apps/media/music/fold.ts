/** Text for comparing and searching: without accents, case and what stands between words. Of scripts that have neither, the text itself. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll("ł", "l")
    .replaceAll(/['’`´]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const maxWords = 8;

/** What all must be in a folded text, for `LIKE … ESCAPE '\\'`; quotes around words, as some clients send, are nothing. */
export function searchPatterns(query: string): string[] {
  // Folded text has no character that means something to LIKE.
  const words = fold(query)
    .split(" ")
    .filter((word) => word !== "");
  return words.slice(0, maxWords).map((word) => `%${word}%`);
}

/** `The Beatles` → `Beatles, The`, where nobody gave a sort name. */
export function sortNameOf(name: string): string {
  const match = /^(the|a|an)\s+(\S.*)$/iu.exec(name);
  return match === null ? name : `${match[2] ?? ""}, ${match[1] ?? ""}`;
}
