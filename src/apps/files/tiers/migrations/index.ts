import type { Migration } from "#platform/db";

export const tiersMigrations: Migration[] = [
  {
    id: "tiers-001",
    sql: `
-- The rules as JSON, one row.
CREATE TABLE tier_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  settings TEXT NOT NULL
) STRICT;

CREATE TABLE tier_placement (
  node_id INTEGER PRIMARY KEY,
  placement TEXT NOT NULL CHECK (placement IN ('auto', 'pin', 'never'))
) STRICT;

CREATE TABLE tier_run (
  id INTEGER PRIMARY KEY,
  job_id INTEGER,
  act TEXT NOT NULL CHECK (act IN ('apply', 'bring-back', 'fetch')),
  scope TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  done_bytes INTEGER NOT NULL,
  total_bytes INTEGER NOT NULL,
  done_files INTEGER NOT NULL,
  total_files INTEGER NOT NULL,
  skipped_files INTEGER NOT NULL,
  failed_files INTEGER NOT NULL,
  busy_ms INTEGER NOT NULL
) STRICT;
`,
  },
];
