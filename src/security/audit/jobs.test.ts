import { afterEach, beforeEach, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { createLogger } from "#platform/log";
import type { Audit } from "./service.ts";
import { act, call, openTestFolder, type TestFolder } from "./testing.ts";

let folder: TestFolder;
const dayMs = 86_400_000;

beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => folder.remove());

async function retain(audit: Audit): Promise<void> {
  const log = createLogger({ clock: folder.clock, level: "error", write: () => undefined });
  const context = { id: 1, attempt: 1, signal: new AbortController().signal, log, progress: () => undefined };
  await audit.jobHandlers[0]?.run(context, {});
}

async function fill(audit: Audit, count: number): Promise<void> {
  for (let i = 0; i < count; i++) void audit.record(act({ requestId: `${i}` }));
  await audit.record(act());
}

test("old entries are cut at a signed checkpoint, and the rest holds", async () => {
  await folder.run(
    async (audit) => {
      await fill(audit, 2500);
      folder.clock.nowMs += 40 * dayMs;
      await fill(audit, 1500);
      await retain(audit);
      const oldest = await call(audit, "audit.search", { beforeSeq: 2504 });
      expect(oldest.entries.map(({ seq }: { seq: number }) => seq)).toEqual([2503]);
      expect(oldest.nextBeforeSeq).toBeNull();
      await retain(audit);
      folder.clock.nowMs += 40 * dayMs;
      await fill(audit, 1200);
      await retain(audit);
    },
    { keepDays: 30 },
  );
  expect(folder.verify()).toMatchObject({ firstSeq: 4004, problems: [] });
});

test("the newest thousand stay, whatever the clock says", async () => {
  await folder.run(
    async (audit) => {
      await fill(audit, 1500);
      folder.clock.nowMs += 10_000 * dayMs;
      await retain(audit);
    },
    { keepDays: 30 },
  );
  expect(folder.verify()).toMatchObject({ entries: 1001, problems: [] });
});

test("a cut that a crash interrupted is continued, and the chain holds meanwhile", async () => {
  await folder.run(
    async (audit) => {
      await fill(audit, 1500);
      folder.clock.nowMs += 40 * dayMs;
      await fill(audit, 1100);
      await retain(audit);
    },
    { keepDays: 30 },
  );
  const database = new Database(folder.databasePath);
  const first = database.query<{ seq: number }, []>("SELECT min(seq) AS seq FROM audit_entry").get()!.seq;
  // As if the removal had not come so far.
  const row = database.query<Record<string, string>, []>("SELECT * FROM audit_entry ORDER BY seq LIMIT 1").get()!;
  database.run("DROP TRIGGER audit_entry_appends");
  database.run(
    `INSERT INTO audit_entry VALUES (${Object.keys(row)
      .map(() => "?")
      .join()})`,
    [...Object.values({ ...row, seq: first - 1 })] as never,
  );
  database.close();
  expect(folder.problems()).toEqual([]);
  await folder.run((audit) => retain(audit), { keepDays: 30 });
  expect(folder.verify()).toMatchObject({ firstSeq: first, problems: [] });
});
