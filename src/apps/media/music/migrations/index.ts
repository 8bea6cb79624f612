import type { Migration } from "#platform/db";

export const musicMigrations: Migration[] = [
  {
    id: "media-music-001",
    sql: `
-- identity: "mbid:…" or "name:…". "fold" is for searching, "sort_fold" for the order.
CREATE TABLE media_artist (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  identity TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  sort_fold TEXT NOT NULL,
  fold TEXT NOT NULL,
  mbid TEXT
) STRICT;
CREATE INDEX media_artist_by_sort ON media_artist (sort_fold, id);

-- identity within its library: "mbid:…" of the release, or folder, album artist and title.
CREATE TABLE media_album (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  library_id INTEGER NOT NULL REFERENCES media_library (id) ON DELETE CASCADE,
  identity TEXT NOT NULL,
  title TEXT NOT NULL,
  sort_title TEXT NOT NULL,
  sort_fold TEXT NOT NULL,
  title_fold TEXT NOT NULL,
  fold TEXT NOT NULL,
  artist_text TEXT NOT NULL,
  artist_fold TEXT NOT NULL,
  -- 0: a guess from its songs.
  is_artist_known INTEGER NOT NULL,
  year INTEGER,
  original_year INTEGER,
  release_date TEXT,
  original_date TEXT,
  is_compilation INTEGER NOT NULL,
  types_json TEXT NOT NULL,
  labels_json TEXT NOT NULL,
  catalog_number TEXT,
  mbid TEXT,
  -- A picture beside the songs, or a song with one inside; null: none is known.
  cover_item_id INTEGER REFERENCES media_item (id) ON DELETE SET NULL,
  cover_version TEXT NOT NULL DEFAULT '',
  added_at_ms INTEGER NOT NULL,
  UNIQUE (library_id, identity)
) STRICT;
CREATE INDEX media_album_by_sort ON media_album (sort_fold, id);
CREATE INDEX media_album_by_artist ON media_album (artist_fold, original_year, sort_fold, id);
CREATE INDEX media_album_by_added ON media_album (added_at_ms, id);
CREATE TABLE media_album_artist (
  album_id INTEGER NOT NULL REFERENCES media_album (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  artist_id INTEGER NOT NULL REFERENCES media_artist (id),
  PRIMARY KEY (album_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_album_artist_by_artist ON media_album_artist (artist_id);

-- stamp: what it was made of; another one means that it is made again.
CREATE TABLE media_song (
  item_id INTEGER PRIMARY KEY REFERENCES media_item (id) ON DELETE CASCADE,
  album_id INTEGER NOT NULL REFERENCES media_album (id),
  stamp TEXT NOT NULL,
  title TEXT NOT NULL,
  sort_title TEXT NOT NULL,
  sort_fold TEXT NOT NULL,
  title_fold TEXT NOT NULL,
  fold TEXT NOT NULL,
  artist_text TEXT NOT NULL,
  artist_fold TEXT NOT NULL,
  disc_number INTEGER,
  disc_title TEXT,
  track_number INTEGER,
  year INTEGER,
  original_year INTEGER,
  bpm INTEGER,
  comment TEXT,
  isrc TEXT,
  mbid TEXT,
  duration_ms INTEGER,
  container TEXT NOT NULL,
  codec TEXT NOT NULL,
  bits_per_second INTEGER,
  samples_per_second INTEGER,
  bit_depth INTEGER,
  channels INTEGER,
  track_db REAL,
  track_peak REAL,
  album_db REAL,
  album_peak REAL,
  -- Index of the stream with its picture; null: none.
  cover_stream INTEGER,
  has_lyrics INTEGER NOT NULL
) STRICT;
CREATE INDEX media_song_by_album ON media_song (album_id, disc_number, track_number);
CREATE INDEX media_song_by_sort ON media_song (sort_fold, item_id);

-- role: 0 artist, 1 composer.
CREATE TABLE media_song_artist (
  item_id INTEGER NOT NULL REFERENCES media_song (item_id) ON DELETE CASCADE,
  role INTEGER NOT NULL,
  position INTEGER NOT NULL,
  artist_id INTEGER NOT NULL REFERENCES media_artist (id),
  PRIMARY KEY (item_id, role, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_song_artist_by_artist ON media_song_artist (artist_id, role, item_id);

CREATE TABLE media_genre (
  id INTEGER PRIMARY KEY,
  fold TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;
CREATE TABLE media_song_genre (
  item_id INTEGER NOT NULL REFERENCES media_song (item_id) ON DELETE CASCADE,
  genre_id INTEGER NOT NULL REFERENCES media_genre (id),
  PRIMARY KEY (item_id, genre_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_song_genre_by_genre ON media_song_genre (genre_id, item_id);

-- What people did. Songs are library items here, so that it outlives what is read from their tags.
CREATE TABLE media_song_mark (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  starred_at_ms INTEGER,
  rating INTEGER,
  plays INTEGER NOT NULL DEFAULT 0,
  played_at_ms INTEGER,
  PRIMARY KEY (person_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_song_mark_by_item ON media_song_mark (item_id);
CREATE TABLE media_song_play (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (person_id, at_ms, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_song_play_by_item ON media_song_play (item_id);
CREATE TABLE media_album_mark (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  album_id INTEGER NOT NULL REFERENCES media_album (id) ON DELETE CASCADE,
  starred_at_ms INTEGER,
  rating INTEGER,
  PRIMARY KEY (person_id, album_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_album_mark_by_album ON media_album_mark (album_id);
CREATE TABLE media_artist_mark (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  artist_id INTEGER NOT NULL REFERENCES media_artist (id) ON DELETE CASCADE,
  starred_at_ms INTEGER,
  rating INTEGER,
  PRIMARY KEY (person_id, artist_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_artist_mark_by_artist ON media_artist_mark (artist_id);

CREATE TABLE media_playlist (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  comment TEXT NOT NULL,
  sharing TEXT NOT NULL,
  -- Null for a list made by hand.
  rules_json TEXT,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER
) STRICT;
CREATE INDEX media_playlist_by_owner ON media_playlist (owner_id);
-- position: in this order, with gaps. label: what the song was called, for when it is gone.
CREATE TABLE media_playlist_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  playlist_id INTEGER NOT NULL REFERENCES media_playlist (id) ON DELETE CASCADE,
  position REAL NOT NULL,
  item_id INTEGER REFERENCES media_item (id) ON DELETE SET NULL,
  label TEXT NOT NULL
) STRICT;
CREATE INDEX media_playlist_entry_in_order ON media_playlist_entry (playlist_id, position, id);
CREATE INDEX media_playlist_entry_by_item ON media_playlist_entry (item_id);

CREATE TABLE media_play_queue (
  person_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  item_ids_json TEXT NOT NULL,
  position INTEGER NOT NULL,
  position_ms INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  saved_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE media_bookmark (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  position_ms INTEGER NOT NULL,
  comment TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  PRIMARY KEY (person_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_bookmark_by_item ON media_bookmark (item_id);
CREATE TABLE media_station (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  stream_url TEXT NOT NULL,
  home_page_url TEXT
) STRICT;
`,
  },
  {
    id: "media-music-002",
    sql: `
-- Files with lyrics beside songs, which have rights of their own; since then has_lyrics is about the song's own tags alone.
CREATE TABLE media_song_lyrics (
  item_id INTEGER NOT NULL REFERENCES media_song (item_id) ON DELETE CASCADE,
  lyrics_item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  PRIMARY KEY (item_id, lyrics_item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_song_lyrics_by_file ON media_song_lyrics (lyrics_item_id);
`,
  },
  {
    id: "media-music-003",
    sql: `
-- What a catalogue said of an album, for what its tags leave open. asked: what was asked for, so that another name is asked about anew.
-- state: wanted (not asked yet, or could not be), answered (its songs are still to be taken up anew), settled. details: null for nothing
-- that is clear. cover_url: null while not asked for, empty when there is none.
CREATE TABLE media_album_provided (
  album_id INTEGER PRIMARY KEY REFERENCES media_album (id) ON DELETE CASCADE,
  asked TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('wanted', 'answered', 'settled')),
  details TEXT,
  cover_url TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  next_at_ms INTEGER NOT NULL,
  answered_at_ms INTEGER
) STRICT;
`,
  },
];
