import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, toAppError } from "#platform/errors";
import { act, bytes, eventually, openTestStorage, type TestStorage, treeInIndex, treeOnDisk } from "./testing.ts";

let t: TestStorage;
beforeEach(async () => {
  t = await openTestStorage();
});
afterEach(() => t.close());

const put = (name: string, text: string, parentId = t.home.rootId) =>
  t.storage.put({ parentId, name }, bytes(text), act);
const folder = (name: string, parentId = t.home.rootId) => t.storage.makeFolder({ parentId, name }, act);
const code = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return toAppError(error).code;
  }
  return "done";
};
const refuse = () => {
  throw new AppError("precondition-failed");
};
const trashEntries = () => readdirSync(join(t.volumePath, ".hearth", "trash"));
const rootSums = () => {
  const { sizeBytes, count } = t.storage.node(t.home.rootId) ?? {};
  return { sizeBytes, count };
};

describe("an act that is refused", () => {
  test("leaves sizes and counts right when it met a change made behind our back", async () => {
    await put("a", "1");
    appendFileSync(join(t.path, "a"), "2345");
    writeFileSync(join(t.path, "b"), "new");
    expect(
      await code(t.storage.put({ parentId: t.home.rootId, name: "a" }, bytes("x"), { ...act, guard: refuse })),
    ).toBe("precondition-failed");
    expect(
      await code(t.storage.put({ parentId: t.home.rootId, name: "b" }, bytes("x"), { ...act, guard: refuse })),
    ).toBe("precondition-failed");
    await t.storage.settled();
    expect(rootSums()).toEqual({ sizeBytes: 8, count: 2 });
  });

  test("does not spoil the sums of the others in its group", async () => {
    await put("a", "1");
    appendFileSync(join(t.path, "a"), "2345");
    const refused = t.storage.put({ parentId: t.home.rootId, name: "a" }, bytes("x"), { ...act, guard: refuse });
    const done = [put("c", "123"), put("d", "4567")];
    expect(await code(refused)).toBe("precondition-failed");
    await Promise.all(done);
    await t.storage.settled();
    expect(rootSums()).toEqual({ sizeBytes: 12, count: 3 });
  });

  test("gives back what had made way for it", async () => {
    const other = await t.storage.createSpace({ kind: "shared", name: "small", quotaBytes: 10 });
    await t.storage.put({ parentId: other.rootId, name: "kept" }, bytes("12345"), act);
    const { node } = await put("large", "x".repeat(20));
    expect(
      await code(t.storage.move(node.id, { parentId: other.rootId, name: "kept" }, { ...act, replace: true })),
    ).toBe("quota-exceeded");
    expect(
      await code(t.storage.copy(node.id, { parentId: other.rootId, name: "kept" }, { ...act, replace: true })),
    ).toBe("quota-exceeded");
    const shared = join(t.volumePath, "spaces", "small");
    expect(readFileSync(join(shared, "kept"), "utf8")).toBe("12345");
    expect(treeInIndex(t.storage, other.rootId)).toEqual(treeOnDisk(shared));
    expect(trashEntries()).toEqual([]);
    expect(t.storage.trash.list(other.id, { offset: 0, limit: 9 }).total).toBe(0);
  });

  test("a move whose source is gone leaves the target where it was", async () => {
    const { node } = await put("from", "1");
    await put("to", "2");
    // The guard stands for the moment between the check and the act.
    const guard = () => renameSync(join(t.path, "from"), join(t.volumePath, "elsewhere"));
    expect(
      await code(t.storage.move(node.id, { parentId: t.home.rootId, name: "to" }, { ...act, replace: true, guard })),
    ).toBe("not-found");
    await t.storage.settled();
    expect(treeOnDisk(t.path)).toEqual(new Map([["to", "2"]]));
    expect(treeInIndex(t.storage, t.home.rootId)).toEqual(treeOnDisk(t.path));
    expect(trashEntries()).toEqual([]);
  });
});

describe("in one group", () => {
  test("a folder that is deleted takes along what was just put into it", async () => {
    const { id } = await folder("d");
    const writing = put("a", "12345", id);
    // A few turns of the microtask queue: the file is staged and waits for the group.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    const [, { trashId }] = await Promise.all([writing, t.storage.remove(id, act)]);
    expect(t.storage.trash.get(trashId)).toMatchObject({ sizeBytes: 5 });
    expect(rootSums()).toEqual({ sizeBytes: 0, count: 0 });
    await t.storage.trash.restore(trashId, act);
    expect(rootSums()).toEqual({ sizeBytes: 5, count: 2 });
  });

  test("a folder that is moved takes along what was just put into it", async () => {
    const { id } = await folder("d");
    const to = await folder("to");
    await Promise.all([
      put("a", "12345", id),
      t.storage.move(id, { parentId: to.id, name: "d" }, act),
      put("b", "1", id),
    ]);
    expect(rootSums()).toEqual({ sizeBytes: 6, count: 4 });
    expect(t.storage.node(to.id)).toMatchObject({ sizeBytes: 6, count: 3 });
  });
});

test("what was put into a folder right before it was deleted is there when it is restored", async () => {
  const { id } = await folder("d");
  writeFileSync(join(t.path, "d", "unseen"), "1");
  const { trashId } = await t.storage.remove(id, act);
  await t.storage.trash.restore(trashId, act);
  await t.storage.settled();
  expect(treeInIndex(t.storage, t.home.rootId)).toEqual(treeOnDisk(t.path));
  expect(rootSums()).toEqual({ sizeBytes: 1, count: 2 });
});

test("a change in a folder that was just made in another new folder is seen", async () => {
  const a = await folder("a");
  const b = await folder("b", a.id);
  const copied = await t.storage.copy(a.id, { parentId: t.home.rootId, name: "c" }, act);
  await t.storage.settled();
  writeFileSync(join(t.path, "a", "b", "f"), "1");
  writeFileSync(join(t.path, "c", "b", "f"), "12");
  await eventually(() => t.storage.node(b.id)?.sizeBytes === 1 && t.storage.node(copied.node.id)?.sizeBytes === 2);
});

test("a file that left a folder which moved itself is counted once", async () => {
  const a = await folder("a");
  await put("a", "12345", a.id);
  t = await t.reopen(() => {
    renameSync(join(t.path, "a"), join(t.path, "moved"));
    renameSync(join(t.path, "moved", "a"), join(t.path, "a"));
  });
  await t.storage.settled();
  expect(t.storage.node(a.id)).toMatchObject({ name: "moved", sizeBytes: 0, count: 0 });
  expect(rootSums()).toEqual({ sizeBytes: 5, count: 2 });
});

test("a folder moved while nobody looked is seen with all its changes", async () => {
  const a = await folder("a");
  const c = await folder("c", a.id);
  const deep = await folder("deep", c.id);
  await folder("b");
  const { node } = await put("edited", "1", deep.id);
  t = await t.reopen(() => {
    renameSync(join(t.path, "a", "c"), join(t.path, "b", "c"));
    appendFileSync(join(t.path, "b", "c", "deep", "edited"), "2");
    mkdirSync(join(t.path, "b", "c", "deep", "new"));
    writeFileSync(join(t.path, "b", "c", "deep", "new", "file"), "3");
  });
  await t.storage.settled();
  expect(treeInIndex(t.storage, t.home.rootId)).toEqual(treeOnDisk(t.path));
  expect(t.storage.node(node.id)).toMatchObject({ sizeBytes: 2 });
  expect(rootSums()).toEqual({ sizeBytes: 3, count: 7 });
});
