import type { Migration } from "#platform/db";

export const vpnMigrations: readonly Migration[] = [
  {
    id: "vpn-001",
    sql: `
      CREATE TABLE vpn_setting (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        enabled INTEGER NOT NULL,
        range_v4 TEXT NOT NULL,
        range_v6 TEXT NOT NULL
      ) STRICT;
      CREATE TABLE vpn_peer (
        id TEXT PRIMARY KEY,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        device TEXT NOT NULL,
        host INTEGER NOT NULL UNIQUE,
        public_key TEXT NOT NULL UNIQUE,
        key_made_by TEXT NOT NULL,
        preshared_key_sealed TEXT NOT NULL,
        zones TEXT NOT NULL,
        keepalive INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER
      ) STRICT;
      CREATE INDEX vpn_peer_by_person ON vpn_peer (person_id);
      CREATE TABLE vpn_zone (
        id TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        label TEXT NOT NULL,
        targets TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    id: "vpn-002",
    sql: "ALTER TABLE vpn_peer ADD COLUMN last_handshake_at_ms INTEGER;",
  },
];
