import type { Migration } from "#platform/db";

export const tiersMigrations: Migration[] = [
  {
    id: "storage-tiers-001",
    sql: `
-- Content outside its volume. 'arriving' is not whole yet and may go at any time; 'kept' was read back; due_ms: nothing names it since
-- then plus a grace.
CREATE TABLE tier_object (
  id TEXT PRIMARY KEY,
  tier TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('arriving', 'kept')),
  due_ms INTEGER
) STRICT;
CREATE INDEX tier_object_by_tier ON tier_object (tier, state, size_bytes);
CREATE INDEX tier_object_due ON tier_object (due_ms) WHERE due_ms IS NOT NULL;

-- Which placeholder stands for it: number 0 is the file itself, another one a version of it. The placeholders are the truth. full: its
-- empty part takes space on the disk, as in a copy by a program that does not know better.
CREATE TABLE tier_ref (
  node_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  object_id TEXT NOT NULL,
  is_full INTEGER NOT NULL,
  PRIMARY KEY (node_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX tier_ref_by_object ON tier_ref (object_id);

-- A second copy on a fast disk; good as long as the file is the same.
CREATE TABLE tier_copy (
  node_id INTEGER PRIMARY KEY,
  tier TEXT NOT NULL,
  object_id TEXT NOT NULL,
  ino INTEGER NOT NULL,
  mtime_us INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE tier_mark (
  tier TEXT PRIMARY KEY,
  mark TEXT NOT NULL
) STRICT;

-- How often a file was opened, by day (days since 1970).
CREATE TABLE tier_open (
  node_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (node_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX tier_open_by_day ON tier_open (day);
`,
  },
];
