import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { openTestDav, type TestDav } from "./testing.ts";

let dav: TestDav;
let count = 0;
let folder = "";

beforeAll(async () => {
  dav = await openTestDav();
});
afterEach(() => expect(dav.failures).toEqual([]));
afterAll(() => dav.close());

const lockBody = (scope: "exclusive" | "shared") =>
  `<lockinfo xmlns="DAV:"><lockscope><${scope}/></lockscope><locktype><write/></locktype><owner>me</owner></lockinfo>`;

async function makeTree(): Promise<void> {
  folder = `/dav/home/locks${(count += 1)}`;
  await dav.ask("anna", "MKCOL", folder);
  await dav.ask("anna", "MKCOL", `${folder}/sub`);
  await dav.ask("anna", "PUT", `${folder}/a.txt`, {}, "a");
  await dav.ask("anna", "PUT", `${folder}/sub/b.txt`, {}, "b");
}

async function lock(path: string, scope: "exclusive" | "shared" = "exclusive", headers: Record<string, string> = {}) {
  const reply = await dav.ask("anna", "LOCK", path, { depth: "infinity", ...headers }, lockBody(scope));
  return { ...reply, token: reply.headers.get("lock-token") ?? "" };
}

const statusOf = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  (await dav.ask("anna", method, path, headers, body)).status;

test("a deep lock covers everything below; only its token opens it", async () => {
  await makeTree();
  const { token, status } = await lock(folder);
  expect(status).toBe(200);
  const attempts: readonly [string, string, Record<string, string>][] = [
    ["PUT", "/a.txt", {}],
    ["PUT", "/new.txt", {}],
    ["PUT", "/sub/b.txt", {}],
    ["MKCOL", "/more", {}],
    ["DELETE", "/sub", {}],
    ["DELETE", "", {}],
    ["MOVE", "/a.txt", { destination: "/dav/home/elsewhere.txt" }],
    ["COPY", "/a.txt", { destination: `${folder}/copy.txt` }],
    ["PROPPATCH", "/a.txt", {}],
    ["LOCK", "/a.txt", {}],
  ];
  const patch = `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="y">1</x></prop></set></propertyupdate>`;
  const bodies: Record<string, string> = { PUT: "x", PROPPATCH: patch, LOCK: lockBody("exclusive") };
  for (const [method, path, headers] of attempts) {
    expect(await statusOf(method, folder + path, headers, bodies[method]), `${method} ${path}`).toBe(423);
  }
  expect(await statusOf("GET", `${folder}/a.txt`)).toBe(200);
  expect(await statusOf("COPY", `${folder}/a.txt`, { destination: "/dav/home/copied.txt" })).toBe(201);
  expect(await statusOf("PUT", `${folder}/new.txt`, { if: `<${folder}> (${token})` }, "x")).toBe(201);
  expect(await statusOf("PUT", `${folder}/new2.txt`, { if: `(${token})` }, "x")).toBe(201);
  const refused = await dav.ask("anna", "PUT", `${folder}/a.txt`, {}, "x");
  expect(refused.text).toContain(`<d:lock-token-submitted><d:href>${folder}</d:href></d:lock-token-submitted>`);
});

test("a lock of depth 0 on a folder guards its names, not the content of its files", async () => {
  await makeTree();
  await lock(folder, "exclusive", { depth: "0" });
  expect(await statusOf("PUT", `${folder}/new.txt`, {}, "x")).toBe(423);
  expect(await statusOf("DELETE", `${folder}/a.txt`)).toBe(423);
  expect(await statusOf("PUT", `${folder}/a.txt`, {}, "x")).toBe(204);
  expect(await statusOf("PUT", `${folder}/sub/new.txt`, {}, "x")).toBe(201);
});

test("shared locks stand side by side; an exclusive one stands alone", async () => {
  await makeTree();
  const file = `${folder}/a.txt`;
  const first = await lock(file, "shared");
  const second = await lock(file, "shared");
  expect([first.status, second.status]).toEqual([200, 200]);
  expect((await lock(file)).status).toBe(423);
  expect(await statusOf("PUT", file, {}, "x")).toBe(423);
  expect(await statusOf("PUT", file, { if: `(${second.token})` }, "x")).toBe(204);
  const above = await lock(folder);
  expect(above.status).toBe(207);
  expect(above.text).toContain("HTTP/1.1 423 Locked");
  expect(above.text).toContain("HTTP/1.1 424 Failed Dependency");
});

test("a lock lasts as long as granted, is refreshed, survives a restart, and ends by itself", async () => {
  await makeTree();
  const file = `${folder}/a.txt`;
  const { token, text } = await lock(file, "exclusive", { timeout: "Second-100" });
  expect(text).toContain("<d:timeout>Second-100</d:timeout>");
  dav.pass(90_000);
  expect((await dav.ask("anna", "LOCK", file, { if: `(${token})`, timeout: "Second-200" })).text).toContain(
    "Second-200",
  );
  dav.pass(150_000);
  dav.restart();
  expect(await statusOf("PUT", file, {}, "x")).toBe(423);
  dav.pass(60_000);
  expect(await statusOf("PUT", file, {}, "x")).toBe(204);
  expect((await dav.ask("anna", "LOCK", file, { if: `(${token})` })).status).toBe(412);
});

test("no lock is longer than a day, and half an hour is the default", async () => {
  await makeTree();
  expect((await lock(`${folder}/a.txt`)).text).toContain("Second-1800");
  expect((await lock(`${folder}/sub`, "exclusive", { timeout: "Infinite, Second-4100000000" })).text).toContain(
    "Second-86400",
  );
});

test("a lock of a person ends by itself, is taken anew by its holder alone, and is there after a restart", async () => {
  await dav.ask("anna", "PUT", "/dav/home/mine.odt", {}, "x");
  const app = { "x-user-lock": "1" };
  const taken = await dav.ask("anna", "LOCK", "/dav/home/mine.odt", { ...app, timeout: "Second-999999" });
  expect([taken.status, taken.text.includes("<nc:lock-timeout>86400<")]).toEqual([200, true]);
  expect((await dav.ask("anna", "LOCK", "/dav/home/mine.odt", app)).text).toMatch(/<nc:lock-timeout>180[01]</);
  dav.restart();
  dav.pass(29 * 60_000);
  expect((await dav.ask("anna", "UNLOCK", "/dav/home/mine.odt", app)).status).toBe(200);
  expect((await dav.ask("reader", "LOCK", "/dav/home/mine.odt", app)).status).toBe(403);
  await dav.ask("anna", "LOCK", "/dav/home/mine.odt", app);
  dav.pass(30 * 60_000 + 1);
  expect((await dav.ask("anna", "UNLOCK", "/dav/home/mine.odt", app)).status).toBe(412);
  expect((await dav.ask("anna", "LOCK", "/dav/home/", app)).status).toBe(403);
});

test("locks end with what they stand on: DELETE, MOVE, and a replaced destination", async () => {
  await makeTree();
  const { token } = await lock(`${folder}/a.txt`);
  const moved = { destination: `${folder}/moved.txt`, if: `(${token})` };
  expect(await statusOf("MOVE", `${folder}/a.txt`, moved)).toBe(201);
  expect(await statusOf("PUT", `${folder}/moved.txt`, {}, "x")).toBe(204);
  const onTarget = await lock(`${folder}/moved.txt`);
  const over = { destination: `${folder}/moved.txt` };
  expect(await statusOf("COPY", `${folder}/sub/b.txt`, over)).toBe(423);
  expect(
    await statusOf("COPY", `${folder}/sub/b.txt`, { ...over, if: `<${folder}/moved.txt> (${onTarget.token})` }),
  ).toBe(204);
  expect(await statusOf("PUT", `${folder}/moved.txt`, {}, "x")).toBe(204);
});

test("a token only counts for the person who holds the lock, and UNLOCK wants the right one", async () => {
  dav.access.setMembers(dav.family.id, [
    { userId: 1, role: "manager" },
    { userId: 2, role: "editor" },
  ]);
  const file = "/dav/spaces/family/plan.txt";
  expect(await statusOf("PUT", file, {}, "x")).toBe(201);
  const { token } = await lock(file);
  expect((await dav.ask("ben", "PUT", file, { if: `(${token})` }, "ben")).status).toBe(423);
  expect((await dav.ask("ben", "UNLOCK", file, { "lock-token": token })).status).toBe(403);
  expect(await statusOf("UNLOCK", file, { "lock-token": "<opaquelocktoken:other>" })).toBe(409);
  expect(await statusOf("UNLOCK", file)).toBe(400);
  expect(await statusOf("UNLOCK", file, { "lock-token": token })).toBe(204);
  expect((await dav.ask("ben", "PUT", file, {}, "ben")).status).toBe(204);
});

test("of many clients that lock the same free name at once, one gets it", async () => {
  await makeTree();
  const replies = await Promise.all(Array.from({ length: 8 }, () => lock(`${folder}/free.txt`)));
  expect(replies.filter(({ status }) => status < 300)).toHaveLength(1);
  for (const { status } of replies) expect([201, 423]).toContain(status);
  expect(await statusOf("PUT", `${folder}/free.txt`, {}, "x")).toBe(423);
});

test("of many writers with the same If-Match, one writes", async () => {
  await makeTree();
  const etag = (await dav.ask("anna", "HEAD", `${folder}/a.txt`)).headers.get("etag") ?? "";
  const writes = Array.from({ length: 8 }, (_, index) =>
    statusOf("PUT", `${folder}/a.txt`, { "if-match": etag }, `writer ${index}`),
  );
  expect((await Promise.all(writes)).toSorted()).toEqual([204, 412, 412, 412, 412, 412, 412, 412]);
  const creates = Array.from({ length: 8 }, () => statusOf("PUT", `${folder}/once.txt`, { "if-none-match": "*" }, "x"));
  expect((await Promise.all(creates)).toSorted()).toEqual([201, 412, 412, 412, 412, 412, 412, 412]);
});
