const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The words of a filter, without case and accents. */
export function wordsOf(text: string): readonly string[] {
  return plain(text).split(/\s+/).filter(Boolean);
}

export function matches(name: string, words: readonly string[]): boolean {
  const at = plain(name);
  return words.every((word) => at.includes(word));
}
