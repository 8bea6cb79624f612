import type { Migration } from "#platform/db";

export const placesMigrations: readonly Migration[] = [
  {
    id: "places-001",
    sql: `
CREATE TABLE place (
  -- Never given again: entries of access name it.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  kind TEXT NOT NULL CHECK (kind IN ('webdav', 'sftp', 'smb', 's3')),
  address TEXT NOT NULL,
  user TEXT NOT NULL,
  container TEXT NOT NULL,
  folder TEXT NOT NULL,
  region TEXT NOT NULL,
  read_only INTEGER NOT NULL,
  -- Sealed; empty when there is none.
  secret TEXT NOT NULL,
  host_key TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  last_seen_at_ms INTEGER
) STRICT;
CREATE TABLE place_carry (
  job_id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL,
  -- JSON of the operation's input.
  task TEXT NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  -- JSON: names at the target by name at the source, so that a repeated run goes on with the same ones.
  names TEXT NOT NULL DEFAULT '{}',
  -- JSON list.
  skipped TEXT NOT NULL DEFAULT '[]',
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX place_carry_user ON place_carry (user_id, job_id);
CREATE TABLE place_upload (
  id TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL,
  place_id INTEGER NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_at_ms INTEGER,
  note TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;
`,
  },
];
