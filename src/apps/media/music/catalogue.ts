import type { Db } from "#platform/db";
import type { Credit } from "./credits.ts";
import { fold, sortNameOf } from "./fold.ts";
import { createFill } from "./provided.ts";
import { type AlbumReading, type SongReading, variousArtists } from "./reading.ts";

/** What the facts of the probe add to a song. */
export interface SongSound {
  readonly durationMs: number | null;
  readonly container: string;
  readonly codec: string;
  readonly bitsPerSecond: number | null;
  readonly samplesPerSecond: number | null;
  readonly bitDepth: number | null;
  readonly channels: number | null;
}

const roles = { artist: 0, composer: 1 } as const;
const yearOf = (date: string | null) => (date === null ? null : Number(date.slice(0, 4)));

/** Writes what was read of files: artists, albums and songs. Each call is part of the caller's transaction. */
export function createCatalogue(db: Db) {
  const artists = createArtists(db);
  const albums = createAlbums(db, artists);
  return { artists, albums, songs: createSongs(db, artists), sweep: createSweep(db), fill: createFill(db) };
}

export type Catalogue = ReturnType<typeof createCatalogue>;
type Artists = ReturnType<typeof createArtists>;

function createArtists(db: Db) {
  const byIdentity = db.prepare<{ id: number; sort_name: string; name: string }, [string]>(
    "SELECT id, sort_name, name FROM media_artist WHERE identity = ?",
  );
  const byFold = db.prepare<{ id: number }, [string]>(
    "SELECT id FROM media_artist WHERE fold = ? ORDER BY mbid IS NULL, id LIMIT 1",
  );
  const insert = db.prepare<{ id: number }, (string | null)[]>(
    "INSERT INTO media_artist (identity, name, sort_name, sort_fold, fold, mbid) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
  );
  const setSort = db.prepare("UPDATE media_artist SET sort_name = ?, sort_fold = ? WHERE id = ?");
  const setMbid = db.prepare("UPDATE media_artist SET identity = ?, mbid = ? WHERE id = ?");

  /** Id of whoever is credited; made when they are new. A name without an MusicBrainz id is whoever bears it already. */
  const idOf = (credit: Credit): number => {
    const key = fold(credit.name) || credit.name;
    const identity = credit.mbid === null ? `name:${key}` : `mbid:${credit.mbid}`;
    const sortName = credit.sortName ?? sortNameOf(credit.name);
    const known = byIdentity.get(identity);
    if (known !== null) {
      if (credit.sortName !== null && credit.sortName !== known.sort_name) {
        setSort.run(sortName, fold(sortName), known.id);
      }
      return known.id;
    }
    if (credit.mbid === null) {
      const namesake = byFold.get(key);
      if (namesake !== null) return namesake.id;
    } else {
      // Whoever was known by name alone has got an id now, and keeps stars.
      const nameless = byIdentity.get(`name:${key}`);
      if (nameless !== null) {
        setMbid.run(identity, credit.mbid, nameless.id);
        return nameless.id;
      }
    }
    const made = insert.get(identity, credit.name, sortName, fold(sortName) || sortName, key, credit.mbid);
    return made?.id ?? 0;
  };
  /** In order, each once. */
  const idsOf = (credits: readonly Credit[]): number[] => [...new Set(credits.map(idOf))];
  return { idOf, idsOf };
}

export interface AlbumRow {
  readonly id: number;
  readonly identity: string;
}

function createAlbums(db: Db, artists: Artists) {
  const find = db.prepare<AlbumRow, [number, string]>(
    "SELECT id, identity FROM media_album WHERE library_id = ? AND identity = ?",
  );
  const insert = db.prepare<{ id: number }, (string | number | null)[]>(
    `INSERT INTO media_album (library_id, identity, title, sort_title, sort_fold, title_fold, fold, artist_text, artist_fold,
       is_artist_known, is_compilation, types_json, labels_json, added_at_ms)
     VALUES (?, ?, '', '', '', '', '', '', '', 0, 0, '[]', '[]', ?) RETURNING id`,
  );
  const rename = db.prepare("UPDATE media_album SET identity = ?, library_id = ? WHERE id = ?");
  const update = db.prepare(
    `UPDATE media_album SET title = ?, sort_title = ?, sort_fold = ?, title_fold = ?, fold = ?, artist_text = ?, artist_fold = ?, is_artist_known = ?,
       year = ?, original_year = ?, release_date = ?, original_date = ?, is_compilation = ?, types_json = ?, labels_json = ?,
       catalog_number = ?, mbid = ? WHERE id = ?`,
  );
  const removeCredits = db.prepare("DELETE FROM media_album_artist WHERE album_id = ?");
  const addCredit = db.prepare("INSERT INTO media_album_artist (album_id, position, artist_id) VALUES (?, ?, ?)");
  const setCover = db.prepare("UPDATE media_album SET cover_item_id = ?, cover_version = ? WHERE id = ?");

  const setArtists = (albumId: number, credits: readonly Credit[]) => {
    removeCredits.run(albumId);
    for (const [position, artistId] of artists.idsOf(credits).entries()) addCredit.run(albumId, position, artistId);
  };
  /** What one of its songs says of it now; the one with the most to say is asked last. */
  const describe = (albumId: number, album: AlbumReading): void => {
    const sortTitle = album.sortTitle ?? sortNameOf(album.title);
    const text = fold(`${album.title} ${album.artistText}`);
    update.run(
      album.title,
      sortTitle,
      fold(sortTitle) || sortTitle,
      fold(album.title),
      text,
      album.artistText,
      artistOrder(album),
      Number(album.isArtistKnown),
      yearOf(album.date),
      yearOf(album.originalDate) ?? yearOf(album.date),
      album.date,
      album.originalDate,
      Number(album.isCompilation),
      JSON.stringify(album.types),
      JSON.stringify(album.labels),
      album.catalogNumber,
      album.mbid,
      albumId,
    );
    setArtists(albumId, album.artists);
  };
  return {
    find: (libraryId: number, identity: string) => find.get(libraryId, identity) ?? undefined,
    make: (libraryId: number, identity: string, addedAtMs: number): number =>
      insert.get(libraryId, identity, addedAtMs)?.id ?? 0,
    rename: (albumId: number, libraryId: number, identity: string) => void rename.run(identity, libraryId, albumId),
    describe,
    setCover: (albumId: number, itemId: number | null, version: string) => void setCover.run(itemId, version, albumId),
    settle: createSettle(db, setArtists),
  };
}

function artistOrder({ artists, artistText }: AlbumReading): string {
  const [first] = artists;
  const name = first?.sortName ?? sortNameOf(first?.name ?? artistText);
  return fold(name) || name;
}

/** What follows for an album from all of its songs. */
function createSettle(db: Db, setArtists: (albumId: number, credits: readonly Credit[]) => void) {
  const mains = db.prepare<{ count: number }, [number]>(
    `SELECT count(DISTINCT credit.artist_id) AS count FROM media_song song
     JOIN media_song_artist credit ON credit.item_id = song.item_id AND credit.role = 0 AND credit.position = 0
     WHERE song.album_id = ?`,
  );
  const isGuess = db.prepare<{ title: string }, [number]>(
    "SELECT title FROM media_album WHERE id = ? AND is_artist_known = 0",
  );
  const setVarious = db.prepare(
    "UPDATE media_album SET artist_text = ?, artist_fold = ?, fold = ?, is_compilation = 1 WHERE id = ?",
  );
  const setAdded = db.prepare(
    `UPDATE media_album SET added_at_ms = coalesce((SELECT min(item.added_at_ms) FROM media_song song
     JOIN media_item item ON item.id = song.item_id WHERE song.album_id = media_album.id), added_at_ms) WHERE id = ?`,
  );
  return (albumId: number): void => {
    setAdded.run(albumId);
    const guess = isGuess.get(albumId);
    if (guess === null || (mains.get(albumId)?.count ?? 0) < 2) return;
    setVarious.run(variousArtists, fold(variousArtists), fold(`${guess.title} ${variousArtists}`), albumId);
    setArtists(albumId, [{ name: variousArtists, sortName: null, mbid: null }]);
  };
}

function createSongs(db: Db, artists: Artists) {
  const columns = [
    "item_id,album_id,stamp,title,sort_title,sort_fold,title_fold,fold,artist_text,artist_fold,disc_number,disc_title,track_number,year",
    "original_year,bpm,comment,isrc,mbid,duration_ms,container,codec,bits_per_second,samples_per_second,bit_depth,channels",
    "track_db,track_peak,album_db,album_peak,cover_stream,has_lyrics",
  ]
    .join(",")
    .split(",");
  const updates = columns.slice(1).map((name) => `${name} = excluded.${name}`);
  const upsert = db.prepare<unknown, (string | number | null)[]>(
    `INSERT INTO media_song (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
     ON CONFLICT (item_id) DO UPDATE SET ${updates.join(", ")}`,
  );
  const removeCredits = db.prepare("DELETE FROM media_song_artist WHERE item_id = ?");
  const addCredit = db.prepare(
    "INSERT INTO media_song_artist (item_id, role, position, artist_id) VALUES (?, ?, ?, ?)",
  );
  const genre = db.prepare<{ id: number }, [string, string]>(
    "INSERT INTO media_genre (fold, name) VALUES (?, ?) ON CONFLICT (fold) DO UPDATE SET fold = excluded.fold RETURNING id",
  );
  const removeGenres = db.prepare("DELETE FROM media_song_genre WHERE item_id = ?");
  const addGenre = db.prepare("INSERT OR IGNORE INTO media_song_genre (item_id, genre_id) VALUES (?, ?)");
  const removeLyrics = db.prepare("DELETE FROM media_song_lyrics WHERE item_id = ?");
  const addLyrics = db.prepare("INSERT INTO media_song_lyrics (item_id, lyrics_item_id) VALUES (?, ?)");
  const withLyrics = db.prepare<{ itemId: number }, [number]>(
    "SELECT item_id AS itemId FROM media_song_lyrics WHERE lyrics_item_id = ?",
  );
  const albumIdOf = db.prepare<{ album_id: number }, [number]>("SELECT album_id FROM media_song WHERE item_id = ?");

  const put = (itemId: number, albumId: number, stamp: string, song: SongReading, sound: SongSound): void => {
    const sortTitle = song.sortTitle ?? sortNameOf(song.title);
    const text = fold(`${song.title} ${song.artistText} ${song.album.title} ${song.album.artistText}`);
    const names = [
      song.title,
      sortTitle,
      fold(sortTitle) || sortTitle,
      fold(song.title),
      text,
      song.artistText,
      fold(song.artistText),
    ];
    const place = [song.discNumber, song.discTitle, song.trackNumber, yearOf(song.date)];
    const more = [yearOf(song.originalDate) ?? yearOf(song.date), song.bpm, song.comment, song.isrc, song.mbid];
    const { durationMs, container, codec, bitsPerSecond, samplesPerSecond, bitDepth, channels } = sound;
    const heard = [durationMs, container, codec, bitsPerSecond, samplesPerSecond, bitDepth, channels];
    const { trackDb, trackPeak, albumDb, albumPeak } = song.gain;
    const last = [trackDb, trackPeak, albumDb, albumPeak, song.coverStream, Number(song.hasLyrics)];
    upsert.run(itemId, albumId, stamp, ...names, ...place, ...more, ...heard, ...last);
    removeCredits.run(itemId);
    for (const role of ["artist", "composer"] as const) {
      const credited = artists.idsOf(role === "artist" ? song.artists : song.composers);
      for (const [position, artistId] of credited.entries()) addCredit.run(itemId, roles[role], position, artistId);
    }
    removeGenres.run(itemId);
    for (const name of song.genres) addGenre.run(itemId, genre.get(fold(name), name)?.id ?? 0);
  };
  return {
    put,
    albumIdOf: (itemId: number) => albumIdOf.get(itemId)?.album_id,
    putLyrics: (itemId: number, lyricsItemIds: readonly number[]): void => {
      removeLyrics.run(itemId);
      for (const lyricsItemId of lyricsItemIds) addLyrics.run(itemId, lyricsItemId);
    },
    /** Ids of the songs that this file has been the lyrics of. */
    withLyrics: (lyricsItemId: number) => withLyrics.all(lyricsItemId).map(({ itemId }) => itemId),
  };
}

/** Removes what no song belongs to any more. What somebody has starred or rated stays for when it comes back; nobody sees it. */
function createSweep(db: Db) {
  const albums = db.prepare(
    `DELETE FROM media_album WHERE id IN (SELECT value FROM json_each(?))
     AND id NOT IN (SELECT album_id FROM media_song WHERE album_id = media_album.id)
     AND id NOT IN (SELECT album_id FROM media_album_mark WHERE album_id = media_album.id)`,
  );
  const artists = db.prepare(
    `DELETE FROM media_artist WHERE NOT EXISTS (SELECT 1 FROM media_song_artist WHERE artist_id = media_artist.id)
     AND NOT EXISTS (SELECT 1 FROM media_album_artist WHERE artist_id = media_artist.id)
     AND NOT EXISTS (SELECT 1 FROM media_artist_mark WHERE artist_id = media_artist.id)`,
  );
  const genres = db.prepare(
    "DELETE FROM media_genre WHERE NOT EXISTS (SELECT 1 FROM media_song_genre WHERE genre_id = media_genre.id)",
  );
  return {
    albums: (ids: readonly number[]) => void albums.run(JSON.stringify(ids)),
    /** Looks at all of them: after a pass, not after every song. */
    names: () => {
      artists.run();
      genres.run();
    },
  };
}
