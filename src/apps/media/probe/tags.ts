const maxTags = 300;
const maxValues = 50;
const maxTextLength = 4000;
/** Lyrics of an opera fit. */
const maxLyricsLength = 200_000;

/** Control characters but tab and line feed, and what is no character. */
const noText = /(?![\t\n])[\p{Cc}\ufffe\uffff]/gu;

/** Without what no text has; line ends as `\n`. */
export function cleanText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(noText, "").trim();
}

/** Tags by name in lower case, bounded in number and length; empty ones left out. */
export function boundedTags(entries: Iterable<readonly [string, string]>): Record<string, string[]> {
  const tags = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const key = cleanText(name).toLowerCase().slice(0, 100);
    const text = cleanText(value).slice(0, key.includes("lyrics") ? maxLyricsLength : maxTextLength);
    if (key === "" || text === "") continue;
    const values = tags.get(key);
    if (values === undefined && tags.size < maxTags) tags.set(key, [text]);
    else if (values !== undefined && values.length < maxValues && !values.includes(text)) values.push(text);
  }
  return Object.fromEntries(tags);
}

/** Of one file, from places in falling order of weight. */
export function tagsOf(...places: readonly (Readonly<Record<string, string>> | undefined)[]): Record<string, string[]> {
  return boundedTags(places.flatMap((place) => Object.entries(place ?? {})));
}
