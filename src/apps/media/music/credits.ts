/** A name as files credit it. */
export interface Credit {
  readonly name: string;
  readonly sortName: string | null;
  readonly mbid: string | null;
}

/** Between names in one value, where a file cannot hold several. A slash or comma alone is part of names (`AC/DC`). */
const betweenValues = /\s*(?:;|\s\/\s)\s*/;
const guests = /\s*[([]?\s*\b(?:feat(?:uring)?|ft)\b\.?\s+/iu;
const betweenGuests = /\s*(?:,|&|\band\b|\bwith\b|;)\s*/iu;
const maxCredits = 16;

/** One value that names several, apart. */
export function splitValues(values: readonly string[]): string[] {
  const all = values.flatMap((value) => value.split(betweenValues));
  return [...new Set(all.map((value) => value.trim()).filter((value) => value !== ""))];
}

/** `A feat. B & C` → A, B, C. The names before the guests are left as they are: `Simon & Garfunkel` is one. */
export function splitGuests(name: string): string[] {
  const [main = "", ...rest] = name.split(guests);
  const others = rest.flatMap((text) => text.replace(/[)\]]\s*$/, "").split(betweenGuests));
  const names = [main, ...others].map((text) => text.trim()).filter((text) => text !== "");
  return names.length === 0 ? [name] : [...new Set(names)];
}

/**
 * Whoever is credited. The tag with one value for each is believed; else the one value is taken apart, unless there is one MusicBrainz
 * id for all of it. Sort names and ids belong to names of the same place when there are as many.
 */
export function creditsOf(
  single: readonly string[] | undefined,
  several: readonly string[] | undefined,
  sortNames: readonly string[] | undefined,
  mbids: readonly string[],
): Credit[] {
  const listed = several ?? single ?? [];
  const apart = splitValues(listed);
  const split = apart.length > 1 && listed.length === apart.length ? apart : apart.flatMap(splitGuests);
  const names = (mbids.length === 1 && listed.length === 1 ? listed : split).slice(0, maxCredits);
  const sorts = sortNames === undefined ? [] : sortNames.length === names.length ? sortNames : splitValues(sortNames);
  return names.map((name, index) => ({
    name,
    sortName: sorts.length === names.length ? (sorts[index] ?? null) : null,
    mbid: mbids.length === names.length ? (mbids[index] ?? null) : null,
  }));
}
