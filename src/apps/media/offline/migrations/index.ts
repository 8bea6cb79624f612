import type { Migration } from "#platform/db";

export const offlineMigrations: readonly Migration[] = [
  {
    id: "media-offline-001",
    sql: `
-- A film made anew as one file, shared by all who asked for it. recipe: JSON of the rung and the sound; key: hash of content and recipe.
-- size_bytes: an estimate before it is ready. attempts: how often its making began.
CREATE TABLE media_offline_copy (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  content_key TEXT NOT NULL,
  recipe TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'making', 'ready', 'failed')),
  reason TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  size_bytes INTEGER NOT NULL,
  ready_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE media_offline_request (
  copy_id INTEGER NOT NULL REFERENCES media_offline_copy (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (copy_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_offline_request_by_user ON media_offline_request (user_id, at_ms);
CREATE INDEX media_offline_request_by_item ON media_offline_request (item_id);
`,
  },
];
