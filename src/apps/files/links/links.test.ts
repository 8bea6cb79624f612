import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
let root = 0;
let nowMs = Date.now();
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  root = cloud.homeOf("anna").rootId;
  cloud.plant("anna", "album/one.txt", "0123456789");
  cloud.plant("anna", "album/deep/two.txt", "two");
  cloud.plant("anna", "album/dot.png", png);
  cloud.plant("anna", "private.txt", "private");
});
beforeEach(() => {
  nowMs = Date.now();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const idOf = (path: string) => cloud.storage.resolve(cloud.homeOf("anna").id, path.split("/"))?.id ?? 0;
interface Made {
  readonly id: string;
  readonly token: string;
}
async function make(path: string, rules: Record<string, unknown> = {}, user = "anna"): Promise<Made> {
  const answer = await cloud.call(user, "links.create", { nodeId: idOf(path), ...rules });
  if (answer.link === undefined) throw new Error(JSON.stringify(answer));
  expect(answer.link.url).toMatch(/^\/s\/[\w-]{22}$/);
  return { id: answer.link.id, token: answer.link.url.slice(3) };
}
const visit = (path: string, init: RequestInit & { address?: string } = {}) => cloud.fetchAs("", path, init);
const open = (token: string, password?: string, init: RequestInit = {}) =>
  cloud.call("", "publicLink.open", { token, password }, init);
const content = (token: string, path: string, init: RequestInit & { address?: string } = {}) =>
  visit(`/s/${token}/content/${idOf(path)}`, init);
const statusOf = async (token: string, path: string, init: RequestInit & { address?: string } = {}) =>
  (await content(token, path, init)).status;

test("a folder's link shows what is below it and nothing else", async () => {
  const { token } = await make("album");
  expect(await open(token)).toMatchObject({
    needsPassword: false,
    name: "album",
    sharedBy: "ANNA",
    mode: "view",
    root: { parentId: null },
  });
  const list = await cloud.call("", "publicLink.list", { token });
  expect(list.nodes.map((node: { name: string }) => node.name)).toEqual(["deep", "dot.png", "one.txt"]);
  expect(list.path).toEqual([{ id: idOf("album"), name: "album" }]);
  const deeper = await cloud.call("", "publicLink.list", { token, folderId: idOf("album/deep") });
  expect(deeper.path.map((step: { name: string }) => step.name)).toEqual(["album", "deep"]);
  expect(await (await content(token, "album/deep/two.txt")).text()).toBe("two");
  expect(await (await visit(`/s/${token}`)).text()).toBe("the page of a link");
  expect((await visit(`/s/${token}/preview/${idOf("album/dot.png")}?size=256`)).headers.get("content-type")).toBe(
    "image/webp",
  );
  const archive = await visit(`/s/${token}/archive`);
  expect(archive.headers.get("content-disposition")).toContain("album.zip");
  await archive.body?.cancel();
  for (const path of ["private.txt", ""]) {
    const id = path === "" ? root : idOf(path);
    expect(await statusOf(token, path)).toBe(404);
    expect((await visit(`/s/${token}/archive?ids=${id}`)).status).toBe(404);
    expect((await visit(`/s/${token}/preview/${id}`)).status).toBe(404);
    expect((await cloud.call("", "publicLink.list", { token, folderId: id })).code).toBe("not-found");
  }
  expect((await visit(`/s/${token}/nothing`)).status).toBe(404);
  expect((await visit(`/s/${token}/uploads`, { method: "POST", headers: { "tus-resumable": "1.0.0" } })).status).toBe(
    403,
  );
});

test("an unknown token is nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ maxLength: 30 }), fc.constant("A".repeat(22))), async (token) => {
      expect((await cloud.call("", "publicLink.open", { token })).code).toBe("not-found");
      const response = await visit(`/s/${encodeURIComponent(token)}/content/1`);
      expect(response.status).toBe(404);
    }),
    { numRuns: 40 },
  );
}, 20_000);

test("the password: nothing is told without it, the cookie opens this link only, a new password closes it", async () => {
  const { id, token } = await make("album", { password: "sesame" });
  const other = await make("album", { password: "sesame" });
  expect(await open(token)).toMatchObject({ needsPassword: true, name: "", root: null });
  expect((await cloud.call("", "publicLink.list", { token })).code).toBe("unauthenticated");
  expect(await statusOf(token, "album/one.txt")).toBe(401);
  expect((await open(token, "wrong")).code).toBe("unauthenticated");
  const unlocked = await visit("/api/publicLink.open", {
    method: "POST",
    body: JSON.stringify({ token, password: "sesame" }),
  });
  expect(await unlocked.json()).toMatchObject({ needsPassword: false, name: "album" });
  const setCookie = unlocked.headers.get("set-cookie") ?? "";
  expect(setCookie).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
  const cookie = setCookie.split(";")[0] ?? "";
  const headers = { cookie: `a=b; ${cookie}` };
  expect(await statusOf(token, "album/one.txt", { headers })).toBe(200);
  expect((await cloud.call("", "publicLink.list", { token }, { headers })).total).toBe(3);
  expect(await statusOf(other.token, "album/one.txt", { headers })).toBe(401);
  expect(
    await statusOf(token, "album/one.txt", {
      headers: { cookie: cookie.replace(/.$/, (c) => (c === "A" ? "B" : "A")) },
    }),
  ).toBe(401);
  nowMs += 13 * 3_600_000;
  expect(await statusOf(token, "album/one.txt", { headers })).toBe(401);
  nowMs = Date.now();
  expect((await cloud.call("anna", "links.update", { id, password: "simsalabim" })).link.hasPassword).toBe(true);
  expect(await statusOf(token, "album/one.txt", { headers })).toBe(401);
  await cloud.call("anna", "links.update", { id, password: null });
  expect(await statusOf(token, "album/one.txt")).toBe(200);
});

test("guessing is slowed down for the guesser, not for everybody", async () => {
  const { token } = await make("album", { password: "sesame" });
  const codes = [];
  for (let index = 0; index < 8; index += 1) codes.push((await open(token, `guess ${index}`)).code);
  expect(codes[0]).toBe("unauthenticated");
  expect(codes.at(-1)).toBe("too-many-requests");
  expect((await open(token, "sesame")).code).toBe("too-many-requests");
  nowMs += 3_600_000;
  expect((await open(token, "sesame")).needsPassword).toBe(false);
});

test("expiry, withdrawal, trash, a lost right and a lost account each end a link", async () => {
  const { token } = await make("album", { expiresAtMs: nowMs + 1000 });
  expect(await statusOf(token, "album/one.txt")).toBe(200);
  nowMs += 1001;
  expect((await open(token)).code).toBe("gone");
  expect(await statusOf(token, "album/one.txt")).toBe(410);
  expect((await cloud.call("anna", "links.create", { nodeId: idOf("album"), expiresAtMs: nowMs })).code).toBe(
    "bad-request",
  );

  const withdrawn = await make("album");
  await cloud.call("anna", "links.remove", { id: withdrawn.id });
  expect((await open(withdrawn.token)).code).toBe("not-found");

  cloud.plant("anna", "short/f.txt", "x");
  const short = await make("short");
  const { trashIds } = await cloud.call("anna", "files.remove", { ids: [idOf("short")] });
  expect((await open(short.token)).code).toBe("gone");
  await cloud.call("anna", "trash.restore", { ids: trashIds });
  expect((await open(short.token)).name).toBe("short");

  const anna = cloud.people.get("anna");
  const { token: hers } = await make("album");
  cloud.people.delete("anna");
  expect((await open(hers)).code).toBe("gone");
  if (anna !== undefined) cloud.people.set("anna", { ...anna, capabilities: new Set(["files.use"]) });
  expect((await open(hers)).code).toBe("gone");
  if (anna !== undefined) cloud.people.set("anna", anna);
  expect((await open(hers)).name).toBe("album");
}, 20_000);

test("the limit counts each download once, however it is read, and holds against many at once", async () => {
  const { id, token } = await make("album", { downloadLimit: 2 });
  const downloads = async () =>
    (await cloud.call("anna", "links.list", { nodeId: idOf("album") })).links.find((link: Made) => link.id === id)
      .downloads;
  const first = await content(token, "album/one.txt", { headers: { range: "bytes=0-3" } });
  expect([first.status, await first.text()]).toEqual([206, "0123"]);
  for (const range of ["bytes=4-6", "bytes=7-"])
    expect(await statusOf(token, "album/one.txt", { headers: { range } })).toBe(206);
  expect(await statusOf(token, "album/one.txt", { method: "HEAD" })).toBe(200);
  const etag = first.headers.get("etag") ?? "";
  expect(await statusOf(token, "album/one.txt", { headers: { "if-none-match": etag } })).toBe(304);
  expect(await downloads()).toBe(1);
  // Another visitor cannot slip in by a range that was never begun.
  const other = { address: "192.0.2.9", headers: { range: "bytes=1-" } };
  expect(await statusOf(token, "album/one.txt", other)).toBe(206);
  expect(await downloads()).toBe(2);
  expect(await statusOf(token, "album/one.txt")).toBe(410);
  // No header makes the answer whole and the count believe that nothing was sent.
  for (const trick of [`"${etag}"`, `x${etag}`, `""${etag.slice(1)}`, `W${etag}`])
    expect(await statusOf(token, "album/one.txt", { headers: { "if-none-match": trick } })).not.toBe(200);
  expect(await statusOf(token, "album/one.txt", { headers: { range: "bytes=2-" } })).toBe(206);
  expect((await visit(`/s/${token}/archive`)).status).toBe(410);
  expect((await visit(`/s/${token}/preview/${idOf("album/dot.png")}`)).status).toBe(410);
  expect((await open(token)).code).toBe("gone");
  expect(await downloads()).toBe(2);

  const race = await make("album", { downloadLimit: 3 });
  const answers = await Promise.all(Array.from({ length: 12 }, () => statusOf(race.token, "album/one.txt")));
  expect(answers.filter((status) => status === 200)).toHaveLength(3);
});

test("whatever is asked in whatever order, a limit is never passed", async () => {
  const step = fc.record({
    path: fc.constantFrom("album/one.txt", "album/deep/two.txt"),
    range: fc.constantFrom(undefined, "bytes=0-1", "bytes=1-"),
    address: fc.constantFrom("192.0.2.1", "192.0.2.2"),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 12 }), async (limit, steps) => {
      const { token } = await make("album", { downloadLimit: limit });
      const started = new Set<string>();
      let count = 0;
      for (const { path, range, address } of steps) {
        const key = `${path} ${address}`;
        const isContinuation = range !== undefined && started.has(key);
        const status = await statusOf(token, path, { address, headers: range === undefined ? {} : { range } });
        const allowed = isContinuation || count < limit;
        expect(status).toBe(allowed ? (range === undefined ? 200 : 206) : 410);
        if (!isContinuation && allowed) count += 1;
        if (allowed) started.add(key);
      }
    }),
    { numRuns: 25 },
  );
}, 20_000);

test("an upload link takes files under free names, and shows nothing", async () => {
  cloud.plant("anna", "inbox/taken.txt", "old");
  cloud.plant("anna", "inbox/file", "a file");
  const { token } = await make("inbox", { mode: "upload" });
  expect(await open(token)).toMatchObject({ mode: "upload", root: null });
  expect((await cloud.call("", "publicLink.list", { token })).code).toBe("forbidden");
  expect(await statusOf(token, "inbox/taken.txt")).toBe(403);
  expect((await visit(`/s/${token}/archive`)).status).toBe(403);
  const encode = (text: string) => Buffer.from(text).toString("base64");
  const send = (path: string, body: string, extra = "") =>
    visit(`/s/${token}/uploads`, {
      method: "POST",
      body,
      headers: {
        "tus-resumable": "1.0.0",
        "content-type": "application/offset+octet-stream",
        "content-length": String(body.length),
        "upload-length": String(body.length),
        "upload-metadata": `path ${encode(path)}${extra}`,
      },
    });
  for (const path of ["taken.txt", "file/below.txt", "new.txt"]) {
    const extra = `,onClash ${encode("replace")},parentId ${encode(String(root))}`;
    expect([path, (await send(path, "new", extra)).status]).toEqual([path, 201]);
  }
  const inbox = join(cloud.homePath("anna"), "inbox");
  expect(readdirSync(inbox).toSorted()).toEqual(["file", "file (2)", "new.txt", "taken (2).txt", "taken.txt"]);
  expect(readFileSync(join(inbox, "taken.txt"), "utf8")).toBe("old");
  expect(existsSync(join(cloud.homePath("anna"), "new.txt"))).toBe(false);
  for (const path of ["../x", "a/../../x"]) expect((await send(path, "x")).status).toBe(400);
  expect((await cloud.call("anna", "links.create", { nodeId: idOf("private.txt"), mode: "upload" })).code).toBe(
    "bad-request",
  );
});

test("who may make and mind links", async () => {
  const { id } = await make("album");
  expect((await cloud.call("ben", "links.create", { nodeId: idOf("album") })).code).toBe("not-found");
  expect((await cloud.call("ben", "links.list", { nodeId: idOf("album") })).code).toBe("not-found");
  expect((await cloud.call("ben", "links.list", {})).links).toEqual([]);
  expect((await cloud.call("ben", "links.update", { id, mode: "view" })).code).toBe("not-found");
  expect((await cloud.call("ben", "links.remove", { id })).code).toBe("not-found");
  expect((await cloud.call("", "links.remove", { id })).code).toBe("unauthenticated");
  const listed = await cloud.call("anna", "files.list", { folderId: root });
  const shared = listed.nodes
    .filter((node: { shared: boolean }) => node.shared)
    .map((node: { name: string }) => node.name);
  expect(shared).toContain("album");
  expect(shared).not.toContain("private.txt");
  const updated = await cloud.call("anna", "links.update", { id, downloadLimit: 9 });
  expect(updated.link).toMatchObject({ downloadLimit: 9, mode: "view", expiresAtMs: null, hasPassword: false });
});
