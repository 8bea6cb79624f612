import type { Selectable } from "kysely";
import { type Db, queries } from "#platform/db";
import type { CertificateScope, PolicyRule } from "./contract.ts";

interface Tables {
  certified_device: { id: string; person_id: number; name: string; created_at_ms: number };
  device_certificate: {
    serial: string;
    fingerprint: string;
    device_id: string;
    root_fingerprint: string;
    issued_at_ms: number;
    valid_from_ms: number;
    valid_to_ms: number;
    revoked_at_ms: number | null;
    key_made_on_device: number;
    last_used_at_ms: number | null;
    last_address: string | null;
  };
  certificate_rule: { person_id: number; scope: CertificateScope };
}

export type DeviceRow = Selectable<Tables["certified_device"]>;
export type CertificateRow = Selectable<Tables["device_certificate"]>;
export type Repository = ReturnType<typeof createRepository>;

const sql = queries<Tables>();
/** In the table of rules: everybody. */
const everybody = 0;

/** All SQL about certificates. */
export function createRepository(db: Db) {
  const certificates = sql.selectFrom("device_certificate").selectAll();
  const devices = sql.selectFrom("certified_device").selectAll();
  return {
    insertDevice: (row: DeviceRow): void => void db.run(sql.insertInto("certified_device").values(row)),
    insertCertificate: (row: CertificateRow): void => void db.run(sql.insertInto("device_certificate").values(row)),
    findDevice: (id: string): DeviceRow | undefined => db.get(devices.where("id", "=", id)),
    /** Newest first; of everybody without a person. */
    listDevices: (personId?: number): DeviceRow[] => {
      const ordered = devices.orderBy("created_at_ms", "desc").orderBy("id");
      return db.all(personId === undefined ? ordered : ordered.where("person_id", "=", personId));
    },
    /** Newest first. */
    certificatesOf: (deviceIds: readonly string[]): CertificateRow[] =>
      deviceIds.length === 0
        ? []
        : db.all(certificates.where("device_id", "in", deviceIds).orderBy("issued_at_ms", "desc").orderBy("serial")),
    listCertificates: (): CertificateRow[] => db.all(certificates.orderBy("issued_at_ms", "desc").orderBy("serial")),
    /** Not revoked and not over at that time. */
    liveCertificates: (nowMs: number): CertificateRow[] =>
      db.all(certificates.where("revoked_at_ms", "is", null).where("valid_to_ms", ">", nowMs)),
    /** Revoked and not over at that time: what a revocation list holds. */
    revokedCertificates: (nowMs: number): CertificateRow[] =>
      db.all(certificates.where("revoked_at_ms", "is not", null).where("valid_to_ms", ">", nowMs)),
    revoke: (serials: readonly string[], nowMs: number): void =>
      void (
        serials.length > 0 &&
        db.run(sql.updateTable("device_certificate").set({ revoked_at_ms: nowMs }).where("serial", "in", serials))
      ),
    setUsed: (serial: string, nowMs: number, address: string): void =>
      void db.run(
        sql
          .updateTable("device_certificate")
          .set({ last_used_at_ms: nowMs, last_address: address })
          .where("serial", "=", serial),
      ),
    /** Forgets certificates that were over by then, and devices without any. */
    removeEnded: (endedByMs: number): void => {
      db.transaction(() => {
        db.run(sql.deleteFrom("device_certificate").where("valid_to_ms", "<=", endedByMs));
        const withCertificate = sql.selectFrom("device_certificate").select("device_id");
        db.run(sql.deleteFrom("certified_device").where("id", "not in", withCertificate));
      });
    },
    rules: (): PolicyRule[] =>
      db
        .all(sql.selectFrom("certificate_rule").selectAll().orderBy("person_id").orderBy("scope"))
        .map((row) => ({ personId: row.person_id === everybody ? null : row.person_id, scope: row.scope })),
    setRules: (rules: readonly PolicyRule[]): void => {
      db.run(sql.deleteFrom("certificate_rule"));
      for (const { personId, scope } of rules) {
        db.run(
          sql
            .insertInto("certificate_rule")
            .values({ person_id: personId ?? everybody, scope })
            .onConflict((conflict) => conflict.doNothing()),
        );
      }
    },
  };
}
