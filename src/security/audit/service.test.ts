import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import fc from "fast-check";
import { AppError } from "#platform/errors";
import { anonymous } from "#platform/usecase";
import type { Audit } from "./service.ts";
import type { AuditEntry } from "./contract.ts";
import { act, anna, call, openTestFolder, type TestFolder } from "./testing.ts";

let folder: TestFolder;

beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => folder.remove());

const entriesOf = async (audit: Audit, input: Record<string, unknown> = {}): Promise<AuditEntry[]> =>
  (await call(audit, "audit.search", input)).entries;
const allOf = async (audit: Audit, filter: Record<string, unknown>): Promise<AuditEntry[]> => {
  const found: AuditEntry[] = [];
  let beforeSeq = 1_000_000;
  for (let page = 0; page < 100; page++) {
    const { entries, nextBeforeSeq } = await call(audit, "audit.search", { ...filter, limit: 500, beforeSeq });
    found.push(...entries);
    if (nextBeforeSeq === null) return found;
    beforeSeq = nextBeforeSeq;
  }
  throw new Error("the pages do not end");
};
/** Seen by somebody else, so it is committed. */
const countOnDisk = (): number => {
  const database = new Database(folder.databasePath, { readonly: true });
  const { n } = database.query<{ n: number }, []>("SELECT count(*) AS n FROM audit_entry").get()!;
  database.close();
  return n;
};

describe("writing", () => {
  test("what concerns security is on disk when its promise resolves, files within a second", async () => {
    await folder.run(async (audit) => {
      const before = countOnDisk();
      await audit.record(act());
      expect(countOnDisk()).toBe(before + 1);
      await audit.record(act({ outcome: "refused", operation: "dav.put" }));
      expect(countOnDisk()).toBe(before + 2);
      expect(audit.record(act({ operation: "dav.put" }))).toBeUndefined();
      expect(countOnDisk()).toBe(before + 2);
      await Bun.sleep(1150);
      expect(countOnDisk()).toBe(before + 3);
    });
  });

  test("files of one credential share an entry that names them all", async () => {
    await folder.run(async (audit) => {
      for (let i = 0; i < 250; i++) {
        void audit.record(act({ operation: "dav.put", resources: [`/dav/home/${i}`] }));
        if (i % 50 === 0) void audit.record(act({ operation: "dav.delete", resources: [`/dav/home/old-${i}`] }));
        void audit.record(act({ operation: "dav.put", address: "192.0.2.8", resources: [`/dav/other/${i}`] }));
      }
      const puts = await entriesOf(audit, { operation: "dav.put" });
      expect(puts.map(({ count }) => count).toSorted()).toEqual([100, 100, 100, 100, 50, 50]);
      const named = puts.filter(({ address }) => address === "192.0.2.7").flatMap(({ resources }) => resources);
      expect(new Set(named).size).toBe(250);
      expect((await entriesOf(audit, { operation: "dav.delete" }))[0]).toMatchObject({ count: 5 });
    });
  });

  test("a storm of like refusals from one address is one entry at its begin and one with their number", async () => {
    const refusal = (rest = {}) =>
      act({ operation: "session.login", outcome: "refused", error: new AppError("unauthenticated"), ...rest });
    await folder.run(async (audit) => {
      for (let i = 0; i < 5000; i++) void audit.record(refusal({ resources: [`try ${i % 40}`] }));
      await audit.record(refusal({ address: "192.0.2.8" }));
      const found = await entriesOf(audit, { operation: "session.login" });
      expect(found.map(({ count, address }) => `${address} ${count}`)).toEqual([
        "192.0.2.7 4999",
        "192.0.2.8 1",
        "192.0.2.7 1",
      ]);
      expect(found[0]?.resources).toHaveLength(20);
    });
  });

  test("refusals that all differ are counted together beyond a budget, each account's by themselves", async () => {
    const account = { id: 7, name: "anna" };
    const nobody = anonymous;
    await folder.run(async (audit) => {
      for (let i = 0; i < 3000; i++) {
        const address = `10.0.${i >> 8}.${i & 255}`;
        void audit.record(act({ operation: "session.login", outcome: "refused", actor: nobody, account, address }));
        void audit.record(act({ operation: "session.login", outcome: "refused", actor: nobody, address }));
      }
      const ben = { id: 8, name: "ben" };
      await audit.record(act({ operation: "session.login", outcome: "refused", actor: nobody, account: ben }));
      const found = await allOf(audit, { operation: "session.login" });
      const rest = found.filter(({ count }) => count > 1);
      expect(rest.map(({ who, count, address }) => `${who.name} ${count} ${address}`).toSorted()).toEqual([
        " 2400 ",
        "anna 2800 ",
      ]);
      for (const entry of rest) expect(entry.resources).toHaveLength(20);
      expect(found.filter(({ who }) => who.name === "ben")).toMatchObject([{ count: 1, address: "192.0.2.7" }]);
      expect(found.length).toBe(600 + 200 + 2 + 1);
    });
    expect(folder.problems()).toEqual([]);
  });

  test("what the disk refuses is written later, in order, and what found no room is told", async () => {
    await folder.run(async (audit, db) => {
      db.prepare("CREATE TEMP TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'full'); END").run();
      for (let i = 0; i < 10_500; i++) void audit.record(act({ requestId: `n${i}` }));
      await audit.record(act());
      expect(folder.logged.join()).toContain("could not be written");
      folder.logged.length = 0;
      db.prepare("DROP TRIGGER full").run();
      await audit.record(act({ operation: "people.create" }));
      await audit.record(act({ operation: "people.create" }));
      const found = await allOf(audit, {});
      const ids = found.map(({ requestId }) => requestId).filter((id) => id.startsWith("n"));
      expect(ids.length).toBeGreaterThan(9_900);
      expect(ids).toEqual(ids.toSorted((a, b) => Number(b.slice(1)) - Number(a.slice(1))));
      expect(found.filter(({ operation }) => operation === "audit.lost")[0]?.detail).toMatch(/^5\d\d acts were not/);
    });
    expect(folder.problems()).toEqual([]);
  });

  test("whatever happens in whatever order, every act is counted once", async () => {
    const event = fc.record({
      operation: fc.constantFrom("dav.put", "dav.delete", "session.login", "people.update"),
      outcome: fc.constantFrom("allowed", "refused", "failed"),
      address: fc.constantFrom("192.0.2.1", "192.0.2.2", "192.0.2.3"),
      account: fc.constantFrom(undefined, { id: 7, name: "anna" }, { id: 8, name: "ben" }),
      passedMs: fc.constantFrom(0, 0, 0, 500, 11_000, 4_000_000),
    });
    const property = fc.asyncProperty(fc.array(event, { maxLength: 300 }), async (events) => {
      const one = openTestFolder();
      await one.run(async (audit) => {
        for (const { passedMs, ...rest } of events) {
          one.clock.nowMs += passedMs;
          const written = audit.record(act(rest));
          if (passedMs > 0) await written;
        }
        const found = (await allOf(audit, {})).filter(({ operation }) => operation !== "server.start");
        expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(events.length);
      });
      expect(one.problems()).toEqual([]);
      one.remove();
    });
    await fc.assert(property, { numRuns: 15 });
  });

  test("time never goes backwards in the chain, whatever the clock does", async () => {
    const jumps = fc.array(fc.integer({ min: -10_000_000, max: 10_000_000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(jumps, async (steps) => {
        const one = openTestFolder();
        await one.run(async (audit) => {
          for (const step of steps) {
            one.clock.nowMs += step;
            await audit.record(act());
          }
          const times = (await entriesOf(audit)).map(({ atMs }) => atMs);
          expect(times).toEqual(times.toSorted((a, b) => b - a));
        });
        expect(one.problems()).toEqual([]);
        one.remove();
      }),
      { numRuns: 10 },
    );
  });

  test("texts of any kind come back as printable ones and leave the chain whole", async () => {
    const text = fc.string({ unit: "binary", maxLength: 400 });
    await folder.run(async (audit) => {
      await fc.assert(
        fc.asyncProperty(text, text, text, async (userAgent, resource, detail) => {
          await audit.record(
            act({ userAgent, resources: [resource, "\ud800", "a\u0000b"], detail, address: resource }),
          );
        }),
        { numRuns: 100 },
      );
      for (const entry of await entriesOf(audit, { operation: "people", limit: 500 })) {
        expect(entry.resources).toContain("\ufffd");
        expect(entry.resources).toContain("a\ufffdb");
        expect(JSON.stringify(entry)).not.toMatch(/\\u00[01]|\\ud[89a-f]/);
      }
    });
    expect(folder.problems()).toEqual([]);
  });

  test("what another transaction undoes takes nothing of the log with it", async () => {
    await folder.run(async (audit, db) => {
      let written: Promise<void> | undefined;
      const work = () => {
        written = audit.record(act({ operation: "people.create" }));
        throw new Error("undone");
      };
      expect(() => db.transaction(work)).toThrow("undone");
      await written;
      expect(await entriesOf(audit, { operation: "people" })).toHaveLength(1);
    });
    expect(folder.problems()).toEqual([]);
  });
});

describe("searching", () => {
  const fill = async (audit: Audit) => {
    for (let i = 0; i < 30; i++) {
      folder.clock.nowMs += 60_000;
      const ben = { ...anna, userId: 8, name: "ben" };
      await audit.record(
        act({
          operation: i % 3 === 0 ? "people.update" : "session.login",
          actor: i % 2 === 0 ? anna : ben,
          address: `192.0.2.${i}`,
          outcome: i % 5 === 0 ? "refused" : "allowed",
          resources: [`/dav/100%_"Überraschung"/${i}`],
        }),
      );
    }
  };

  test("every filter finds what it says and nothing else", async () => {
    await folder.run(async (audit) => {
      const startMs = folder.clock.nowMs;
      await fill(audit);
      const count = async (filter: Record<string, unknown>) => (await entriesOf(audit, filter)).length;
      expect(await count({})).toBe(31);
      expect(await count({ userId: 7 })).toBe(15);
      expect(await count({ operation: "people" })).toBe(10);
      expect(await count({ operation: "people." })).toBe(10);
      expect(await count({ operation: "people.update" })).toBe(10);
      expect(await count({ operation: "peop" })).toBe(0);
      expect(await count({ outcome: "refused" })).toBe(6);
      expect(await count({ address: "192.0.2.1" })).toBe(11);
      expect(await count({ text: "BEN" })).toBe(15);
      expect(await count({ text: '100%_"' })).toBe(30);
      expect(await count({ text: "100_" })).toBe(0);
      expect(await count({ fromMs: startMs + 60_000 * 11 })).toBe(20);
      expect(await count({ fromMs: startMs + 60_000 * 11, untilMs: startMs + 60_000 * 21 })).toBe(10);
      expect(await count({ untilMs: startMs })).toBe(0);
      expect(await count({ userId: 8, outcome: "refused", operation: "session" })).toBe(2);
    });
  });

  test("pages follow each other without gap or twin, and end", async () => {
    await folder.run(async (audit) => {
      await fill(audit);
      const seqs: number[] = [];
      let beforeSeq: number | undefined;
      for (let turn = 0; turn < 20; turn++) {
        const page = await call(audit, "audit.search", { limit: 7, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
        seqs.push(...page.entries.map(({ seq }: AuditEntry) => seq));
        if (page.nextBeforeSeq === null) break;
        beforeSeq = page.nextBeforeSeq;
      }
      expect(seqs).toEqual(Array.from({ length: 31 }, (_, i) => 31 - i));
    });
  });

  test("what is rare is found far behind, and an answer ends although nothing is", async () => {
    await folder.run(async (audit) => {
      await audit.record(act({ detail: "a needle" }));
      for (let i = 0; i < 9000; i++) void audit.record(act({ operation: "x.y" }));
      await audit.record(act());
      const found = await call(audit, "audit.search", { text: "NEEDLE", limit: 1 });
      expect(found.entries).toMatchObject([{ seq: 2, detail: "a needle" }]);
      expect(await call(audit, "audit.search", { text: "no such thing" })).toEqual({
        entries: [],
        nextBeforeSeq: null,
      });
    });
  });

  test("one's own entries are those of the account, tries against it among them", async () => {
    await folder.run(async (audit) => {
      await fill(audit);
      const nobody = { ...anna, kind: "visitor" as const, userId: 0, name: "", via: "none" as const };
      const account = { id: 7, name: "anna" };
      await audit.record(act({ operation: "session.login", outcome: "refused", actor: nobody, account }));
      const { entries } = await call(audit, "audit.mine");
      expect(entries).toHaveLength(16);
      expect(entries[0].who).toEqual({ userId: 7, name: "anna", kind: "visitor" });
      await expect(call(audit, "audit.mine", {}, { ...anna, via: "app-password" })).rejects.toThrow("app password");
    });
  });

  test("whoever tries another account while logged in stays named", async () => {
    await folder.run(async (audit) => {
      const account = { id: 8, name: "ben" };
      await audit.record(act({ operation: "session.login", outcome: "refused", account }));
      await audit.record(act({ operation: "session.login", outcome: "refused", account: { id: 7, name: "anna" } }));
      const { entries } = await call(audit, "audit.search", { operation: "session.login" });
      const told = entries.map(({ who, resources }: { who: { name: string }; resources: string[] }) => [
        who.name,
        resources,
      ]);
      expect(told).toEqual([
        ["anna", []],
        ["ben", ["caller 7 anna"]],
      ]);
    });
  });

  test("the check goes in parts", async () => {
    await folder.run(async (audit) => {
      for (let i = 0; i < 4500; i++) void audit.record(act({ operation: "x.y", resources: [`${i}`] }));
      await audit.record(act());
      let cursor: string | null = null;
      let parts = 0;
      do {
        const part: Record<string, never> = await call(audit, "audit.verify", { cursor });
        expect(part).toMatchObject({ problems: [], firstSeq: 1, totalEntries: 4502 });
        cursor = part["cursor"] ?? null;
        parts += 1;
        if (cursor === null) expect(part).toMatchObject({ checkedEntries: 4502 });
      } while (cursor !== null && parts < 10);
      expect(parts).toBe(3);
      for (const wrong of ["x", "{}", '{"seq":"1"}', "null"]) {
        await expect(call(audit, "audit.verify", { cursor: wrong })).rejects.toThrow("cursor");
      }
    });
  });
});
