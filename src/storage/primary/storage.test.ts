import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AppError, toAppError } from "#platform/errors";
import {
  act,
  bytes,
  eventually,
  openTestStorage,
  readNode,
  type TestStorage,
  treeInIndex,
  treeOnDisk,
} from "./testing.ts";

let t: TestStorage;
beforeEach(async () => {
  t = await openTestStorage();
});
afterEach(() => t.close());

const put = (name: string, text: string, parentId = t.home.rootId) =>
  t.storage.put({ parentId, name }, bytes(text), act);
const code = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return toAppError(error).code;
  }
  return "done";
};

describe("writing", () => {
  test("a file is on the disk under its name, and its etag rises to the root", async () => {
    const before = t.storage.node(t.home.rootId);
    const { node, created } = await put("note.txt", "hello");
    expect(created).toBe(true);
    expect(readFileSync(join(t.path, "note.txt"), "utf8")).toBe("hello");
    expect(node.sha1).toBe("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    const after = t.storage.node(t.home.rootId);
    expect(after?.etag).not.toBe(before?.etag);
    expect(after).toMatchObject({ sizeBytes: 5, count: 1 });
  });

  test("replacing keeps the id and changes the etag", async () => {
    const first = await put("a", "1");
    const second = await put("a", "22");
    expect(second).toMatchObject({ created: false, node: { id: first.node.id, sizeBytes: 2 } });
    expect(second.node.etag).not.toBe(first.node.etag);
    expect(t.storage.node(t.home.rootId)).toMatchObject({ sizeBytes: 2, count: 1 });
  });

  test("bytes in memory of any size are taken", async () => {
    for (const sizeBytes of [0, 65_536, 1_000_000]) {
      const body = new Uint8Array(sizeBytes).fill(7);
      const { node } = await t.storage.put({ parentId: t.home.rootId, name: `of ${sizeBytes}` }, body, act);
      expect(node.sizeBytes).toBe(sizeBytes);
    }
  });

  test("a body that differs from what was announced leaves nothing", async () => {
    const place = { parentId: t.home.rootId, name: "x" };
    expect(await code(t.storage.put(place, bytes("abc"), { ...act, sizeBytes: 4 }))).toBe("length-mismatch");
    expect(await code(t.storage.put(place, bytes("abc"), { ...act, sha1: "00" }))).toBe("checksum-mismatch");
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    expect(await code(t.storage.put(place, endless, { ...act, sizeBytes: 200_000 }))).toBe("length-mismatch");
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("the line is cut")),
    });
    await expect(t.storage.put(place, broken, act)).rejects.toThrow();
    expect(t.storage.child(t.home.rootId, "x")).toBeUndefined();
    expect(readdirSync(join(t.volumePath, ".hearth", "stage"))).toEqual([]);
  });

  test("a refused guard changes nothing, and sees the truth of the disk", async () => {
    await put("a", "1");
    writeFileSync(join(t.path, "a"), "changed behind our back");
    let seen = 0;
    const guard = (existing: { sizeBytes: number } | undefined) => {
      seen = existing?.sizeBytes ?? -1;
      throw new AppError("precondition-failed");
    };
    expect(await code(t.storage.put({ parentId: t.home.rootId, name: "a" }, bytes("2"), { ...act, guard }))).toBe(
      "precondition-failed",
    );
    expect(seen).toBe(23);
    expect(readFileSync(join(t.path, "a"), "utf8")).toBe("changed behind our back");
  });

  test("a file that nobody has seen yet is not overwritten without the guard knowing", async () => {
    writeFileSync(join(t.path, "fresh"), "from a shell");
    let existing: unknown;
    await t.storage.put({ parentId: t.home.rootId, name: "fresh" }, bytes("x"), {
      ...act,
      guard: (node) => (existing = node),
    });
    expect(existing).toMatchObject({ name: "fresh", sizeBytes: 12 });
  });

  test("names that some device cannot tell apart are refused, whatever their Unicode form", async () => {
    await put("Käse.txt".normalize("NFC"), "1");
    expect(await code(put("käse.TXT", "2"))).toBe("exists");
    const { created } = await put("Käse.txt".normalize("NFD"), "3");
    expect(created).toBe(false);
    expect(readdirSync(t.path)).toHaveLength(1);
  });

  test("the quota counts live files and trash", async () => {
    t.storage.setQuota(t.home.id, 10);
    const { node } = await put("a", "12345678");
    expect(await code(put("b", "123"))).toBe("quota-exceeded");
    await t.storage.remove(node.id, act);
    expect(await code(put("b", "123"))).toBe("quota-exceeded");
    const [item] = t.storage.trash.list(t.home.id, { offset: 0, limit: 1 }).items;
    await t.storage.trash.purge(item?.id ?? "");
    expect(await code(put("b", "123"))).toBe("done");
  });

  test("what is put through a symbolic link does not leave the space", async () => {
    const outside = join(t.volumePath, "outside");
    mkdirSync(outside);
    const folder = await t.storage.makeFolder({ parentId: t.home.rootId, name: "folder" }, act);
    renameSync(join(t.path, "folder"), join(t.volumePath, "aside"));
    symlinkSync(outside, join(t.path, "folder"));
    expect(await code(put("evil", "x", folder.id))).toBe("not-found");
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe("moving and copying", () => {
  test("a folder moves with everything below it and keeps its ids", async () => {
    const from = await t.storage.makeFolder({ parentId: t.home.rootId, name: "from" }, act);
    const to = await t.storage.makeFolder({ parentId: t.home.rootId, name: "to" }, act);
    const { node } = await put("f", "1", from.id);
    await t.storage.move(from.id, { parentId: to.id, name: "moved" }, act);
    expect(t.storage.resolve(t.home.id, ["to", "moved", "f"])?.id).toBe(node.id);
    expect(t.storage.node(to.id)).toMatchObject({ sizeBytes: 1, count: 2 });
    expect(await code(t.storage.move(to.id, { parentId: from.id, name: "loop" }, act))).toBe("conflict");
  });

  test("a rename may change only the case", async () => {
    const { node } = await put("readme", "1");
    await t.storage.move(node.id, { parentId: t.home.rootId, name: "README" }, act);
    expect(readdirSync(t.path)).toEqual(["README"]);
  });

  test("replacing puts what was there into the trash", async () => {
    const { node } = await put("new", "new");
    await put("old", "old");
    expect(await code(t.storage.move(node.id, { parentId: t.home.rootId, name: "old" }, act))).toBe("exists");
    const { created } = await t.storage.move(
      node.id,
      { parentId: t.home.rootId, name: "old" },
      { ...act, replace: true },
    );
    expect(created).toBe(false);
    expect(t.storage.trash.list(t.home.id, { offset: 0, limit: 9 }).items).toMatchObject([
      { name: "old", sizeBytes: 3 },
    ]);
  });

  test("a copy is a tree of its own", async () => {
    const folder = await t.storage.makeFolder({ parentId: t.home.rootId, name: "folder" }, act);
    await put("a", "1", folder.id);
    const { pairs, node } = await t.storage.copy(folder.id, { parentId: t.home.rootId, name: "copy" }, act);
    expect(pairs).toHaveLength(2);
    expect(node).toMatchObject({ sizeBytes: 1, count: 1 });
    expect(readFileSync(join(t.path, "copy", "a"), "utf8")).toBe("1");
    expect(await code(t.storage.copy(folder.id, { parentId: folder.id, name: "loop" }, act))).toBe("conflict");
  });
});

describe("trash", () => {
  test("restoring brings back ids and content, makes missing folders and avoids taken names", async () => {
    const folder = await t.storage.makeFolder({ parentId: t.home.rootId, name: "folder" }, act);
    const { node } = await put("f.txt", "old", folder.id);
    const { trashId } = await t.storage.remove(node.id, act);
    await t.storage.remove(folder.id, act);
    const again = await t.storage.makeFolder({ parentId: t.home.rootId, name: "folder" }, act);
    await put("f.txt", "new", again.id);
    const restored = await t.storage.trash.restore(trashId, act);
    expect(restored).toMatchObject({ id: node.id, name: "f (2).txt" });
    expect(readNode(t.storage, restored)).toBe("old");
  });

  test("purging forgets the rows and the bytes", async () => {
    const { node } = await put("f", "1");
    const { trashId } = await t.storage.remove(node.id, act);
    expect(t.storage.node(node.id)).toBeUndefined();
    let forgotten: readonly number[] = [];
    t.storage.events.subscribe("forgotten", ({ nodeIds }) => (forgotten = nodeIds));
    await t.storage.trash.purge(trashId);
    expect(forgotten).toEqual([node.id]);
    expect(readdirSync(join(t.volumePath, ".hearth", "trash"))).toEqual([]);
  });
});

describe("changes behind our back", () => {
  test("new, edited, moved and deleted entries are seen; a moved one keeps its id", async () => {
    mkdirSync(join(t.path, "deep", "er"), { recursive: true });
    writeFileSync(join(t.path, "deep", "er", "f"), "1");
    await eventually(() => t.storage.resolve(t.home.id, ["deep", "er", "f"]) !== undefined);
    const file = t.storage.resolve(t.home.id, ["deep", "er", "f"]);
    appendFileSync(join(t.path, "deep", "er", "f"), "23");
    await eventually(() => t.storage.node(file?.id ?? 0)?.sizeBytes === 3);
    renameSync(join(t.path, "deep", "er", "f"), join(t.path, "g"));
    await eventually(() => t.storage.resolve(t.home.id, ["g"])?.id === file?.id);
    renameSync(join(t.path, "deep"), join(t.path, "deep2"));
    await eventually(() => t.storage.resolve(t.home.id, ["deep2", "er"]) !== undefined);
    rmSync(join(t.path, "g"));
    await eventually(() => t.storage.resolve(t.home.id, ["g"]) === undefined);
    expect(treeInIndex(t.storage, t.home.rootId)).toEqual(treeOnDisk(t.path));
  });

  test("a listing is true at once, without waiting for a notice", async () => {
    writeFileSync(join(t.path, "now"), "1");
    t.storage.refresh(t.home.rootId);
    expect(t.storage.child(t.home.rootId, "now")).toBeDefined();
  });

  test("an editor that saves by renaming over keeps the id", async () => {
    const { node } = await put("doc", "1");
    writeFileSync(join(t.path, ".doc.swp"), "22");
    renameSync(join(t.path, ".doc.swp"), join(t.path, "doc"));
    await eventually(() => t.storage.node(node.id)?.sizeBytes === 2);
    await eventually(() => t.storage.child(t.home.rootId, ".doc.swp") === undefined);
  });

  test("an edit that keeps size and time is found by its inode", async () => {
    const { node } = await put("doc", "aaaa");
    const time = (t.storage.node(node.id)?.modifiedAtMs ?? 0) / 1000;
    writeFileSync(join(t.path, "tmp"), "bbbb");
    utimesSync(join(t.path, "tmp"), time, time);
    renameSync(join(t.path, "tmp"), join(t.path, "doc"));
    expect(readNode(t.storage, t.storage.refresh(node.id))).toBe("bbbb");
    expect(t.storage.node(node.id)?.etag).not.toBe(node.etag);
  });

  test("what changed while the server was off is found after the start", async () => {
    const { node } = await put("stays", "1");
    await put("goes", "1");
    t = await t.reopen(() => {
      rmSync(join(t.path, "goes"));
      writeFileSync(join(t.path, "comes"), "1");
      renameSync(join(t.path, "stays"), join(t.path, "moved"));
    });
    await eventually(() => t.storage.child(t.home.rootId, "comes") !== undefined);
    await t.storage.settled();
    expect(t.storage.child(t.home.rootId, "moved")?.id).toBe(node.id);
    expect(treeInIndex(t.storage, t.home.rootId)).toEqual(treeOnDisk(t.path));
  });

  test("a home that was always empty is filled while the server is off: one quick walk, and a log of the newest files only", async () => {
    const names = Array.from({ length: 300 }, (_, number) => `f${number}`);
    t = await t.reopen(() => {
      for (const name of names) writeFileSync(join(t.path, name), "1");
    });
    await t.storage.settled();
    expect(treeInIndex(t.storage, t.home.rootId)).toEqual(treeOnDisk(t.path));
    expect(t.storage.recent([t.home.id], 1000)).toHaveLength(100);
    rmSync(join(t.path, "f7"));
    await eventually(() => t.storage.child(t.home.rootId, "f7") === undefined);
  });

  test("a volume without its sentinel answers storage-offline and forgets nothing", async () => {
    const { node } = await put("f", "1");
    const own = join(t.volumePath, ".hearth");
    const home = join(t.volumePath, "home");
    renameSync(own, `${own}.away`);
    renameSync(home, `${home}.away`);
    await Bun.sleep(150);
    expect(() => t.storage.refresh(t.home.rootId)).toThrow(AppError);
    expect(await code(put("g", "1"))).toBe("storage-offline");
    renameSync(`${own}.away`, own);
    renameSync(`${home}.away`, home);
    expect(t.storage.refresh(node.id)).toMatchObject({ id: node.id, etag: node.etag });
  });
});

describe("resumable uploads", () => {
  test("parts are kept over a restart and finished by a rename", async () => {
    const place = { parentId: t.home.rootId, name: "big" };
    const upload = await t.storage.uploads.create({
      place,
      sizeBytes: 6,
      modifiedAtMs: 1_000_000,
      userId: 0,
      note: "",
    });
    expect(await t.storage.uploads.write(upload.id, 0, bytes("abc"))).toBe(3);
    t = await t.reopen();
    expect(t.storage.uploads.get(upload.id)?.receivedBytes).toBe(3);
    expect(await code(t.storage.uploads.write(upload.id, 0, bytes("abc")))).toBe("conflict");
    expect(await code(t.storage.uploads.finish(upload.id, place, act))).toBe("length-mismatch");
    await t.storage.uploads.write(upload.id, 3, bytes("def"));
    const { node } = await t.storage.uploads.finish(upload.id, place, act);
    expect(node).toMatchObject({ sizeBytes: 6, modifiedAtMs: 1_000_000 });
    expect(readNode(t.storage, node)).toBe("abcdef");
    expect(existsSync(join(t.volumePath, ".hearth", "uploads", upload.id))).toBe(false);
  });

  test("parts go to their offsets in any order, and the announced sums are checked at the end", async () => {
    const place = { parentId: t.home.rootId, name: "parts" };
    const open = () =>
      t.storage.uploads.create({ place, sizeBytes: 100, modifiedAtMs: null, userId: 0, note: "" }).then(({ id }) => id);
    const id = await open();
    // The last part was longer at its first try.
    expect(await t.storage.uploads.writeAt(id, 4, bytes("efgh"))).toBe(4);
    expect(await t.storage.uploads.writeAt(id, 4, bytes("ef"))).toBe(2);
    expect(await t.storage.uploads.writeAt(id, 0, bytes("abcd"))).toBe(4);
    const sums = (kind: "sha1" | "md5", text: string) => new Bun.CryptoHasher(kind).update(text).digest("hex");
    const finish = (sizeBytes: number, sha1: string) =>
      t.storage.uploads.finish(id, place, { ...act, sizeBytes, sha1, md5: sums("md5", "abcdef") });
    expect(await code(finish(9, sums("sha1", "abcdef")))).toBe("length-mismatch");
    expect(await code(finish(6, sums("sha1", "other")))).toBe("checksum-mismatch");
    const { node } = await finish(6, sums("sha1", "abcdef"));
    expect(node).toMatchObject({ sizeBytes: 6, sha1: sums("sha1", "abcdef") });
    expect(readNode(t.storage, node)).toBe("abcdef");

    // In order, the hash runs along.
    const ordered = await open();
    await t.storage.uploads.writeAt(ordered, 0, bytes("abc"));
    await t.storage.uploads.writeAt(ordered, 3, bytes("xyz"));
    const written = await t.storage.uploads.finish(ordered, place, { ...act, sizeBytes: 6 });
    expect(written.node.sha1).toBe(sums("sha1", "abcxyz"));
    expect(written.created).toBe(false);
  });
});
