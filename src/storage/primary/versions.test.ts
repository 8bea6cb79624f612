import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { systemActor } from "#platform/usecase";
import { act, bytes, eventually, openTestStorage, readNode, type TestStorage } from "./testing.ts";

let t: TestStorage;
let nowMs = Date.now();
const clock = { now: () => nowMs };
beforeEach(async () => {
  t = await openTestStorage({ clock });
});
afterEach(() => t.close());

const minuteMs = 60_000;
async function put(name: string, text: string, options: object = act) {
  nowMs += minuteMs;
  return t.storage.put({ parentId: t.home.rootId, name }, bytes(text), { ...act, ...options });
}
const folderOf = (nodeId: number) => join(t.volumePath, ".hearth", "versions", String(nodeId));
function read(nodeId: number, number: number): string {
  const file = t.storage.versions.open(nodeId, number);
  try {
    return readFileSync(file.fd, "utf8");
  } finally {
    file.close();
  }
}
const contents = (nodeId: number) => t.storage.versions.list(nodeId).map(({ number }) => read(nodeId, number));

test("a version is the replaced file itself under a second name", async () => {
  const { node } = await put("a", "one");
  const { ino } = statSync(join(t.path, "a"));
  const { keptVersion } = await put("a", "two");
  expect(statSync(join(folderOf(node.id), String(keptVersion)))).toMatchObject({ ino, nlink: 1 });
  expect(t.storage.versions.get(node.id, keptVersion ?? 0)).toMatchObject({ sizeBytes: 3, sha1: node.sha1 });
  expect(t.storage.space(t.home.id).versionBytes).toBe(3);
});

test("new files, empty contents, the same content, and saves that follow closely leave none", async () => {
  const anna = { actor: { ...systemActor, userId: 7 } };
  const ben = { actor: { ...systemActor, userId: 8 } };
  const { node } = await put("a", "", anna);
  await put("a", "one", anna);
  await put("a", "one", anna);
  expect(contents(node.id)).toEqual([]);
  await put("a", "two", anna);
  nowMs -= minuteMs;
  await put("a", "three", anna);
  expect(contents(node.id)).toEqual(["one"]);
  nowMs -= minuteMs;
  await put("a", "four", ben);
  expect(contents(node.id)).toEqual(["three", "one"]);
  nowMs -= minuteMs;
  await put("a", "five", { ...ben, keepAlways: true });
  expect(contents(node.id)).toEqual(["four", "three", "one"]);
  expect(t.storage.versions.list(node.id).map((one) => [one.authorId, one.replacedById])).toEqual([
    [8, 8],
    [7, 8],
    [7, 7],
  ]);
});

test("what one device saved is kept when another one of the same person writes over it, however soon", async () => {
  const device = (credentialId: string) => ({
    actor: { ...systemActor, kind: "person" as const, via: "app-password" as const, userId: 7, credentialId },
  });
  const { node } = await put("a", "one", device("phone"));
  await put("a", "two", device("phone"));
  nowMs -= minuteMs;
  await put("a", "three", device("phone"));
  expect(contents(node.id)).toEqual(["one"]);
  nowMs -= minuteMs;
  await put("a", "four", device("laptop"));
  expect(contents(node.id)).toEqual(["three", "one"]);
});

test("every save can be kept, however closely it follows", async () => {
  await t.close();
  t = await openTestStorage({ clock, mergeVersionsMs: 0 });
  const place = { parentId: t.home.rootId, name: "a" };
  for (const text of ["one", "two", "three", "four"]) await t.storage.put(place, bytes(text), act);
  expect(contents(t.storage.child(t.home.rootId, "a")?.id ?? 0)).toEqual(["three", "two", "one"]);
});

test("a file that is copied over stays the same file, with what it held as a version", async () => {
  const { node } = await put("a", "one");
  const source = await put("b", "two");
  nowMs += minuteMs;
  const place = { parentId: t.home.rootId, name: "a" };
  const copied = await t.storage.copy(source.node.id, place, { ...act, replace: true });
  expect(copied).toMatchObject({ node: { id: node.id }, created: false, pairs: [[source.node.id, node.id]] });
  expect(contents(node.id)).toEqual(["one"]);
  expect(readFileSync(join(t.path, "a"), "utf8")).toBe("two");
  expect(t.storage.trash.list(t.home.id, { offset: 0, limit: 1 }).total).toBe(0);
  expect(t.storage.space(t.home.id)).toMatchObject({ usedBytes: 6, versionBytes: 3 });
});

test("a write never fails because of its version", async () => {
  writeFileSync(join(t.volumePath, ".hearth", "versions"), "in the way");
  const { node } = await put("a", "one");
  expect((await put("a", "two")).keptVersion).toBeUndefined();
  expect(contents(node.id)).toEqual([]);
  expect(readNode(t.storage, t.storage.refresh(node.id))).toBe("two");
});

test("a write that fails after its rename puts the former content back", async () => {
  const { node } = await put("a", "one");
  await put("a", "two");
  const run = (sql: string) => t.db.prepare<never, []>(sql).run();
  run("CREATE TRIGGER broken BEFORE UPDATE OF sha1 ON node BEGIN SELECT RAISE(ABORT, 'broken'); END");
  expect(await put("a", "three").then(String, () => "failed")).toBe("failed");
  run("DROP TRIGGER broken");
  expect(readFileSync(join(t.path, "a"), "utf8")).toBe("two");
  expect(contents(node.id)).toEqual(["one"]);
  expect(readdirSync(folderOf(node.id))).toHaveLength(1);
  expect(readdirSync(join(t.volumePath, ".hearth", "stage"))).toEqual([]);
  expect(t.storage.space(t.home.id).versionBytes).toBe(3);
});

test("killed between link and rename: the link goes, the content stays the only one", async () => {
  const { node } = await put("a", "one");
  t = await t.crash(() => {
    mkdirSync(folderOf(node.id), { recursive: true });
    linkSync(join(t.path, "a"), join(folderOf(node.id), "17"));
  });
  await t.storage.settled();
  expect(existsSync(folderOf(node.id)) ? readdirSync(folderOf(node.id)) : []).toEqual([]);
  expect(statSync(join(t.path, "a")).nlink).toBe(1);
});

test("killed between rename and transaction: the replaced content is a version", async () => {
  const { node } = await put("a", "one");
  t = await t.crash(() => {
    mkdirSync(folderOf(node.id), { recursive: true });
    linkSync(join(t.path, "a"), join(folderOf(node.id), "17"));
    writeFileSync(join(t.volumePath, "new"), "unacknowledged");
    renameSync(join(t.volumePath, "new"), join(t.path, "a"));
  });
  await t.storage.settled();
  expect(contents(node.id)).toEqual(["one"]);
  expect(readNode(t.storage, t.storage.refresh(node.id))).toBe("unacknowledged");
});

test("rows without content and content without a file are forgotten at the start", async () => {
  const { node } = await put("a", "one");
  await put("a", "two");
  await put("a", "three");
  const other = await put("b", "one");
  await put("b", "two");
  t = await t.reopen(() => {
    rmSync(join(folderOf(node.id), readdirSync(folderOf(node.id)).toSorted()[0] ?? ""));
    rmSync(folderOf(other.node.id), { recursive: true });
    mkdirSync(folderOf(999_999));
    writeFileSync(join(folderOf(999_999), "1"), "stray");
    writeFileSync(join(folderOf(node.id), "5"), "of nobody");
  });
  await t.storage.settled();
  expect(contents(node.id)).toEqual(["two"]);
  expect(readdirSync(folderOf(node.id))).toHaveLength(1);
  expect(t.storage.versions.list(other.node.id)).toEqual([]);
  expect(existsSync(folderOf(999_999))).toBe(false);
});

test("after a power cut that took link and rename, the version is made again before the write is", async () => {
  await t.close();
  t = await openTestStorage({ clock, durability: "strict" });
  const { node } = await put("a", "one");
  const { keptVersion } = await put("a", "two");
  const version = join(folderOf(node.id), String(keptVersion));
  // Of another boot: only then the log is replayed.
  t.db.prepare<never, []>("UPDATE redo SET boot = 'before'").run();
  t = await t.crash(() => renameSync(version, join(t.path, "a")));
  await t.storage.settled();
  expect(contents(node.id)).toEqual(["one"]);
  expect(readFileSync(join(t.path, "a"), "utf8")).toBe("two");
});

test("after a power cut a version counts as of the log although it was written down a moment before its act was logged", async () => {
  await t.close();
  t = await openTestStorage({ clock: { now: () => nowMs++ }, durability: "strict" });
  const { node } = await put("a", "one");
  t = await t.reopen();
  const { keptVersion } = await put("a", "two");
  t.db.prepare<never, []>("UPDATE redo SET boot = 'before'").run();
  t = await t.crash(() => renameSync(join(folderOf(node.id), String(keptVersion)), join(t.path, "a")));
  await t.storage.settled();
  expect(contents(node.id)).toEqual(["one"]);
  expect(readFileSync(join(t.path, "a"), "utf8")).toBe("two");
});

test("a version whose content was itself new at a power cut is written again from the log", async () => {
  await t.close();
  t = await openTestStorage({ clock, durability: "strict" });
  const { node } = await put("a", "one");
  await put("a", "two");
  await put("a", "three");
  const [, torn, lost] = [
    "",
    ...t.storage.versions.list(node.id).map((v) => join(folderOf(node.id), String(v.number))),
  ];
  t.db.prepare<never, []>("UPDATE redo SET boot = 'before'").run();
  t = await t.crash(() => {
    rmSync(lost ?? "");
    writeFileSync(torn ?? "", "");
  });
  await t.storage.settled();
  expect(contents(node.id)).toEqual(["two", "one"]);
  expect(readFileSync(join(t.path, "a"), "utf8")).toBe("three");
});

test("a version that another program had written into since it was logged is left as it is after a power cut", async () => {
  await t.close();
  t = await openTestStorage({ clock, durability: "strict" });
  const { node } = await put("a", "one");
  writeFileSync(join(t.path, "a"), "one, and more");
  const { keptVersion } = await put("a", "two");
  expect(read(node.id, keptVersion ?? 0)).toBe("one, and more");
  t.db.prepare<never, []>("UPDATE redo SET boot = 'before'").run();
  t = await t.crash(() => undefined);
  await t.storage.settled();
  expect(contents(node.id)).toEqual(["one, and more"]);
  expect(readFileSync(join(t.path, "a"), "utf8")).toBe("two");
});

test("a version that a power cut left at a place which the log then gives to something else is kept", async () => {
  await t.close();
  t = await openTestStorage({ clock, durability: "strict" });
  const folder = await t.storage.makeFolder({ parentId: t.home.rootId, name: "d" }, act);
  const place = { parentId: folder.id, name: "a" };
  const { node } = await t.storage.put(place, bytes("one"), act);
  t = await t.reopen();
  nowMs += minuteMs;
  const { keptVersion } = await t.storage.put(place, bytes("two"), act);
  await t.storage.move(folder.id, { parentId: t.home.rootId, name: "e" }, act);
  t.db.prepare<never, []>("UPDATE redo SET boot = 'before'").run();
  t = await t.crash(() => {
    renameSync(join(t.path, "e"), join(t.path, "d"));
    renameSync(join(folderOf(node.id), String(keptVersion)), join(t.path, "d", "a"));
  });
  await t.storage.settled();
  expect(contents(node.id)).toEqual(["one"]);
  expect(readFileSync(join(t.path, "e", "a"), "utf8")).toBe("two");
});

test("what moves to another space counts there, and what is gone for good takes its versions along", async () => {
  const shed = await t.storage.createSpace({ kind: "shared", name: "Shed", quotaBytes: null });
  const folder = await t.storage.makeFolder({ parentId: t.home.rootId, name: "d" }, act);
  const place = { parentId: folder.id, name: "a" };
  const { node } = await t.storage.put(place, bytes("one"), act);
  await t.storage.put(place, bytes("four"), act);
  await t.storage.move(folder.id, { parentId: shed.rootId, name: "d" }, act);
  const used = () => [t.home.id, shed.id].map((id) => t.storage.space(id).versionBytes);
  expect(used()).toEqual([0, 3]);
  expect(contents(node.id)).toEqual(["one"]);
  const { trashId } = await t.storage.remove(folder.id, act);
  expect(used()).toEqual([0, 3]);
  await t.storage.trash.purge(trashId);
  await eventually(() => !existsSync(folderOf(node.id)));
  expect(used()).toEqual([0, 0]);
});

const names = ["a", "b"] as const;
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant("put"), name: fc.constantFrom(...names), id: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("remove"), name: fc.constantFrom(...names), id: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("restore"), name: fc.constantFrom(...names), id: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("swap"), name: fc.constantFrom(...names), id: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("reopen"), name: fc.constantFrom(...names), id: fc.nat(20) }) },
);

test("every version reads back what it held, whatever happens to the file and the others", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      /** By node: what each version must hold. */
      const model = new Map<number, Map<number, string>>();
      const current = new Map<number, string>();
      const ids = new Map<string, number>();
      for (const { act: what, name, id } of steps) {
        const nodeId = ids.get(name);
        const versions = nodeId === undefined ? [] : t.storage.versions.list(nodeId);
        const chosen = versions[id % Math.max(1, versions.length)];
        const write = async (text: string) => {
          const written = await put(name, text, { keepAlways: true });
          const kept = model.get(written.node.id) ?? new Map<number, string>();
          const before = current.get(written.node.id);
          if (before !== undefined && before !== text) kept.set(written.keptVersion ?? -1, before);
          model.set(written.node.id, kept);
          current.set(written.node.id, text);
          ids.set(name, written.node.id);
        };
        if (what === "put") await write(`content ${id}`);
        if (what === "restore" && nodeId !== undefined && chosen !== undefined)
          await write(read(nodeId, chosen.number));
        if (what === "remove" && nodeId !== undefined && chosen !== undefined) {
          await t.storage.versions.remove(nodeId, [chosen.number]);
          model.get(nodeId)?.delete(chosen.number);
        }
        if (what === "swap" && nodeId !== undefined) {
          const { trashId } = await t.storage.remove(nodeId, act);
          const back = await t.storage.trash.restore(trashId, act);
          expect(back.id).toBe(nodeId);
        }
        if (what === "reopen") t = await t.reopen();
      }
      await t.storage.settled();
      let total = 0;
      for (const [nodeId, expected] of model) {
        const found = t.storage.versions.list(nodeId);
        expect(new Map(found.map(({ number }) => [number, read(nodeId, number)]))).toEqual(expected);
        total += found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        await t.storage.remove(nodeId, act);
      }
      expect(t.storage.space(t.home.id).versionBytes).toBe(total);
      for (const { id } of t.storage.trash.list(t.home.id, { offset: 0, limit: 100 }).items)
        await t.storage.trash.purge(id);
      await eventually(() => t.storage.space(t.home.id).versionBytes === 0);
    }),
    { numRuns: 25 },
  );
}, 60_000);
