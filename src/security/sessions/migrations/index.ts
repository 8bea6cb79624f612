import type { Migration } from "#platform/db";

export const sessionsMigrations: readonly Migration[] = [
  {
    id: "sessions-001",
    sql: `
      CREATE TABLE session (
        id TEXT PRIMARY KEY,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        token_hash TEXT NOT NULL UNIQUE,
        created_at_ms INTEGER NOT NULL,
        last_seen_at_ms INTEGER NOT NULL,
        address TEXT NOT NULL,
        user_agent TEXT NOT NULL
      ) STRICT;
      CREATE INDEX session_by_person ON session (person_id);
      CREATE TABLE app_password (
        id TEXT PRIMARY KEY,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        secret_hash TEXT NOT NULL UNIQUE,
        label TEXT NOT NULL,
        scope TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        last_used_at_ms INTEGER,
        last_address TEXT
      ) STRICT;
      CREATE INDEX app_password_by_person ON app_password (person_id);
    `,
  },
  {
    id: "sessions-002",
    sql: `
      ALTER TABLE session ADD COLUMN factors TEXT NOT NULL DEFAULT '["password"]';
      ALTER TABLE session ADD COLUMN factor_at_ms INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN device_id TEXT;
      UPDATE session SET factor_at_ms = created_at_ms;
      CREATE INDEX session_by_device ON session (device_id) WHERE device_id IS NOT NULL;
      CREATE TABLE known_device (
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        device TEXT NOT NULL,
        seen_at_ms INTEGER NOT NULL,
        PRIMARY KEY (person_id, device)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE notice (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        address TEXT NOT NULL,
        device TEXT NOT NULL,
        subject TEXT NOT NULL,
        session_id TEXT
      ) STRICT;
      CREATE INDEX notice_by_person ON notice (person_id);
    `,
  },
  {
    id: "sessions-003",
    sql: "ALTER TABLE app_password ADD COLUMN client TEXT NOT NULL DEFAULT 'unknown'",
  },
  {
    id: "sessions-004",
    sql: `
      CREATE TABLE frozen_credential (
        key TEXT PRIMARY KEY,
        person_id INTEGER NOT NULL,
        message TEXT NOT NULL,
        at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: "sessions-salts",
    sql: `
      -- Of app passwords that another program gave out, whose hashes came along.
      CREATE TABLE app_password_salt (salt TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    `,
  },
];
