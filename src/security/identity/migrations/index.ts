import type { Migration } from "#platform/db";

export const identityMigrations: readonly Migration[] = [
  {
    id: "identity-001",
    sql: `
      CREATE TABLE person (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        display_name TEXT NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0,
        quota_bytes INTEGER,
        created_at_ms INTEGER NOT NULL,
        last_seen_at_ms INTEGER
      ) STRICT;
      CREATE TABLE person_role (
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        role TEXT NOT NULL,
        PRIMARY KEY (person_id, role)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE person_password (
        person_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
        hash TEXT NOT NULL,
        changed_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE person_group (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE
      ) STRICT;
      CREATE TABLE person_group_member (
        group_id INTEGER NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        PRIMARY KEY (group_id, person_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX person_group_member_by_person ON person_group_member (person_id);
    `,
  },
];
