import type { Migration } from "#platform/db";

export const importsMigrations: Migration[] = [
  {
    id: "imports-001",
    sql: `
-- order_json: folder, dataFolder, people and how; progress_json and brought_json as in the contract.
CREATE TABLE import_run (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
  order_json TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  reason TEXT,
  progress_json TEXT NOT NULL,
  brought_json TEXT NOT NULL,
  failure_count INTEGER NOT NULL,
  job_id INTEGER
) STRICT;
CREATE TABLE import_failure (
  run_id INTEGER NOT NULL,
  path TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX import_failure_by_run ON import_failure (run_id);

-- Ids from here on had never been given to anybody when the first import began.
CREATE TABLE import_ids (first_free INTEGER NOT NULL) STRICT;
`,
  },
];
