export const albumSorts = [
  "title",
  "artist",
  "year",
  "newest",
  "recent",
  "frequent",
  "starred",
  "rated",
  "random",
] as const;

export const songSorts = [
  "title",
  "artist",
  "album",
  "newest",
  "recent",
  "frequent",
  "starred",
  "rated",
  "random",
] as const;

/** What the address of a list says. */
export interface MusicSearch {
  readonly q?: string;
  readonly genre?: string;
  readonly sort?: (typeof songSorts)[number] | "year";
}

const maxLength = 200;

export function parseMusicSearch(search: Record<string, unknown>): MusicSearch {
  // A number is a number again in the address, and "1999" is an album.
  const text = (key: string) => {
    const value = search[key];
    const words = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
    return words === "" ? undefined : words.slice(0, maxLength);
  };
  const sort = [...albumSorts, "album" as const].find((one) => one === search["sort"] && one !== "title");
  const [q, genre] = [text("q"), text("genre")];
  return { ...(q && { q }), ...(genre && { genre }), ...(sort && { sort }) };
}
