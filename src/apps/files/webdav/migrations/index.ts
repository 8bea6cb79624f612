import type { Migration } from "#platform/db";

export const webdavMigrations: readonly Migration[] = [
  {
    id: "webdav-001",
    sql: `
      CREATE TABLE webdav_property (
        node_id INTEGER NOT NULL,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        xml TEXT NOT NULL,
        PRIMARY KEY (node_id, namespace, name)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE webdav_lock (
        token TEXT PRIMARY KEY,
        node_id INTEGER NOT NULL,
        is_deep INTEGER NOT NULL,
        is_exclusive INTEGER NOT NULL,
        owner_xml TEXT NOT NULL,
        user_id INTEGER NOT NULL,
        timeout_seconds INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: "webdav-002",
    sql: `
      -- 0: of a person, with all their programs; 2: of the program that holds the token.
      ALTER TABLE webdav_lock ADD COLUMN kind INTEGER NOT NULL DEFAULT 2;
      ALTER TABLE webdav_lock ADD COLUMN created_at_ms INTEGER NOT NULL DEFAULT 0;
      UPDATE webdav_lock SET created_at_ms = expires_at_ms - 1000 * timeout_seconds;
    `,
  },
];
