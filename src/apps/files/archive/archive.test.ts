// needs: unzip
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";
import { zipStream } from "./zip-stream.ts";

let cloud: TestCloud;
let server: ReturnType<TestCloud["listen"]>;
beforeAll(async () => {
  cloud = await openTestCloud();
  server = cloud.listen();
});
afterAll(async () => {
  await server.stop(0);
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const usual = { timeoutMs: 20_000, maxOutputBytes: 64 * 1024 * 1024 };
const lines = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim().split("\n");
const get = (ids: readonly number[]) => cloud.fetchAs("anna", `/api/files/archive?ids=${ids.join()}`);

/** Checks the archive with `unzip`, unpacks it and gives the folder and the names. */
async function unpack(archive: Uint8Array): Promise<{ folder: string; names: string[] }> {
  const path = join(cloud.dir, "archive.zip");
  const folder = join(cloud.dir, "unpacked");
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(path, archive);
  const tested = await cloud.exec.run(["unzip", "-tq", path], usual);
  expect([tested.exitCode, tested.stderr]).toEqual([0, ""]);
  const listed = await cloud.exec.run(["unzip", "-Z1", path], usual);
  const unpacked = await cloud.exec.run(["unzip", "-q", "-o", path, "-d", folder], usual);
  expect(unpacked.exitCode).toBe(0);
  return { folder, names: lines(listed.stdout).toSorted() };
}

test("files, folders and empty folders arrive with their names, times and bytes", async () => {
  const big = crypto.getRandomValues(new Uint8Array(60_000));
  const bytes = new Uint8Array(3_000_000).map((_, index) => big[index % big.length] ?? 0);
  const file = cloud.plant("anna", "box/Ünïcode – 日本.bin", bytes);
  cloud.plant("anna", "box/sub/hello.txt", "hello");
  cloud.plant("anna", "other/hello.txt", "other hello");
  mkdirSync(join(cloud.homePath("anna"), "box/empty"));
  const idOf = (path: string) => cloud.storage.resolve(cloud.homeOf("anna").id, path.split("/"))?.id ?? 0;
  const response = await get([idOf("box"), idOf("box/sub/hello.txt"), idOf("other/hello.txt"), idOf("other")]);
  expect(response.headers.get("content-type")).toBe("application/zip");
  expect(response.headers.get("content-disposition")).toContain('filename="anna.zip"');
  const { folder, names } = await unpack(await response.bytes());
  expect(names).toEqual(["box/empty/", "box/sub/hello.txt", "box/Ünïcode – 日本.bin", "other/hello.txt"].toSorted());
  expect(readFileSync(join(folder, "box/Ünïcode – 日本.bin")).equals(bytes)).toBe(true);
  expect(Math.abs(statSync(join(folder, "box/Ünïcode – 日本.bin")).mtimeMs - file.modifiedAtMs)).toBeLessThan(1001);
  expect((await get([idOf("box")])).headers.get("content-disposition")).toContain('filename="box.zip"');
}, 20_000);

test("files of one name from two folders both arrive", async () => {
  const ids = ["x/same.txt", "y/same.txt"].map((path) => cloud.plant("anna", path, path).id);
  const { folder, names } = await unpack(await (await get(ids)).bytes());
  expect(names).toEqual(["same (2).txt", "same.txt"]);
  expect(readFileSync(join(folder, "same (2).txt"), "utf8")).toBe("y/same.txt");
});

test("what cannot be read is listed, the rest arrives", async () => {
  const { id } = cloud.plant("anna", "part/ok.txt", "fine");
  const lost = cloud.plant("anna", "part/zz.txt", "lost");
  const folderId = cloud.storage.node(id)?.parentId ?? 0;
  const entries = [cloud.storage.node(id), lost].filter((node) => node !== undefined);
  const missing: string[] = [];
  const stream = zipStream({
    storage: {
      open: (nodeId) => {
        if (nodeId === lost.id) throw new Error("unreadable sector");
        return cloud.storage.open(nodeId);
      },
    },
    entries: entries.map((node) => ({ node, path: `part/${node.name}` })),
    mayPack: () => true,
    missingName: "_missing.txt",
    onMissing: (path) => missing.push(path),
  });
  const { folder, names } = await unpack(await new Response(stream).bytes());
  expect(names).toEqual(["_missing.txt", "part/ok.txt"]);
  expect(readFileSync(join(folder, "_missing.txt"), "utf8")).toContain("part/zz.txt");
  expect(missing).toEqual(["part/zz.txt"]);
  expect(folderId).toBeGreaterThan(0);
}, 20_000);

test("a file that shrinks while it is packed is cut short and said, and the archive stays sound", async () => {
  const { id } = cloud.plant("anna", "shrink.bin", new Uint8Array(2_000_000));
  const opened = cloud.storage.open(id);
  const node = cloud.storage.node(id);
  if (node === undefined) throw new Error("it was planted");
  const stream = zipStream({
    storage: { open: () => ({ ...opened, sizeBytes: 5_000_000 }) },
    entries: [{ node, path: node.name }],
    mayPack: () => true,
    missingName: "_missing.txt",
    onMissing: () => undefined,
  });
  const { folder, names } = await unpack(await new Response(stream).bytes());
  expect(names).toEqual(["_missing.txt", "shrink.bin"]);
  expect(statSync(join(folder, "shrink.bin")).size).toBe(2_000_000);
}, 20_000);

test("any tree of names and bytes comes back as it went in", async () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .filter((text) => /^[^/\\\p{C}.][^/\\\p{C}]*$/u.test(text));
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 200 })), {
        maxLength: 5,
        selector: ([one]) => one.normalize("NFC").toLowerCase(),
      }),
      async (files) => {
        round += 1;
        for (const [one, bytes] of files) cloud.plant("anna", `tree-${round}/${one.normalize("NFC")}`, bytes);
        if (files.length === 0) return;
        const top = cloud.storage.resolve(cloud.homeOf("anna").id, [`tree-${round}`])?.id ?? 0;
        const { folder } = await unpack(await (await get([top])).bytes());
        for (const [one, bytes] of files) {
          expect(readFileSync(join(folder, `tree-${round}`, one.normalize("NFC"))).equals(bytes)).toBe(true);
        }
      },
    ),
    { numRuns: 12 },
  );
}, 30_000);

test("readers that pause or go away cost no descriptor and no memory", async () => {
  const folder = join(cloud.homePath("anna"), "huge");
  mkdirSync(folder);
  for (let index = 0; index < 4; index += 1) writeFileSync(join(folder, `${index}.bin`), new Uint8Array(40_000_000));
  const id =
    cloud.storage.refresh(cloud.homeOf("anna").rootId) && cloud.storage.child(cloud.homeOf("anna").rootId, "huge")?.id;
  cloud.storage.refresh(id ?? 0);
  const request = `GET /api/files/archive?ids=${id} HTTP/1.1\r\nHost: x\r\nX-Test-User: anna\r\n\r\n`;
  const begin = () =>
    new Promise<ReturnType<typeof connect>>((resolve) => {
      const socket = connect(Number(server.url.port), "127.0.0.1", () => socket.write(request));
      socket.once("data", () => {
        socket.pause();
        resolve(socket);
      });
    });
  const warm = await begin();
  warm.destroy();
  await Bun.sleep(200);
  const before = { descriptors: cloud.openDescriptors(), rss: process.memoryUsage.rss() };
  for (let round = 0; round < 8; round += 1) {
    const sockets = await Promise.all(Array.from({ length: 25 }, begin));
    if (round === 0) {
      const grownBytes = () => process.memoryUsage.rss() - before.rss;
      await Bun.sleep(300);
      // What was thrown away on the way is not what readers hold, who would have 4 GB between them.
      for (let wait = 0; wait < 30 && grownBytes() >= 150_000_000; wait += 1) {
        Bun.gc(true);
        await Bun.sleep(100);
      }
      expect(grownBytes()).toBeLessThan(150_000_000);
    }
    for (const socket of sockets) socket.destroy();
  }
  for (let wait = 0; wait < 30 && cloud.openDescriptors() > before.descriptors + 3; wait += 1) await Bun.sleep(100);
  expect(cloud.openDescriptors()).toBeLessThanOrEqual(before.descriptors + 3);
}, 30_000);

test("more entries than the old form of the format can count", async () => {
  const node = cloud.storage.node(cloud.homeOf("anna").rootId);
  if (node === undefined) throw new Error("a home has a root");
  const entries = Array.from({ length: 66_000 }, (_, index) => ({ node, path: `folder-${index}` }));
  const stream = zipStream({
    storage: cloud.storage,
    entries,
    mayPack: () => true,
    missingName: "_missing.txt",
    onMissing: () => undefined,
  });
  const path = join(cloud.dir, "many.zip");
  writeFileSync(path, await new Response(stream).bytes());
  const listed = await cloud.exec.run(["unzip", "-Z1", path], usual);
  expect([listed.exitCode, lines(listed.stdout).length]).toEqual([0, 66_000]);
}, 20_000);

test("bad lists of ids and foreign ones are refused", async () => {
  for (const ids of ["", "x", "1,", "0", "1;2", "-1", "1".repeat(30)]) {
    expect((await cloud.fetchAs("anna", `/api/files/archive?ids=${ids}`)).status).toBe(400);
  }
  const many = Array.from({ length: 1001 }, (_, index) => index + 1).join();
  expect((await cloud.fetchAs("anna", `/api/files/archive?ids=${many}`)).status).toBe(413);
  const { id } = cloud.plant("anna", "mine.txt", "x");
  expect((await cloud.fetchAs("ben", `/api/files/archive?ids=${id}`)).status).toBe(404);
  expect((await cloud.fetchAs("", `/api/files/archive?ids=${id}`)).status).toBe(401);
});
