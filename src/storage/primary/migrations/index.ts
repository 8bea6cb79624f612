import type { Migration } from "#platform/db";
import { tiersMigrations } from "./tiers.ts";

export const storageMigrations: Migration[] = [
  {
    id: "storage-001",
    sql: `
CREATE TABLE volume (
  name TEXT PRIMARY KEY,
  sentinel TEXT NOT NULL
) STRICT;

CREATE TABLE space (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('home', 'shared')),
  name TEXT NOT NULL,
  volume TEXT NOT NULL REFERENCES volume(name),
  folder TEXT NOT NULL,
  root_id INTEGER NOT NULL,
  quota_bytes INTEGER,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  UNIQUE (kind, name)
) STRICT;

-- parent_id: null is the root of a space; -id is detached (in the trash, or gone from the disk and waiting to be recognised elsewhere).
CREATE TABLE node (
  id INTEGER PRIMARY KEY,
  space_id INTEGER NOT NULL,
  parent_id INTEGER,
  name TEXT NOT NULL,
  fold TEXT NOT NULL,
  kind INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  count INTEGER NOT NULL,
  mtime_us INTEGER NOT NULL,
  btime_us INTEGER NOT NULL,
  ino INTEGER NOT NULL,
  etag INTEGER NOT NULL,
  sha1 BLOB
) STRICT;
CREATE UNIQUE INDEX node_by_name ON node (parent_id, fold, name);
CREATE INDEX node_by_inode ON node (ino);

-- The id that the next node gets.
CREATE TABLE node_id (next INTEGER NOT NULL) STRICT;
INSERT INTO node_id VALUES (1);

CREATE TABLE change (
  space_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  node_id INTEGER NOT NULL,
  act TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (space_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE trash (
  id TEXT PRIMARY KEY,
  space_id INTEGER NOT NULL,
  node_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  original_path TEXT NOT NULL,
  deleted_at_ms INTEGER NOT NULL,
  deleted_by TEXT
) STRICT;
CREATE INDEX trash_by_space ON trash (space_id, deleted_at_ms);
CREATE UNIQUE INDEX trash_by_node ON trash (node_id);

CREATE TABLE upload (
  id TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL,
  volume TEXT NOT NULL,
  parent_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_at_ms INTEGER,
  expires_at_ms INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;

-- Acts that were acknowledged but whose file system entries may not have reached the disk yet.
CREATE TABLE redo (
  id INTEGER PRIMARY KEY,
  volume TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('write', 'folder', 'rename', 'delete')),
  path TEXT NOT NULL,
  source TEXT,
  ino INTEGER,
  mtime_us INTEGER,
  content BLOB
) STRICT;
`,
  },
  {
    id: "storage-002",
    sql: `
-- Paths relative to the volume; inode and birth time say which file it is; boot and time tell what a power cut can have taken.
DROP TABLE redo;
CREATE TABLE redo (
  id INTEGER PRIMARY KEY,
  volume TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('write', 'folder', 'rename', 'delete')),
  path TEXT NOT NULL,
  source TEXT,
  ino INTEGER,
  btime_us INTEGER,
  mtime_us INTEGER,
  content BLOB,
  at_ms INTEGER NOT NULL,
  boot TEXT NOT NULL
) STRICT;
`,
  },
  {
    id: "storage-003",
    sql: `
-- The folder something was removed from: its rules still hold for it in the trash.
ALTER TABLE trash ADD COLUMN parent_id INTEGER;
`,
  },
  {
    id: "storage-004",
    sql: `
-- Earlier contents of files, each a hard link in the volume's own folder. Inode and birth time say which file it is. Without the
-- ids of people: somebody who wrote behind our back, or before the change log reaches back.
CREATE TABLE version (
  node_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  space_id INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_us INTEGER NOT NULL,
  btime_us INTEGER NOT NULL,
  ino INTEGER NOT NULL,
  sha1 BLOB,
  author_id INTEGER,
  replaced_by INTEGER,
  replaced_at_ms INTEGER NOT NULL,
  PRIMARY KEY (node_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_by_space ON version (space_id, replaced_at_ms, size_bytes);
`,
  },
  {
    id: "storage-005",
    sql: `
-- Which app password or session made a change; where a node was before; which version keeps what was replaced.
ALTER TABLE change ADD COLUMN device TEXT;
ALTER TABLE change ADD COLUMN from_parent_id INTEGER;
ALTER TABLE change ADD COLUMN from_name TEXT;
ALTER TABLE change ADD COLUMN kept_version INTEGER;
`,
  },
  ...tiersMigrations,
  {
    id: "storage-carried-etags",
    sql: `
-- Of a file that was taken over from elsewhere and has not changed since: its etag there, so that clients need not fetch it again.
ALTER TABLE node ADD COLUMN carried_etag TEXT;
`,
  },
];
