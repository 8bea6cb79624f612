import type { Generated, Insertable, Selectable } from "kysely";
import { type Db, queries } from "#platform/db";
import type { AppPasswordScope, ClientKind, Notice } from "./contract.ts";

interface Tables {
  session: {
    id: string;
    person_id: number;
    token_hash: string;
    created_at_ms: number;
    last_seen_at_ms: number;
    address: string;
    user_agent: string;
    /** JSON array of what was shown. */
    factors: string;
    factor_at_ms: number;
    device_id: string | null;
  };
  app_password_salt: { salt: string };
  known_device: { person_id: number; device: string; seen_at_ms: number };
  notice: {
    id: Generated<number>;
    person_id: number;
    kind: Notice["kind"];
    at_ms: number;
    address: string;
    device: string;
    subject: string;
    session_id: string | null;
  };
  app_password: {
    id: string;
    person_id: number;
    secret_hash: string;
    label: string;
    scope: AppPasswordScope;
    client: ClientKind;
    created_at_ms: number;
    last_used_at_ms: number | null;
    last_address: string | null;
  };
}

export type SessionRow = Selectable<Tables["session"]>;
export type NoticeRow = Selectable<Tables["notice"]>;
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
    find: (id: string): SessionRow | undefined => db.get(sql.selectFrom("session").selectAll().where("id", "=", id)),
    setFactors: (id: string, change: Partial<Pick<SessionRow, "token_hash" | "factors" | "factor_at_ms">>): void => {
      db.run(sql.updateTable("session").set(change).where("id", "=", id));
    },
    peopleWithDevice: (deviceId: string): { id: string; person_id: number }[] =>
      db.all(sql.selectFrom("session").select(["id", "person_id"]).where("device_id", "=", deviceId)),
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

/** All SQL about devices that were seen with a person, and about what a person should know. */
export function createNoticeRepository(db: Db) {
  return {
    devicesOf: (personId: number): { device: string; seen_at_ms: number }[] =>
      db.all(
        sql
          .selectFrom("known_device")
          .select(["device", "seen_at_ms"])
          .where("person_id", "=", personId)
          .orderBy("seen_at_ms", "desc"),
      ),
    setDevice: (personId: number, device: string, nowMs: number): void => {
      db.run(
        sql
          .insertInto("known_device")
          .values({ person_id: personId, device, seen_at_ms: nowMs })
          .onConflict((conflict) => conflict.columns(["person_id", "device"]).doUpdateSet({ seen_at_ms: nowMs })),
      );
    },
    removeDevices: (personId: number, devices: readonly string[]): void => {
      if (devices.length === 0) return;
      db.run(sql.deleteFrom("known_device").where("person_id", "=", personId).where("device", "in", devices));
    },
    insertNotice: (row: Insertable<Tables["notice"]>): void => {
      db.run(sql.insertInto("notice").values(row));
    },
    /** Newest first. */
    noticesOf: (personId: number): NoticeRow[] =>
      db.all(sql.selectFrom("notice").selectAll().where("person_id", "=", personId).orderBy("id", "desc")),
    removeNotices: (personId: number, ids: readonly number[]): number =>
      ids.length === 0 ? 0 : db.run(sql.deleteFrom("notice").where("person_id", "=", personId).where("id", "in", ids)),
  };
}

/** All SQL about app passwords. */
export function createAppPasswordRepository(db: Db) {
  return {
    insert: (row: AppPasswordRow): void => {
      db.run(sql.insertInto("app_password").values(row));
    },
    salts: (): string[] => db.all(sql.selectFrom("app_password_salt").selectAll()).map(({ salt }) => salt),
    insertSalt: (salt: string): void => {
      db.run(
        sql
          .insertInto("app_password_salt")
          .values({ salt })
          .onConflict((conflict) => conflict.doNothing()),
      );
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
    find: (personId: number, id: string): AppPasswordRow | undefined =>
      db.get(sql.selectFrom("app_password").selectAll().where("person_id", "=", personId).where("id", "=", id)),
    setUsed: (id: string, used: Pick<AppPasswordRow, "last_used_at_ms" | "last_address" | "client">): void => {
      db.run(sql.updateTable("app_password").set(used).where("id", "=", id));
    },
    setScope: (personId: number, id: string, scope: AppPasswordScope): number =>
      db.run(sql.updateTable("app_password").set({ scope }).where("person_id", "=", personId).where("id", "=", id)),
    removeAll: (personId: number): void => {
      db.run(sql.deleteFrom("app_password").where("person_id", "=", personId));
    },
    remove: (personId: number, id: string): number =>
      db.run(sql.deleteFrom("app_password").where("person_id", "=", personId).where("id", "=", id)),
  };
}
