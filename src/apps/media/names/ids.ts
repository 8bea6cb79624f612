import type { CatalogueIds } from "./types.ts";

export interface TaggedName {
  /** Without the tags. */
  readonly text: string;
  readonly ids: CatalogueIds;
  /** Of `{edition-…}`. */
  readonly edition: string | null;
}

/** `{tmdb-603}` (Plex), `[tmdbid=603]`, `[tmdbid-603]` (Jellyfin), `{edition-Final Cut}` (Plex), `[tt0133093]` (older Kodi). */
const tag =
  /\s*[{[(]\s*(?:(tmdb|tvdb|imdb|mbid|musicbrainz)(?:id)?\s*[-=: ]\s*([A-Za-z0-9-]{1,40})|(edition)\s*[-=]\s*([^}\]]{1,60})|(tt\d{6,9}))\s*[}\])]/gi;

const numeric = /^\d{1,9}$/;
const imdb = /^tt\d{6,9}$/i;
const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

function idOf(catalogue: string, value: string): CatalogueIds {
  if (imdb.test(value)) return { imdb: value.toLowerCase() };
  if (catalogue === "imdb") return numeric.test(value) ? { imdb: `tt${value.padStart(7, "0")}` } : {};
  if (catalogue === "tmdb" || catalogue === "tvdb") {
    return numeric.test(value) ? { [catalogue]: String(Number(value)) } : {};
  }
  return uuid.test(value) ? { musicbrainz: value.toLowerCase() } : {};
}

/** Takes the catalogue numbers and the edition out of a name of a file or folder. Malformed numbers are dropped. */
export function takeTags(name: string): TaggedName {
  if (!/[{[(]/.test(name)) return { text: name, ids: {}, edition: null };
  let ids: CatalogueIds = {};
  let edition: string | null = null;
  const text = name.replaceAll(
    tag,
    (_all, catalogue?: string, value?: string, isEdition?: string, label?: string, bare?: string) => {
      if (isEdition !== undefined && label !== undefined) edition = label.trim();
      else if (bare !== undefined) ids = { ...ids, imdb: bare.toLowerCase() };
      else ids = { ...ids, ...idOf((catalogue ?? "").toLowerCase(), value ?? "") };
      return "";
    },
  );
  return { text: text.trim() === "" ? name : text, ids, edition };
}
