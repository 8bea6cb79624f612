// needs: nextcloudcmd, faketime
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentOf } from "../system/crash/content.ts";
import { brokenInvariants } from "../system/invariants.ts";
import { davTree, startSystem, type System, treeDifference, untilNone } from "../system/support.ts";
import { filesBelow } from "../system/walk.ts";
import { createSyncClient, type SyncClient } from "./nextcloud-support.ts";
import { type CountingProxy, startCountingProxy } from "./sync/counting-proxy.ts";
import { isConflict, retrySoon } from "./sync/desktop.ts";

const bigBytes = 80_000_000;
const chunkBytes = 5_000_000;
/** The client makes chunks as large as they go in a minute; these are steps at which it can be stopped. */
const smallChunks = { OWNCLOUD_CHUNK_SIZE: String(chunkBytes), OWNCLOUD_MAX_CHUNK_SIZE: String(chunkBytes) };
const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

let dataDir: string;
let server: System;
let a: SyncClient;
let b: SyncClient;
let proxy: CountingProxy;
const begin = async (env: Record<string, string> = {}) => {
  server = await startSystem({ dataDir, env });
  proxy = await startCountingProxy(server.url);
  const address = () => ({ url: proxy.url, user: server.user, appPassword: server.appPassword });
  [a, b] = [createSyncClient(address), createSyncClient(address)];
};
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "hearth-trouble-"));
});
afterEach(async () => {
  proxy.stop();
  await server.stop();
  a.remove();
  b.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  server = await startSystem({ dataDir, again: server });
  proxy.pointTo(server.url);
}

async function settle(): Promise<void> {
  for (const client of [a, b, a, b]) await client.sync();
  const shared = (client: SyncClient) => Object.entries(client.tree()).filter(([path]) => !isConflict(path));
  expect(shared(b)).toEqual(shared(a));
  expect(await untilNone(async () => treeDifference(server.homePath, await davTree(server)))).toEqual([]);
  // What was received when the disk went is swept a day later.
  const broken = () => brokenInvariants(server).filter((line) => !line.startsWith("left in the stage"));
  expect(await untilNone(broken)).toEqual([]);
}

async function until(what: string, isSo: () => boolean, limitMs = 20_000): Promise<void> {
  for (const end = performance.now() + limitMs; performance.now() < end; await Bun.sleep(5)) if (isSo()) return;
  throw new Error(`${what} did not come within ${limitMs} ms`);
}

/** Runs until one succeeds. */
async function again(client: SyncClient): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    retrySoon(client);
    if ((await client.sync({ mayFail: true })).code === 0) return;
  }
}

const uploads = () => join(server.volumePath, ".hearth/uploads");

test("the server is killed in the middle of a large upload: the client sends what was missing, not all again", async () => {
  await begin();
  a.write("big.bin", contentOf(1, bigBytes));
  proxy.takeSentBytes();
  const cut = a.sync({ mayFail: true, env: smallChunks });
  await until("half of the file", () => proxyAtLeast(bigBytes / 2));
  await server.kill();
  expect((await cut).code).not.toBe(0);
  const first = sentBytes;
  await restart();
  expect(filesBelow(server.homePath)).toEqual([]);
  proxy.takeSentBytes();
  await a.sync({ env: smallChunks });
  const second = proxy.takeSentBytes();
  console.log(
    `${bigBytes / 1e6} MB: ${Math.round(first / 1e6)} MB before the kill, ${Math.round(second / 1e6)} MB after it`,
  );
  // What was under way counts twice: six chunks at a time.
  expect(second).toBeLessThan(bigBytes - first + 7 * chunkBytes);
  expect(second).toBeLessThan(bigBytes * 0.9);
  await settle();
  expect(await Bun.file(b.path("big.bin")).bytes()).toEqual(new Uint8Array(contentOf(1, bigBytes)));
  expect(readdirSync(uploads())).toEqual([]);
}, 120_000);

let sentBytes = 0;
function proxyAtLeast(bytes: number): boolean {
  sentBytes += proxy.takeSentBytes();
  return sentBytes >= bytes;
}

test("the disk goes away in the middle of a sync, either way: no client deletes anything, nothing is written beside the disk", async () => {
  await begin();
  const volume = server.volumePath;
  for (let index = 0; index < 400; index++) a.write(`d${index % 8}/f${index}`, `content ${index}`);
  const before = a.tree();
  const goesAway = async (client: SyncClient, when: () => boolean) => {
    const run = client.sync({ mayFail: true });
    await until("the middle", when);
    renameSync(volume, `${volume}.away`);
    mkdirSync(volume);
    try {
      expect((await run).code).not.toBe(0);
      await client.sync({ mayFail: true });
      expect(filesBelow(volume)).toEqual([]);
    } finally {
      rmSync(volume, { recursive: true });
      renameSync(`${volume}.away`, volume);
    }
  };
  await goesAway(a, () => existsSync(server.homePath) && filesBelow(server.homePath).length > 100);
  expect(a.tree()).toEqual(before);
  await again(a);
  await goesAway(b, () => filesBelow(b.dir).length > 100);
  expect(a.tree()).toEqual(before);
  await again(b);
  await settle();
  expect(b.tree()).toEqual(before);
}, 120_000);

for (const skew of ["+1d", "-1d"])
  test(`the server's clock is wrong by ${skew}: edits, moves, conflicts and removals go the right way, and a rest is a rest`, async () => {
    await begin({ LD_PRELOAD: library, FAKETIME: skew, FAKETIME_DONT_FAKE_MONOTONIC: "1" });
    a.write("one.txt", "1");
    a.write("folder/two.txt", "2");
    await settle();
    a.write("one.txt", "1 edited");
    renameSync(b.path("folder"), b.path("moved"));
    await settle();
    expect([b.read("one.txt"), a.read("moved/two.txt")]).toEqual(["1 edited", "2"]);
    a.write("one.txt", "from a, with more");
    b.write("one.txt", "from b");
    await a.sync({ mayFail: true });
    await b.sync({ mayFail: true });
    const conflict = Object.keys(b.tree()).find(isConflict) ?? "";
    expect([b.read("one.txt"), b.read(conflict)]).toEqual(["from a, with more", "from b"]);
    rmSync(a.path("moved"), { recursive: true });
    await settle();
    expect(b.has("moved")).toBe(false);
    await settle();
    const idle = await b.sync();
    expect(idle.output).not.toMatch(/(PUT|MOVE) of |GETFileJob created/);
  }, 60_000);

test("files from the future, from 1970 and from before: what the client sends arrives, nothing is sent again or lost", async () => {
  await begin();
  const times = {
    future: 4_000_000_000,
    soon: Date.now() / 1000 + 86_400,
    "the first second": 1,
    epoch: 0,
    before: -86_400,
  };
  for (const [name, seconds] of Object.entries(times)) {
    a.write(`${name}.txt`, name);
    utimesSync(a.path(`${name}.txt`), seconds, seconds);
  }
  await a.sync({ mayFail: true });
  await b.sync();
  for (const name of ["future", "soon", "the first second"]) {
    expect(b.read(`${name}.txt`)).toBe(name);
    expect(Math.floor(statSync(b.path(`${name}.txt`)).mtimeMs / 1000)).toBe(Math.floor(times[name as "soon"]));
  }
  // The client sends no file without a time; it stays where it is.
  for (const name of Object.keys(times)) expect(a.read(`${name}.txt`)).toBe(name);
  // The same times given on the server itself: the client must be able to take the files.
  for (const name of ["epoch", "before"]) {
    rmSync(a.path(`${name}.txt`));
    const path = join(server.homePath, `${name} on the server.txt`);
    await Bun.write(path, name);
    utimesSync(path, times[name as "epoch"], times[name as "epoch"]);
  }
  await settle();
  expect([b.read("epoch on the server.txt"), b.read("before on the server.txt")]).toEqual(["epoch", "before"]);
  const idle = await a.sync();
  expect(idle.output).not.toMatch(/(PUT|MOVE) of |GETFileJob created/);
}, 60_000);

test("the client's clock is a year behind or ahead", async () => {
  await begin();
  const behind = { LD_PRELOAD: library, FAKETIME: "-365d", FAKETIME_DONT_FAKE_MONOTONIC: "1", NO_FAKE_STAT: "1" };
  const ahead = { ...behind, FAKETIME: "+365d" };
  a.write("a.txt", "a");
  b.write("b/b.txt", "b");
  for (let turn = 0; turn < 2; turn++) {
    await a.sync({ env: behind });
    await b.sync({ env: ahead });
  }
  a.write("b/b.txt", "b edited by a");
  await a.sync({ env: behind });
  await b.sync({ env: ahead });
  expect(b.read("b/b.txt")).toBe("b edited by a");
  rmSync(b.path("a.txt"));
  await b.sync({ env: ahead });
  await a.sync({ env: behind });
  expect(a.has("a.txt")).toBe(false);
  await settle();
}, 60_000);
