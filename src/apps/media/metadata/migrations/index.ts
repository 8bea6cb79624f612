import type { Migration } from "#platform/db";

export const metadataMigrations: Migration[] = [
  {
    id: "media-metadata-001",
    sql: `
-- What catalogues say of a film or series, by its first file. asked: what was asked for, so that another name is asked about anew.
-- chosen: a person said which one it is. state: wanted (not asked yet, or could not be), matched, unsure (nothing fits well enough).
CREATE TABLE media_provided (
  item_id INTEGER PRIMARY KEY REFERENCES media_item (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('film', 'series')),
  asked TEXT NOT NULL,
  is_chosen INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('wanted', 'matched', 'unsure')),
  fields TEXT NOT NULL DEFAULT '{}',
  pictures TEXT NOT NULL DEFAULT '[]',
  tries INTEGER NOT NULL DEFAULT 0,
  next_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX media_provided_due ON media_provided (next_at_ms) WHERE state = 'wanted';
`,
  },
  {
    id: "media-metadata-002",
    sql: `
-- Libraries in which what people set is written into NFO files.
CREATE TABLE media_nfo_library (library_id INTEGER PRIMARY KEY REFERENCES media_library (id) ON DELETE CASCADE) STRICT;

-- The last time that all of a library was written. cursor: id of the last work.
CREATE TABLE media_nfo_run (
  library_id INTEGER PRIMARY KEY REFERENCES media_library (id) ON DELETE CASCADE,
  job_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  done_count INTEGER NOT NULL,
  total_count INTEGER NOT NULL,
  written_count INTEGER NOT NULL,
  refused_count INTEGER NOT NULL,
  busy_ms INTEGER NOT NULL
) STRICT;

-- What was written of fields that people set, as JSON: field -> { value, before }, before: what the file said, or null.
CREATE TABLE media_nfo_written (
  work_id INTEGER PRIMARY KEY REFERENCES media_work (id) ON DELETE CASCADE,
  fields TEXT NOT NULL
) STRICT;

-- NFO files in which something is wrong.
CREATE TABLE media_nfo_problem (
  item_id INTEGER PRIMARY KEY REFERENCES media_item (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  message TEXT NOT NULL
) STRICT;
`,
  },
  {
    id: "media-metadata-003",
    sql: `
-- What catalogues say of the seasons of a series, by its first file. asked: the series in the catalogue, so that another one is asked
-- about anew. state: wanted (also again: what is known stays meanwhile), known, none (the catalogue has no such season).
CREATE TABLE media_provided_season (
  item_id INTEGER NOT NULL REFERENCES media_provided (item_id) ON DELETE CASCADE,
  season INTEGER NOT NULL,
  asked TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('wanted', 'known', 'none')),
  fields TEXT NOT NULL DEFAULT '{}',
  tries INTEGER NOT NULL DEFAULT 0,
  next_at_ms INTEGER NOT NULL,
  answered_at_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (item_id, season)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_provided_season_due ON media_provided_season (next_at_ms) WHERE state = 'wanted';

-- still: address of its picture at the catalogue.
CREATE TABLE media_provided_episode (
  item_id INTEGER NOT NULL,
  season INTEGER NOT NULL,
  episode INTEGER NOT NULL,
  fields TEXT NOT NULL,
  still TEXT,
  PRIMARY KEY (item_id, season, episode),
  FOREIGN KEY (item_id, season) REFERENCES media_provided_season (item_id, season) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`,
  },
  {
    id: "media-metadata-004",
    sql: `
-- Series that were matched before seasons were asked about are described anew after the start, with which theirs are.
DELETE FROM media_work_seen WHERE item_id IN (SELECT item_id FROM media_provided WHERE kind = 'series' AND state = 'matched');
`,
  },
];
