import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "#platform/log";
import { type Db, type Migration, openDatabase } from "./database.ts";
import { queries } from "./queries.ts";

interface Tables {
  person: { id: number; name: string };
}
const first: Migration = { id: "t-001", sql: "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT" };
const second: Migration = {
  id: "t-002",
  sql: "ALTER TABLE person ADD COLUMN age INTEGER; CREATE TABLE pet (id INTEGER)",
};

let nowMs = 0;
const clock = { now: () => nowMs };
const log = createLogger({ clock, level: "error", write: () => undefined });
let folder = "";
let opened: Db[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-db-"));
  opened = [];
  nowMs = Date.UTC(2026, 0, 1);
});
afterEach(() => {
  for (const db of opened) db.close();
  rmSync(folder, { recursive: true });
});

function open(migrations: readonly Migration[], path = join(folder, "test.db")): Db {
  const db = openDatabase({ path, migrations, clock, log });
  opened.push(db);
  return db;
}

test("nobody but its owner reads the database, whatever folder it lies in and whoever made it", () => {
  const path = join(folder, "test.db");
  writeFileSync(path, "", { mode: 0o644 });
  open([first]);
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  expect(modes.toSorted()).toEqual(["test.db", "test.db-shm", "test.db-wal"].map((name) => [name, 0o600]));
});

const close = () => opened.pop()?.close();
const q = queries<Tables>();
const add = (db: Db, name: string) => db.run(q.insertInto("person").values({ name } as never));
const names = (db: Db) => db.all(q.selectFrom("person").select("name").orderBy("id")).map((row) => row.name);
const tables = (db: Db) =>
  db.prepare<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
const snapshots = () => readdirSync(folder).filter((name) => name.includes(".before-"));

describe("migrations", () => {
  test("a new database gets every step and no copy; opening it again changes nothing", () => {
    add(open([first, second]), "Eva");
    close();
    expect(names(open([first, second]))).toEqual(["Eva"]);
    expect(snapshots()).toEqual([]);
  });

  test("before a new step the database is copied, and the copy is a whole database of the old schema", () => {
    add(open([first]), "Eva");
    close();
    expect(names(open([first, second]))).toEqual(["Eva"]);
    const [copy] = snapshots();
    expect(snapshots()).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
    const old = open([first], join(folder, copy ?? ""));
    expect(old.prepare<{ integrity_check: string }, []>("PRAGMA integrity_check").get()?.integrity_check).toBe("ok");
    expect(names(old)).toEqual(["Eva"]);
    expect(tables(old).map(({ name }) => name)).not.toContain("pet");
  });

  test("a copy that was cut short by a crash is no hindrance, and only the newest three stay", () => {
    writeFileSync(join(folder, "test.db.partial-copy"), "half");
    const steps = Array.from({ length: 6 }, (_, n) => ({ id: `s-${n}`, sql: `CREATE TABLE t${n} (a INTEGER)` }));
    for (let count = 1; count <= steps.length; count += 1) {
      nowMs += 1000;
      open(steps.slice(0, count));
      close();
    }
    expect(snapshots()).toHaveLength(3);
    expect(snapshots().toSorted().at(-1)).toContain("00-00-06");
  });

  test("a step that fails leaves nothing of itself, and the steps before it stay", () => {
    const broken: Migration = { id: "t-003", sql: "CREATE TABLE half (a INTEGER); CREATE TABLE person (a INTEGER)" };
    add(open([first]), "Eva");
    close();
    expect(() => open([first, second, broken])).toThrow("person");
    const db = open([first, second]);
    expect(tables(db).map(({ name }) => name)).toEqual(["migration", "person", "pet"]);
    expect(names(db)).toEqual(["Eva"]);
  });

  test("a step whose text has changed, an unknown step and two of one name are refused", () => {
    open([first, second]);
    close();
    expect(() => open([{ ...first, sql: `${first.sql} ` }, second])).toThrow("differs");
    expect(() => open([first])).toThrow("newer Hearth");
    expect(() => open([first, second, second])).toThrow("two schema steps");
  });

  test("a file that is no database is refused", () => {
    writeFileSync(
      join(folder, "test.db"),
      "this is text and long enough to be looked at as a header of a database".repeat(20),
    );
    expect(() => open([first])).toThrow();
  });
});

describe("transactions", () => {
  test("commit as a whole or not at all", () => {
    const db = open([first]);
    expect(db.transaction(() => add(db, "Eva"))).toBe(1);
    expect(() =>
      db.transaction(() => {
        add(db, "Otto");
        add(db, "Eva");
      }),
    ).toThrow("UNIQUE");
    expect(names(db)).toEqual(["Eva"]);
  });

  test("a nested failure that is caught undoes its own part only; an uncaught one everything", () => {
    const db = open([first]);
    db.transaction(() => {
      add(db, "outer");
      expect(() =>
        db.transaction(() => {
          add(db, "inner");
          db.transaction(() => add(db, "innermost"));
          throw new Error("no");
        }),
      ).toThrow("no");
      db.transaction(() => add(db, "sibling"));
    });
    expect(names(db)).toEqual(["outer", "sibling"]);
    expect(() =>
      db.transaction(() => {
        add(db, "more");
        db.transaction(() => {
          throw new Error("no");
        });
      }),
    ).toThrow("no");
    expect(names(db)).toEqual(["outer", "sibling"]);
  });

  test("asynchronous work is refused and rolled back", () => {
    const db = open([first]);
    const work = () => {
      add(db, "Eva");
      return Promise.resolve();
    };
    expect(() => db.transaction(work)).toThrow("asynchronous");
    expect(names(db)).toEqual([]);
  });

  test("foreign keys hold", () => {
    const db = open([
      { id: "f-001", sql: "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id))" },
    ]);
    expect(() => db.prepare("INSERT INTO b VALUES (1)").run()).toThrow("FOREIGN KEY");
  });
});

describe("the rest", () => {
  test("queries of ever new lengths do not pile up, and prepared statements outlive them", () => {
    const db = open([first]);
    add(db, "Eva");
    const kept = db.prepare<{ n: number }, []>("SELECT count(*) AS n FROM person");
    for (let length = 1; length <= 700; length += 1) {
      const ids = Array.from({ length }, (_, id) => id);
      expect(db.all(q.selectFrom("person").select("name").where("id", "in", ids)).length).toBeLessThanOrEqual(1);
    }
    expect(kept.get()?.n).toBe(1);
  });

  test("what was synced is in the files: a copy of them made at that moment has it", async () => {
    const db = open([first]);
    add(db, "Eva");
    await db.sync();
    for (const end of ["", "-wal"]) {
      await Bun.write(join(folder, `copy.db${end}`), Bun.file(join(folder, `test.db${end}`)));
    }
    expect(names(open([first], join(folder, "copy.db")))).toEqual(["Eva"]);
  });

  test("a database in memory needs no disk", async () => {
    const db = open([first], ":memory:");
    add(db, "Eva");
    await db.sync();
    expect(names(db)).toEqual(["Eva"]);
  });
});
