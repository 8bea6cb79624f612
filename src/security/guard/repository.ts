import { type Db, queries } from "#platform/db";

interface BanRow {
  readonly network: string;
  readonly since_ms: number;
  readonly until_ms: number;
  readonly strikes: number;
  readonly why: string;
  readonly rule_id: string | null;
  readonly by_name: string | null;
}

interface CounterRow {
  readonly rule_id: string;
  readonly matches: number;
  readonly would_have: number;
  readonly last_match_at_ms: number | null;
  readonly since_ms: number;
}

interface VersionRow {
  readonly version: number;
  readonly at_ms: number;
  readonly by_name: string;
  readonly note: string;
  readonly rule_count: number;
  readonly document: string;
}

interface Tables {
  guard_version: VersionRow;
  guard_ban: BanRow;
  guard_counter: CounterRow;
}

const sql = queries<Tables>();
/** Enough to find out when something was changed; each is at most a few hundred kilobytes. */
const maxVersions = 50;

export type Repository = ReturnType<typeof createRepository>;

/** All SQL of the module. */
export function createRepository(db: Db) {
  return {
    /** The version in force and the one before it. */
    latest: (count: number): VersionRow[] =>
      db.all(sql.selectFrom("guard_version").selectAll().orderBy("version", "desc").limit(count)),
    history: (): Omit<VersionRow, "document">[] =>
      db.all(
        sql
          .selectFrom("guard_version")
          .select(["version", "at_ms", "by_name", "note", "rule_count"])
          .orderBy("version", "desc"),
      ),
    insertVersion: (row: VersionRow): void => {
      db.run(sql.insertInto("guard_version").values(row));
      db.run(sql.deleteFrom("guard_version").where("version", "<=", row.version - maxVersions));
    },
    bans: (): BanRow[] => db.all(sql.selectFrom("guard_ban").selectAll()),
    saveBan: (row: BanRow): void => {
      db.run(
        sql
          .insertInto("guard_ban")
          .values(row)
          .onConflict((conflict) => conflict.column("network").doUpdateSet(row)),
      );
    },
    removeBan: (network: string): void => {
      db.run(sql.deleteFrom("guard_ban").where("network", "=", network));
    },
    removeBansUntil: (untilMs: number): void => {
      db.run(sql.deleteFrom("guard_ban").where("until_ms", "<", untilMs));
    },
    counters: (): CounterRow[] => db.all(sql.selectFrom("guard_counter").selectAll()),
    saveCounter: (row: CounterRow): void => {
      db.run(
        sql
          .insertInto("guard_counter")
          .values(row)
          .onConflict((conflict) => conflict.column("rule_id").doUpdateSet(row)),
      );
    },
    keepCounters: (ruleIds: readonly string[]): void => {
      const kept = new Set(ruleIds);
      for (const { rule_id } of db.all(sql.selectFrom("guard_counter").select("rule_id"))) {
        if (!kept.has(rule_id)) db.run(sql.deleteFrom("guard_counter").where("rule_id", "=", rule_id));
      }
    },
  };
}
