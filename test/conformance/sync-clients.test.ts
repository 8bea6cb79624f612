// needs: nextcloudcmd
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { brokenInvariants } from "../system/invariants.ts";
import { davTree, defectsIn, startSystem, type System, times, treeDifference, untilNone } from "../system/support.ts";
import { filesBelow } from "../system/walk.ts";
import { createSyncClient, type SyncClient } from "./nextcloud-support.ts";
import { isConflict } from "./sync/desktop.ts";

/** 10,000 files and 2 GiB in `scripts/storm.ts clients`. */
const manyFiles = times > 1 ? 10_000 : 2_000;
const bigBytes = times > 1 ? 2 * 1024 ** 3 : 300_000_000;
const longTimeoutMs = 60_000 + 120_000 * (times > 1 ? 10 : 1);

let server: System;
let clients: SyncClient[] = [];
beforeAll(async () => {
  server = await startSystem();
});
afterAll(async () => {
  await server.stop();
  expect(defectsIn(server.log())).toEqual([]);
});
afterEach(async () => {
  for (const path of (await davTree(server)).keys())
    if (!path.includes("/")) await server.fetch(`/dav/home/${encodeURIComponent(path)}`, { method: "DELETE" });
  for (const client of clients) client.remove();
});

function three(): [SyncClient, SyncClient, SyncClient] {
  const made = [0, 1, 2].map(() => createSyncClient(() => server));
  clients = made;
  return made as [SyncClient, SyncClient, SyncClient];
}

/** Everybody in turn until nobody has anything to do; then all trees are equal, and so are index and disk. */
async function settle(all: readonly SyncClient[]): Promise<void> {
  for (let turn = 0; turn < 2; turn++) for (const client of all) await client.sync();
  const trees = all.map((client) => Object.entries(client.tree()).filter(([path]) => !isConflict(path)));
  for (const tree of trees) expect(tree).toEqual(trees[0] ?? []);
  expect(await untilNone(async () => treeDifference(server.homePath, await davTree(server)))).toEqual([]);
  expect(await untilNone(() => brokenInvariants(server))).toEqual([]);
}

test("three clients create, edit, rename, move folders and delete", async () => {
  const [a, b, c] = three();
  a.write("plans/garden.txt", "roses");
  b.write("photos/2026/one.jpg", "1");
  c.write("letters/aunt.txt", "dear aunt");
  await settle([a, b, c]);
  a.write("plans/garden.txt", "roses and leeks");
  renameSync(b.path("photos/2026"), b.path("photos/last year"));
  mkdirSync(c.path("archive"));
  renameSync(c.path("letters"), c.path("archive/letters"));
  await settle([a, b, c]);
  expect(c.read("photos/last year/one.jpg")).toBe("1");
  // One renames a folder, the second writes into it under its old name, the third removes another.
  renameSync(a.path("photos"), a.path("pictures"));
  b.write("photos/last year/two.jpg", "22");
  rmSync(c.path("archive"), { recursive: true });
  await settle([a, b, c]);
  expect([a.read("pictures/last year/one.jpg"), a.has("archive")]).toEqual(["1", false]);
  expect(Object.keys(a.tree()).some((path) => path.endsWith("last year/two.jpg"))).toBe(true);
  // Removed here, edited there: the edit stays.
  rmSync(a.path("plans"), { recursive: true });
  b.write("plans/garden.txt", "roses, leeks and a pond");
  await b.sync();
  await settle([a, b, c]);
  expect(c.read("plans/garden.txt")).toBe("roses, leeks and a pond");
}, 60_000);

test("three edits of one file: one stays, the others are conflict files, no byte is lost", async () => {
  const all = three();
  all[0].write("list.txt", "milk");
  await settle(all);
  const texts = ["milk and bread", "milk and eggs!", "milk and beer!!"];
  all.forEach((client, index) => client.write("list.txt", texts[index] ?? ""));
  await Promise.all(all.map((client) => client.sync({ mayFail: true })));
  await settle(all);
  const found = all.flatMap((client) =>
    Object.keys(client.tree())
      .filter((path) => path.startsWith("list"))
      .map((path) => client.read(path)),
  );
  for (const text of texts) expect(found).toContain(text);
  expect(all.flatMap((client) => Object.keys(client.tree()).filter(isConflict))).toHaveLength(2);
  // Both make a file of the same name at once.
  all[0].write("new.txt", "from the first");
  all[1].write("new.txt", "from the second");
  await Promise.all([all[0].sync({ mayFail: true }), all[1].sync({ mayFail: true })]);
  await settle(all);
  // The client asks for no check when it sends a new file: the one who comes second writes over it, and the first is a version.
  const versions = filesBelow(join(server.volumePath, ".hearth/versions"));
  const kept = [...versions, ...filesBelow(server.homePath), ...all.flatMap(({ dir }) => filesBelow(dir))];
  const contents = kept.map((path) => readFileSync(path, "utf8"));
  expect(contents).toContain("from the first");
  expect(contents).toContain("from the second");
}, 60_000);

test("names: spaces and dots at the end, 255 bytes, emoji, Unicode as a Mac writes it, marks, deep folders", async () => {
  const [a, b, c] = three();
  // The client sends no name of more than 254 bytes.
  const tooLong = "n".repeat(251) + ".txt";
  const names = [
    "dots at the end...",
    ".begins with a dot",
    "n".repeat(250) + ".txt",
    tooLong,
    // Its name while it is fetched has ten letters more.
    "ü".repeat(120),
    "👩‍👩‍👧‍👦 family 🏡.jpg",
    "'\"&<>?*|;%25#+=~$!{}[]",
    "back\\slash:colon",
    "con.txt",
    "日本語のとても長い名前.txt",
    "ﬁ ligature Å ångström.txt",
  ];
  for (const name of names) a.write(`names/${name}`, name);
  const deep = Array.from({ length: 40 }, (_, level) => `level ${level}`).join("/");
  a.write(`${deep}/bottom.txt`, "deep");
  a.write("mac/Cafe\u0301 u\u0308ber.txt", "decomposed");
  await a.sync({ mayFail: true });
  await b.sync();
  const arrived = Object.keys(b.tree()).filter((path) => path.startsWith("names/") && path !== "names/");
  const missing = names.filter((name) => !arrived.includes(`names/${name}`));
  expect(missing).toEqual([tooLong]);
  expect(b.read(`${deep}/bottom.txt`)).toBe("deep");
  for (const name of arrived) expect(`names/${b.read(name)}`).toBe(name);
  // Whatever the client will not send stays where it is.
  for (const name of names) expect(a.read(`names/${name}`)).toBe(name);
  const mac = Object.keys(b.tree()).filter((path) => path.startsWith("mac/") && path !== "mac/");
  expect(mac.map((path) => [path.normalize("NFC"), b.read(path)])).toEqual([["mac/Café über.txt", "decomposed"]]);
  b.write(mac[0] ?? "", "decomposed, then changed");
  for (const name of missing) rmSync(a.path(`names/${name}`));
  await settle([b, a, c]);
  expect(a.read("mac/Café über.txt".normalize("NFC"))).toBe("decomposed, then changed");
}, 60_000);

test(
  `an empty file and one of ${Math.round(bigBytes / 1e6)} MB`,
  async () => {
    const [a, b] = three();
    a.write("empty", "");
    a.write("big.bin", "begin");
    truncateSync(a.path("big.bin"), bigBytes);
    const fd = openSync(a.path("big.bin"), "r+");
    for (let at = 0; at < bigBytes; at += bigBytes / 16) writeSync(fd, `mark ${at}`, at);
    closeSync(fd);
    const sent = await a.sync({ timeoutMs: longTimeoutMs });
    const fetched = await b.sync({ timeoutMs: longTimeoutMs });
    const rate = (run: { durationMs: number }) => `${Math.round(bigBytes / 1000 / run.durationMs)} MB/s`;
    console.log(`${Math.round(bigBytes / 1e6)} MB: sent at ${rate(sent)}, fetched at ${rate(fetched)}`);
    expect(await sha1(b.path("big.bin"))).toBe(await sha1(a.path("big.bin")));
    expect(await sha1(join(server.homePath, "big.bin"))).toBe(await sha1(a.path("big.bin")));
    expect(b.read("empty")).toBe("");
  },
  2 * longTimeoutMs,
);

async function sha1(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha1");
  for await (const part of Bun.file(path).stream()) hasher.update(part);
  return hasher.digest("hex");
}

test(
  `${manyFiles} small files go up, come down, move together and go`,
  async () => {
    const [a, b] = three();
    for (let index = 0; index < manyFiles; index++) a.write(`many/${index % 20}/file ${index}.txt`, `content ${index}`);
    const sent = await a.sync({ timeoutMs: longTimeoutMs });
    const fetched = await b.sync({ timeoutMs: longTimeoutMs });
    const each = (run: { durationMs: number }) => `${(run.durationMs / manyFiles).toFixed(2)} ms`;
    console.log(`${manyFiles} small files: sent ${each(sent)} each, fetched ${each(fetched)} each`);
    expect(Object.keys(b.tree())).toHaveLength(manyFiles + 21);
    expect(b.tree()).toEqual(a.tree());
    renameSync(b.path("many/7"), b.path("moved"));
    const moved = await b.sync();
    expect(moved.output.match(/(PUT|MOVE) of /g)).toEqual(["MOVE of "]);
    const followed = await a.sync();
    expect(followed.output).not.toContain("GETFileJob created");
    expect(a.tree()).toEqual(b.tree());
    // A client that sees every file go asks before it goes on.
    rmSync(a.path("many"), { recursive: true });
    const removed = await a.sync({ timeoutMs: longTimeoutMs });
    const gone = await b.sync({ timeoutMs: longTimeoutMs });
    console.log(
      `removed in ${Math.round(removed.durationMs)} ms, gone from the other after ${Math.round(gone.durationMs)} ms`,
    );
    await settle([a, b]);
    expect(Object.keys(b.tree())).toHaveLength(manyFiles / 20 + 1);
  },
  2 * longTimeoutMs,
);
