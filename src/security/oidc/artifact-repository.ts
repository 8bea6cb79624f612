import type { Selectable } from "kysely";
import { type Db, queries } from "#platform/db";

interface Tables {
  oidc_artifact: {
    kind: string;
    id_hash: string;
    payload: string;
    uid: string | null;
    grant_id: string | null;
    subject: string | null;
    client_id: string | null;
    expires_at_ms: number;
    consumed_at_ms: number | null;
  };
}

export type ArtifactRow = Selectable<Tables["oidc_artifact"]>;

const sql = queries<Tables>();

/** Only a hash of each code, token and session is kept: a stolen copy of the database opens nothing. */
export function artifactHash(kind: string, id: string): string {
  return Bun.SHA256.hash(`${kind}:${id}`, "base64url");
}

/** All SQL about codes, tokens, grants and sessions of the provider. */
export function createArtifactRepository(db: Db) {
  const find = (kind: string, idHash: string): ArtifactRow | undefined =>
    db.get(sql.selectFrom("oidc_artifact").selectAll().where("kind", "=", kind).where("id_hash", "=", idHash));
  return {
    find,
    /** Whose session a browser's cookie of the provider is. */
    sessionOf: (token: string): { accountId?: string; acr?: string } | undefined => {
      const row = find("Session", artifactHash("Session", token));
      return row === undefined ? undefined : (JSON.parse(row.payload) as { accountId?: string; acr?: string });
    },
    upsert: (row: ArtifactRow): void => {
      // Saving again never makes something fresh that was used.
      const { kind: _kind, id_hash: _id, consumed_at_ms: _consumed, ...rest } = row;
      db.run(
        sql
          .insertInto("oidc_artifact")
          .values(row)
          .onConflict((conflict) => conflict.columns(["kind", "id_hash"]).doUpdateSet(rest)),
      );
    },
    findByUid: (kind: string, uid: string): ArtifactRow | undefined =>
      db.get(sql.selectFrom("oidc_artifact").selectAll().where("kind", "=", kind).where("uid", "=", uid)),
    /** False when it was consumed before. */
    consume: (kind: string, idHash: string, nowMs: number): boolean =>
      db.run(
        sql
          .updateTable("oidc_artifact")
          .set({ consumed_at_ms: nowMs })
          .where("kind", "=", kind)
          .where("id_hash", "=", idHash)
          .where("consumed_at_ms", "is", null),
      ) === 1,
    remove: (kind: string, idHash: string): void => {
      db.run(sql.deleteFrom("oidc_artifact").where("kind", "=", kind).where("id_hash", "=", idHash));
    },
    /** Everything handed out under a grant, or what is of one kind. */
    removeGrant: (grantId: string, kind?: string): void => {
      const all = sql.deleteFrom("oidc_artifact").where("grant_id", "=", grantId);
      db.run(kind === undefined ? all : all.where("kind", "=", kind));
    },
    /** Everything of one person, or what one application holds of them. */
    removeOfSubject: (subject: string, clientId?: string): void => {
      const all = sql.deleteFrom("oidc_artifact").where("subject", "=", subject);
      db.run(clientId === undefined ? all : all.where("client_id", "=", clientId));
    },
    removeOfClient: (clientId: string): void => {
      db.run(sql.deleteFrom("oidc_artifact").where("client_id", "=", clientId));
    },
    removeExpired: (nowMs: number): void => {
      db.run(sql.deleteFrom("oidc_artifact").where("expires_at_ms", "<=", nowMs));
    },
  };
}

export type ArtifactRepository = ReturnType<typeof createArtifactRepository>;
