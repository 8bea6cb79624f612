import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { type ChainEntry, hashEntry } from "./chain.ts";
import { createAuditReader } from "./repository.ts";
import { act, openTestFolder, type TestFolder } from "./testing.ts";

let folder: TestFolder;

beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => folder.remove());

/** 1 is the start, 2 to 11 are acts, 12 is the stop. */
const write = (count = 10) =>
  folder.run(async (audit) => {
    for (let i = 0; i < count; i++) {
      folder.clock.nowMs += 1000;
      await audit.record(act({ resources: [`node ${i}`], requestId: `r${i}` }));
    }
  });

/** As somebody with the right to the file, who first takes away what refuses changes. */
function tamper(work: (database: Database) => void): void {
  const database = new Database(folder.databasePath);
  const triggers = database.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.run(`DROP TRIGGER ${name}`);
  work(database);
  database.close();
}

/** Makes every hash from an entry on right again, as can be done without the key. */
function rewriteFrom(database: Database, seq: number): void {
  const reader = createAuditReader({ prepare: (sql: string) => database.query(sql) as never });
  let previousHash = reader.hashAt(seq - 1) ?? "0".repeat(64);
  for (const entry of reader.entriesFrom(seq, 1000)) {
    const { hash: _old, ...rest } = { ...entry, previousHash } satisfies ChainEntry;
    const hash = hashEntry(rest);
    database.run("UPDATE audit_entry SET previous_hash = ?, hash = ? WHERE seq = ?", [previousHash, hash, entry.seq]);
    previousHash = hash;
  }
}

test("a chain that nobody touched holds, and so does an empty one", async () => {
  await write();
  expect(folder.verify()).toEqual({ entries: 12, firstSeq: 1, lastSeq: 12, problems: [] });
  await write(3);
  expect(folder.verify()).toEqual({ entries: 17, firstSeq: 1, lastSeq: 17, problems: [] });
});

test("without a database, or with one from before there was a log, it says so", () => {
  expect(() => folder.verify()).toThrow("no database");
  new Database(folder.databasePath).close();
  writeFileSync(folder.databasePath, "");
  expect(() => folder.verify()).toThrow("older than the audit log");
});

test("the database itself refuses to change, remove or exchange an entry or a checkpoint", async () => {
  await write();
  const database = new Database(folder.databasePath);
  const attempts = [
    "UPDATE audit_entry SET outcome = 'allowed' WHERE seq = 3",
    "DELETE FROM audit_entry WHERE seq = 3",
    "DELETE FROM audit_entry",
    "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3",
  ];
  for (const sql of attempts) expect(() => database.run(sql)).toThrow("append-only");
  database.close();
  expect(folder.problems()).toEqual([]);
});

describe("is found, with the first entry that does not hold:", () => {
  const changes: readonly [string, string, string][] = [
    ["an outcome", "UPDATE audit_entry SET outcome = 'failed' WHERE seq = 5", "entry-changed 5"],
    ["a name", "UPDATE audit_entry SET name = 'ben' WHERE seq = 5", "entry-changed 5"],
    ["a resource", "UPDATE audit_entry SET resources = '[]' WHERE seq = 5", "entry-changed 5"],
    ["a time", "UPDATE audit_entry SET at_ms = at_ms + 1 WHERE seq = 5", "entry-changed 5"],
    ["a count", "UPDATE audit_entry SET count = 2 WHERE seq = 5", "entry-changed 5"],
    ["an address", "UPDATE audit_entry SET address = '' WHERE seq = 5", "entry-changed 5"],
    ["a factor", "UPDATE audit_entry SET factors = '[\"passkey\"]' WHERE seq = 5", "entry-changed 5"],
    ["a credential", "UPDATE audit_entry SET credential_id = NULL WHERE seq = 5", "entry-changed 5"],
    ["the very first", "UPDATE audit_entry SET detail = 'x' WHERE seq = 1", "entry-changed 1"],
    ["the very last", "UPDATE audit_entry SET detail = 'x' WHERE seq = 12", "entry-changed 12"],
  ];
  for (const [what, sql, expected] of changes) {
    test(`changed ${what}`, async () => {
      await write();
      tamper((database) => void database.run(sql));
      expect(folder.problems()[0]).toBe(expected);
    });
  }

  test("a removed entry in the middle", async () => {
    await write();
    tamper((database) => void database.run("DELETE FROM audit_entry WHERE seq IN (5, 6)"));
    expect(folder.problems()).toEqual(["entry-missing 5"]);
    expect(folder.verify().problems[0]?.detail).toBe("Entries 5 to 6 are missing.");
  });

  test("a removed begin", async () => {
    await write();
    tamper((database) => void database.run("DELETE FROM audit_entry WHERE seq < 4"));
    expect(folder.problems()).toEqual(["entry-missing 1"]);
  });

  test("a removed tail, also when the head is put back to it", async () => {
    await write();
    tamper((database) => void database.run("DELETE FROM audit_entry WHERE seq > 9"));
    expect(folder.problems()).toEqual(["tail-missing 10"]);
    tamper((database) => {
      const { hash } = database.query<{ hash: string }, []>("SELECT hash FROM audit_entry WHERE seq = 9").get()!;
      database.run("UPDATE audit_head SET seq = 9, count = 9, hash = ?", [hash]);
    });
    expect(folder.problems()).toEqual(["head-forged 9", "tail-missing 10"]);
  });

  test("everything removed", async () => {
    await write();
    tamper((database) => {
      database.run("DELETE FROM audit_entry");
      database.run("DELETE FROM audit_head");
    });
    expect(folder.problems()).toEqual(["head-missing"]);
  });

  test("two entries in another order", async () => {
    await write();
    tamper((database) => {
      database.run("UPDATE audit_entry SET seq = 100 WHERE seq = 4");
      database.run("UPDATE audit_entry SET seq = 4 WHERE seq = 5");
      database.run("UPDATE audit_entry SET seq = 5 WHERE seq = 100");
    });
    expect(folder.problems().slice(0, 2)).toEqual(["entry-changed 4", "entry-changed 5"]);
  });

  test("an entry put in with a hash of its own", async () => {
    await write();
    tamper((database) => {
      database.run("UPDATE audit_entry SET name = 'ben', previous_hash = ? WHERE seq = 5", ["1".repeat(64)]);
      const reader = createAuditReader({ prepare: (sql: string) => database.query(sql) as never });
      const { hash: _old, ...entry } = reader.entriesFrom(5, 1)[0]!;
      database.run("UPDATE audit_entry SET hash = ? WHERE seq = 5", [hashEntry(entry)]);
    });
    expect(folder.problems()).toEqual(["order-changed 5", "order-changed 6"]);
  });

  test("an entry put in behind the end", async () => {
    await write();
    tamper((database) => {
      database.run("CREATE TEMP TABLE copy AS SELECT * FROM audit_entry WHERE seq = 12");
      database.run("UPDATE copy SET seq = 13");
      database.run("INSERT INTO audit_entry SELECT * FROM copy");
    });
    expect(folder.problems()).toEqual(["entry-inserted 13"]);
  });

  test("a chain written anew without the key, by its end and by the pins", async () => {
    await write();
    tamper((database) => {
      database.run("UPDATE audit_entry SET outcome = 'failed' WHERE seq = 5");
      rewriteFrom(database, 5);
    });
    const problems = folder.problems();
    expect(problems.at(-1)).toBe("rewritten 12");
    tamper((database) => {
      const { hash } = database.query<{ hash: string }, []>("SELECT hash FROM audit_entry WHERE seq = 12").get()!;
      database.run("UPDATE audit_head SET hash = ?", [hash]);
    });
    expect(folder.problems()[0]).toBe("head-forged 12");
    expect(folder.problems()).toContain("rewritten 12");
  });

  test("time that goes backwards", async () => {
    await write();
    tamper((database) => {
      database.run("UPDATE audit_entry SET at_ms = at_ms - 5000 WHERE seq = 8");
      rewriteFrom(database, 8);
    });
    expect(folder.problems()[0]).toBe("time-backwards 8");
  });

  test("an older database put back", async () => {
    await write();
    copyFileSync(folder.databasePath, `${folder.databasePath}.old`);
    await write();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${folder.databasePath}${end}`, { force: true });
    copyFileSync(`${folder.databasePath}.old`, folder.databasePath);
    expect(folder.problems()).toEqual(["tail-missing 13"]);
    expect(folder.verify().problems[0]?.detail).toContain("older database was put back");
    // Going on with it says so in the log, and heals nothing.
    await write();
    expect(folder.logged.join()).toContain("older database");
    expect(folder.problems()[0]).toMatch(/^rewritten /);
  });

  test("a missing file of pins, a cut one and a forged one", async () => {
    await write();
    await write();
    const pins = readFileSync(folder.pinsPath, "utf8");
    const lines = pins.trimEnd().split("\n");
    writeFileSync(folder.pinsPath, `${lines.slice(0, 2).join("\n")}\n`);
    expect(folder.problems()).toEqual(["pins-missing"]);
    writeFileSync(folder.pinsPath, `${lines.slice(1).join("\n")}\n`);
    expect(folder.problems()).toEqual(["pins-missing"]);
    writeFileSync(folder.pinsPath, pins.replace('"count":12', '"count":11'));
    expect(folder.problems()).toEqual(["pin-forged 12"]);
    writeFileSync(folder.pinsPath, pins.replace(lines[1]!, "?"));
    expect(folder.problems()).toEqual(["pin-forged"]);
    // A line that a crash interrupted is no forgery.
    writeFileSync(folder.pinsPath, `${pins}{"seq":99`);
    expect(folder.problems()).toEqual([]);
    rmSync(folder.pinsPath);
    expect(folder.problems()).toEqual(["pins-missing"]);
    // The server goes on, makes no new begin, and the loss stays found.
    await write();
    expect(folder.problems()).toEqual(["pins-missing"]);
  });

  test("a missing key, and another one", async () => {
    await write();
    rmSync(folder.keyPath);
    expect(folder.problems()).toEqual(["key-missing"]);
    await write();
    expect(folder.logged.join()).toContain("The key was missing");
    expect(folder.problems()[0]).toMatch(/^pin-forged/);
  });

  test("a checkpoint that nobody signed, and what it was to hide", async () => {
    await write();
    tamper((database) => {
      database.run("INSERT INTO audit_checkpoint VALUES (6, 5, ?, 1, ?)", ["0".repeat(64), "0".repeat(64)]);
      database.run("DELETE FROM audit_entry WHERE seq < 6");
    });
    expect(folder.problems()).toEqual(["checkpoint-forged 6", "entry-missing 1"]);
  });
});

test("any change of any column of any entry is found", async () => {
  await write();
  const numbers = ["at_ms", "first_at_ms", "count", "user_id"];
  const texts = ["name", "kind", "via", "factors", "credential_id", "address", "user_agent", "operation", "resources"];
  const more = ["outcome", "detail", "request_id", "previous_hash", "hash"];
  const column = fc.constantFrom(...numbers, ...texts, ...more);
  copyFileSync(folder.databasePath, `${folder.databasePath}.kept`);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), column, fc.integer(), (seq, name, salt) => {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${folder.databasePath}${end}`, { force: true });
      copyFileSync(`${folder.databasePath}.kept`, folder.databasePath);
      let changed = 0;
      tamper((database) => {
        const value = numbers.includes(name) ? salt : `x${salt}`;
        changed = database.run(`UPDATE audit_entry SET ${name} = ? WHERE seq = ? AND ${name} IS NOT ?`, [
          value,
          seq,
          value,
        ]).changes;
      });
      const problems = folder.verify().problems;
      expect(problems.length > 0).toBe(changed > 0);
      expect(problems[0]?.seq ?? seq).toBe(seq);
    }),
    { numRuns: 50 },
  );
});
