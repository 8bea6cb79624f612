import type { Migration } from "#platform/db";

export const auditMigrations: readonly Migration[] = [
  {
    id: "audit-001",
    sql: `
      CREATE TABLE audit_entry (
        seq INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        first_at_ms INTEGER NOT NULL,
        count INTEGER NOT NULL,
        user_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        via TEXT NOT NULL,
        factors TEXT NOT NULL,
        credential_id TEXT,
        address TEXT NOT NULL,
        user_agent TEXT NOT NULL,
        operation TEXT NOT NULL,
        resources TEXT NOT NULL,
        outcome TEXT NOT NULL,
        detail TEXT NOT NULL,
        request_id TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE INDEX audit_entry_by_time ON audit_entry (at_ms);
      CREATE INDEX audit_entry_by_user ON audit_entry (user_id, seq);
      CREATE INDEX audit_entry_by_refusal ON audit_entry (seq) WHERE outcome <> 'allowed';
      CREATE TABLE audit_head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        count INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        pinned_seq INTEGER NOT NULL,
        mac TEXT NOT NULL
      ) STRICT;
      CREATE TABLE audit_checkpoint (
        first_seq INTEGER PRIMARY KEY,
        cut_count INTEGER NOT NULL,
        hash TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        mac TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER audit_entry_keeps_values BEFORE UPDATE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_entry_keeps_rows BEFORE DELETE ON audit_entry
        WHEN OLD.seq >= coalesce((SELECT max(first_seq) FROM audit_checkpoint), 0)
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_entry_appends BEFORE INSERT ON audit_entry
        WHEN NEW.seq <= (SELECT max(seq) FROM audit_entry)
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_checkpoint_keeps_values BEFORE UPDATE ON audit_checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint of the audit log stays'); END;
      CREATE TRIGGER audit_checkpoint_keeps_rows BEFORE DELETE ON audit_checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint of the audit log stays'); END;
    `,
  },
];
