import type { Selectable } from "kysely";
import { type Db, queries } from "#platform/db";

interface Tables {
  login_provider: {
    id: string;
    name: string;
    issuer: string;
    client_id: string;
    sealed_secret: string | null;
    enabled: number;
    create_guests: number;
    created_at_ms: number;
  };
  login_provider_link: {
    provider_id: string;
    subject: string;
    person_id: number;
    label: string;
    linked_at_ms: number;
    last_used_at_ms: number | null;
  };
}

export type ProviderRow = Selectable<Tables["login_provider"]>;
export type LinkRow = Selectable<Tables["login_provider_link"]>;

const sql = queries<Tables>();

/** All SQL about other providers and the accounts linked to them. */
export function createProviderRepository(db: Db) {
  return {
    list: (): ProviderRow[] => db.all(sql.selectFrom("login_provider").selectAll().orderBy("name")),
    find: (id: string): ProviderRow | undefined =>
      db.get(sql.selectFrom("login_provider").selectAll().where("id", "=", id)),
    upsert: (row: ProviderRow): void => {
      const { id: _id, created_at_ms: _createdAtMs, ...rest } = row;
      db.run(
        sql
          .insertInto("login_provider")
          .values(row)
          .onConflict((conflict) => conflict.column("id").doUpdateSet(rest)),
      );
    },
    remove: (id: string): number => db.run(sql.deleteFrom("login_provider").where("id", "=", id)),
    linkBySubject: (providerId: string, subject: string): LinkRow | undefined =>
      db.get(
        sql
          .selectFrom("login_provider_link")
          .selectAll()
          .where("provider_id", "=", providerId)
          .where("subject", "=", subject),
      ),
    linksOf: (personId: number): LinkRow[] =>
      db.all(
        sql.selectFrom("login_provider_link").selectAll().where("person_id", "=", personId).orderBy("provider_id"),
      ),
    countLinks: (providerId: string): number =>
      db.all(sql.selectFrom("login_provider_link").select("subject").where("provider_id", "=", providerId)).length,
    insertLink: (row: LinkRow): void => {
      db.run(sql.insertInto("login_provider_link").values(row));
    },
    setLinkUsed: (providerId: string, subject: string, nowMs: number): void => {
      db.run(
        sql
          .updateTable("login_provider_link")
          .set({ last_used_at_ms: nowMs })
          .where("provider_id", "=", providerId)
          .where("subject", "=", subject),
      );
    },
    removeLink: (personId: number, providerId: string): number =>
      db.run(
        sql.deleteFrom("login_provider_link").where("person_id", "=", personId).where("provider_id", "=", providerId),
      ),
  };
}

export type ProviderRepository = ReturnType<typeof createProviderRepository>;
