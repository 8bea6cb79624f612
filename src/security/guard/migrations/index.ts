import type { Migration } from "#platform/db";

export const guardMigrations: readonly Migration[] = [
  {
    id: "guard-001",
    sql: `
      CREATE TABLE guard_version (
        version INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        by_name TEXT NOT NULL,
        note TEXT NOT NULL,
        rule_count INTEGER NOT NULL,
        document TEXT NOT NULL
      ) STRICT;
      CREATE TABLE guard_ban (
        network TEXT PRIMARY KEY,
        since_ms INTEGER NOT NULL,
        until_ms INTEGER NOT NULL,
        strikes INTEGER NOT NULL,
        why TEXT NOT NULL,
        rule_id TEXT,
        by_name TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE guard_counter (
        rule_id TEXT PRIMARY KEY,
        matches INTEGER NOT NULL,
        would_have INTEGER NOT NULL,
        last_match_at_ms INTEGER,
        since_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
