import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentOf, hashOf } from "./crash/content.ts";
import { bootAnew, loseContents, loseEntries, type RedoRow } from "./crash/power.ts";
import { brokenInvariants } from "./invariants.ts";
import {
  davTree,
  defectsIn,
  diskTree,
  readIndex,
  startSystem,
  type System,
  treeDifference,
  untilNone,
} from "./support.ts";

// A disk that is not mounted: its mount point is there, and empty.

/** The program looks at its volumes, and syncs them, every five seconds. */
const looksWithinMs = 15_000;
const beyondOneSyncMs = 6_000;

let dataDir: string;
let server: System;
let expected: Map<string, string | null>;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "hearth-absent-"));
  server = await startSystem({ dataDir });
  expected = new Map();
});
afterEach(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const elsewhere = () => join(dataDir, "unmounted");

function unmount(): void {
  renameSync(server.volumePath, elsewhere());
  mkdirSync(server.volumePath);
}

/** Fails when anything was written to the empty mount point. */
function mount(): void {
  rmdirSync(server.volumePath);
  renameSync(elsewhere(), server.volumePath);
}

async function send(method: string, path: string, init: RequestInit = {}): Promise<void> {
  const response = await server.fetch(`/dav/home/${path}`, { ...init, method });
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
}

async function put(path: string, sizeBytes: number): Promise<void> {
  const content = contentOf(expected.size + 1, sizeBytes);
  await send("PUT", path, { body: new Uint8Array(content) });
  expected.set(path, hashOf(content));
}

/** Acts of every kind that the redo log knows, all acknowledged: into the trash, over something, into another folder. */
async function work(name: string): Promise<void> {
  await send("MKCOL", name);
  expected.set(name, null);
  await Promise.all(Array.from({ length: 20 }, (_, index) => put(`${name}/small${index}`, 100 + index * 50)));
  await put(`${name}/large`, 400_000);
  await put(`${name}/small3`, 900);
  await put(`moving-${name}`, 100);
  await send("MOVE", `moving-${name}`, { headers: { destination: `${server.url}/dav/home/${name}/moved` } });
  expected.set(`${name}/moved`, expected.get(`moving-${name}`) ?? null);
  expected.delete(`moving-${name}`);
  await send("DELETE", `${name}/small7`);
  expected.delete(`${name}/small7`);
}

const statusOf = async (method: string, path: string, init: RequestInit = {}) =>
  (await server.fetch(`/dav/home/${path}`, { ...init, method })).status;

async function untilStatus(wanted: number): Promise<void> {
  const isWanted = async () => ((await statusOf("PROPFIND", "", { headers: { depth: "1" } })) === wanted ? [] : ["no"]);
  expect(await untilNone(isWanted, looksWithinMs)).toEqual([]);
}

async function refusesEverything(): Promise<void> {
  expect(await statusOf("PROPFIND", "", { headers: { depth: "1" } })).toBe(503);
  expect(await statusOf("GET", "last/small1")).toBe(503);
  expect(await statusOf("PUT", "last/small1", { body: "while it is away" })).toBe(503);
  expect(await statusOf("DELETE", "last/small1")).toBe(503);
  expect(await statusOf("MKCOL", "meanwhile")).toBe(503);
}

const logged = () => readIndex(dataDir, (index) => index.query<RedoRow, []>("SELECT * FROM redo ORDER BY id").all());

/** Right after a sync the next one is far away: what is done now is not kept for five seconds. */
async function untilKept(): Promise<void> {
  expect(await untilNone(() => logged().map(({ path }) => path), looksWithinMs)).toEqual([]);
}

/** What the disk had not yet got when it lost its power: the second half of the log, and contents of files. */
function losePower(volumePath: string, rows: readonly RedoRow[]): void {
  expect(rows.length).toBeGreaterThan(10);
  expect(loseEntries(volumePath, rows.slice(rows.length >> 1))).toBeGreaterThan(5);
  const written = new Set(rows.filter((row) => row.act === "write").map((row) => row.ino));
  loseContents(join(volumePath, "home"), written, (index) => index % 2 === 0);
}

async function hasEverything(trashed: number): Promise<void> {
  expect(diskTree(server.homePath)).toEqual(new Map([...expected].toSorted(([a], [b]) => (a < b ? -1 : 1))));
  expect(await untilNone(async () => treeDifference(server.homePath, await davTree(server)))).toEqual([]);
  expect(await untilNone(() => brokenInvariants(server))).toEqual([]);
  expect(readdirSync(join(server.volumePath, ".hearth", "trash"))).toHaveLength(trashed);
  expect(readdirSync(join(server.volumePath, ".hearth", "stage"))).toEqual([]);
  const said = /"volume offline"|"request failed: storage-offline"/;
  expect(defectsIn(server.log()).filter((line) => !said.test(line))).toEqual([]);
}

test("a disk that is absent when the program starts after a power cut gets what was acknowledged once it returns", async () => {
  await work("first");
  await untilKept();
  await work("last");
  await server.kill();
  const rows = logged();
  const database = new Database(join(dataDir, "hearth.db"));
  bootAnew(database);
  database.close();
  losePower(server.volumePath, rows);
  unmount();
  server = await startSystem({ dataDir });
  await refusesEverything();
  // Neither the regular sync nor the one at the end may take the empty mount point for the disk.
  await Bun.sleep(beyondOneSyncMs);
  expect(logged()).toEqual(rows.map((row) => expect.objectContaining({ id: row.id, path: row.path })));
  await server.stop();
  expect(logged()).toHaveLength(rows.length);
  // Where the volume is configured may be a link, which leads nowhere while the disk is away.
  rmdirSync(server.volumePath);
  symlinkSync(join(dataDir, "disk"), server.volumePath);
  server = await startSystem({ dataDir });
  await refusesEverything();

  renameSync(elsewhere(), join(dataDir, "disk"));
  await untilStatus(207);
  await hasEverything(2);
  expect(server.log()).toContain("acts repeated from the redo log");
  await put("last/after", 500);
  await untilKept();
}, 90_000);

test("a disk that is pulled out while the program runs gets what it had not kept once it returns", async () => {
  await work("first");
  await untilKept();
  await work("last");
  unmount();
  await untilStatus(503);
  await refusesEverything();
  await Bun.sleep(beyondOneSyncMs);
  losePower(elsewhere(), logged());
  mount();
  await untilStatus(207);
  await hasEverything(2);
  expect(server.log()).toContain("acts repeated from the redo log");
}, 90_000);
