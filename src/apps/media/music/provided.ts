import type { AlbumDetails } from "#apps/media/metadata";
import type { Db } from "#platform/db";
import { fold } from "./fold.ts";

/** An album of which a catalogue is to be asked, or whose answer is to be taken in. */
export interface DueAlbum {
  readonly albumId: number;
  readonly libraryId: number;
  readonly title: string;
  readonly artist: string;
  readonly year: number | null;
  readonly trackCount: number;
  /** Release, of its tags. */
  readonly mbid: string | null;
  /** A picture stands for it that lies in the library. */
  readonly hasCover: number;
  /** What would be asked now: another one than before is asked anew. */
  readonly asking: string;
  readonly asked: string | null;
  /** wanted: not answered yet; answered: songs are still to be taken up anew with it; settled: all that is left is its cover. */
  readonly state: "wanted" | "answered" | "settled" | null;
  /** JSON of `AlbumDetails`; null: nothing was clear. */
  readonly details: string | null;
  /** Null: not asked yet; empty: there is none. */
  readonly coverUrl: string | null;
  readonly tries: number;
}

const asking = `CASE WHEN album.mbid IS NOT NULL THEN album.mbid ELSE json_array(album.artist_text, album.title, album.tracks) END`;
const isDue = `(due.asked IS NULL OR due.asked <> due.asking OR (due.next_at_ms <= ?1 AND (due.state <> 'settled'
  OR (?2 AND due.details IS NOT NULL AND due.coverUrl IS NULL AND NOT due.hasCover))))`;
/** Albums all of whose songs were looked into, so that no passing state of them is asked about. */
const albums = `SELECT album.id AS albumId, album.library_id AS libraryId, album.title, album.artist_text AS artist, album.year, album.mbid,
    album.tracks AS trackCount, album.cover_item_id IS NOT NULL AS hasCover, ${asking} AS asking, provided.asked, provided.state,
    provided.details, provided.cover_url AS coverUrl, coalesce(provided.tries, 0) AS tries, provided.next_at_ms
  FROM (SELECT media_album.*, (SELECT count(*) FROM media_song song JOIN media_item item ON item.id = song.item_id AND item.state <> 'gone'
    WHERE song.album_id = media_album.id) AS tracks FROM media_album) album
  LEFT JOIN media_album_provided provided ON provided.album_id = album.id
  WHERE album.tracks > 0 AND album.title <> 'Unknown album' AND album.artist_text <> 'Unknown artist'
    AND NOT EXISTS (SELECT 1 FROM media_song song JOIN media_item item ON item.id = song.item_id
      WHERE song.album_id = album.id AND item.state = 'found')`;

/** All SQL of what catalogues said of albums. */
export function createProvided(db: Db) {
  const due = db.prepare<DueAlbum, [number, number, number, number]>(
    `SELECT * FROM (${albums}) due WHERE due.albumId > ?3 AND ${isDue} ORDER BY due.albumId LIMIT ?4`,
  );
  const count = db.prepare<{ count: number }, [number, number]>(
    `SELECT count(*) AS count FROM (${albums}) due WHERE ${isDue}`,
  );
  const want = db.prepare<never, [number, string, number]>(
    `INSERT INTO media_album_provided (album_id, asked, state, next_at_ms) SELECT ?1, ?2, 'wanted', ?3
       WHERE EXISTS (SELECT 1 FROM media_album WHERE id = ?1)
     ON CONFLICT DO UPDATE SET asked = excluded.asked, state = 'wanted', cover_url = NULL, tries = 0, next_at_ms = excluded.next_at_ms`,
  );
  const answered = db.prepare<never, [string | null, number, number]>(
    `UPDATE media_album_provided SET state = 'answered', details = ?, cover_url = NULL, tries = 0, answered_at_ms = ? WHERE album_id = ?`,
  );
  const settled = db.prepare<never, [number]>(
    "UPDATE media_album_provided SET state = 'settled' WHERE album_id = ? AND state = 'answered'",
  );
  const setCover = db.prepare<never, [string, number]>(
    "UPDATE media_album_provided SET cover_url = ?, tries = 0 WHERE album_id = ? AND state = 'settled'",
  );
  const later = db.prepare<never, [number, number]>(
    "UPDATE media_album_provided SET tries = tries + 1, next_at_ms = ? WHERE album_id = ?",
  );
  const songs = db.prepare<{ itemId: number }, [number]>(
    "SELECT item_id AS itemId FROM media_song WHERE album_id = ? ORDER BY disc_number DESC, track_number DESC, item_id DESC",
  );
  return {
    /** In order of id, after `afterId`. */
    due: (nowMs: number, withCovers: boolean, afterId: number, limit: number) =>
      due.all(nowMs, Number(withCovers), afterId, limit),
    dueCount: (nowMs: number, withCovers: boolean) => count.get(nowMs, Number(withCovers))?.count ?? 0,
    want: ({ albumId, asking: asked }: DueAlbum, nowMs: number) => void want.run(albumId, asked, nowMs),
    answered: (albumId: number, details: AlbumDetails | null, nowMs: number) =>
      void answered.run(details === null ? null : JSON.stringify(details), nowMs, albumId),
    settled: (albumId: number) => void settled.run(albumId),
    setCover: (albumId: number, url: string) => void setCover.run(url, albumId),
    later: (albumId: number, nextAtMs: number) => void later.run(nextAtMs, albumId),
    songsOf: (albumId: number) => songs.all(albumId).map(({ itemId }) => itemId),
  };
}

export type Provided = ReturnType<typeof createProvided>;

const yearOf = (day: string | null): number | null => (day === null ? null : Number(day.slice(0, 4)));

/**
 * Fills what the tags of an album's songs leave open with what a catalogue said of it. Part of the caller's transaction, after songs and
 * album were written from their tags: so these always go first, also when they come later.
 */
export function createFill(db: Db): (albumId: number) => void {
  const answer = db.prepare<{ details: string }, [number]>(
    "SELECT details FROM media_album_provided WHERE album_id = ? AND details IS NOT NULL",
  );
  const dates = db.prepare<never, [number | null, string | null, number | null, string | null, number]>(
    `UPDATE media_album SET year = ?1, release_date = ?2, original_year = ?3, original_date = ?4
     WHERE id = ?5 AND year IS NULL AND original_year IS NULL`,
  );
  const songDates = db.prepare<never, [number | null, number | null, number]>(
    "UPDATE media_song SET year = ?, original_year = ? WHERE album_id = ? AND year IS NULL AND original_year IS NULL",
  );
  const labels = db.prepare<never, [string, number]>(
    "UPDATE media_album SET labels_json = ? WHERE id = ? AND labels_json = '[]'",
  );
  const bare = db.prepare<{ itemId: number }, [number]>(
    `SELECT song.item_id AS itemId FROM media_song song WHERE song.album_id = ?
     AND NOT EXISTS (SELECT 1 FROM media_song_genre link WHERE link.item_id = song.item_id)`,
  );
  const genre = db.prepare<{ id: number }, [string, string]>(
    "INSERT INTO media_genre (fold, name) VALUES (?, ?) ON CONFLICT (fold) DO UPDATE SET fold = excluded.fold RETURNING id",
  );
  const link = db.prepare<never, [number, number]>(
    "INSERT OR IGNORE INTO media_song_genre (item_id, genre_id) VALUES (?, ?)",
  );
  // Which of several is which cannot be told.
  const artist = db.prepare<never, [string, number]>(
    `UPDATE media_artist SET mbid = ?1 WHERE mbid IS NULL
     AND id = (SELECT min(artist_id) FROM media_album_artist WHERE album_id = ?2 HAVING count(*) = 1)`,
  );
  return (albumId) => {
    const row = answer.get(albumId);
    if (row === null) return;
    const found = JSON.parse(row.details) as AlbumDetails;
    const original = found.originalDate ?? found.date;
    const year = yearOf(found.date) ?? yearOf(original);
    dates.run(year, found.date, yearOf(original), original, albumId);
    songDates.run(year, yearOf(original), albumId);
    labels.run(JSON.stringify(found.labels), albumId);
    const [mbid, ...others] = found.artistMbids;
    if (mbid !== undefined && others.length === 0) artist.run(mbid, albumId);
    const songs = bare.all(albumId);
    if (songs.length === 0) return;
    for (const name of found.genres) {
      const key = fold(name);
      if (key === "") continue;
      const { id } = genre.get(key, name) ?? { id: 0 };
      for (const { itemId } of songs) link.run(itemId, id);
    }
  };
}
