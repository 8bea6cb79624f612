import { afterAll, beforeAll, expect, test } from "bun:test";
import { act, bytes, openTestStorage, type TestStorage } from "./testing.ts";

let held: TestStorage;
beforeAll(async () => {
  held = await openTestStorage();
});
afterAll(() => held.close());

const folder = (parentId: number, name: string) => held.storage.makeFolder({ parentId, name }, act);
const file = async (parentId: number, name: string) =>
  (await held.storage.put({ parentId, name }, bytes("x"), act)).node;

test("the way up leads to the root, from inside the trash too, until the folder it came from is gone for good", async () => {
  const { storage, home } = held;
  const outer = await folder(home.rootId, "outer");
  const inner = await folder(outer.id, "inner");
  const note = await file(inner.id, "note.txt");
  expect(storage.above(home.rootId)).toEqual([]);
  expect(storage.above(note.id)).toEqual([inner.id, outer.id, home.rootId]);
  expect(storage.above(4711)).toEqual([]);
  expect(storage.rootIdOf(home.id)).toBe(home.rootId);

  const { trashId: noteTrash } = await storage.remove(note.id, act);
  expect(storage.above(note.id)).toEqual([inner.id, outer.id, home.rootId]);
  const { trashId: outerTrash } = await storage.remove(outer.id, act);
  expect(storage.above(note.id)).toEqual([inner.id, outer.id, home.rootId]);
  expect(storage.above(inner.id)).toEqual([outer.id, home.rootId]);

  held = await held.reopen();
  expect(held.storage.above(note.id)).toEqual([inner.id, outer.id, home.rootId]);
  await held.storage.trash.purge(outerTrash);
  expect(held.storage.above(note.id)).toEqual([]);
  await held.storage.trash.restore(noteTrash, act);
  expect(held.storage.above(note.id).at(-1)).toBe(home.rootId);
});

test("a filter leaves rows out of listings, pages with their totals, recent files and copies", async () => {
  const { storage, home } = held;
  const top = await folder(home.rootId, "filtered");
  const shown = await file(top.id, "shown-word.txt");
  const hidden = await file(top.id, "hidden-word.txt");
  const filter = { sql: "node.id <> ?", params: [hidden.id] };
  const ids = (nodes: readonly { id: number }[]) => nodes.map(({ id }) => id).toSorted();
  expect(ids(storage.children(top.id))).toEqual([shown.id, hidden.id]);
  expect(ids(storage.children(top.id, filter))).toEqual([shown.id]);
  const page = storage.page(top.id, { filter });
  expect([ids(page.nodes), page.total]).toEqual([[shown.id], 1]);
  expect(ids(storage.recent([home.id], 10, filter))).not.toContain(hidden.id);
  const copy = await storage.copy(top.id, { parentId: home.rootId, name: "copy" }, { ...act, filter });
  expect(storage.children(copy.node.id).map(({ name }) => name)).toEqual(["shown-word.txt"]);
  expect(copy.node).toMatchObject({ count: 1, sizeBytes: 1 });
});
