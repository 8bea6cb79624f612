import type { Db } from "#platform/db";
import type { Handled } from "./handled.ts";
import { albumSeen, songsSeen, songTables, type SightDeps } from "./sight.ts";
import { itemsFrom } from "#apps/media/library";

interface OverviewDeps extends SightDeps {
  readonly db: Db;
  readonly changedAtMs: () => number;
}

/** Counts of what somebody sees. */
export function createOverview(deps: OverviewDeps): Handled<"music.overview"> {
  const { db } = deps;
  return (actor) => {
    const seen = songsSeen(deps, actor);
    const { sql, params } = deps.itemFilter(actor);
    const sums = db
      .prepare<{ songs: number; albums: number; durationMs: number }, (string | number)[]>(
        `SELECT count(*) AS songs, count(DISTINCT song.album_id) AS albums, coalesce(sum(song.duration_ms), 0) AS durationMs
         FROM ${songTables} WHERE ${seen.text}`,
      )
      .get(...seen.params);
    const shown = albumSeen("credit.album_id", seen);
    const artists = db
      .prepare<{ count: number }, (string | number)[]>(
        `SELECT count(DISTINCT credit.artist_id) AS count FROM media_album_artist credit WHERE ${shown.text}`,
      )
      .get(...shown.params);
    const libraries = db
      .prepare<{ id: number; name: string; songs: number; waiting: number }, (string | number)[]>(
        `SELECT library.id, library.name, count(*) AS songs, sum(item.state = 'found') AS waiting
         FROM ${itemsFrom} JOIN media_library library ON library.id = item.library_id
         WHERE library.kind = 'music' AND item.kind = 'audio' AND (${sql}) GROUP BY library.id ORDER BY library.name COLLATE NOCASE`,
      )
      .all(...params);
    return {
      albums: sums?.albums ?? 0,
      songs: sums?.songs ?? 0,
      durationMs: sums?.durationMs ?? 0,
      artists: artists?.count ?? 0,
      libraries: libraries.map(({ id, name, songs }) => ({ id, name, songs })),
      waiting: libraries.reduce((sum, { waiting }) => sum + waiting, 0),
      changedAtMs: deps.changedAtMs(),
    };
  };
}
