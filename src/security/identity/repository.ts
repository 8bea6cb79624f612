import type { Generated, Selectable } from "kysely";
import { type Db, queries } from "#platform/db";
import type { Role } from "#wire";
import type { Group, Person } from "./contract.ts";

interface Tables {
  person: {
    id: Generated<number>;
    name: string;
    display_name: string;
    disabled: number;
    quota_bytes: number | null;
    created_at_ms: number;
    last_seen_at_ms: number | null;
  };
  person_role: { person_id: number; role: Role };
  person_password: { person_id: number; hash: string; changed_at_ms: number };
  person_group: { id: Generated<number>; name: string };
  person_group_member: { group_id: number; person_id: number };
}

const sql = queries<Tables>();

export interface NewPerson {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly quotaBytes: number | null;
}

export interface PersonChange {
  readonly displayName?: string;
  readonly roles?: readonly Role[];
  readonly quotaBytes?: number | null;
  readonly disabled?: boolean;
}

export type Repository = ReturnType<typeof createRepository>;

/** All SQL about people. Writes of several statements want a transaction of the caller. */
export function createRepository(db: Db) {
  const setRoles = (personId: number, roles: readonly Role[]): void => {
    db.run(sql.deleteFrom("person_role").where("person_id", "=", personId));
    const values = [...new Set(roles)].map((role) => ({ person_id: personId, role }));
    db.run(sql.insertInto("person_role").values(values));
  };
  return {
    ...createReaders(db),
    insert: (person: NewPerson, passwordHash: string, nowMs: number): number => {
      const row = db.get(
        sql
          .insertInto("person")
          .values({
            name: person.name,
            display_name: person.displayName,
            disabled: 0,
            quota_bytes: person.quotaBytes,
            created_at_ms: nowMs,
            last_seen_at_ms: null,
          })
          .returning("id"),
      );
      if (row === undefined) throw new Error("the database returned no id");
      setRoles(row.id, person.roles);
      db.run(sql.insertInto("person_password").values({ person_id: row.id, hash: passwordHash, changed_at_ms: nowMs }));
      return row.id;
    },
    update: (id: number, { displayName, roles, quotaBytes, disabled }: PersonChange): void => {
      const columns = {
        ...(displayName !== undefined && { display_name: displayName }),
        ...(quotaBytes !== undefined && { quota_bytes: quotaBytes }),
        ...(disabled !== undefined && { disabled: Number(disabled) }),
      };
      if (Object.keys(columns).length > 0) db.run(sql.updateTable("person").set(columns).where("id", "=", id));
      if (roles !== undefined) setRoles(id, roles);
    },
    remove: (id: number): void => {
      db.run(sql.deleteFrom("person").where("id", "=", id));
    },
    setPassword: (id: number, hash: string, nowMs: number): void => {
      db.run(sql.updateTable("person_password").set({ hash, changed_at_ms: nowMs }).where("person_id", "=", id));
    },
    setLastSeen: (id: number, nowMs: number): void => {
      db.run(sql.updateTable("person").set({ last_seen_at_ms: nowMs }).where("id", "=", id));
    },
  };
}

function createReaders(db: Db) {
  const select = sql.selectFrom("person").selectAll();
  const rolesOf = (id: number): Role[] =>
    db
      .all(sql.selectFrom("person_role").select("role").where("person_id", "=", id).orderBy("role"))
      .map((row) => row.role);
  const groupsOf = (id: number): string[] =>
    db
      .all(
        sql
          .selectFrom("person_group_member as m")
          .innerJoin("person_group as g", "g.id", "m.group_id")
          .select("g.name")
          .where("m.person_id", "=", id)
          .orderBy("g.name"),
      )
      .map((row) => row.name);
  const toPerson = (row: Selectable<Tables["person"]>): Person => ({
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    roles: rolesOf(row.id),
    groups: groupsOf(row.id),
    disabled: row.disabled === 1,
    quotaBytes: row.quota_bytes,
    createdAtMs: row.created_at_ms,
    lastSeenAtMs: row.last_seen_at_ms,
  });
  const one = (row: Selectable<Tables["person"]> | undefined): Person | undefined =>
    row === undefined ? undefined : toPerson(row);
  return {
    list: (): Person[] => db.all(select.orderBy("name")).map(toPerson),
    find: (id: number): Person | undefined => one(db.get(select.where("id", "=", id))),
    findByName: (name: string): Person | undefined => one(db.get(select.where("name", "=", name))),
    passwordHash: (id: number): string | undefined =>
      db.get(sql.selectFrom("person_password").select("hash").where("person_id", "=", id))?.hash,
    /** Ids of owners who can log in. */
    activeOwnerIds: (): number[] =>
      db
        .all(
          sql
            .selectFrom("person_role as r")
            .innerJoin("person as p", "p.id", "r.person_id")
            .select("p.id")
            .where("r.role", "=", "owner")
            .where("p.disabled", "=", 0),
        )
        .map((row) => row.id),
  };
}

/** All SQL about groups. */
export function createGroupRepository(db: Db) {
  const membersOf = (groupId: number): number[] =>
    db
      .all(
        sql.selectFrom("person_group_member").select("person_id").where("group_id", "=", groupId).orderBy("person_id"),
      )
      .map((row) => row.person_id);
  const toGroup = (row: Selectable<Tables["person_group"]>): Group => ({ ...row, memberIds: membersOf(row.id) });
  const select = sql.selectFrom("person_group").selectAll();
  return {
    list: (): Group[] => db.all(select.orderBy("name")).map(toGroup),
    find: (id: number): Group | undefined => {
      const row = db.get(select.where("id", "=", id));
      return row === undefined ? undefined : toGroup(row);
    },
    isNameTaken: (name: string, exceptId: number): boolean =>
      db
        .prepare<{ id: number }, [string, number]>("SELECT id FROM person_group WHERE name = ? AND id <> ?")
        .get(name, exceptId) !== null,
    insert: (name: string): number => {
      const row = db.get(sql.insertInto("person_group").values({ name }).returning("id"));
      if (row === undefined) throw new Error("the database returned no id");
      return row.id;
    },
    rename: (id: number, name: string): void => {
      db.run(sql.updateTable("person_group").set({ name }).where("id", "=", id));
    },
    setMembers: (id: number, personIds: readonly number[]): void => {
      db.run(sql.deleteFrom("person_group_member").where("group_id", "=", id));
      const values = [...new Set(personIds)].map((personId) => ({ group_id: id, person_id: personId }));
      if (values.length > 0) db.run(sql.insertInto("person_group_member").values(values));
    },
    remove: (id: number): void => {
      db.run(sql.deleteFrom("person_group").where("id", "=", id));
    },
  };
}
