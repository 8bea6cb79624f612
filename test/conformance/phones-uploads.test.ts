import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentOf } from "../system/crash/content.ts";
import { brokenInvariants } from "../system/invariants.ts";
import { startSystem, type System, untilNone } from "../system/support.ts";

/** How the Android app cuts a file on a mobile network, and the iOS app by default. */
const androidChunkBytes = 10_240_000;
const iosChunkBytes = 10_000_000;
const takenAt = 1_790_000_000;
const photos = 240;
/** As many as the apps send at once. */
const connections = 4;

const dataDir = mkdtempSync(join(tmpdir(), "hearth-phones-"));
let server: System;
beforeAll(async () => {
  server = await startSystem({ dataDir });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const files = "/remote.php/dav/files/alice";
const uploads = "/remote.php/dav/uploads/alice";

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: Uint8Array<ArrayBuffer>) {
  const response = await server.fetch(path, { method, headers, body: body ?? null });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function restart(): Promise<void> {
  await server.kill();
  server = await startSystem({ dataDir, again: server });
}

/** Name and size of what lies in an upload, as the apps ask for it before they go on. */
async function arrived(id: string): Promise<[string, number][]> {
  const { status, text } = await ask("PROPFIND", `${uploads}/${id}/`, { depth: "1" });
  expect(status).toBe(207);
  return text
    .split("<d:response>")
    .slice(1)
    .flatMap((part): [string, number][] => {
      const name = /<d:href>[^<]*\/([^/<]+)<\/d:href>/.exec(part)?.[1];
      const size = /<d:getcontentlength>(\d+)</.exec(part)?.[1];
      return name === undefined || size === undefined || name === id ? [] : [[name, Number(size)]];
    });
}

/** The network goes in the middle of a body. */
async function sendHalf(path: string, headers: Record<string, string>, bytes: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(server.url);
  const all = {
    host: "phone",
    authorization: server.authorization,
    "content-length": String(bytes.length),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`PUT ${path} HTTP/1.1\r\n${head.join("")}\r\n`);
      socket.write(bytes.subarray(0, bytes.length / 2), () => {
        socket.resetAndDestroy();
        resolve();
      });
    });
    socket.on("error", reject);
  });
  await Bun.sleep(200);
}

const cut = (content: Buffer, chunkBytes: number) =>
  Array.from(
    { length: Math.ceil(content.length / chunkBytes) },
    (_, index) => new Uint8Array(content.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  );

test("Android: a video is cut off in the middle of its third part and the server dies; the app goes on behind the second", async () => {
  const content = contentOf(11, 36_000_000);
  const parts = cut(content, androidChunkBytes);
  const id = "0cc175b9c0f1b6a831c399e269772661";
  const headers = { destination: `${server.url}${files}/InstantUpload/VID_20260920.mp4` };
  const name = (index: number) => String(index + 1).padStart(6, "0");
  expect((await ask("MKCOL", `${files}/InstantUpload`)).status).toBe(201);
  expect((await ask("MKCOL", `${uploads}/${id}`, headers)).status).toBe(201);
  for (const index of [0, 1])
    expect((await ask("PUT", `${uploads}/${id}/${name(index)}`, headers, parts[index])).status).toBe(201);
  await sendHalf(`${uploads}/${id}/${name(2)}`, headers, parts[2] ?? new Uint8Array());
  const golden: [string, number][] = [
    ["000001", androidChunkBytes],
    ["000002", androidChunkBytes],
  ];
  expect(await arrived(id)).toEqual(golden);
  await restart();
  expect((await ask("MKCOL", `${uploads}/${id}`, headers)).status).toBe(405);
  expect(await arrived(id)).toEqual(golden);
  expect((await ask("GET", `${files}/InstantUpload/VID_20260920.mp4`)).status).toBe(404);
  for (const index of [2, 3])
    expect((await ask("PUT", `${uploads}/${id}/${name(index)}`, headers, parts[index])).status).toBe(201);
  expect((await arrived(id)).map(([, size]) => size)).toEqual([10_240_000, 10_240_000, 10_240_000, 5_280_000]);
  const done = await ask("MOVE", `${uploads}/${id}/.file`, {
    ...headers,
    "x-oc-mtime": String(takenAt),
    "oc-total-length": String(content.length),
  });
  expect([done.status, done.headers.get("x-oc-mtime")]).toEqual([201, "accepted"]);
  expect(readFileSync(join(server.homePath, "InstantUpload/VID_20260920.mp4")).equals(content)).toBe(true);
}, 60_000);

test("iOS: the app is ended between two parts and begins with what it is told has arrived", async () => {
  const content = contentOf(12, 42_000_000);
  const parts = cut(content, iosChunkBytes);
  const id = "8F14E45F-CEEA-467F-A9F8";
  const headers = {
    destination: `${server.url}${files}/Photos/2026/09/26-09-20 12-00-00 0001.mov`,
    "oc-total-length": String(content.length),
    "x-nc-webdav-auto-mkcol": "1",
  };
  expect((await ask("PROPFIND", `${uploads}/${id}`, { depth: "0" })).status).toBe(404);
  expect((await ask("MKCOL", `${uploads}/${id}`, headers)).status).toBe(201);
  for (const index of [0, 1, 2])
    expect((await ask("PUT", `${uploads}/${id}/${index + 1}`, headers, parts[index])).status).toBe(201);
  await restart();
  expect((await ask("PROPFIND", `${uploads}/${id}`, { depth: "0" })).status).toBe(207);
  expect(await arrived(id)).toEqual([
    ["1", iosChunkBytes],
    ["2", iosChunkBytes],
    ["3", iosChunkBytes],
  ]);
  for (const index of [3, 4])
    expect((await ask("PUT", `${uploads}/${id}/${index + 1}`, headers, parts[index])).status).toBe(201);
  const done = await ask("MOVE", `${uploads}/${id}/.file`, {
    ...headers,
    overwrite: "T",
    "x-oc-mtime": `${takenAt}.5`,
  });
  expect(done.status).toBe(201);
  expect(readFileSync(join(server.homePath, "Photos/2026/09/26-09-20 12-00-00 0001.mov")).equals(content)).toBe(true);
}, 60_000);

test(`auto-upload of ${photos} photos of the same second, with some cut off and some answers lost`, async () => {
  const folder = `${files}/Photos/2026/12`;
  const photo = (index: number) => new Uint8Array(contentOf(1000 + index, 20_000 + (index % 50) * 4_096));
  const url = (index: number) => `${folder}/IMG_20261223_120000_${String(index).padStart(3, "0")}.jpg`;
  const headers = { "x-oc-mtime": String(takenAt), "content-type": "image/jpeg", "x-nc-webdav-auto-mkcol": "1" };
  const upload = async (index: number) => {
    expect((await ask("PROPFIND", url(index), { depth: "0" })).status).toBe(404);
    if (index % 10 === 3) {
      await sendHalf(url(index), headers, photo(index));
      expect((await ask("PROPFIND", url(index), { depth: "0" })).status).toBe(404);
    }
    const sent = await ask("PUT", url(index), headers, photo(index));
    expect(sent.status).toBe(201);
    // The answer was lost: the app sends the same again. Nothing has changed then.
    if (index % 10 === 7) {
      const again = await ask("PUT", url(index), headers, photo(index));
      expect([again.status, again.headers.get("oc-fileid")]).toEqual([204, sent.headers.get("oc-fileid")]);
    }
  };
  const todo = Array.from({ length: photos }, (_, index) => index);
  const worker = async () => {
    for (let index = todo.shift(); index !== undefined; index = todo.shift()) await upload(index);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  console.log(`${photos} photos: ${((performance.now() - startedAt) / photos).toFixed(1)} ms each`);

  const { text } = await ask("PROPFIND", `${folder}/`, { depth: "1" });
  const sizes = [...text.matchAll(/_(\d{3})\.jpg<\/d:href>[\s\S]*?<d:getcontentlength>(\d+)</g)];
  const golden = Array.from({ length: photos }, (_, index) => [index, 20_000 + (index % 50) * 4_096]);
  expect(sizes.map(([, index, size]) => [Number(index), Number(size)]).toSorted(([a = 0], [b = 0]) => a - b)).toEqual(
    golden,
  );
  const times = new Set(
    [...text.matchAll(/<d:getlastmodified>([^<]*)<\/d:getlastmodified>[\s\S]*?getcontentlength/g)].map(
      ([, time]) => time,
    ),
  );
  expect(times.has(new Date(takenAt * 1000).toUTCString())).toBe(true);
  for (let index = 0; index < photos; index += 17) {
    const onDisk = readFileSync(join(server.homePath, decodeURIComponent(url(index).slice(files.length + 1))));
    expect(onDisk.equals(photo(index))).toBe(true);
  }
  // The same content once more is no version.
  expect(existsSync(join(server.volumePath, ".hearth/versions"))).toBe(false);
  expect(await untilNone(() => brokenInvariants(server))).toEqual([]);
}, 60_000);
