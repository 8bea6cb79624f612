import type { Migration } from "#platform/db";

export const factorsMigrations: readonly Migration[] = [
  {
    id: "factors-001",
    sql: `
      CREATE TABLE factor_totp (
        person_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
        sealed_secret TEXT NOT NULL,
        added_at_ms INTEGER NOT NULL,
        last_step INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE factor_passkey (
        id TEXT PRIMARY KEY,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        user_handle TEXT NOT NULL,
        host TEXT NOT NULL,
        public_key BLOB NOT NULL,
        counter INTEGER NOT NULL,
        transports TEXT NOT NULL,
        synced INTEGER NOT NULL,
        name TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        last_used_at_ms INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX factor_passkey_by_person ON factor_passkey (person_id);
      CREATE TABLE factor_recovery (
        person_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
        made_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE factor_recovery_code (
        person_id INTEGER NOT NULL REFERENCES factor_recovery (person_id) ON DELETE CASCADE,
        hash TEXT NOT NULL,
        PRIMARY KEY (person_id, hash)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE factor_policy (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        roles TEXT NOT NULL,
        provider_counts_as_two INTEGER NOT NULL
      ) STRICT;
    `,
  },
];
