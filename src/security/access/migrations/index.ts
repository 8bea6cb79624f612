import type { Migration } from "#platform/db";

export const accessMigrations: readonly Migration[] = [
  {
    id: "access-001",
    sql: `
      CREATE TABLE space_member (
        space_id INTEGER NOT NULL,
        user_id INTEGER NOT NULL,
        role TEXT NOT NULL,
        PRIMARY KEY (space_id, user_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX space_member_by_user ON space_member (user_id);
    `,
  },
  {
    id: "access-002",
    sql: `
      -- resource_id is the id of a node as a number, or that of another kind as text; a subject is one word, as user:7.
      -- actions are bits: read 1, write 2, share 4, manage 8.
      CREATE TABLE access_grant (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        resource_id ANY NOT NULL,
        subject TEXT NOT NULL,
        effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
        actions INTEGER NOT NULL,
        expires_at_ms INTEGER,
        created_by INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL,
        UNIQUE (kind, resource_id, subject)
      ) STRICT;
      CREATE INDEX access_grant_by_subject ON access_grant (subject);
    `,
  },
];
