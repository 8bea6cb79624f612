import type { Migration } from "#platform/db";

export const jobsMigrations: readonly Migration[] = [
  {
    id: "jobs-001",
    sql: `
CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  lane TEXT NOT NULL,
  payload TEXT NOT NULL,
  dedupe_key TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  run_at_ms INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until_ms INTEGER,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  progress_done INTEGER NOT NULL DEFAULT 0,
  progress_total INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  created_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  finished_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX job_dedupe ON job (kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX job_due ON job (lane, run_at_ms) WHERE state IN ('queued', 'running');
CREATE INDEX job_finished ON job (finished_at_ms) WHERE finished_at_ms IS NOT NULL;
CREATE TABLE job_schedule (
  name TEXT PRIMARY KEY,
  rhythm TEXT NOT NULL,
  next_at_ms INTEGER NOT NULL
) STRICT;
`,
  },
];
