import type { Migration } from "#platform/db";

export const ransomwareMigrations: readonly Migration[] = [
  {
    id: "ransomware-001",
    sql: `
-- How far the change log of a space was looked at.
CREATE TABLE ransomware_cursor (space_id INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;

-- What each device did by hour, for what is usual for it; hours are counted from 1970.
CREATE TABLE ransomware_hour (
  device TEXT NOT NULL,
  hour INTEGER NOT NULL,
  changes INTEGER NOT NULL,
  risky INTEGER NOT NULL,
  PRIMARY KEY (device, hour)
) STRICT, WITHOUT ROWID;

-- What speaks for an attack; a restart goes on with it.
CREATE TABLE ransomware_evidence (
  device TEXT NOT NULL,
  key TEXT NOT NULL,
  node_id INTEGER NOT NULL,
  space_id INTEGER NOT NULL,
  signal TEXT NOT NULL,
  points REAL NOT NULL,
  at_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  count INTEGER NOT NULL,
  -- Null while no incident came of it.
  incident_id INTEGER,
  PRIMARY KEY (device, key, at_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX ransomware_evidence_by_incident ON ransomware_evidence (incident_id);

-- Somebody said that it was them.
CREATE TABLE ransomware_lesson (
  device TEXT PRIMARY KEY,
  threshold REAL NOT NULL,
  at_ms INTEGER NOT NULL,
  by_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ransomware_incident (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  device TEXT NOT NULL,
  label TEXT NOT NULL,
  -- 0 for what writes behind our back.
  person_id INTEGER NOT NULL,
  began_at_ms INTEGER NOT NULL,
  stopped_at_ms INTEGER NOT NULL,
  -- JSON, without examples.
  verdict TEXT NOT NULL,
  closed_at_ms INTEGER,
  closed_by INTEGER,
  outcome TEXT
) STRICT;
CREATE UNIQUE INDEX ransomware_open_incident ON ransomware_incident (device) WHERE closed_at_ms IS NULL;
CREATE TABLE ransomware_incident_space (
  incident_id INTEGER NOT NULL REFERENCES ransomware_incident (id) ON DELETE CASCADE,
  space_id INTEGER NOT NULL,
  PRIMARY KEY (incident_id, space_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ransomware_rollback (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id INTEGER NOT NULL REFERENCES ransomware_incident (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  moment_ms INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER,
  by_id INTEGER NOT NULL,
  job_id INTEGER
) STRICT;
CREATE INDEX ransomware_rollback_by_incident ON ransomware_rollback (incident_id);
-- One act on one node, in the order of its doing. "undo" is what taking it back needs, as JSON.
CREATE TABLE ransomware_step (
  rollback_id INTEGER NOT NULL REFERENCES ransomware_rollback (id) ON DELETE CASCADE,
  ord INTEGER NOT NULL,
  node_id INTEGER NOT NULL,
  space_id INTEGER NOT NULL,
  act TEXT NOT NULL,
  -- JSON
  what TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  undo TEXT,
  PRIMARY KEY (rollback_id, ord)
) STRICT, WITHOUT ROWID;

CREATE TABLE ransomware_canary (
  node_id INTEGER PRIMARY KEY,
  space_id INTEGER NOT NULL
) STRICT;
`,
  },
  {
    id: "ransomware-002",
    // Scripts stay in a few folders, attacks go through all.
    sql: "ALTER TABLE ransomware_evidence ADD COLUMN folder_id INTEGER NOT NULL DEFAULT 0;",
  },
];
