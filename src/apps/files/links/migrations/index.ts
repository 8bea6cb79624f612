import type { Migration } from "#platform/db";

export const linksMigrations: readonly Migration[] = [
  {
    id: "links-001",
    sql: `
CREATE TABLE link (
  id TEXT PRIMARY KEY,
  token TEXT NOT NULL UNIQUE,
  node_id INTEGER NOT NULL,
  creator_id INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('view', 'upload')),
  password_hash TEXT,
  -- Signs the cookies of visitors who gave the password; a new password makes a new key.
  cookie_key BLOB NOT NULL,
  expires_at_ms INTEGER,
  download_limit INTEGER,
  downloads INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL,
  last_used_at_ms INTEGER
) STRICT;
CREATE INDEX link_node ON link (node_id);
CREATE INDEX link_creator ON link (creator_id);
`,
  },
];
