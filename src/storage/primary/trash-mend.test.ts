import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { act, bytes, openTestStorage, type TestStorage, treeInIndex, treeOnDisk } from "./testing.ts";

let t: TestStorage;
beforeEach(async () => {
  t = await openTestStorage();
});
afterEach(() => t.close());

const put = (name: string, text: string, parentId = t.home.rootId) =>
  t.storage.put({ parentId, name }, bytes(text), act);
const trashPath = (name = "") => join(t.volumePath, ".hearth", "trash", name);
const listed = () => t.storage.trash.list(t.home.id, { offset: 0, limit: 9 });

test("what a deletion without a transaction took is back after the start, with its id", async () => {
  const folder = await t.storage.makeFolder({ parentId: t.home.rootId, name: "d" }, act);
  const { node } = await put("f", "1", folder.id);
  t = await t.reopen(() => renameSync(join(t.path, "d"), trashPath("stray")));
  await t.storage.settled();
  expect(treeOnDisk(t.path)).toEqual(
    new Map([
      ["d", null],
      ["d/f", "1"],
    ]),
  );
  expect(t.storage.node(node.id)).toMatchObject({ name: "f", parentId: folder.id });
  expect(readdirSync(trashPath())).toEqual([]);
});

test("when another file took its place, it is an item of the trash", async () => {
  await put("a", "old");
  t = await t.reopen(() => {
    renameSync(join(t.path, "a"), trashPath("stray"));
    writeFileSync(join(t.path, "a"), "newer");
  });
  await t.storage.settled();
  expect(treeInIndex(t.storage, t.home.rootId)).toEqual(new Map([["a", "newer"]]));
  expect(listed()).toMatchObject({ total: 1, sizeBytes: 3, items: [{ name: "a", originalPath: "a" }] });
  await t.storage.trash.restore("stray", act);
  expect(treeOnDisk(t.path)).toEqual(
    new Map([
      ["a", "newer"],
      ["a (2)", "old"],
    ]),
  );
});

test("a restore that was cut short counts as done, and the id is kept", async () => {
  const { node } = await put("a", "1");
  const { trashId } = await t.storage.remove(node.id, act);
  t = await t.reopen(() => renameSync(trashPath(trashId), join(t.path, "a")));
  await t.storage.settled();
  expect(listed()).toMatchObject({ total: 0, sizeBytes: 0 });
  expect(t.storage.node(node.id)).toMatchObject({ name: "a", parentId: t.home.rootId });
});

test("a deletion for good that was cut short is ended, whatever the durability", async () => {
  const { node } = await put("a", "1");
  const { trashId } = await t.storage.remove(node.id, act);
  await t.storage.trash.purge(trashId);
  expect(t.db.prepare("SELECT act, path FROM redo").all()).toEqual([
    { act: "delete", path: `.hearth/trash/${trashId}` },
  ]);
  mkdirSync(trashPath(trashId));
  t = await t.crash();
  expect(readdirSync(trashPath())).toEqual([]);
});
