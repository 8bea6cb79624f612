import type { Selectable, Updateable } from "kysely";
import { type Db, queries } from "#platform/db";
import type { OidcClient } from "./contract.ts";

interface Tables {
  oidc_setting: { name: string; value: string };
  oidc_client: {
    id: string;
    kind: OidcClient["kind"];
    secret_hash: string | null;
    name: string;
    redirect_uris: string;
    post_logout_redirect_uris: string;
    everyone: number;
    group_ids: string;
    person_ids: string;
    require_two_factors: number;
    ask_consent: number;
    offline_access: number;
    signature_algorithm: OidcClient["signatureAlgorithm"];
    created_at_ms: number;
    last_used_at_ms: number | null;
  };
  oidc_subject: { person_id: number; subject: string };
  oidc_consent: {
    person_id: number;
    client_id: string;
    scopes: string;
    granted_at_ms: number;
    last_used_at_ms: number;
  };
}

export type ClientRow = Selectable<Tables["oidc_client"]>;
export type ConsentRow = Selectable<Tables["oidc_consent"]>;

const sql = queries<Tables>();

/** All SQL about applications, what people have allowed them, and the names they know people by. */
export function createClientRepository(db: Db) {
  return {
    setting: (name: string): string | undefined =>
      db.get(sql.selectFrom("oidc_setting").select("value").where("name", "=", name))?.value,
    setSetting: (name: string, value: string | null): void => {
      db.run(sql.deleteFrom("oidc_setting").where("name", "=", name));
      if (value !== null) db.run(sql.insertInto("oidc_setting").values({ name, value }));
    },
    list: (): ClientRow[] => db.all(sql.selectFrom("oidc_client").selectAll().orderBy("name")),
    find: (id: string): ClientRow | undefined => db.get(sql.selectFrom("oidc_client").selectAll().where("id", "=", id)),
    insert: (row: ClientRow): void => {
      db.run(sql.insertInto("oidc_client").values(row));
    },
    update: (id: string, columns: Updateable<Tables["oidc_client"]>): void => {
      if (Object.keys(columns).length > 0) db.run(sql.updateTable("oidc_client").set(columns).where("id", "=", id));
    },
    remove: (id: string): number => db.run(sql.deleteFrom("oidc_client").where("id", "=", id)),
    subjectOf: (personId: number): string | undefined =>
      db.get(sql.selectFrom("oidc_subject").select("subject").where("person_id", "=", personId))?.subject,
    personOf: (subject: string): number | undefined =>
      db.get(sql.selectFrom("oidc_subject").select("person_id").where("subject", "=", subject))?.person_id,
    insertSubject: (personId: number, subject: string): void => {
      db.run(sql.insertInto("oidc_subject").values({ person_id: personId, subject }));
    },
    consent: (personId: number, clientId: string): ConsentRow | undefined =>
      db.get(
        sql.selectFrom("oidc_consent").selectAll().where("person_id", "=", personId).where("client_id", "=", clientId),
      ),
    consentsOf: (personId: number): ConsentRow[] =>
      db.all(
        sql.selectFrom("oidc_consent").selectAll().where("person_id", "=", personId).orderBy("last_used_at_ms", "desc"),
      ),
    setConsent: ({ scopes, last_used_at_ms, ...row }: ConsentRow): void => {
      db.run(
        sql
          .insertInto("oidc_consent")
          .values({ ...row, scopes, last_used_at_ms })
          .onConflict((conflict) =>
            conflict.columns(["person_id", "client_id"]).doUpdateSet({ scopes, last_used_at_ms }),
          ),
      );
    },
    removeConsent: (personId: number, clientId: string): number =>
      db.run(sql.deleteFrom("oidc_consent").where("person_id", "=", personId).where("client_id", "=", clientId)),
  };
}

export type ClientRepository = ReturnType<typeof createClientRepository>;
