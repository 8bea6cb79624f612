import type { Generated, Selectable } from "kysely";
import type { PlaceKind } from "#contract/apps/files/places";
import { type Db, queries } from "#platform/db";

interface PlaceTable {
  id: Generated<number>;
  name: string;
  kind: PlaceKind;
  address: string;
  user: string;
  container: string;
  folder: string;
  region: string;
  read_only: number;
  secret: string;
  host_key: string;
  created_at_ms: number;
  last_seen_at_ms: number | null;
}
interface CarryTable {
  job_id: number;
  user_id: number;
  task: string;
  name: string;
  count: number;
  names: string;
  skipped: string;
  created_at_ms: number;
}
interface Tables {
  place: PlaceTable;
  place_carry: CarryTable;
}

const sql = queries<Tables>();

export interface PlaceRow {
  readonly id: number;
  readonly name: string;
  readonly kind: PlaceKind;
  readonly address: string;
  readonly user: string;
  readonly container: string;
  readonly folder: string;
  readonly region: string;
  readonly readOnly: boolean;
  /** Sealed. */
  readonly secret: string;
  readonly hostKey: string;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number | null;
}

export interface CarryRow {
  readonly jobId: number;
  readonly userId: number;
  readonly task: string;
  readonly name: string;
  readonly count: number;
  readonly names: Readonly<Record<string, string>>;
  readonly skipped: readonly string[];
}

const shownCarries = 50;

/** All SQL of places and copies. */
export function createPlacesRepository(db: Db) {
  const select = () => sql.selectFrom("place").selectAll().orderBy("name");
  const selectCarry = () => sql.selectFrom("place_carry").selectAll();
  return {
    all: (): PlaceRow[] => db.all<Selectable<PlaceTable>>(select()).map(placeOf),
    byId: (id: number): PlaceRow | undefined =>
      db.all<Selectable<PlaceTable>>(select().where("id", "=", id)).map(placeOf)[0],
    byName: (name: string): PlaceRow | undefined =>
      db.all<Selectable<PlaceTable>>(select().where("name", "=", name)).map(placeOf)[0],
    insert: (row: Omit<PlaceRow, "id" | "secret">): number => {
      const inserted = db.get<{ id: number }>(
        sql
          .insertInto("place")
          .values({ ...columnsOf(row), secret: "", created_at_ms: row.createdAtMs })
          .returning("id"),
      );
      return inserted?.id ?? 0;
    },
    update: (id: number, row: Omit<PlaceRow, "id" | "secret">): void => {
      db.run(sql.updateTable("place").set(columnsOf(row)).where("id", "=", id));
    },
    setSecret: (id: number, secret: string): void => {
      db.run(sql.updateTable("place").set({ secret }).where("id", "=", id));
    },
    seen: (id: number, atMs: number): void => {
      db.run(sql.updateTable("place").set({ last_seen_at_ms: atMs }).where("id", "=", id));
    },
    remove: (id: number): void => {
      db.run(sql.deleteFrom("place").where("id", "=", id));
    },
    addCarry: (row: Omit<CarryRow, "names" | "skipped">, createdAtMs: number): void => {
      const { jobId, userId, task, name, count } = row;
      const values = { job_id: jobId, user_id: userId, task, name, count, created_at_ms: createdAtMs };
      db.run(sql.insertInto("place_carry").values({ ...values, names: "{}", skipped: "[]" }));
    },
    carry: (jobId: number): CarryRow | undefined =>
      db.all<CarryTable>(selectCarry().where("job_id", "=", jobId)).map(carryOf)[0],
    carriesOf: (userId: number): CarryRow[] =>
      db
        .all<CarryTable>(selectCarry().where("user_id", "=", userId).orderBy("job_id", "desc").limit(shownCarries))
        .map(carryOf),
    noteCarry: (jobId: number, names: CarryRow["names"], skipped: readonly string[]): void => {
      const values = { names: JSON.stringify(names), skipped: JSON.stringify(skipped) };
      db.run(sql.updateTable("place_carry").set(values).where("job_id", "=", jobId));
    },
    forgetCarriesBefore: (createdAtMs: number): void => {
      db.run(sql.deleteFrom("place_carry").where("created_at_ms", "<", createdAtMs));
    },
  };
}

export type PlacesRepository = ReturnType<typeof createPlacesRepository>;

function placeOf(row: Selectable<PlaceTable>): PlaceRow {
  const { read_only, host_key, created_at_ms, last_seen_at_ms, ...rest } = row;
  return {
    ...rest,
    readOnly: read_only === 1,
    hostKey: host_key,
    createdAtMs: created_at_ms,
    lastSeenAtMs: last_seen_at_ms,
  };
}

function columnsOf({ name, kind, address, user, container, folder, region, ...row }: Omit<PlaceRow, "id" | "secret">) {
  const rest = { read_only: row.readOnly ? 1 : 0, host_key: row.hostKey, last_seen_at_ms: row.lastSeenAtMs };
  return { name, kind, address, user, container, folder, region, ...rest };
}

function carryOf(row: CarryTable): CarryRow {
  const { job_id: jobId, user_id: userId, task, name, count } = row;
  return { jobId, userId, task, name, count, names: JSON.parse(row.names), skipped: JSON.parse(row.skipped) };
}
