import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
let spaceId = 0;
let nowMs = Date.now();
beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  spaceId = cloud.homeOf("anna").id;
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const there = (path: string) => existsSync(join(cloud.homePath("anna"), path));
const list = () => cloud.call("anna", "trash.list", { spaceId });
async function drop(path: string): Promise<string> {
  const { id } = cloud.plant("anna", path, "hello");
  return (await cloud.call("anna", "files.remove", { ids: [id] })).trashIds[0];
}

test("what is removed is listed, comes back to where it was, beside what took its name", async () => {
  const id = await drop("a/b/f.txt");
  expect((await list()).items[0]).toMatchObject({
    id,
    name: "f.txt",
    originalPath: "a/b/f.txt",
    kind: "file",
    sizeBytes: 5,
    deletedBy: "anna",
  });
  cloud.plant("anna", "a/b/f.txt", "new");
  const { restoredIds } = await cloud.call("anna", "trash.restore", { ids: [id] });
  expect(cloud.storage.node(restoredIds[0])?.name).toBe("f (2).txt");
  expect(there("a/b/f (2).txt")).toBe(true);
  const lost = await drop("gone/deep/g.txt");
  await cloud.call("anna", "files.remove", { ids: [cloud.storage.resolve(spaceId, ["gone"])?.id] });
  await cloud.call("anna", "trash.restore", { ids: [lost] });
  expect(there("gone/deep/g.txt")).toBe(true);
});

test("others see nothing of it, and a list with one foreign item touches none", async () => {
  const id = await drop("mine.txt");
  expect((await cloud.call("ben", "trash.list", { spaceId })).code).toBe("not-found");
  for (const operation of ["trash.restore", "trash.purge"]) {
    expect((await cloud.call("ben", operation, { ids: [id] })).code).toBe("not-found");
    expect((await cloud.call("anna", operation, { ids: [id, "no-such-item"] })).code).toBe("not-found");
  }
  expect((await cloud.call("ben", "trash.empty", { spaceId })).code).toBe("not-found");
  expect((await list()).items.some((item: { id: string }) => item.id === id)).toBe(true);
});

test("purge and empty delete for good, and say how many", async () => {
  const id = await drop("p.txt");
  expect(await cloud.call("anna", "trash.purge", { ids: [id] })).toEqual({});
  expect((await cloud.call("anna", "trash.restore", { ids: [id] })).code).toBe("not-found");
  await drop("q.txt");
  const { total } = await list();
  expect(await cloud.call("anna", "trash.empty", { spaceId })).toEqual({ removed: total });
  expect(await list()).toMatchObject({ items: [], total: 0, sizeBytes: 0 });
});

test("the job purges what is older than it is kept", async () => {
  const old = await drop("old.txt");
  nowMs += 31 * 86_400_000;
  const young = await drop("young.txt");
  await cloud.runJob(cloud.trash.jobHandlers[0]);
  expect((await list()).items.map((item: { id: string }) => item.id)).toEqual([young]);
  expect(cloud.storage.trash.get(old)).toBeUndefined();
});

test("a trash that takes more than its share gives way, the oldest first, but nothing of the last week", async () => {
  const bytes = (name: string, count: number) => cloud.plant("anna", name, "x".repeat(count));
  const remove = async (id: number) => (await cloud.call("anna", "files.remove", { ids: [id] })).trashIds[0];
  await cloud.call("anna", "trash.empty", { spaceId });
  cloud.storage.setQuota(spaceId, 1000);
  const oldest = await remove(bytes("oldest.bin", 200).id);
  nowMs += 86_400_000;
  const older = await remove(bytes("older.bin", 200).id);
  nowMs += 8 * 86_400_000;
  const recent = await remove(bytes("recent.bin", 300).id);
  expect(await list()).toMatchObject({ keepDays: 30, budgetBytes: 500, sizeBytes: 700 });
  await cloud.runJob(cloud.trash.jobHandlers[0]);
  expect((await list()).items.map(({ id }: { id: string }) => id)).toEqual([recent, older]);
  expect(cloud.storage.trash.get(oldest)).toBeUndefined();
  nowMs += 1000;
  const large = await remove(bytes("large.bin", 400).id);
  await cloud.runJob(cloud.trash.jobHandlers[0]);
  expect((await list()).items.map(({ id }: { id: string }) => id)).toEqual([large, recent]);
  cloud.storage.setQuota(spaceId, null);
});
