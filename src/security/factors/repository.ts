import type { Selectable } from "kysely";
import { type Db, queries } from "#platform/db";
import type { Role } from "#wire";
import type { Policy } from "./contract.ts";

interface Tables {
  factor_totp: { person_id: number; sealed_secret: string; added_at_ms: number; last_step: number };
  factor_passkey: {
    id: string;
    person_id: number;
    /** The account on the authenticator, base64url; one for all passkeys of a person. */
    user_handle: string;
    host: string;
    public_key: Uint8Array;
    counter: number;
    /** JSON array. */
    transports: string;
    synced: number;
    name: string;
    created_at_ms: number;
    last_used_at_ms: number | null;
  };
  factor_recovery: { person_id: number; made_at_ms: number };
  factor_recovery_code: { person_id: number; hash: string };
  factor_policy: { id: number; roles: string; provider_counts_as_two: number };
}

export type TotpRow = Selectable<Tables["factor_totp"]>;
export type PasskeyRow = Selectable<Tables["factor_passkey"]>;
export type FactorRepository = ReturnType<typeof createFactorRepository>;

const sql = queries<Tables>();

/** All SQL of the module. Writes of several statements want a transaction of the caller. */
export function createFactorRepository(db: Db) {
  return { ...totpStatements(db), ...passkeyStatements(db), ...recoveryStatements(db), ...policyStatements(db) };
}

function totpStatements(db: Db) {
  return {
    totpOf: (personId: number): TotpRow | undefined =>
      db.get(sql.selectFrom("factor_totp").selectAll().where("person_id", "=", personId)),
    setTotp: (row: TotpRow): void => {
      const { person_id: _, ...columns } = row;
      db.run(
        sql
          .insertInto("factor_totp")
          .values(row)
          .onConflict((conflict) => conflict.column("person_id").doUpdateSet(columns)),
      );
    },
    /** False when another request used this step, or a later one, first. */
    useTotpStep: (personId: number, step: number): boolean =>
      db.run(
        sql
          .updateTable("factor_totp")
          .set({ last_step: step })
          .where("person_id", "=", personId)
          .where("last_step", "<", step),
      ) === 1,
    removeTotp: (personId: number): boolean =>
      db.run(sql.deleteFrom("factor_totp").where("person_id", "=", personId)) === 1,
  };
}

function passkeyStatements(db: Db) {
  return {
    /** Oldest first. */
    passkeysOf: (personId: number): PasskeyRow[] =>
      db.all(
        sql
          .selectFrom("factor_passkey")
          .selectAll()
          .where("person_id", "=", personId)
          .orderBy("created_at_ms")
          .orderBy("id"),
      ),
    passkey: (id: string): PasskeyRow | undefined =>
      db.get(sql.selectFrom("factor_passkey").selectAll().where("id", "=", id)),
    insertPasskey: (row: PasskeyRow): void => {
      db.run(sql.insertInto("factor_passkey").values(row));
    },
    renamePasskey: (personId: number, id: string, name: string): boolean =>
      db.run(sql.updateTable("factor_passkey").set({ name }).where("person_id", "=", personId).where("id", "=", id)) ===
      1,
    /** False when it is gone, or was used with this or a later counter in the meantime (WebAuthn §6.1.1). */
    usePasskey: (id: string, before: number, counter: number, nowMs: number): boolean =>
      db.run(
        sql
          .updateTable("factor_passkey")
          .set({ counter, last_used_at_ms: nowMs })
          .where("id", "=", id)
          .where("counter", "=", before),
      ) === 1,
    removePasskey: (personId: number, id: string): boolean =>
      db.run(sql.deleteFrom("factor_passkey").where("person_id", "=", personId).where("id", "=", id)) === 1,
    removePasskeys: (personId: number): number =>
      db.run(sql.deleteFrom("factor_passkey").where("person_id", "=", personId)),
  };
}

function recoveryStatements(db: Db) {
  return {
    recoveryOf: (personId: number): { left: number; madeAtMs: number } | undefined => {
      const row = db.get(sql.selectFrom("factor_recovery").selectAll().where("person_id", "=", personId));
      if (row === undefined) return undefined;
      const { left = 0 } =
        db.get(
          sql
            .selectFrom("factor_recovery_code")
            .select((select) => select.fn.countAll<number>().as("left"))
            .where("person_id", "=", personId),
        ) ?? {};
      return { left, madeAtMs: row.made_at_ms };
    },
    setRecoveryCodes: (personId: number, hashes: readonly string[], nowMs: number): void => {
      db.run(sql.deleteFrom("factor_recovery").where("person_id", "=", personId));
      db.run(sql.insertInto("factor_recovery").values({ person_id: personId, made_at_ms: nowMs }));
      db.run(sql.insertInto("factor_recovery_code").values(hashes.map((hash) => ({ person_id: personId, hash }))));
    },
    /** False when there is no such code, or another request used it first. */
    useRecoveryCode: (personId: number, hash: string): boolean =>
      db.run(sql.deleteFrom("factor_recovery_code").where("person_id", "=", personId).where("hash", "=", hash)) === 1,
    removeRecovery: (personId: number): void => {
      db.run(sql.deleteFrom("factor_recovery").where("person_id", "=", personId));
    },
  };
}

function policyStatements(db: Db) {
  return {
    policy: (): Policy => {
      const row = db.get(sql.selectFrom("factor_policy").selectAll());
      return {
        rolesNeedingSecondFactor: row === undefined ? [] : (JSON.parse(row.roles) as Role[]),
        providerCountsAsTwo: row?.provider_counts_as_two === 1,
      };
    },
    setPolicy: (policy: Policy): void => {
      const columns = {
        roles: JSON.stringify(policy.rolesNeedingSecondFactor),
        provider_counts_as_two: Number(policy.providerCountsAsTwo),
      };
      db.run(
        sql
          .insertInto("factor_policy")
          .values({ id: 1, ...columns })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(columns)),
      );
    },
  };
}
