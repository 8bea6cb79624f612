import type { Migration } from "#platform/db";

export const oidcMigrations: readonly Migration[] = [
  {
    id: "oidc-001",
    sql: `
      CREATE TABLE oidc_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE oidc_client (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        secret_hash TEXT,
        name TEXT NOT NULL,
        redirect_uris TEXT NOT NULL,
        post_logout_redirect_uris TEXT NOT NULL,
        everyone INTEGER NOT NULL,
        group_ids TEXT NOT NULL,
        person_ids TEXT NOT NULL,
        require_two_factors INTEGER NOT NULL,
        ask_consent INTEGER NOT NULL,
        offline_access INTEGER NOT NULL,
        signature_algorithm TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        last_used_at_ms INTEGER
      ) STRICT;
      CREATE TABLE oidc_subject (
        person_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
        subject TEXT NOT NULL UNIQUE
      ) STRICT;
      CREATE TABLE oidc_consent (
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        client_id TEXT NOT NULL REFERENCES oidc_client (id) ON DELETE CASCADE,
        scopes TEXT NOT NULL,
        granted_at_ms INTEGER NOT NULL,
        last_used_at_ms INTEGER NOT NULL,
        PRIMARY KEY (person_id, client_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE oidc_artifact (
        kind TEXT NOT NULL,
        id_hash TEXT NOT NULL,
        payload TEXT NOT NULL,
        uid TEXT,
        grant_id TEXT,
        subject TEXT,
        client_id TEXT,
        expires_at_ms INTEGER NOT NULL,
        consumed_at_ms INTEGER,
        PRIMARY KEY (kind, id_hash)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX oidc_artifact_by_expiry ON oidc_artifact (expires_at_ms);
      CREATE INDEX oidc_artifact_by_grant ON oidc_artifact (grant_id) WHERE grant_id IS NOT NULL;
      CREATE INDEX oidc_artifact_by_uid ON oidc_artifact (uid) WHERE uid IS NOT NULL;
      CREATE INDEX oidc_artifact_by_subject ON oidc_artifact (subject) WHERE subject IS NOT NULL;
      CREATE TABLE login_provider (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        issuer TEXT NOT NULL,
        client_id TEXT NOT NULL,
        sealed_secret TEXT,
        enabled INTEGER NOT NULL,
        create_guests INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE login_provider_link (
        provider_id TEXT NOT NULL REFERENCES login_provider (id) ON DELETE CASCADE,
        subject TEXT NOT NULL,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        label TEXT NOT NULL,
        linked_at_ms INTEGER NOT NULL,
        last_used_at_ms INTEGER,
        PRIMARY KEY (provider_id, subject),
        UNIQUE (person_id, provider_id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
