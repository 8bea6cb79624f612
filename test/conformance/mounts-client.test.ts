// needs: nextcloudcmd
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { basic, type RunningHearth, startHearth } from "#kit";
import { createSyncClient, type SyncClient } from "./nextcloud-support.ts";
import { openPage } from "./oidc-support.ts";

let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
let bob: SyncClient;
let bobId = 0;
const files = "/remote.php/dav/files/alice";
const password = "quite a long password";

const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  hearth.fetch(`${files}/${path}`, { method, headers, body: body ?? null });
const contentOf = async (path: string) => (await ask("GET", path)).text();
const idAt = async (path: string) =>
  Number(/<oc:fileid>(\d+)/.exec(await (await ask("PROPFIND", path, { depth: "0" }, idQuery)).text())?.[1]);
const idQuery =
  '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/></d:prop></d:propfind>';
const rename = (from: string, to: string) => renameSync(bob.path(from), bob.path(to));
const share = async (path: string, actions: readonly string[]) => {
  const resource = { kind: "node", id: await idAt(path) };
  const entry = { resource, subject: { kind: "user", id: bobId }, effect: "allow", actions, expiresAtMs: null };
  expect((await page("access.set", entry)).status).toBe(200);
};

beforeAll(async () => {
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
  const made = await page("people.create", { name: "bob", displayName: "Bob", password, roles: ["member"] });
  bobId = made.answer.person.id;
  bob = createSyncClient(() => ({ url: hearth.url, user: "bob", appPassword: password }));
  await ask("MKCOL", "Photos");
  await ask("MKCOL", "Photos/2024");
  await ask("PUT", "Photos/2024/one.txt", {}, "one");
  await share("Photos", ["read", "write"]);
});
afterAll(async () => {
  bob.remove();
  await hearth.stop();
});

test("what the owner adds is there after the receiver's next run, and the other way round", async () => {
  await bob.sync();
  expect(bob.read("Photos/2024/one.txt")).toBe("one");
  await ask("PUT", "Photos/2024/two.txt", {}, "two");
  await bob.sync();
  expect(bob.read("Photos/2024/two.txt")).toBe("two");
  bob.write("Photos/bob.txt", "from bob");
  await bob.sync();
  expect(await contentOf("Photos/bob.txt")).toBe("from bob");
});

test("renamed and moved by the receiver's client it stays the same share; the owner's name stays", async () => {
  rename("Photos", "Anna's photos");
  await bob.sync();
  expect((await ask("PROPFIND", "Photos/2024/", { depth: "0" })).status).toBe(207);
  await ask("PUT", "Photos/2024/three.txt", {}, "three");
  await bob.sync();
  expect(bob.read("Anna's photos/2024/three.txt")).toBe("three");
  expect(bob.has("Photos")).toBe(false);

  bob.write("Mine/own.txt", "own");
  await bob.sync();
  rename("Anna's photos", "Mine/Anna");
  await bob.sync();
  await ask("PUT", "Photos/2024/four.txt", {}, "four");
  await ask("MOVE", "Photos", { destination: `${files}/Pictures` });
  await bob.sync();
  expect(bob.read("Mine/Anna/2024/four.txt")).toBe("four");
  expect(Object.keys(bob.tree()).filter((path) => !path.startsWith("Mine/"))).toEqual([]);
  bob.write("Mine/Anna/2024/five.txt", "five");
  rename("Mine", "Ours");
  await bob.sync();
  expect(await contentOf("Pictures/2024/five.txt")).toBe("five");
  expect(bob.read("Ours/Anna/2024/one.txt")).toBe("one");
});

test("when only reading is left, a local edit is kept beside what the owner has, and nothing of the owner changes", async () => {
  await share("Pictures", ["read"]);
  await bob.sync();
  bob.write("Ours/Anna/2024/one.txt", "bob's own words, longer");
  bob.write("Ours/Anna/2024/new.txt", "new of bob");
  await bob.sync({ mayFail: true });
  await bob.sync({ mayFail: true });
  expect(await contentOf("Pictures/2024/one.txt")).toBe("one");
  expect((await ask("GET", "Pictures/2024/new.txt")).status).toBe(404);
  const kept = readdirSync(bob.path("Ours/Anna/2024"));
  const texts = kept.map((name) => bob.read(`Ours/Anna/2024/${name}`));
  expect(texts, kept.join(", ")).toContain("bob's own words, longer");
  expect(texts).toContain("one");
  await share("Pictures", ["read", "write"]);
  await bob.sync({ mayFail: true });
  bob.write("Ours/Anna/2024/two.txt", "two again, longer");
  await bob.sync({ mayFail: true });
  expect(await contentOf("Pictures/2024/two.txt")).toBe("two again, longer");
});

test("what the owner has locked takes nothing from the receiver's client; the edit waits, and goes through afterwards", async () => {
  await ask("PUT", "Pictures/plan.txt", {}, "plan");
  await bob.sync();
  const lock = (method: string) => ask(method, "Pictures/plan.txt", { "x-user-lock": "1" });
  expect((await lock("LOCK")).status).toBe(200);
  await bob.sync();
  bob.write("Ours/Anna/plan.txt", "plan of bob, longer");
  await bob.sync({ mayFail: true });
  expect(await contentOf("Pictures/plan.txt")).toBe("plan");
  expect(bob.read("Ours/Anna/plan.txt")).toBe("plan of bob, longer");
  expect((await lock("UNLOCK")).status).toBe(200);
  await bob.sync();
  expect(await contentOf("Pictures/plan.txt")).toBe("plan of bob, longer");
});

test("a share that the receiver deletes from the folder on the disk is declined; the owner keeps everything", async () => {
  rmSync(bob.path("Ours/Anna"), { recursive: true });
  await bob.sync();
  expect(await contentOf("Pictures/2024/four.txt")).toBe("four");
  const headers = { authorization: basic("bob", password), "content-type": "application/json" };
  const call = async (operation: string, body: unknown) =>
    (await fetch(`${hearth.url}/api/${operation}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
  const { items } = (await call("mounts.declined", {})) as { items: { nodeId: number }[] };
  await call("mounts.accept", { nodeId: items[0]?.nodeId });
  await bob.sync();
  expect(bob.read("Ours/Anna/2024/four.txt")).toBe("four");
});
