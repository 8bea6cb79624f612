import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
let nowMs = Date.now();
beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

interface Listed {
  readonly number: number;
  readonly sizeBytes: number;
  readonly author: string | null;
  readonly replacedBy: string | null;
}

const minuteMs = 60_000;
async function write(name: string, content: string, person = "anna"): Promise<number> {
  nowMs += minuteMs;
  const place = { parentId: cloud.homeOf("anna").rootId, name };
  const written = await cloud.storage.put(place, new TextEncoder().encode(content), { actor: cloud.actor(person) });
  return written.node.id;
}
const list = async (nodeId: number, person = "anna"): Promise<Listed[]> =>
  (await cloud.call(person, "versions.list", { nodeId })).versions;
const read = async (nodeId: number, number: number, person = "anna") =>
  (await cloud.fetchAs(person, `/api/files/version/${nodeId}/${number}`)).text();
const now = (name: string) => readFileSync(join(cloud.homePath("anna"), name), "utf8");

async function share(nodeId: number, role: string) {
  const subject = { kind: "user", id: cloud.actor("ben").userId };
  return cloud.call("anna", "access.set", { resource: { kind: "node", id: nodeId }, subject, effect: "allow", role });
}

test("what is replaced is kept with who wrote and who replaced it, and reads back whole and in part", async () => {
  const id = await write("a.txt", "one");
  await share(id, "editor");
  await write("a.txt", "two!", "ben");
  await write("a.txt", "three");
  const versions = await list(id);
  expect(versions.map(({ sizeBytes, author, replacedBy }) => [sizeBytes, author, replacedBy])).toEqual([
    [4, "BEN", "ANNA"],
    [3, "ANNA", "BEN"],
  ]);
  const [two, one] = versions.map(({ number }) => number);
  expect([await read(id, two ?? 0), await read(id, one ?? 0)]).toEqual(["two!", "one"]);
  const path = `/api/files/version/${id}/${two}`;
  const part = await cloud.fetchAs("anna", path, { headers: { range: "bytes=1-2" } });
  expect([part.status, await part.text()]).toEqual([206, "wo"]);
  const saved = await cloud.fetchAs("anna", `${path}?download=1`);
  expect(saved.headers.get("content-disposition")).toMatch(/filename="a \(\d{4}-\d\d-\d\d\)\.txt"/);
  expect(
    (await cloud.fetchAs("anna", path, { headers: { "if-none-match": saved.headers.get("etag") ?? "" } })).status,
  ).toBe(304);
  expect((await cloud.fetchAs("anna", path, { method: "POST" })).status).toBe(405);
  for (const wrong of ["/", `/${id}`, `/${id}/0`, `/${id}/1/2`, `/${id}/x`])
    expect((await cloud.fetchAs("anna", `/api/files/version${wrong}`)).status).toBe(404);
});

test("restoring keeps what is current, changes the etag, and can be taken back", async () => {
  const id = await write("r.txt", "old");
  await write("r.txt", "new");
  const etag = cloud.storage.node(id)?.etag;
  const [version] = await list(id);
  const restored = await cloud.call("anna", "versions.restore", { nodeId: id, number: version?.number });
  expect(now("r.txt")).toBe("old");
  expect(restored.etag).not.toBe(etag);
  expect(restored.etag).toBe(cloud.storage.node(id)?.etag);
  expect(await list(id)).toHaveLength(2);
  await cloud.call("anna", "versions.restore", { nodeId: id, number: restored.undoNumber });
  expect(now("r.txt")).toBe("new");
  // The same content again is no new version.
  const same = await cloud.call("anna", "versions.restore", { nodeId: id, number: restored.undoNumber });
  expect(same.undoNumber).toBeNull();
});

test("a restored content and its version are two files: an edit in place reaches one of them", async () => {
  const id = await write("inplace.txt", "first");
  await write("inplace.txt", "second");
  const [version] = await list(id);
  await cloud.call("anna", "versions.restore", { nodeId: id, number: version?.number });
  writeFileSync(join(cloud.homePath("anna"), "inplace.txt"), "XXXXX");
  expect(await read(id, version?.number ?? 0)).toBe("first");
});

test("a viewer reads and compares but changes nothing, a stranger is told nothing", async () => {
  const id = await write("v.txt", "one");
  await write("v.txt", "two");
  const number = (await list(id))[0]?.number ?? 0;
  const acts = [
    ["versions.restore", { nodeId: id, number }],
    ["versions.remove", { nodeId: id, numbers: [number] }],
  ] as const;
  expect((await cloud.call("ben", "versions.list", { nodeId: id })).code).toBe("not-found");
  expect((await cloud.fetchAs("ben", `/api/files/version/${id}/${number}`)).status).toBe(404);
  expect((await cloud.fetchAs("", `/api/files/version/${id}/${number}`)).status).toBe(401);
  for (const [operation, input] of acts) expect((await cloud.call("ben", operation, input)).code).toBe("not-found");
  await share(id, "viewer");
  expect(await cloud.call("ben", "versions.list", { nodeId: id })).toMatchObject({ canWrite: false, sizeBytes: 3 });
  expect(await read(id, number, "ben")).toBe("one");
  for (const [operation, input] of acts) expect((await cloud.call("ben", operation, input)).code).toBe("forbidden");
  await share(id, "editor");
  expect((await cloud.call("ben", "versions.restore", { nodeId: id, number })).undoNumber).toBeNumber();
});

test("versions go with a file when it is moved, trashed and put back, and for good when the trash is emptied", async () => {
  const id = await write("m.txt", "one");
  await write("m.txt", "two");
  const folder = join(cloud.dir, "volume", ".hearth", "versions", String(id));
  await cloud.call("anna", "files.rename", { id, name: "n.txt" });
  expect(await list(id)).toHaveLength(1);
  const { trashIds } = await cloud.call("anna", "files.remove", { ids: [id] });
  expect((await cloud.call("anna", "versions.list", { nodeId: id })).code).toBe("not-found");
  expect(existsSync(folder)).toBe(true);
  await cloud.call("anna", "trash.restore", { ids: trashIds });
  expect(await read(id, (await list(id))[0]?.number ?? 0)).toBe("one");
  const again = await cloud.call("anna", "files.remove", { ids: [id] });
  await cloud.call("anna", "trash.purge", { ids: again.trashIds });
  for (let tries = 0; existsSync(folder) && tries < 200; tries += 1) await Bun.sleep(10);
  expect(existsSync(folder)).toBe(false);
  expect(cloud.storage.versions.list(id)).toEqual([]);
});

test("they count, are removed one by one, and a missing content is said", async () => {
  const before = cloud.storage.space(cloud.homeOf("anna").id).versionBytes;
  const id = await write("c.txt", "12345");
  await write("c.txt", "123");
  await write("c.txt", "1");
  const bytes = () => cloud.storage.space(cloud.homeOf("anna").id).versionBytes - before;
  expect(bytes()).toBe(8);
  const [newer, older] = await list(id);
  const numbers = [older?.number, older?.number];
  expect(await cloud.call("anna", "versions.remove", { nodeId: id, numbers })).toEqual({ removed: 1 });
  expect(bytes()).toBe(3);
  const folder = join(cloud.dir, "volume", ".hearth", "versions", String(id));
  expect(readdirSync(folder)).toEqual([String(newer?.number)]);
  expect(statSync(join(folder, String(newer?.number))).nlink).toBe(1);
  rmSync(join(folder, String(newer?.number)));
  expect((await cloud.fetchAs("anna", `/api/files/version/${id}/${newer?.number}`)).status).toBe(410);
  expect((await cloud.call("anna", "versions.restore", { nodeId: id, number: newer?.number })).code).toBe("gone");
  expect((await cloud.call("anna", "versions.list", { nodeId: cloud.homeOf("anna").rootId })).code).toBe("bad-request");
});

test("uploads of the page that replace a file keep what was there", async () => {
  const id = await write("up.txt", "before");
  nowMs += minuteMs;
  const metadata = [
    `parentId ${btoa(String(cloud.homeOf("anna").rootId))}`,
    `path ${btoa("up.txt")}`,
    `onClash ${btoa("replace")}`,
  ].join(",");
  const headers = {
    "tus-resumable": "1.0.0",
    "upload-length": "5",
    "upload-metadata": metadata,
    "content-type": "application/offset+octet-stream",
  };
  const response = await cloud.fetchAs("anna", "/api/uploads", { method: "POST", headers, body: "after" });
  expect(response.status).toBe(201);
  expect(now("up.txt")).toBe("after");
  expect(await read(id, (await list(id))[0]?.number ?? 0)).toBe("before");
});

test("the job thins by age", async () => {
  const id = await write("t.txt", "0");
  for (let index = 1; index <= 5; index += 1) await write("t.txt", "x".repeat(index));
  expect(await list(id)).toHaveLength(5);
  nowMs += 40 * 86_400_000;
  await cloud.runJob(cloud.versions.jobHandlers[0]);
  const kept = await list(id);
  expect(kept).toHaveLength(1);
  expect(await read(id, kept[0]?.number ?? 0)).toBe("xxxx");
  nowMs += 400 * 86_400_000;
  await cloud.runJob(cloud.versions.jobHandlers[0]);
  expect(await list(id)).toEqual([]);
});

test("a full quota refuses no write because of versions; the job takes the oldest until they fit", async () => {
  const home = cloud.homeOf("anna").id;
  const id = await write("q.txt", "a".repeat(400));
  for (const letter of "bcd") await write("q.txt", letter.repeat(400));
  // Half of it holds two of the four; what is live and all four together are more than the whole.
  cloud.storage.setQuota(home, 1800);
  await write("q.txt", "e".repeat(400));
  expect(await list(id)).toHaveLength(4);
  await cloud.runJob(cloud.versions.jobHandlers[0]);
  const kept = await list(id);
  expect(kept).toHaveLength(2);
  expect(await read(id, kept[1]?.number ?? 0)).toBe("c".repeat(400));
  cloud.storage.setQuota(home, null);
});
