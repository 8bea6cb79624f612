import type { Migration } from "#platform/db";

export const worksMigrations: Migration[] = [
  {
    id: "media-works-001",
    sql: `
CREATE INDEX media_item_by_path ON media_item (library_id, path);

-- type: a film, a home video, a series, a season of it (parent: the series), an episode (parent: the season). detail: what is only shown.
-- search: folded words of titles and people. artwork: JSON, by kind. sources: JSON, by field, where its value comes from.
CREATE TABLE media_work (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  library_id INTEGER NOT NULL REFERENCES media_library (id) ON DELETE CASCADE,
  type TEXT NOT NULL CHECK (type IN ('film', 'series', 'season', 'episode', 'video')),
  parent_id INTEGER REFERENCES media_work (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  sort_title TEXT NOT NULL,
  year INTEGER,
  season_number INTEGER,
  episode_number INTEGER,
  last_episode_number INTEGER,
  absolute_number INTEGER,
  air_date TEXT,
  duration_ms INTEGER,
  rating REAL,
  certification TEXT,
  imdb TEXT,
  tmdb TEXT,
  tvdb TEXT,
  search TEXT NOT NULL,
  detail TEXT NOT NULL,
  artwork TEXT NOT NULL,
  sources TEXT NOT NULL,
  added_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX media_work_by_library ON media_work (library_id, type, sort_title);
CREATE INDEX media_work_by_parent ON media_work (parent_id);

-- Files of films, videos and episodes, and extras also of series; seasons and series are repeated here, so that one look finds them.
-- A file that is gone keeps its row: it may come back.
CREATE TABLE media_work_file (
  work_id INTEGER NOT NULL REFERENCES media_work (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  season_id INTEGER,
  series_id INTEGER,
  version_key TEXT NOT NULL,
  edition TEXT,
  label TEXT,
  part INTEGER,
  extra_kind TEXT,
  extra_title TEXT,
  rank INTEGER NOT NULL,
  PRIMARY KEY (work_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_work_file_by_item ON media_work_file (item_id);
CREATE INDEX media_work_file_by_season ON media_work_file (season_id);
CREATE INDEX media_work_file_by_series ON media_work_file (series_id);

CREATE TABLE media_work_genre (
  work_id INTEGER NOT NULL REFERENCES media_work (id) ON DELETE CASCADE,
  genre TEXT NOT NULL,
  PRIMARY KEY (work_id, genre)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_work_genre_by_name ON media_work_genre (genre);

-- job: cast, director, writer.
CREATE TABLE media_work_person (
  work_id INTEGER NOT NULL REFERENCES media_work (id) ON DELETE CASCADE,
  job TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT,
  PRIMARY KEY (work_id, job, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_work_person_by_name ON media_work_person (name);

-- What people set, as JSON: it counts whatever else says.
CREATE TABLE media_work_lock (
  work_id INTEGER NOT NULL REFERENCES media_work (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (work_id, field)
) STRICT, WITHOUT ROWID;

-- The locks of a work before each change of them, the last changes only.
CREATE TABLE media_work_undo (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  work_id INTEGER NOT NULL REFERENCES media_work (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  before TEXT NOT NULL
) STRICT;
CREATE INDEX media_work_undo_by_work ON media_work_undo (work_id, id);

-- Items as they were when they were grouped; what differs is grouped again after a start.
CREATE TABLE media_work_seen (
  item_id INTEGER PRIMARY KEY REFERENCES media_item (id) ON DELETE CASCADE,
  stamp TEXT NOT NULL
) STRICT;

-- What brings a file together with others.
CREATE TABLE media_work_key (
  library_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  PRIMARY KEY (library_id, key, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_work_key_by_item ON media_work_key (item_id);
`,
  },
];
