import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { versionOf } from "./cover-choice.ts";
import { songsSeen, songTables, type SightDeps } from "./sight.ts";

/** What stands for an album: the picture of a file, or one that a catalogue has, by its address there. */
export interface ShownCover {
  readonly source: { readonly itemId: number } | { readonly url: string };
  /** Changes with the picture. */
  readonly version: string;
}

/** Pictures of albums that this person may see: the chosen one, and where that is closed to them one inside a song that is not. An album without any has that of a catalogue. */
export function coversSeen(
  deps: SightDeps & { readonly db: Db },
  actor: Actor,
  albumIds: readonly number[],
): ReadonlyMap<number, ShownCover> {
  const seen = songsSeen(deps, actor);
  const ids = [...new Set(albumIds)];
  const chosen = deps.db
    .prepare<{ albumId: number; itemId: number; version: string }, (string | number)[]>(
      `SELECT album.id AS albumId, album.cover_item_id AS itemId, album.cover_version AS version FROM media_album album
       JOIN media_item item ON item.id = album.cover_item_id JOIN node ON node.id = item.node_id
       WHERE album.id IN (SELECT value FROM json_each(?)) AND ${seen.text}`,
    )
    .all(JSON.stringify(ids), ...seen.params);
  const covers = new Map(
    chosen.map(({ albumId, itemId, version }): [number, ShownCover] => [albumId, { source: { itemId }, version }]),
  );
  const rest = ids.filter((id) => !covers.has(id));
  if (rest.length === 0) return covers;
  const inside = deps.db
    .prepare<{ albumId: number; itemId: number; contentKey: string | null }, (string | number)[]>(
      `SELECT song.album_id AS albumId, song.item_id AS itemId, item.content_key AS contentKey FROM ${songTables}
       WHERE song.album_id IN (SELECT id FROM media_album WHERE cover_item_id IS NOT NULL AND id IN (SELECT value FROM json_each(?)))
         AND song.cover_stream IS NOT NULL AND ${seen.text}
       ORDER BY song.disc_number, song.track_number, song.item_id`,
    )
    .all(JSON.stringify(rest), ...seen.params);
  for (const { albumId, itemId, contentKey } of inside) {
    if (!covers.has(albumId)) covers.set(albumId, { source: { itemId }, version: versionOf(contentKey ?? "") });
  }
  for (const { albumId, url } of ofCatalogues(deps.db, rest)) {
    covers.set(albumId, { source: { url }, version: versionOf(url) });
  }
  return covers;
}

function ofCatalogues(db: Db, albumIds: readonly number[]) {
  return db
    .prepare<{ albumId: number; url: string }, [string]>(
      `SELECT provided.album_id AS albumId, provided.cover_url AS url FROM media_album_provided provided
       JOIN media_album album ON album.id = provided.album_id
       WHERE provided.album_id IN (SELECT value FROM json_each(?)) AND provided.cover_url <> '' AND album.cover_item_id IS NULL`,
    )
    .all(JSON.stringify(albumIds));
}
