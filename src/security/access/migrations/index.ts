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
];
