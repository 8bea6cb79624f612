import type { Migration } from "#platform/db";

export const subsonicMigrations: readonly Migration[] = [
  {
    id: "media-subsonic-001",
    sql: `
-- Secrets of app passwords for music apps, sealed: a client shows MD5 of secret and salt, so the secret has to be read again.
CREATE TABLE media_subsonic_secret (
  app_password_id TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  sealed TEXT NOT NULL,
  -- SHA-256, for a client that shows the secret alone.
  hash TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX media_subsonic_secret_by_user ON media_subsonic_secret (user_id);
`,
  },
];
