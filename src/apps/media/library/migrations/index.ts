import type { Migration } from "#platform/db";

export const libraryMigrations: Migration[] = [
  {
    id: "media-library-001",
    sql: `
-- One row for a folder; switched off, nothing of it is shown and everything known stays.
CREATE TABLE media_library (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('films', 'series', 'music', 'photos', 'videos')),
  space_id INTEGER NOT NULL,
  folder_id INTEGER NOT NULL UNIQUE,
  is_on INTEGER NOT NULL,
  is_automatic INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- folder_id: the node that holds it; path: below the folder of the library. node_etag: of the row of node that was seen last.
-- state_before: what it was before it was gone. A disk that is away is not written here: see ItemState.
CREATE TABLE media_item (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  library_id INTEGER NOT NULL REFERENCES media_library (id) ON DELETE CASCADE,
  node_id INTEGER NOT NULL UNIQUE,
  space_id INTEGER NOT NULL,
  folder_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('video', 'audio', 'image', 'sidecar')),
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_at_ms INTEGER NOT NULL,
  sha1 TEXT,
  etag TEXT NOT NULL,
  node_etag INTEGER NOT NULL,
  content_key TEXT,
  state TEXT NOT NULL CHECK (state IN ('found', 'ready', 'broken', 'gone')),
  state_before TEXT,
  reason TEXT,
  added_at_ms INTEGER NOT NULL,
  gone_at_ms INTEGER
) STRICT;
CREATE INDEX media_item_by_library ON media_item (library_id, state, kind);
CREATE INDEX media_item_by_folder ON media_item (folder_id);
CREATE INDEX media_item_by_key ON media_item (content_key) WHERE content_key IS NOT NULL;
CREATE INDEX media_item_unkeyed ON media_item (id) WHERE content_key IS NULL AND state <> 'gone';
CREATE INDEX media_item_gone ON media_item (size_bytes) WHERE state = 'gone';

-- How far the change log of a space was followed.
CREATE TABLE media_seen (space_id INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;

-- The last scan of a library; cursor: id of the last folder that was compared.
CREATE TABLE media_scan (
  library_id INTEGER PRIMARY KEY REFERENCES media_library (id) ON DELETE CASCADE,
  job_id INTEGER,
  state TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  done_count INTEGER NOT NULL,
  total_count INTEGER NOT NULL,
  busy_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  finished_at_ms INTEGER,
  reason TEXT
) STRICT;
`,
  },
  {
    id: "media-library-002",
    sql: `
-- One row: from it come the places of a file that its key is read from. Keys of longer files made without it are made anew.
CREATE TABLE media_content_salt (salt BLOB NOT NULL) STRICT;
INSERT INTO media_content_salt VALUES (randomblob(32));
UPDATE media_item SET content_key = NULL WHERE size_bytes > 196608 AND state <> 'gone';
`,
  },
  {
    id: "media-library-003",
    sql: `
-- Since when it is put away; it is off then. The job libraries.forget forgets it later.
ALTER TABLE media_library ADD COLUMN removed_at_ms INTEGER;
`,
  },
  {
    id: "media-library-004",
    sql: `
-- Files that hide the folder they lie in, as they were seen last; see markers.ts.
CREATE TABLE media_marker (node_id INTEGER PRIMARY KEY, space_id INTEGER NOT NULL, folder_id INTEGER NOT NULL) STRICT;
CREATE INDEX media_marker_by_space ON media_marker (space_id);
`,
  },
  {
    id: "media-library-005",
    sql: `
-- For each song that is taken up, what lies beside it is looked for; a folder may hold thousands of songs.
CREATE INDEX media_item_beside_songs ON media_item (folder_id) WHERE kind <> 'audio';
-- Each scan asks for those of a whole space; other files are in no index for it.
CREATE INDEX node_media_marker ON node (space_id) WHERE name IN ('.nomedia', '.ignore');
`,
  },
];
