import { type Db, queries } from "#platform/db";
import type { SpaceRole } from "./capabilities.ts";
import type { AccessResource } from "./contract.ts";
import { type Entry, type NewEntry, subjectKey, subjectOf } from "./entries.ts";

interface Tables {
  space_member: { space_id: number; user_id: number; role: SpaceRole };
}

const sql = queries<Tables>();

export interface SpaceMember {
  readonly userId: number;
  readonly role: SpaceRole;
}

export interface Membership {
  readonly spaceId: number;
  readonly role: SpaceRole;
}

interface GrantRow {
  readonly id: number;
  readonly kind: AccessResource["kind"];
  readonly resource_id: number | string;
  readonly subject: string;
  readonly effect: Entry["effect"];
  readonly actions: number;
  readonly expires_at_ms: number | null;
  readonly created_by: number;
  readonly created_at_ms: number;
}

type NewRow = [string, number | string, string, string, number, number | null, number, number];

/** All SQL of the module but the filter of listings. */
export function createRepository(db: Db) {
  return { ...membersRepository(db), ...entriesRepository(db) };
}

export type Repository = ReturnType<typeof createRepository>;

function membersRepository(db: Db) {
  return {
    membersOf: (spaceId: number): SpaceMember[] =>
      db.all(
        sql
          .selectFrom("space_member")
          .select(["user_id as userId", "role"])
          .where("space_id", "=", spaceId)
          .orderBy("user_id"),
      ),
    membershipsOf: (userId: number): Membership[] =>
      db.all(
        sql
          .selectFrom("space_member")
          .select(["space_id as spaceId", "role"])
          .where("user_id", "=", userId)
          .orderBy("space_id"),
      ),
    upsert: (spaceId: number, { userId, role }: SpaceMember): void => {
      db.run(
        sql
          .insertInto("space_member")
          .values({ space_id: spaceId, user_id: userId, role })
          .onConflict((conflict) => conflict.columns(["space_id", "user_id"]).doUpdateSet({ role })),
      );
    },
    removeMembers: (spaceId: number): void => {
      db.run(sql.deleteFrom("space_member").where("space_id", "=", spaceId));
    },
  };
}

function entriesRepository(db: Db) {
  const all = db.prepare<GrantRow, []>("SELECT * FROM access_grant ORDER BY id");
  const byId = db.prepare<GrantRow, [number]>("SELECT * FROM access_grant WHERE id = ?");
  const put = db.prepare<{ id: number }, NewRow>(
    `INSERT INTO access_grant (kind, resource_id, subject, effect, actions, expires_at_ms, created_by, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (kind, resource_id, subject) DO UPDATE SET effect = excluded.effect, actions = excluded.actions,
       expires_at_ms = excluded.expires_at_ms, created_by = excluded.created_by, created_at_ms = excluded.created_at_ms
     RETURNING id`,
  );
  const remove = db.prepare<never, [number]>("DELETE FROM access_grant WHERE id = ?");
  const ofSubject = db.prepare<never, [string]>("DELETE FROM access_grant WHERE subject = ?");
  const ofNodes = db.prepare<never, [string]>(
    "DELETE FROM access_grant WHERE kind = 'node' AND resource_id IN (SELECT value FROM json_each(?))",
  );
  return {
    entries: (): Entry[] => all.all().map(toEntry),
    entry: (id: number): Entry | undefined => {
      const row = byId.get(id);
      return row === null ? undefined : toEntry(row);
    },
    /** Adds an entry, or replaces the one that this subject has on this resource. */
    putEntry: (entry: NewEntry): number => {
      const { resource, subject, effect, actions, expiresAtMs, createdBy, createdAtMs } = entry;
      const row = put.get(
        resource.kind,
        resource.id,
        subjectKey(subject),
        effect,
        actions,
        expiresAtMs,
        createdBy,
        createdAtMs,
      );
      if (row === null) throw new Error("the database returned no id");
      return row.id;
    },
    removeEntry: (id: number): void => void remove.run(id),
    removeOfSubject: (key: string): number => ofSubject.run(key).changes,
    removeOfNodes: (nodeIds: readonly number[]): number => ofNodes.run(JSON.stringify(nodeIds)).changes,
  };
}

function toEntry(row: GrantRow): Entry {
  return {
    id: row.id,
    resource: { kind: row.kind, id: row.resource_id } as AccessResource,
    subject: subjectOf(row.subject),
    effect: row.effect,
    actions: row.actions,
    expiresAtMs: row.expires_at_ms,
    createdBy: row.created_by,
    createdAtMs: row.created_at_ms,
  };
}
