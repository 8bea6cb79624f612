import type { Migration } from "#platform/db";

export const probeMigrations: Migration[] = [
  {
    id: "media-probe-001",
    sql: `
-- What is inside files, by content; facts: MediaFacts as JSON, null for what cannot be read, then reason says why.
CREATE TABLE media_facts (
  id INTEGER PRIMARY KEY,
  content_key TEXT NOT NULL UNIQUE,
  recipe INTEGER NOT NULL,
  facts TEXT,
  reason TEXT
) STRICT;
CREATE INDEX media_facts_by_recipe ON media_facts (recipe);
`,
  },
];
