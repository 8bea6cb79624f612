// needs: nextcloudcmd
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { createSyncClient, type SyncClient } from "./nextcloud-support.ts";

/** `HEARTH_SYNC_FILES` makes the run with many files longer, up to what one likes to wait for. */
const manyFiles = Number(process.env["HEARTH_SYNC_FILES"] ?? 400);
const bigBytes = 24_000_000;

let hearth: RunningHearth;
let a: SyncClient;
let b: SyncClient;

beforeAll(async () => {
  hearth = await startHearth();
});
afterAll(() => hearth.stop());
beforeEach(() => {
  a = createSyncClient(() => hearth);
  b = createSyncClient(() => hearth);
});
afterEach(async () => {
  for (const { name } of await homeEntries()) await hearth.fetch(`/dav/home/${name}`, { method: "DELETE" });
  a.remove();
  b.remove();
});

async function homeEntries(): Promise<{ name: string }[]> {
  const listing = await hearth.fetch("/dav/home/", { method: "PROPFIND", headers: { depth: "1" } });
  const hrefs = [...(await listing.text()).matchAll(/<d:href>\/dav\/home\/([^<]+?)\/?<\/d:href>/g)];
  return hrefs.flatMap(([, name]) => (name === undefined || name === "" ? [] : [{ name }]));
}

/** Both clients until neither has anything to do. */
async function settle(): Promise<void> {
  for (const client of [a, b, a, b]) await client.sync();
  expect(b.tree()).toEqual(a.tree());
}

function noise(sizeBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = seed;
  for (let index = 0; index < sizeBytes; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

test("what one client makes, the other gets: folders, empty files, names of every kind, times", async () => {
  a.write("plain.txt", "hello");
  a.write("empty.txt", "");
  a.write("deep/er/and/deeper/file.txt", "x");
  a.write("grüße & <x> #1 %41 'q'.txt", "ü");
  a.write("日本語/📷 photo.jpg", "kanji");
  a.write("sp ace/+plus+.txt", "+");
  mkdirSync(a.path("an empty folder"));
  utimesSync(a.path("plain.txt"), 1_500_000_000, 1_500_000_000);
  await settle();
  expect(Object.keys(b.tree())).toContain("日本語/📷 photo.jpg");
  expect(Bun.file(b.path("plain.txt")).lastModified).toBe(1_500_000_000_000);
}, 60_000);

test("edits, renames, moves of folders and removals go both ways; a move sends nothing again", async () => {
  a.write("docs/one.txt", "1");
  a.write("docs/two.txt", "2");
  a.write("docs/inner/three.txt", "3");
  a.write("away.txt", "gone soon");
  await settle();

  b.write("docs/one.txt", "changed by b");
  renameSync(b.path("docs/two.txt"), b.path("docs/second.txt"));
  rmSync(b.path("away.txt"));
  await b.sync();
  await a.sync();
  expect(a.tree()).toEqual(b.tree());
  expect(a.read("docs/one.txt")).toBe("changed by b");

  mkdirSync(a.path("archive"));
  renameSync(a.path("docs"), a.path("archive/papers"));
  const moved = await a.sync();
  expect(moved.output).toMatch(/MOVE of/);
  expect(moved.output).not.toMatch(/PUT of/);
  const followed = await b.sync();
  expect(followed.output).not.toMatch(/GET of/);
  expect(b.tree()).toEqual(a.tree());
  expect(b.has("docs")).toBe(false);

  rmSync(b.path("archive/papers/inner"), { recursive: true });
  await settle();
  expect(a.has("archive/papers/inner")).toBe(false);
}, 60_000);

test("two edits of one file: both stay, one as a conflict file", async () => {
  a.write("shared.txt", "first");
  await settle();
  a.write("shared.txt", "from a, longer");
  b.write("shared.txt", "from b");
  await a.sync();
  await b.sync();
  const conflict = Object.keys(b.tree()).find((name) => name.includes("conflicted copy"));
  expect(conflict).toBeDefined();
  expect(b.read("shared.txt")).toBe("from a, longer");
  expect(b.read(conflict ?? "")).toBe("from b");
}, 60_000);

test("a change below folders that nobody opened is found at the next run, and a run without changes asks once", async () => {
  a.write("f1/f2/f3/deep.txt", "1");
  await settle();
  await hearth.fetch("/dav/home/f1/f2/f3/deep.txt", { method: "PUT", body: "22" });
  await b.sync();
  expect(b.read("f1/f2/f3/deep.txt")).toBe("22");
  await b.sync();
  const idle = await b.sync();
  expect(idle.output.match(/"PROPFIND" "http/g)?.length, idle.output).toBe(1);
}, 60_000);

test("a large file goes up in chunks, arrives whole, and an edit of it replaces it", async () => {
  a.write("big.bin", noise(bigBytes, 1));
  const sent = await a.sync();
  expect(sent.output).toMatch(/MKCOL of .*\/uploads\//);
  expect(sent.output).toMatch(/MOVE of .*\.file/);
  await b.sync();
  expect(b.tree()).toEqual(a.tree());
  b.write("big.bin", noise(bigBytes + 5, 2));
  await settle();
}, 60_000);

test("many small files", async () => {
  for (let index = 0; index < manyFiles; index += 1)
    a.write(`many/${index % 10}/file ${index}.txt`, `content ${index}`);
  const sent = await a.sync();
  const fetched = await b.sync();
  expect(b.tree()).toEqual(a.tree());
  expect(Object.keys(b.tree()).length).toBeGreaterThan(manyFiles);
  const per = (run: { durationMs: number }) => `${Math.round((run.durationMs / manyFiles) * 100) / 100} ms each`;
  console.log(`${manyFiles} small files: sent ${per(sent)}, fetched ${per(fetched)}`);
}, 120_000);

describe("trouble", () => {
  test("the server dies in the middle of a sync; the next runs bring everything", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "hearth-sync-data-"));
    let server = await startHearth({ dataDir });
    const { user, appPassword } = server;
    const client = createSyncClient(() => ({ url: server.url, user, appPassword }));
    const other = createSyncClient(() => ({ url: server.url, user, appPassword }));
    try {
      const port = new URL(server.url).port;
      for (let index = 0; index < 120; index += 1) client.write(`d${index % 4}/f${index}`, `content ${index}`);
      client.write("big.bin", noise(bigBytes, 3));
      const cut = client.sync({ mayFail: true });
      const home = join(dataDir, "volumes/main/home", user);
      const arrived = () =>
        readdirSync(home, { recursive: true, encoding: "utf8" }).filter((path) => path.includes("/f"));
      for (let tries = 0; arrived().length === 0 && tries < 10_000; tries += 1) await Bun.sleep(1);
      await server.kill();
      expect((await cut).code).not.toBe(0);
      server = await startHearth({ dataDir, args: ["--listen", `127.0.0.1:${port}`] });
      await client.sync();
      await other.sync();
      expect(other.tree()).toEqual(client.tree());
      expect(Object.keys(other.tree())).toHaveLength(125);
    } finally {
      await server.stop();
      client.remove();
      other.remove();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 90_000);

  test("a disk that is not mounted is no empty folder: the client keeps every file", async () => {
    a.write("kept/one.txt", "1");
    a.write("two.txt", "2");
    await a.sync();
    const before = a.tree();
    const volume = join(hearth.dataDir, "volumes", "main");
    renameSync(volume, `${volume}.away`);
    mkdirSync(volume);
    try {
      const away = await a.sync({ mayFail: true });
      expect(away.code).not.toBe(0);
      expect(away.output).toContain("503");
      expect(a.tree()).toEqual(before);
      const refused = await hearth.fetch("/remote.php/dav/files/alice/", {
        method: "PROPFIND",
        headers: { depth: "0" },
      });
      expect(refused.status).toBe(503);
      expect(await refused.text()).toContain("Storage is temporarily not available");
    } finally {
      rmSync(volume, { recursive: true });
      renameSync(`${volume}.away`, volume);
    }
    await settle();
    expect(a.tree()).toEqual(before);
  }, 60_000);
});
