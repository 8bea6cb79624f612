import type { Migration } from "#platform/db";
import { certificateRows } from "../certificates.ts";

const certificates = certificateRows().map(([mark, age]) => `('${mark}', ${age})`);

export const watchMigrations: readonly Migration[] = [
  {
    id: "media-watch-001",
    sql: `
-- What a person did with an item. position_at_ms: when they were there, by the clock of the server; at_ms: the last change of all.
CREATE TABLE media_watch (
  user_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  position_ms INTEGER,
  duration_ms INTEGER,
  is_watched INTEGER NOT NULL,
  play_count INTEGER NOT NULL,
  is_favourite INTEGER NOT NULL,
  rating INTEGER,
  position_at_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_watch_recent ON media_watch (user_id, at_ms);
CREATE INDEX media_watch_by_item ON media_watch (item_id);

-- before: the row of media_watch as JSON, null when there was none.
CREATE TABLE media_watch_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES media_item (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  act TEXT NOT NULL,
  before TEXT
) STRICT;
CREATE INDEX media_watch_event_by_user ON media_watch_event (user_id, id);
CREATE INDEX media_watch_event_by_item ON media_watch_event (item_id, user_id, id);

-- library_ids: a JSON array, null for all.
CREATE TABLE media_watch_limit (
  user_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  max_age INTEGER,
  allows_unrated INTEGER NOT NULL,
  library_ids TEXT,
  max_height INTEGER,
  max_bits_per_second INTEGER
) STRICT;

-- Age classes by the marks of films; see certificates.ts.
CREATE TABLE media_certificate (mark TEXT PRIMARY KEY, age INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO media_certificate VALUES ${certificates.join(", ")};
`,
  },
  {
    id: "media-watch-002",
    sql: `
-- device: user agent of a browser, or the name of an app password. removed_at_ms: taken out of the history, which can be undone for a while.
ALTER TABLE media_watch_event ADD COLUMN device TEXT;
ALTER TABLE media_watch_event ADD COLUMN removed_at_ms INTEGER;
`,
  },
  {
    id: "media-watch-003",
    sql: `
-- Other versions whose rows this one was written upon, as a JSON array; null: none, as before works had positions.
ALTER TABLE media_watch ADD COLUMN upon TEXT;
`,
  },
  {
    id: "media-watch-004",
    sql: `
CREATE INDEX media_watch_event_removed ON media_watch_event (removed_at_ms) WHERE removed_at_ms IS NOT NULL;
`,
  },
];
