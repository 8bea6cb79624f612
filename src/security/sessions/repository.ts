import type { Selectable } from "kysely";
import { type Db, queries } from "#platform/db";
import type { AppPasswordScope } from "./contract.ts";

interface Tables {
  session: {
    id: string;
    person_id: number;
    token_hash: string;
    created_at_ms: number;
    last_seen_at_ms: number;
    address: string;
    user_agent: string;
  };
  app_password: {
    id: string;
    person_id: number;
    secret_hash: string;
    label: string;
    scope: AppPasswordScope;
    created_at_ms: number;
    last_used_at_ms: number | null;
    last_address: string | null;
  };
}

export type SessionRow = Selectable<Tables["session"]>;
export type AppPasswordRow = Selectable<Tables["app_password"]>;

const sql = queries<Tables>();

/** All SQL about sessions. */
export function createSessionRepository(db: Db) {
  return {
    insert: (row: SessionRow): void => {
      db.run(sql.insertInto("session").values(row));
    },
    findByHash: (tokenHash: string): SessionRow | undefined =>
      db.get(sql.selectFrom("session").selectAll().where("token_hash", "=", tokenHash)),
    /** Newest first. */
    listOf: (personId: number): SessionRow[] =>
      db.all(
        sql
          .selectFrom("session")
          .selectAll()
          .where("person_id", "=", personId)
          .orderBy("created_at_ms", "desc")
          .orderBy("id"),
      ),
    setSeen: (id: string, nowMs: number, address: string): void => {
      db.run(sql.updateTable("session").set({ last_seen_at_ms: nowMs, address }).where("id", "=", id));
    },
    remove: (personId: number, ids: readonly string[]): number =>
      db.run(sql.deleteFrom("session").where("person_id", "=", personId).where("id", "in", ids)),
    removeAll: (personId: number): number => db.run(sql.deleteFrom("session").where("person_id", "=", personId)),
    removeExpired: (seenBeforeMs: number, createdBeforeMs: number): void => {
      db.run(
        sql
          .deleteFrom("session")
          .where((where) =>
            where.or([where("last_seen_at_ms", "<=", seenBeforeMs), where("created_at_ms", "<=", createdBeforeMs)]),
          ),
      );
    },
  };
}

/** All SQL about app passwords. */
export function createAppPasswordRepository(db: Db) {
  return {
    insert: (row: AppPasswordRow): void => {
      db.run(sql.insertInto("app_password").values(row));
    },
    findByHash: (secretHash: string): AppPasswordRow | undefined =>
      db.get(sql.selectFrom("app_password").selectAll().where("secret_hash", "=", secretHash)),
    /** Newest first. */
    listOf: (personId: number): AppPasswordRow[] =>
      db.all(
        sql
          .selectFrom("app_password")
          .selectAll()
          .where("person_id", "=", personId)
          .orderBy("created_at_ms", "desc")
          .orderBy("id"),
      ),
    setUsed: (id: string, nowMs: number, address: string): void => {
      db.run(
        sql.updateTable("app_password").set({ last_used_at_ms: nowMs, last_address: address }).where("id", "=", id),
      );
    },
    remove: (personId: number, id: string): number =>
      db.run(sql.deleteFrom("app_password").where("person_id", "=", personId).where("id", "=", id)),
  };
}
