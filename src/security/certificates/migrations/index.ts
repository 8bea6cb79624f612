import type { Migration } from "#platform/db";

export const certificatesMigrations: readonly Migration[] = [
  {
    id: "certificates-001",
    // No reference to the person: what was revoked stays on the list, whatever becomes of the account.
    sql: `
      CREATE TABLE certified_device (
        id TEXT PRIMARY KEY,
        person_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX certified_device_by_person ON certified_device (person_id);
      CREATE TABLE device_certificate (
        serial TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        device_id TEXT NOT NULL REFERENCES certified_device (id),
        root_fingerprint TEXT NOT NULL,
        issued_at_ms INTEGER NOT NULL,
        valid_from_ms INTEGER NOT NULL,
        valid_to_ms INTEGER NOT NULL,
        revoked_at_ms INTEGER,
        key_made_on_device INTEGER NOT NULL,
        last_used_at_ms INTEGER,
        last_address TEXT
      ) STRICT;
      CREATE INDEX device_certificate_by_device ON device_certificate (device_id);
      CREATE TABLE certificate_rule (
        person_id INTEGER NOT NULL,
        scope TEXT NOT NULL,
        PRIMARY KEY (person_id, scope)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
