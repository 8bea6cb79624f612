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
];
