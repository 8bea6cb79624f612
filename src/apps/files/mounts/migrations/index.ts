import type { Migration } from "#platform/db";

export const mountsMigrations: readonly Migration[] = [
  {
    id: "mounts-001",
    sql: `
      -- Where a share or a space stands for one person, as far as it differs from what its owner says.
      CREATE TABLE mount (
        user_id INTEGER NOT NULL,
        node_id INTEGER NOT NULL,
        name TEXT,
        -- A folder of the person's own home; null is the top.
        folder_id INTEGER,
        declined_at_ms INTEGER,
        PRIMARY KEY (user_id, node_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX mount_by_node ON mount (node_id);
    `,
  },
];
