import type { Migration } from "#platform/db";

export const nextcloudMigrations: readonly Migration[] = [
  {
    id: "nextcloud-001",
    sql: `
      CREATE TABLE nextcloud_favorite (
        user_id INTEGER NOT NULL,
        node_id INTEGER NOT NULL,
        PRIMARY KEY (user_id, node_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX nextcloud_favorite_by_node ON nextcloud_favorite (node_id);

      -- A chunked upload: the folder a client made for it, and the upload of the storage that holds its bytes.
      CREATE TABLE nextcloud_upload (
        user_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        upload_id TEXT NOT NULL,
        total_bytes INTEGER,
        -- The file it has become, for a client that asks once more.
        node_id INTEGER,
        created_at_ms INTEGER NOT NULL,
        PRIMARY KEY (user_id, name)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE nextcloud_chunk (
        user_id INTEGER NOT NULL,
        upload TEXT NOT NULL,
        name TEXT NOT NULL,
        offset_bytes INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        PRIMARY KEY (user_id, upload, name),
        FOREIGN KEY (user_id, upload) REFERENCES nextcloud_upload (user_id, name) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;

      -- App passwords whose device shall delete what it has; the hash is all that is kept of the secret.
      CREATE TABLE nextcloud_wipe (
        secret_hash TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL,
        label TEXT NOT NULL,
        asked_at_ms INTEGER NOT NULL,
        done_at_ms INTEGER
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: "nextcloud-restores",
    sql: `
      ALTER TABLE nextcloud_wipe ADD COLUMN app_password_id TEXT NOT NULL DEFAULT '';

      -- Restores that clients have to know of; user 0 stands for everybody.
      CREATE TABLE nextcloud_restore (
        user_id INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        announced_at_ms INTEGER NOT NULL
      ) STRICT;
    `,
  },
];
