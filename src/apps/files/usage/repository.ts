import { type Db, queries } from "#platform/db";
import type { DaySample } from "./forecast.ts";

interface Tables {
  usage_day: { subject: string; day: number; used_bytes: number };
}

const sql = queries<Tables>();

/** One figure a day of places and disks. */
export function createUsageRepository(db: Db) {
  return {
    /** The last of a day stays. */
    record: (subject: string, { day, usedBytes }: DaySample): void => {
      db.run(
        sql
          .insertInto("usage_day")
          .values({ subject, day, used_bytes: usedBytes })
          .onConflict((conflict) => conflict.columns(["subject", "day"]).doUpdateSet({ used_bytes: usedBytes })),
      );
    },
    /** The oldest first. */
    since: (subject: string, day: number): DaySample[] =>
      db.all(
        sql
          .selectFrom("usage_day")
          .select(["day", "used_bytes as usedBytes"])
          .where("subject", "=", subject)
          .where("day", ">=", day)
          .orderBy("day"),
      ),
    removeBefore: (day: number): void => {
      db.run(sql.deleteFrom("usage_day").where("day", "<", day));
    },
  };
}

export type UsageRepository = ReturnType<typeof createUsageRepository>;
