import { type Db, queries } from "#platform/db";
import type { SpaceRole } from "./capabilities.ts";

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

/** All SQL of the module. */
export function createRepository(db: Db) {
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
