import { type CatalogueIds, titleKey } from "#apps/media/names";
import type { NamedItem } from "./group-types.ts";

/** What may bring a file together with others: whoever shares one of these is grouped anew together. */
export function groupKeys({ name, path }: Pick<NamedItem, "name" | "path">): string[] {
  if (name.form === "video") return [`v:${stackOf(path, name.part?.stack ?? null)}`];
  const title = name.form === "film" ? name.title : name.series;
  const folder = name.folder === null ? [] : [`f:${name.folder}`];
  return [`t:${titleKey(title)}`, ...folder, ...idKeys(name.ids)];
}

/** Parts of one recording lie in one folder; any other file stands for itself. */
function stackOf(path: string, stack: string | null): string {
  return stack === null ? path : `${path.slice(0, path.lastIndexOf("/") + 1)}#${stack}`;
}

function idKeys({ tmdb, imdb, tvdb }: CatalogueIds): string[] {
  const keys = [];
  if (tmdb !== undefined) keys.push(`tmdb:${tmdb}`);
  if (imdb !== undefined) keys.push(`imdb:${imdb}`);
  if (tvdb !== undefined) keys.push(`tvdb:${tvdb}`);
  return keys;
}

/** Sets that grow together. */
function createUnion(count: number) {
  const parents = Array.from({ length: count }, (_, index) => index);
  const find = (index: number): number => {
    let at = index;
    while (parents[at] !== at) at = parents[at] as number;
    parents[index] = at;
    return at;
  };
  return {
    find,
    join: (one: number, other: number) => {
      parents[find(one)] = find(other);
    },
  };
}

/**
 * Files that are one film, or one series: those that share a folder of its own, or a number in a catalogue, or title and year.
 * Files without a number join those with one only if there is one such set to join; series without a year likewise join the one with a
 * year. The order of the files does not matter.
 */
export function clusters(items: readonly NamedItem[]): NamedItem[][] {
  const sorted = items.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.itemId - b.itemId));
  const union = createUnion(sorted.length);
  const joinBy = (keysOf: (item: NamedItem) => readonly string[]) => {
    const first = new Map<string, number>();
    for (const [index, item] of sorted.entries()) {
      for (const key of keysOf(item)) {
        const known = first.get(key);
        if (known === undefined) first.set(key, index);
        else union.join(index, known);
      }
    }
  };
  joinBy(({ name }) => (name.form === "video" ? [] : idKeys(name.ids)));
  joinBy(({ name, path }) => (name.form === "video" ? [stackOf(path, name.part?.stack ?? null)] : []));
  joinBy(({ name }) => (name.form === "video" || name.folder === null ? [] : [name.folder]));
  joinClasses(sorted, union, yearKey);
  joinClasses(sorted, union, ({ name }) => (name.form === "episode" ? titleKey(name.series) : undefined));
  return [...Map.groupBy(sorted.entries(), ([index]) => union.find(index)).values()].map((entries) =>
    entries.map(([, item]) => item),
  );
}

/** Films whose year nobody says are one only within a folder: `Intro` is a name of many. */
function yearKey({ name, path }: NamedItem): string | undefined {
  if (name.form === "video") return undefined;
  if (name.form === "episode") return `${titleKey(name.series)} ${name.seriesYear ?? ""}`;
  const folder = name.year === null ? path.slice(0, path.lastIndexOf("/") + 1) : "";
  return `${titleKey(name.title)} ${name.year ?? ""} ${folder}`;
}

/**
 * Joins the sets of a class, unless two of them are known to be different works: by another number in the same catalogue, or another
 * year.
 */
function joinClasses(
  items: readonly NamedItem[],
  union: ReturnType<typeof createUnion>,
  classOf: (item: NamedItem) => string | undefined,
): void {
  const marks = marksOf(items, union);
  const classes = Map.groupBy(items.keys(), (index) => classOf(items[index] as NamedItem));
  for (const [key, members] of classes) {
    if (key === undefined) continue;
    const roots = [...new Set(members.map(union.find))];
    const all = new Map<string, Set<string>>();
    for (const root of roots) {
      for (const [catalogue, values] of marks.get(root) ?? []) {
        all.set(catalogue, (all.get(catalogue) ?? new Set()).union(values));
      }
    }
    if ([...all.values()].some((values) => values.size > 1)) continue;
    for (const root of roots) union.join(root, roots[0] as number);
  }
}

/** Numbers and years of each set, by what gives them. */
function marksOf(items: readonly NamedItem[], union: ReturnType<typeof createUnion>) {
  const marks = new Map<number, Map<string, Set<string>>>();
  for (const [index, { name }] of items.entries()) {
    if (name.form === "video") continue;
    const root = union.find(index);
    const own = marks.get(root) ?? new Map<string, Set<string>>();
    marks.set(root, own);
    const add = (by: string, value: string) => own.set(by, (own.get(by) ?? new Set()).add(value));
    for (const key of idKeys(name.ids)) add(key.slice(0, key.indexOf(":")), key);
    const year = name.form === "film" ? name.year : name.seriesYear;
    if (year !== null) add("year", `${year}`);
  }
  return marks;
}
