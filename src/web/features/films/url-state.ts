export const shownTypes = ["film", "series", "video"] as const;
export type ShownType = (typeof shownTypes)[number];
export const sorts = ["title", "added", "year", "rating", "random"] as const;
export type FilmSort = (typeof sorts)[number];

/** The address of the page: what is shown, and in which order. */
export interface FilmsSearch {
  readonly type?: ShownType;
  readonly q?: string;
  readonly genre?: string;
  readonly person?: string;
  readonly sort?: FilmSort;
}

const maxLength = 200;

export function parseFilmsSearch(search: Record<string, unknown>): FilmsSearch {
  // A number is a number again in the address, and "1917" is a film.
  const text = (key: string) => {
    const value = search[key];
    const words = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
    return words === "" ? undefined : words.slice(0, maxLength);
  };
  const type = shownTypes.find((one) => one === search["type"] && one !== "film");
  const sort = sorts.find((one) => one === search["sort"] && one !== "title");
  const [q, genre, person] = [text("q"), text("genre"), text("person")];
  return {
    ...(type && { type }),
    ...(q && { q }),
    ...(genre && { genre }),
    ...(person && { person }),
    ...(sort && { sort }),
  };
}

const isDescending: Readonly<Record<FilmSort, boolean>> = {
  title: false,
  added: true,
  year: true,
  rating: true,
  random: false,
};

/** The question for `works.list`, without its page; `seed` keeps a random order while the page is open. */
export function questionOf({ type = "film", q, genre, person, sort = "title" }: FilmsSearch, seed: number) {
  return {
    types: [type],
    ...(q && { search: q }),
    ...(genre && { genre }),
    ...(person && { person }),
    sort,
    descending: isDescending[sort],
    seed,
  };
}
