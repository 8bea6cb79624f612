import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestDav, type TestDav } from "./testing.ts";

let dav: TestDav;
beforeAll(async () => {
  dav = await openTestDav();
  for (const folder of ["Photos/Private/2024", "Other/Photos"]) {
    mkdirSync(join(dav.folderOf("anna"), folder), { recursive: true });
  }
  writeFileSync(join(dav.folderOf("anna"), "Photos/beach.jpg"), "sand");
  writeFileSync(join(dav.folderOf("anna"), "Photos/Private/diary.txt"), "dear diary");
  writeFileSync(join(dav.folderOf("anna"), "Photos/Private/2024/ok.txt"), "fine");
  await dav.ask("anna", "PROPFIND", "/dav/home/Photos/Private/2024/", { depth: "1" });
  await dav.ask("anna", "PROPFIND", "/dav/home/Other/Photos/", { depth: "1" });
});
afterAll(async () => {
  expect(dav.failures).toEqual([]);
  await dav.close();
});

const space = () => dav.storage.findSpace("home", "anna");
const idOf = (path: string) => dav.storage.resolve(space()?.id ?? 0, path.split("/"))?.id ?? 0;
const entry = (path: string, effect: "allow" | "deny", actions: number, userId = 2) =>
  dav.access.putEntry({
    resource: { kind: "node", id: idOf(path) },
    subject: { kind: "user", id: userId },
    effect,
    actions,
    expiresAtMs: null,
    createdBy: 1,
    createdAtMs: 0,
  });
const clear = () => {
  for (const { id } of [...dav.access.entries()]) dav.access.removeEntry(id);
};
const hrefs = async (user: string, path: string) => {
  const { status, text } = await dav.ask(user, "PROPFIND", path, { depth: "1" });
  return status === 207 ? [...text.matchAll(/<d:href>([^<]+)/g)].map((match) => match[1]) : status;
};
const status = async (
  user: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
) => (await dav.ask(user, method, path, headers, body)).status;
const reader = 1;
const editor = 7;

test("what others shared stands in /dav/shared/, numbered where two are called the same, and nowhere when there is none", async () => {
  expect(await hrefs("ben", "/dav/")).toEqual(["/dav/", "/dav/home/", "/dav/spaces/"]);
  entry("Photos", "allow", reader);
  entry("Other/Photos", "allow", editor);
  expect(await hrefs("ben", "/dav/")).toEqual(["/dav/", "/dav/home/", "/dav/spaces/", "/dav/shared/"]);
  expect(await hrefs("ben", "/dav/shared/")).toEqual([
    "/dav/shared/",
    "/dav/shared/Photos/",
    "/dav/shared/Photos%20(2)/",
  ]);
  expect(await hrefs("ben", "/dav/shared/Photos/")).toEqual([
    "/dav/shared/Photos/",
    "/dav/shared/Photos/beach.jpg",
    "/dav/shared/Photos/Private/",
  ]);
  expect((await dav.ask("ben", "GET", "/dav/shared/Photos/beach.jpg")).text).toBe("sand");
  expect(await hrefs("ben", "/dav/shared/Secret/")).toBe(404);
  expect(await hrefs("anna", "/dav/")).toEqual(["/dav/", "/dav/home/", "/dav/spaces/"]);
  clear();
  expect(await status("ben", "GET", "/dav/shared/Photos/beach.jpg")).toBe(404);
});

test("a viewer changes nothing by any method; an editor works below what was shared, but not on it", async () => {
  entry("Photos", "allow", reader);
  const at = "/dav/shared/Photos";
  const changes: [string, string, Record<string, string>][] = [
    ["PUT", `${at}/beach.jpg`, {}],
    ["PUT", `${at}/new.txt`, {}],
    ["DELETE", `${at}/beach.jpg`, {}],
    ["MKCOL", `${at}/new`, {}],
    ["MOVE", `${at}/beach.jpg`, { destination: "/dav/home/b.jpg" }],
    ["COPY", `${at}/beach.jpg`, { destination: `${at}/b.jpg` }],
  ];
  for (const [method, path, headers] of changes) {
    const body = method === "PUT" ? "x" : undefined;
    expect([method, path, await status("ben", method, path, headers, body)]).toEqual([method, path, 403]);
  }
  entry("Photos", "allow", editor);
  expect(await status("ben", "PUT", `${at}/new.txt`, {}, "x")).toBe(201);
  expect(await status("ben", "MOVE", `${at}/new.txt`, { destination: `${at}/newer.txt` })).toBe(201);
  expect(await status("ben", "DELETE", `${at}/newer.txt`)).toBe(204);
  expect(await status("ben", "MOVE", at, { destination: "/dav/home/stolen" })).toBe(403);
  clear();
});

test("whoever was let in calls a share what they like, and can decline it; its owner notices nothing", async () => {
  for (const path of ["Album", "Album/Album"]) await dav.ask("anna", "MKCOL", `/dav/home/${path}`);
  await dav.ask("anna", "PUT", "/dav/home/Album/one.jpg", {}, "one");
  entry("Album", "allow", reader);
  const at = "/dav/shared/Album";
  expect(await status("reader", "MOVE", at, { destination: "/dav/shared/Mine" })).toBe(404);
  expect(await status("anna", "MOVE", at, { destination: "/dav/shared/Mine" })).toBe(404);
  expect(await status("ben", "MOVE", at, { destination: "/dav/shared/a/b" })).toBe(403);
  expect(await status("ben", "MOVE", at, { destination: "/dav/shared/a%0ab" })).toBe(400);
  expect(await status("ben", "MOVE", at, { destination: "/dav/shared/Mine" })).toBe(201);
  expect(await hrefs("ben", "/dav/shared/")).toEqual(["/dav/shared/", "/dav/shared/Mine/"]);
  expect(await hrefs("anna", "/dav/home/Album/")).toHaveLength(3);
  expect(await status("anna", "MOVE", "/dav/home/Album", { destination: "/dav/home/Other/Renamed" })).toBe(201);
  dav.restart();
  expect(await hrefs("ben", "/dav/shared/")).toEqual(["/dav/shared/", "/dav/shared/Mine/"]);
  expect((await dav.ask("ben", "GET", "/dav/shared/Mine/one.jpg")).text).toBe("one");

  await dav.ask("anna", "MKCOL", "/dav/home/mine");
  entry("mine", "allow", editor);
  expect(await hrefs("ben", "/dav/shared/")).toEqual(["/dav/shared/", "/dav/shared/Mine/", "/dav/shared/mine%20(2)/"]);
  const taken = { destination: "/dav/shared/MINE" };
  expect(await status("ben", "MOVE", "/dav/shared/mine%20(2)", taken)).toBe(412);

  expect(await status("ben", "DELETE", "/dav/shared/Mine")).toBe(204);
  expect(await status("ben", "GET", "/dav/shared/Mine/one.jpg")).toBe(404);
  expect(await hrefs("ben", "/dav/shared/")).toEqual(["/dav/shared/", "/dav/shared/mine%20(2)/"]);
  expect((await dav.ask("anna", "GET", "/dav/home/Other/Renamed/one.jpg")).text).toBe("one");
  const ben = dav.actorOf("ben");
  const [declined] = dav.mounts.declined(ben);
  expect(declined).toMatchObject({ name: "Mine" });
  await dav.mounts.accept(ben, declined?.node.id ?? 0);
  expect((await dav.ask("ben", "GET", "/dav/shared/Mine/one.jpg")).text).toBe("one");
  clear();
});

test("what is hidden is not there for any method, and its name cannot be used", async () => {
  entry("Photos", "allow", editor);
  entry("Photos/Private", "deny", 15);
  const at = "/dav/shared/Photos/Private";
  expect(await hrefs("ben", "/dav/shared/Photos/")).toEqual(["/dav/shared/Photos/", "/dav/shared/Photos/beach.jpg"]);
  for (const method of ["GET", "PROPFIND", "DELETE"]) {
    expect([method, await status("ben", method, at, { depth: method === "DELETE" ? "infinity" : "0" })]).toEqual([
      method,
      404,
    ]);
    expect([method, await status("ben", method, `${at}/diary.txt`, { depth: "0" })]).toEqual([method, 404]);
  }
  expect(await status("ben", "PUT", at, {}, "x")).toBe(403);
  expect(await status("ben", "PUT", `${at}/diary.txt`, {}, "x")).toBe(409);
  expect(await status("ben", "MKCOL", `${at}/new`)).toBe(409);
  expect(await status("ben", "COPY", "/dav/shared/Photos/beach.jpg", { destination: at })).toBe(403);
  expect(await status("ben", "MOVE", `${at}/diary.txt`, { destination: "/dav/home/d.txt" })).toBe(404);
  expect(await status("ben", "COPY", "/dav/shared/Photos", { destination: "/dav/home/copy" })).toBe(201);
  expect(await hrefs("ben", "/dav/home/copy/")).toEqual(["/dav/home/copy/", "/dav/home/copy/beach.jpg"]);
  expect(await status("ben", "DELETE", "/dav/shared/Photos/beach.jpg")).toBe(204);
  expect(await hrefs("anna", "/dav/home/Photos/")).toEqual(["/dav/home/Photos/", "/dav/home/Photos/Private/"]);
  entry("Photos/Private/2024", "allow", reader);
  expect(await hrefs("ben", "/dav/shared/2024/")).toEqual(["/dav/shared/2024/", "/dav/shared/2024/ok.txt"]);
  expect(await status("ben", "GET", `${at}/2024/ok.txt`)).toBe(404);
  clear();
});

test("listings that are kept are kept apart: the same folder looks right to each, before and after a change", async () => {
  const asked = "/dav/spaces/family/";
  await dav.ask("anna", "MKCOL", "/dav/spaces/family/gifts/");
  const names = async (user: string) => await hrefs(user, asked);
  const all = [asked, `${asked}gifts/`];
  for (const user of ["anna", "ben", "anna", "ben"]) expect(await names(user)).toEqual(all);
  const giftsId = dav.storage.resolve(dav.family.id, ["gifts"])?.id ?? 0;
  dav.access.putEntry({
    resource: { kind: "node", id: giftsId },
    subject: { kind: "user", id: 2 },
    effect: "deny",
    actions: 15,
    expiresAtMs: Date.now() + 60_000,
    createdBy: 1,
    createdAtMs: 0,
  });
  for (const user of ["anna", "ben", "anna", "ben"]) {
    expect([user, await names(user)]).toEqual([user, user === "ben" ? [asked] : all]);
  }
  expect(await status("ben", "GET", `${asked}gifts/`)).toBe(404);
  dav.pass(60_001);
  expect(await names("ben")).toEqual(all);
});

test("rights are told to sync clients letter by letter", async () => {
  entry("Photos", "allow", editor);
  entry("Photos/Private", "deny", 2 | 8);
  const permissions = async (path: string) => {
    const body = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:permissions/></d:prop></d:propfind>`;
    const { text } = await dav.ask("ben", "PROPFIND", path, { depth: "0" }, body);
    return /<oc:permissions>([A-Z]*)</.exec(text)?.[1];
  };
  expect(await permissions("/dav/shared/Photos/")).toBe("RGCK");
  expect(await permissions("/dav/shared/Photos/Private/")).toBe("RG");
  expect(await permissions("/dav/home/")).toBe("RGCK");
  clear();
});

test("a lock is named where its reader finds it, and not where they cannot look", async () => {
  entry("Photos", "allow", editor);
  const body = `<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype></d:lockinfo>`;
  const locked = await dav.ask("anna", "LOCK", "/dav/home/Photos/", { depth: "infinity" }, body);
  expect(locked.status).toBe(200);
  const refused = await dav.ask("ben", "PUT", "/dav/shared/Photos/x.txt", {}, "x");
  expect([refused.status, refused.text.includes("/dav/shared/Photos<")]).toEqual([423, true]);
  expect(refused.text).not.toContain("/home/");
  const token = locked.headers.get("lock-token") ?? "";
  expect(await status("ben", "UNLOCK", "/dav/shared/Photos/", { "lock-token": token })).toBe(403);
  expect(await status("anna", "UNLOCK", "/dav/home/Photos/", { "lock-token": token })).toBe(204);
  entry("Photos/Private", "deny", 15);
  const below = await dav.ask("anna", "LOCK", "/dav/home/Photos/Private/diary.txt", { depth: "0" }, body);
  expect(below.status).toBe(200);
  const deep = await dav.ask("ben", "LOCK", "/dav/shared/Photos/", { depth: "infinity" }, body);
  expect([deep.status, deep.text.includes("Private")]).toEqual([207, false]);
  clear();
});
