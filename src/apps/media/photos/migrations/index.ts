import type { Migration } from "#platform/db";

export const photosMigrations: Migration[] = [
  {
    id: "media-photos-001",
    sql: `
-- One row for a picture or film of a library of photos. read_of: what it was read from (etags and recipe); empty: known from its name alone.
-- file_…: what the file says; without it: what holds, with what people have set. taken_local_ms: the clock on the wall as if it were UTC;
-- day: 20240131. ratio: one character, see ratio.ts. cell_x, cell_y: place on a Mercator map, 20 bits each.
-- stack_key: pictures with the same are one, the highest stack_rank is shown.
-- is_shown: 0 for what is behind another in its stack. stack_id: item that is shown for it. motion_item_id: the film beside a live photo;
-- motion_offset, motion_bytes: the film inside the file. hash64: 8 bytes of a difference hash; null for what looks like nothing.
CREATE TABLE media_photo (
  item_id INTEGER PRIMARY KEY REFERENCES media_item (id) ON DELETE CASCADE,
  read_of TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('still', 'motion', 'video')),
  taken_local_ms INTEGER NOT NULL,
  offset_minutes INTEGER,
  taken_from TEXT NOT NULL,
  day INTEGER NOT NULL,
  file_local_ms INTEGER NOT NULL,
  file_offset_minutes INTEGER,
  file_from TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  ratio TEXT NOT NULL,
  duration_ms INTEGER,
  thumbhash BLOB,
  hash64 BLOB,
  latitude REAL,
  longitude REAL,
  file_latitude REAL,
  file_longitude REAL,
  cell_x INTEGER,
  cell_y INTEGER,
  country TEXT,
  camera TEXT,
  lens TEXT,
  exposure_seconds REAL,
  aperture REAL,
  iso INTEGER,
  focal_mm REAL,
  description TEXT,
  rating INTEGER,
  file_rating INTEGER,
  motion_offset INTEGER,
  motion_bytes INTEGER,
  motion_item_id INTEGER,
  content_id TEXT,
  stack_key TEXT NOT NULL,
  stack_rank INTEGER NOT NULL,
  is_shown INTEGER NOT NULL,
  stack_id INTEGER NOT NULL,
  words TEXT NOT NULL,
  problem TEXT
) STRICT;
CREATE INDEX media_photo_by_time ON media_photo (is_shown, day, taken_local_ms, item_id);
CREATE INDEX media_photo_by_cell ON media_photo (cell_x, cell_y) WHERE cell_x IS NOT NULL;
CREATE INDEX media_photo_by_stack ON media_photo (stack_id);
CREATE INDEX media_photo_by_key ON media_photo (stack_key);
CREATE INDEX media_photo_unread ON media_photo (item_id) WHERE read_of = '';
CREATE INDEX media_photo_broken ON media_photo (item_id) WHERE problem IS NOT NULL;

-- What people have set for everybody; kept when the file is read again.
CREATE TABLE media_photo_edit (
  item_id INTEGER PRIMARY KEY REFERENCES media_item (id) ON DELETE CASCADE,
  has_taken INTEGER NOT NULL,
  taken_local_ms INTEGER,
  offset_minutes INTEGER,
  has_place INTEGER NOT NULL,
  latitude REAL,
  longitude REAL,
  has_rating INTEGER NOT NULL,
  rating INTEGER,
  user_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

-- What a person has marked for themselves.
CREATE TABLE media_photo_mark (
  user_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  is_favourite INTEGER NOT NULL,
  is_archived INTEGER NOT NULL,
  PRIMARY KEY (user_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_photo_mark_by_item ON media_photo_mark (item_id);

CREATE TABLE media_photo_album (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  ordered_by TEXT NOT NULL CHECK (ordered_by IN ('date', 'own')),
  cover_id INTEGER,
  created_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER
) STRICT;
CREATE INDEX media_album_by_owner ON media_photo_album (owner_id);

CREATE TABLE media_photo_album_item (
  album_id INTEGER NOT NULL REFERENCES media_photo_album (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  added_by INTEGER NOT NULL,
  added_at_ms INTEGER NOT NULL,
  PRIMARY KEY (album_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_album_item_by_item ON media_photo_album_item (item_id);

CREATE TABLE media_photo_album_member (
  album_id INTEGER NOT NULL REFERENCES media_photo_album (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'group')),
  member_id INTEGER NOT NULL,
  contributes INTEGER NOT NULL,
  PRIMARY KEY (album_id, kind, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_album_member_by_member ON media_photo_album_member (kind, member_id);
`,
  },
];
