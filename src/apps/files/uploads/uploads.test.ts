import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { DetailedError, Upload } from "tus-js-client";
import { openTestCloud, type TestCloud } from "#kit";
import { parseMetadata } from "./metadata.ts";

let cloud: TestCloud;
let server: ReturnType<TestCloud["listen"]>;
let root = 0;
const quotaBytes = 20_000_000;
beforeAll(async () => {
  cloud = await openTestCloud({ quotaBytes });
  server = cloud.listen();
  root = cloud.homeOf("anna").rootId;
});
afterAll(async () => {
  await server.stop(0);
  expect(cloud.failures).toEqual([]);
  expect(readdirSync(join(cloud.dir, "volume", ".hearth", "uploads"))).toEqual([]);
  await cloud.close();
});

const tus = { "tus-resumable": "1.0.0" };
const bytesType = { "content-type": "application/offset+octet-stream" };
const encode = (values: Record<string, string | number>) =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(String(value)).toString("base64")}`)
    .join(",");
const onDisk = (path: string) => readFileSync(join(cloud.homePath("anna"), path), "utf8");

interface Creation {
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly size?: number;
  readonly meta?: Record<string, string | number>;
  readonly user?: string;
  readonly headers?: Record<string, string>;
}
function create({ path, body, size, meta = {}, user = "anna", headers = {} }: Creation): Promise<Response> {
  const length = size ?? Buffer.byteLength(body ?? "");
  return cloud.fetchAs(user, "/api/uploads", {
    method: "POST",
    headers: {
      ...tus,
      "upload-length": String(length),
      "upload-metadata": encode({ parentId: root, path, ...meta }),
      ...(body === undefined ? {} : { ...bytesType, "content-length": String(Buffer.byteLength(body)) }),
      ...headers,
    },
    body,
  });
}
const patch = (url: string, offset: number, body: string | Uint8Array<ArrayBuffer>, user = "anna") =>
  cloud.fetchAs(user, url, {
    method: "PATCH",
    headers: { ...tus, ...bytesType, "upload-offset": String(offset) },
    body,
  });
const offsetOf = async (url: string) =>
  (await cloud.fetchAs("anna", url, { method: "HEAD", headers: tus })).headers.get("upload-offset");
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test("a small file is there after one request, with its folders and its time", async () => {
  const answer = await create({ path: "trip/day 1/ä.txt", body: "hello", meta: { modifiedAtMs: 1_600_000_000_123 } });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("upload-offset")).toBe("5");
  const node = cloud.storage.node(Number(answer.headers.get("hearth-node-id")));
  expect(node).toMatchObject({ name: "ä.txt", sizeBytes: 5 });
  expect(onDisk("trip/day 1/ä.txt")).toBe("hello");
  expect(Math.trunc(statSync(join(cloud.homePath("anna"), "trip/day 1/ä.txt")).mtimeMs)).toBe(1_600_000_000_123);
  const empty = await create({ path: "empty.txt", size: 0 });
  expect(empty.headers.get("hearth-node-id")).toMatch(/^\d+$/);
  expect(onDisk("empty.txt")).toBe("");
});

test("in parts: create, send, ask, send the rest", async () => {
  const created = await create({ path: "parts.txt", size: 10 });
  const url = created.headers.get("location") ?? "";
  expect([created.status, url]).toEqual([201, expect.stringMatching(/^\/api\/uploads\/[\w-]{20,}$/)]);
  expect(Date.parse(created.headers.get("upload-expires") ?? "")).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  const first = await patch(url, 0, "01234");
  expect([first.status, first.headers.get("upload-offset")]).toEqual([204, "5"]);
  expect(existsSync(join(cloud.homePath("anna"), "parts.txt"))).toBe(false);
  expect(await codeOf(await patch(url, 3, "x"))).toBe("conflict");
  expect(await codeOf(await patch(url, 5, "567890"))).toBe("too-large");
  expect(await offsetOf(url)).toBe("5");
  const last = await patch(url, 5, "56789");
  expect([last.status, last.headers.get("upload-offset")]).toEqual([204, "10"]);
  expect(onDisk("parts.txt")).toBe("0123456789");
  // The last answer may get lost: asked again, the upload is still known as finished.
  const again = await cloud.fetchAs("anna", url, { method: "HEAD", headers: tus });
  expect([again.headers.get("upload-offset"), again.headers.get("hearth-node-id")]).toEqual([
    "10",
    last.headers.get("hearth-node-id"),
  ]);
});

test("each answer to a taken name", async () => {
  for (const size of [3, 1_500_000]) {
    const path = `clash-${size}.txt`;
    const send = (fill: string, onClash?: string) =>
      create({ path, body: fill.repeat(size), meta: onClash === undefined ? {} : { onClash } });
    expect((await send("a")).status).toBe(201);
    const fail = await send("b");
    expect([fail.status, fail.headers.get("content-type"), await codeOf(fail)]).toEqual([
      409,
      "application/problem+json",
      "exists",
    ]);
    const skip = await send("c", "skip");
    expect([skip.status, skip.headers.get("hearth-skipped")]).toEqual([201, "true"]);
    expect(onDisk(path)[0]).toBe("a");
    expect((await send("d", "rename")).status).toBe(201);
    expect(onDisk(`clash-${size} (2).txt`)[0]).toBe("d");
    expect((await send("e", "replace")).status).toBe(201);
    expect(onDisk(path)[0]).toBe("e");
  }
  await cloud.call("anna", "files.createFolder", { parentId: root, path: "folder" });
  expect(await codeOf(await create({ path: "folder", body: "x", meta: { onClash: "replace" } }))).toBe("exists");
}, 20_000);

test("a name that is taken while the bytes come is refused at the end, and nothing is left behind", async () => {
  const url = (await create({ path: "late.txt", size: 4 })).headers.get("location") ?? "";
  writeFileSync(join(cloud.homePath("anna"), "late.txt"), "first");
  expect(await codeOf(await patch(url, 0, "late"))).toBe("exists");
  expect(onDisk("late.txt")).toBe("first");
  expect((await cloud.fetchAs("anna", url, { method: "HEAD", headers: tus })).status).toBe(404);
});

test("refusals are early, clear, and problem+json with the headers of the protocol", async () => {
  const refused = async (creation: Creation) => {
    const response = await create({ body: "x", ...creation });
    expect([response.headers.get("tus-resumable"), response.headers.get("content-type")]).toEqual([
      "1.0.0",
      "application/problem+json",
    ]);
    return codeOf(response);
  };
  expect(await refused({ path: "x", body: undefined, size: quotaBytes + 1 })).toBe("quota-exceeded");
  expect(await refused({ path: "../x" })).toBe("invalid-name");
  expect(await refused({ path: "a\u0000b" })).toBe("invalid-name");
  expect(await refused({ path: "x".repeat(300) })).toBe("invalid-name");
  expect(await refused({ path: "x".repeat(300), body: undefined, size: 9 })).toBe("invalid-name");
  expect(await refused({ path: "x", meta: { parentId: 999_999 } })).toBe("not-found");
  expect(await refused({ path: "x", meta: { parentId: "none" } })).toBe("bad-request");
  expect(await refused({ path: "x", meta: { onClash: "burn" } })).toBe("bad-request");
  expect(await refused({ path: "x", meta: { parentId: cloud.homeOf("ben").rootId } })).toBe("not-found");
  expect(await refused({ path: "x", headers: { "upload-length": "-1" } })).toBe("bad-request");
  expect(await refused({ path: "x", headers: { "upload-metadata": "path %%%" } })).toBe("bad-request");
  expect(await refused({ path: "x", headers: { "tus-resumable": "0.2.0" } })).toBe("precondition-failed");
  expect((await create({ path: "x", body: "x", headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
  expect((await create({ path: "x", body: "x", user: "" })).status).toBe(401);
  expect((await cloud.fetchAs("anna", "/api/uploads/nothing", { method: "HEAD", headers: tus })).status).toBe(404);
  expect((await cloud.fetchAs("anna", "/api/uploads", { method: "OPTIONS" })).headers.get("tus-extension")).toContain(
    "termination",
  );
  expect(existsSync(join(cloud.homePath("anna"), "x"))).toBe(false);
});

test("only its creator goes on with an upload; a lost right ends it; it can be given up", async () => {
  const url = (await create({ path: "own.txt", size: 3 })).headers.get("location") ?? "";
  expect((await patch(url, 0, "xyz", "ben")).status).toBe(404);
  expect((await cloud.fetchAs("ben", url, { method: "DELETE", headers: tus })).status).toBe(404);
  expect((await cloud.fetchAs("anna", url, { method: "DELETE", headers: tus })).status).toBe(204);
  expect((await patch(url, 0, "xyz")).status).toBe(404);

  const members = (role: string) => [
    { userId: cloud.actor("root").userId, role: "manager" },
    { userId: cloud.actor("anna").userId, role },
  ];
  const { space } = await cloud.call("root", "files.createSpace", { name: "S", members: members("editor") });
  const shared = await create({ path: "s.txt", size: 3, meta: { parentId: space.rootId } });
  await cloud.call("root", "files.setSpaceMembers", { spaceId: space.id, members: members("viewer") });
  const sharedUrl = shared.headers.get("location") ?? "";
  expect(await codeOf(await patch(sharedUrl, 0, "xyz"))).toBe("forbidden");
  expect(cloud.storage.children(space.rootId)).toEqual([]);
  // All bytes are there, but it is not done: asking for the position says so too.
  expect((await cloud.fetchAs("anna", sharedUrl, { method: "HEAD", headers: tus })).status).toBe(403);
  await cloud.call("root", "files.setSpaceMembers", { spaceId: space.id, members: members("editor") });
  const done = await cloud.fetchAs("anna", sharedUrl, { method: "HEAD", headers: tus });
  expect([done.status, done.headers.get("hearth-node-id") !== null]).toEqual([200, true]);
  expect(cloud.storage.children(space.rootId)).toHaveLength(1);
});

/** Sends the head of a PATCH and a part of its body, then keeps the connection open or drops it. */
async function sendHalf(url: string, body: Uint8Array, drop: boolean) {
  const socket = connect(Number(server.url.port), "127.0.0.1");
  const head = [
    "PATCH ".concat(url, " HTTP/1.1"),
    "Host: x",
    "X-Test-User: anna",
    "Sec-Fetch-Site: same-origin",
    "Tus-Resumable: 1.0.0",
  ];
  head.push("Content-Type: application/offset+octet-stream", "Upload-Offset: 0", "Content-Length: 3000000", "", "");
  socket.write(head.join("\r\n"));
  await new Promise<void>((resolve) => socket.write(body, () => resolve()));
  await Bun.sleep(150);
  if (drop) socket.destroy();
  return socket;
}

test("an interrupted PATCH keeps what arrived; a new one takes over from a silent one", async () => {
  const body = crypto.getRandomValues(new Uint8Array(60_000));
  const whole = new Uint8Array(3_000_000);
  for (let at = 0; at < whole.length; at += body.length) whole.set(body, at);
  for (const drop of [true, false]) {
    const path = `broken-${drop}.bin`;
    const url = (await create({ path, size: whole.length })).headers.get("location") ?? "";
    const socket = await sendHalf(url, whole.subarray(0, 1_200_000), drop);
    const offset = Number(await offsetOf(url));
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThanOrEqual(1_200_000);
    expect((await patch(url, offset, whole.subarray(offset))).status).toBe(204);
    socket.destroy();
    expect(readFileSync(join(cloud.homePath("anna"), path)).equals(whole)).toBe(true);
  }
}, 20_000);

test("hundreds of aborted uploads leave neither bytes nor descriptors", async () => {
  const head = (path: string) =>
    [
      "POST /api/uploads HTTP/1.1",
      "Host: x",
      "X-Test-User: anna",
      "Sec-Fetch-Site: same-origin",
      "Tus-Resumable: 1.0.0",
    ]
      .concat("Content-Type: application/offset+octet-stream", "Content-Length: 3000000", "Upload-Length: 3000000")
      .concat(`Upload-Metadata: ${encode({ parentId: root, path })}`, "", "")
      .join("\r\n");
  const before = cloud.openDescriptors();
  for (let round = 0; round < 6; round += 1) {
    const sockets = Array.from({ length: 50 }, (_, index) => {
      const socket = connect(Number(server.url.port), "127.0.0.1");
      socket.write(head(`aborted-${round}-${index}.bin`));
      socket.write(new Uint8Array(200_000));
      return socket;
    });
    await Bun.sleep(60);
    for (const socket of sockets) socket.destroy();
  }
  const left = () => readdirSync(join(cloud.dir, "volume", ".hearth", "uploads")).length;
  for (let wait = 0; wait < 50 && (left() > 0 || cloud.openDescriptors() > before + 2); wait += 1) await Bun.sleep(100);
  expect(left()).toBe(0);
  expect(cloud.openDescriptors()).toBeLessThanOrEqual(before + 2);
}, 20_000);

test("tus-js-client: in one go, in chunks, and what it shows of a refusal", async () => {
  const send = (path: string, size: number, options: Partial<ConstructorParameters<typeof Upload>[1]>) =>
    new Promise<string>((resolve, reject) => {
      const upload = new Upload(Buffer.alloc(size, path), {
        endpoint: new URL("/api/uploads", server.url).href,
        headers: { "X-Test-User": "anna", "Sec-Fetch-Site": "same-origin" },
        metadata: { parentId: String(root), path },
        retryDelays: null,
        onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader("Hearth-Node-Id") ?? ""),
        onError: reject,
        ...options,
      });
      upload.start();
    });
  expect(await send("js-one.bin", 500_000, { uploadDataDuringCreation: true })).toMatch(/^\d+$/);
  expect(await send("js-two.bin", 3_000_000, { uploadDataDuringCreation: true, chunkSize: 1_000_000 })).toMatch(
    /^\d+$/,
  );
  expect(await send("js-three.bin", 3_000_000, { chunkSize: 700_000 })).toMatch(/^\d+$/);
  expect(statSync(join(cloud.homePath("anna"), "js-three.bin")).size).toBe(3_000_000);
  const error = await send("js-one.bin", 500_000, { uploadDataDuringCreation: true }).catch(
    (thrown: unknown) => thrown,
  );
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : "";
  expect(JSON.parse(body ?? "")).toMatchObject({ code: "exists", status: 409 });
}, 20_000);

test("metadata: any text goes through, nothing else is thrown than a refusal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), fc.nat(), (path, parentId) => {
      expect(parseMetadata(encode({ path, parentId, other: "x" }))).toEqual({ path, parentId, onClash: "fail" });
    }),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (header) => {
      try {
        parseMetadata(header);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "bad-request" });
      }
    }),
  );
});
