import type { ItemFilter } from "#apps/media/library";
import type { Actor } from "#platform/usecase";

/** Part of a statement and its parameters, in order. */
export interface Sql {
  readonly text: string;
  readonly params: readonly (string | number)[];
}

export interface SightDeps {
  /** What this person may see of the libraries, over `item` and `node`. */
  readonly itemFilter: (actor: Actor) => ItemFilter;
}

/** From `song` on: the file and its row in the index, which the filter of sight is about. */
export const songTables = `media_song song JOIN media_item item ON item.id = song.item_id JOIN node ON node.id = item.node_id`;

/** A condition over `songTables`. */
export interface Seen extends Sql {
  /** It looks at the tree of folders: worth doing once a query, and not for every row of it. */
  readonly isCostly: boolean;
}

/** Songs that this person may see. */
export function songsSeen({ itemFilter }: SightDeps, actor: Actor, libraryId?: number): Seen {
  const { sql, params } = itemFilter(actor);
  const ofLibrary = libraryId === undefined ? "" : " AND item.library_id = ?";
  return {
    text: `item.state <> 'gone' AND (${sql})${ofLibrary}`,
    params: given(params, libraryId),
    isCostly: /\brecursive\b/i.test(sql),
  };
}

/** True for a row with the id of an album of which one song passes; `albumId` is the column of the row. */
export function albumSeen(albumId: string, seen: Seen, more: Sql = nothing): Sql {
  const also = more.text === "" ? "" : ` AND ${more.text}`;
  const params = [...seen.params, ...more.params];
  if (seen.isCostly) {
    return { text: `${albumId} IN (SELECT song.album_id FROM ${songTables} WHERE ${seen.text}${also})`, params };
  }
  return {
    text: `EXISTS (SELECT 1 FROM ${songTables} WHERE song.album_id = ${albumId} AND ${seen.text}${also})`,
    params,
  };
}

/** The same for whoever is named on a song. */
export function artistSeen(artistId: string, seen: Seen): Sql {
  const { params } = seen;
  const credited = "media_song_artist credit JOIN media_song song ON song.item_id = credit.item_id";
  const from = songTables.replace("media_song song", credited);
  if (seen.isCostly)
    return { text: `${artistId} IN (SELECT credit.artist_id FROM ${from} WHERE ${seen.text})`, params };
  return { text: `EXISTS (SELECT 1 FROM ${from} WHERE credit.artist_id = ${artistId} AND ${seen.text})`, params };
}

export const nothing: Sql = { text: "", params: [] };

/** All of these hold. */
export function all(...conditions: readonly (Sql | undefined)[]): Sql {
  const parts = conditions.filter((part) => part !== undefined && part.text !== "");
  return {
    text: parts.length === 0 ? "1" : parts.map((part) => `(${part?.text ?? ""})`).join(" AND "),
    params: parts.flatMap((part) => part?.params ?? []),
  };
}

export function sqlOf(text: string, ...params: readonly (string | number)[]): Sql {
  return { text, params };
}

function given(params: readonly (string | number)[], libraryId: number | undefined): readonly (string | number)[] {
  return libraryId === undefined ? params : [...params, libraryId];
}

/** True for a song whose tags hold lyrics, or beside which lies a file with some that this person may see. */
export function hasLyrics(deps: SightDeps, actor: Actor): Sql {
  const { text, params, isCostly } = songsSeen(deps, actor);
  const from =
    "media_song_lyrics link JOIN media_item item ON item.id = link.lyrics_item_id JOIN node ON node.id = item.node_id";
  // Of all songs with lyrics at once only where that costs less than for each row.
  const beside = isCostly
    ? `song.item_id IN (SELECT link.item_id FROM ${from} WHERE ${text})`
    : `EXISTS (SELECT 1 FROM ${from} WHERE link.item_id = song.item_id AND ${text})`;
  return { text: `(song.has_lyrics = 1 OR ${beside})`, params };
}

/** A different order for every seed, the same for the same one, so that pages of it go together. */
export function shuffled(id: string): string {
  return `((${id} * 2654435761 + ?) % 4294967291 * 40503) % 65537, ${id}`;
}
