import type { Migration } from "#platform/db";

export const extrasMigrations: Migration[] = [
  {
    id: "media-extras-001",
    sql: `
-- What was made from the content of files; kind: subtitles, trickplay, loudness, fingerprint, ranges; value: JSON, null when there is
-- none or it could not be made. Files lie beside the database, by content.
CREATE TABLE media_extra (
  content_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  recipe INTEGER NOT NULL,
  value TEXT,
  PRIMARY KEY (content_key, kind)
) STRICT;
`,
  },
  {
    id: "media-extras-002",
    sql: `
-- Why the last try failed (then there is no value), how many have, and when; null when it was made, or there is none.
ALTER TABLE media_extra ADD COLUMN failure TEXT;
ALTER TABLE media_extra ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media_extra ADD COLUMN tried_at_ms INTEGER NOT NULL DEFAULT 0;
-- Of subtitles, no value has only ever meant that the pass failed.
UPDATE media_extra SET failure = 'damaged', tries = 1 WHERE kind = 'subtitles' AND value IS NULL;
`,
  },
];
