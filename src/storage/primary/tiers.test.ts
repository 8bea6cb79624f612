import { afterEach, expect, test } from "bun:test";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { act, eventually, openTestStorage, readNode, type TestStorage } from "./testing.ts";
import type { TierConfig } from "./tiers-stores.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function coldDisk(name = "cold"): TierConfig & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "hearth-cold-"));
  folders.push(path);
  return { name, kind: "disk", path, role: "cold" };
}

const signal = new AbortController().signal;
const content = (seed: number, sizeBytes = 300_000) =>
  Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 255);

async function putFile(test: TestStorage, name: string, bytes: Uint8Array, parentId = test.home.rootId) {
  const { node } = await test.storage.put({ parentId, name }, bytes, act);
  return node;
}

async function readAll(test: TestStorage, nodeId: number): Promise<Uint8Array> {
  const file = test.storage.open(nodeId, { remote: true });
  try {
    if (file.remote === undefined) return new Uint8Array(readFileSync(file.fd));
    await file.remote.ready();
    return await new Response(file.remote.stream(0, file.sizeBytes)).bytes();
  } finally {
    file.close();
  }
}

async function readPart(test: TestStorage, nodeId: number): Promise<Uint8Array> {
  const file = test.storage.open(nodeId, { remote: true });
  await file.remote?.ready();
  return new Response(file.remote?.stream(10, 500)).bytes();
}

const objectsIn = (path: string) =>
  readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => /^objects\/..\/.{10,}$/.test(name));

test("content goes to another disk and comes back; id, etag, time, size and hash stay", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const bytes = content(1);
  const node = await putFile(test, "film.mkv", bytes);
  const before = test.storage.node(node.id);
  await test.storage.tiers.moveOut(node.id, "cold", { signal });
  expect(test.storage.node(node.id)).toEqual({ ...before, createdAtMs: expect.any(Number) } as never);
  expect(test.storage.refresh(node.id).etag).toBe(node.etag);
  expect(statSync(join(test.path, "film.mkv")).size).toBe(bytes.length);
  expect(statSync(join(test.path, "film.mkv")).blocks).toBeLessThan(64);
  expect(objectsIn(cold.path)).toHaveLength(1);
  expect(() => test.storage.open(node.id)).toThrow(/fetch it first/);
  expect(test.storage.tiers.states([node.id])).toMatchObject([{ tier: "cold", role: "cold", sizeBytes: bytes.length }]);

  const file = test.storage.open(node.id, { remote: true });
  expect(await new Response(file.remote?.stream(1000, 2000)).bytes()).toEqual(bytes.subarray(1000, 2000));
  expect(test.storage.tiers.states([node.id])).toHaveLength(1);
  expect(await readAll(test, node.id)).toEqual(bytes);
  await eventually(() => test.storage.tiers.states([node.id]).length === 0);
  expect(readNode(test.storage, node)).toBe(Buffer.from(bytes).toString("utf8"));
  expect(test.storage.node(node.id)?.etag).toBe(node.etag);
  expect(test.storage.node(node.id)?.sha1).toBe(node.sha1);
  expect(Math.abs((test.storage.node(node.id)?.modifiedAtMs ?? 0) - node.modifiedAtMs)).toBe(0);
  await test.close();
});

test("a copy, a move, the trash and a version of a cold file stand for the same content", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const { storage, home } = test;
  const bytes = content(2);
  const node = await putFile(test, "a.bin", bytes);
  await storage.tiers.moveOut(node.id, "cold", { signal });
  const copy = await storage.copy(node.id, { parentId: home.rootId, name: "b.bin" }, act);
  expect(await readPart(test, copy.node.id)).toEqual(bytes.subarray(10, 500));
  const folder = await storage.makeFolder({ parentId: home.rootId, name: "films" }, act);
  await storage.move(node.id, { parentId: folder.id, name: "c.bin" }, act);
  expect(await readPart(test, node.id)).toEqual(bytes.subarray(10, 500));
  const { trashId } = await storage.remove(folder.id, act);
  await storage.trash.restore(trashId, act);
  expect(await readPart(test, node.id)).toEqual(bytes.subarray(10, 500));

  await storage.put({ parentId: folder.id, name: "c.bin" }, content(3), act);
  expect(await readAll(test, node.id)).toEqual(content(3));
  const [version] = storage.versions.list(node.id);
  expect(() => storage.versions.open(node.id, version?.number ?? 0)).toThrow(/is in "cold"/);
  const opened = storage.versions.open(node.id, version?.number ?? 0, { remote: true });
  expect(await new Response(opened.remote?.stream(0, opened.sizeBytes)).bytes()).toEqual(bytes);
  expect(objectsIn(cold.path)).toHaveLength(1);
  await test.close();
});

test("content goes for good only when nothing stands for it, and a day later", async () => {
  const cold = coldDisk();
  let nowMs = Date.now();
  const test = await openTestStorage({ tiers: [cold], clock: { now: () => nowMs } });
  const { storage, home } = test;
  const node = await putFile(test, "a.bin", content(4));
  await storage.tiers.moveOut(node.id, "cold", { signal });
  const copy = await storage.copy(node.id, { parentId: home.rootId, name: "b.bin" }, act);
  const sweep = async () => {
    await storage.tiers.sweep(signal);
    nowMs += 25 * 3600_000;
    await storage.tiers.sweep(signal);
    return objectsIn(cold.path).length;
  };
  const first = await storage.remove(node.id, act);
  expect(await sweep()).toBe(1);
  await storage.trash.purge(first.trashId);
  expect(await sweep()).toBe(1);
  await storage.tiers.fetch(copy.node.id, { signal });
  expect(await sweep()).toBe(0);
  expect(await readAll(test, copy.node.id)).toEqual(content(4));
  await test.close();
});

test("what happens to a placeholder on the shell", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const { storage, home } = test;
  const bytes = content(5);
  const node = await putFile(test, "a.bin", bytes);
  await storage.tiers.moveOut(node.id, "cold", { signal });
  const path = join(test.path, "a.bin");
  expect(readFileSync(path, "utf8")).toContain('is kept in "cold" and is not here');

  // Renamed: the same node. Copied, sparse or not: stands for the same content.
  renameSync(path, join(test.path, "renamed.bin"));
  copyFileSync(join(test.path, "renamed.bin"), join(test.path, "copied.bin"));
  writeFileSync(join(test.path, "full.bin"), readFileSync(join(test.path, "renamed.bin")));
  await eventually(() => storage.child(home.rootId, "full.bin")?.sizeBytes === bytes.length);
  await eventually(() => storage.child(home.rootId, "renamed.bin")?.id === node.id);
  expect(storage.node(node.id)?.etag).toBe(node.etag);
  for (const name of ["renamed.bin", "copied.bin", "full.bin"]) {
    const found = storage.child(home.rootId, name);
    expect(await readPart(test, found?.id ?? 0)).toEqual(bytes.subarray(10, 500));
  }

  // Only its time is set: the content stays, the etag tells of the time.
  utimesSync(join(test.path, "renamed.bin"), 1000, 1000);
  expect(storage.refresh(node.id).modifiedAtMs).toBe(1_000_000);
  expect(storage.node(node.id)?.sha1).toBe(node.sha1);
  expect(await readPart(test, node.id)).toEqual(bytes.subarray(10, 500));

  // Written over: that is the content now, and what was in the store becomes a version.
  writeFileSync(join(test.path, "renamed.bin"), "new words");
  expect(storage.refresh(node.id).sizeBytes).toBe(9);
  expect(readNode(storage, storage.refresh(node.id))).toBe("new words");
  const [version] = storage.versions.list(node.id);
  const opened = storage.versions.open(node.id, version?.number ?? 0, { remote: true });
  expect(await new Response(opened.remote?.stream(0, opened.sizeBytes)).bytes()).toEqual(bytes);
  await test.close();
});

test("written into in place, a placeholder becomes content and the store's becomes a version", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const { storage } = test;
  const node = await putFile(test, "a.bin", content(6));
  await storage.tiers.moveOut(node.id, "cold", { signal });
  const path = join(test.path, "a.bin");
  const written = readFileSync(path);
  written.fill(7, 100_000);
  writeFileSync(path, written, { flag: "r+" });
  const fresh = storage.refresh(node.id);
  expect(fresh.etag).not.toBe(node.etag);
  expect(await readAll(test, node.id)).toEqual(new Uint8Array(written));
  expect(storage.versions.list(node.id)).toHaveLength(1);
  await test.close();
});

test("without its index the disk alone says where content is", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const bytes = content(7);
  const node = await putFile(test, "a.bin", bytes);
  await test.storage.tiers.moveOut(node.id, "cold", { signal });
  const dir = join(test.volumePath, "..");
  const again = await test.reopen(() => {
    for (const name of readdirSync(dir)) if (name.startsWith("hearth.db")) rmSync(join(dir, name));
  });
  const found = again.storage.child(again.home.rootId, "a.bin");
  expect(again.storage.tiers.states([found?.id ?? 0])).toMatchObject([{ tier: "cold" }]);
  expect(again.storage.tiers.stores()).toMatchObject([{ files: 1, sizeBytes: bytes.length, online: true }]);
  expect(await readAll(again, found?.id ?? 0)).toEqual(bytes);
  await again.close();
});

test("an unplugged store concerns its files alone, and says why; an unnamed one too", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const { storage, home } = test;
  const node = await putFile(test, "a.bin", content(8));
  const near = await putFile(test, "b.bin", content(9));
  await storage.tiers.moveOut(node.id, "cold", { signal });
  renameSync(cold.path, `${cold.path}-away`);
  folders.push(`${cold.path}-away`);
  expect(storage.children(home.rootId).map(({ sizeBytes }) => sizeBytes)).toEqual([300_000, 300_000]);
  expect(await readAll(test, near.id)).toEqual(content(9));
  const opened = storage.open(node.id, { remote: true });
  await expect(opened.remote?.ready()).rejects.toThrow(/"a.bin" cannot be read now. .*Is the disk mounted/);
  await expect(storage.tiers.fetch(node.id, { signal })).rejects.toThrow(/Is the disk mounted/);
  await expect(storage.tiers.moveOut(near.id, "cold", { signal })).rejects.toThrow(/Is the disk mounted/);
  // Whoever opens a file is told why, and not where the disks of this machine are.
  expect(storage.tiers.offlineReason("cold")).not.toContain("/");
  mkdirSync(cold.path);
  expect(storage.tiers.offlineReason("cold")).toBe('The disk of "cold" is not there. Is it mounted?');
  writeFileSync(join(cold.path, ".hearth-tier"), "another");
  expect(storage.tiers.offlineReason("cold")).toBe('Another disk is mounted where "cold" should be.');
  expect(storage.tiers.stores()).toMatchObject([{ name: "cold", place: cold.path, online: false }]);
  rmSync(cold.path, { recursive: true });
  renameSync(`${cold.path}-away`, cold.path);
  expect(await readPart(test, node.id)).toEqual(content(8).subarray(10, 500));
  await test.close();

  // The name is gone from the configuration.
  const other = await openTestStorage({ tiers: [] });
  await other.close();
});

test("what the store gives back is checked before it counts, here and in a stream", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const node = await putFile(test, "a.bin", content(10));
  await test.storage.tiers.moveOut(node.id, "cold", { signal });
  const [name] = objectsIn(cold.path);
  const damaged = content(10);
  damaged[200_000] = 1 + (damaged[200_000] ?? 0);
  writeFileSync(join(cold.path, name ?? ""), damaged);
  await expect(test.storage.tiers.fetch(node.id, { signal })).rejects.toThrow(/not the content that was sent/);
  await expect(readAll(test, node.id)).rejects.toThrow();
  test.storage.tiers.setOnOpen("stream");
  await eventually(() => test.storage.tiers.states([node.id])[0]?.fetchedBytes === null);
  await expect(readAll(test, node.id)).rejects.toThrow(/not the content that was sent/);
  expect(test.storage.tiers.states([node.id])).toHaveLength(1);
  await test.close();
});

test("a file that changes, or is open for writing, stays", async () => {
  const cold = coldDisk();
  const test = await openTestStorage({ tiers: [cold] });
  const { storage } = test;
  const node = await putFile(test, "a.bin", content(11));
  const path = join(test.path, "a.bin");
  const guard = () => writeFileSync(path, content(12));
  await expect(storage.tiers.moveOut(node.id, "cold", { signal, guard })).rejects.toThrow(/changed meanwhile/);
  await eventually(() => objectsIn(cold.path).length === 0);
  expect(await readAll(test, node.id)).toEqual(content(12));
  const file = Bun.file(path).writer();
  await file.write("x");
  await file.flush();
  writeFileSync(path, content(13));
  storage.refresh(node.id);
  await expect(storage.tiers.moveOut(node.id, "cold", { signal })).rejects.toThrow(/writing to it/);
  await file.end();
  await test.close();
});

test("often opened files have a second copy on a fast disk, and lose nothing with it", async () => {
  const fast = { ...coldDisk("fast"), role: "fast" as const };
  const test = await openTestStorage({ tiers: [fast] });
  const { storage } = test;
  const node = await putFile(test, "a.bin", content(14));
  await storage.tiers.moveOut(node.id, "fast", { signal });
  expect(storage.tiers.states([node.id])).toMatchObject([{ role: "fast", tier: "fast" }]);
  const opened = storage.open(node.id, { remote: true });
  expect(statSync(opened.fdPath).ino).not.toBe(statSync(join(test.path, "a.bin")).ino);
  opened.close();
  await storage.put({ parentId: test.home.rootId, name: "a.bin" }, content(15), act);
  expect(await readAll(test, node.id)).toEqual(content(15));
  await storage.tiers.sweep(signal);
  expect(objectsIn(fast.path)).toHaveLength(0);
  await storage.tiers.moveOut(node.id, "fast", { signal });
  rmSync(fast.path, { recursive: true });
  expect(await readAll(test, node.id)).toEqual(content(15));
  await test.close();
});

test("opens are counted by day, and ranges of one viewing once", async () => {
  const test = await openTestStorage({ tiers: [coldDisk()] });
  const node = await putFile(test, "a.bin", content(16));
  for (let count = 0; count < 20; count++) test.storage.open(node.id, { remote: true }).close();
  await test.storage.tiers.sweep(signal);
  const options = { afterId: 0, limit: 10, minBytes: 0, changedBeforeMs: Date.now(), nowMs: Date.now() };
  expect(test.storage.tiers.candidates(options)).toMatchObject([{ nodeId: node.id, opens: 1 }]);
  await test.close();
});
