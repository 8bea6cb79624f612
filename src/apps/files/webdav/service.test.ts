import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestDav, type TestDav } from "./testing.ts";

let dav: TestDav;

beforeAll(async () => {
  dav = await openTestDav();
});
afterEach(() => expect(dav.failures).toEqual([]));
afterAll(() => dav.close());

const statusOf = async (
  user: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
) => (await dav.ask(user, method, path, headers, body)).status;
const list = (user: string, path: string, body?: string) => dav.ask(user, "PROPFIND", path, { depth: "1" }, body);
const hrefsIn = (text: string) => [...text.matchAll(/<d:href>([^<]*)<\/d:href>/g)].map(([, href]) => href);
const prop = (inner: string) =>
  `<propfind xmlns="DAV:" xmlns:oc="http://owncloud.org/ns"><prop>${inner}</prop></propfind>`;
const patch = (inner: string) => `<propertyupdate xmlns="DAV:">${inner}</propertyupdate>`;
const set = (inner: string) => patch(`<set><prop>${inner}</prop></set>`);

test("only Basic credentials open it; OPTIONS is free", async () => {
  for (const nobody of ["", "browser"]) {
    const reply = await dav.ask(nobody, "GET", "/dav/home/");
    expect(reply.status).toBe(401);
    expect(reply.headers.get("www-authenticate")).toBe('Basic realm="Hearth", charset="UTF-8"');
    expect(reply.text).toContain("<s:exception>Sabre\\DAV\\Exception\\NotAuthenticated</s:exception>");
  }
  const options = await dav.ask("", "OPTIONS", "/dav/home/");
  expect([options.status, options.headers.get("dav"), options.headers.get("ms-author-via")]).toEqual([
    200,
    "1, 2, 3",
    "DAV",
  ]);
});

test("everybody sees their home and their spaces, and nothing else", async () => {
  expect(hrefsIn((await list("anna", "/dav/")).text)).toEqual(["/dav/", "/dav/home/", "/dav/spaces/"]);
  expect(hrefsIn((await list("ben", "/dav/spaces")).text)).toEqual(["/dav/spaces/", "/dav/spaces/family/"]);
  await dav.ask("anna", "PUT", "/dav/home/mine.txt", {}, "anna's");
  expect(await statusOf("ben", "GET", "/dav/home/mine.txt")).toBe(404);
  for (const path of ["/dav/anna/", "/dav/spaces/anna/", "/dav/spaces/nobody/x"]) {
    expect(await statusOf("ben", "GET", path)).toBe(404);
    expect(await statusOf("ben", "PUT", `${path}y`, {}, "x")).toBe(403);
  }
});

test("a viewer and a read-only app password read and never write", async () => {
  expect(await statusOf("anna", "PUT", "/dav/spaces/family/plan.txt", {}, "plan")).toBe(201);
  expect((await dav.ask("ben", "GET", "/dav/spaces/family/plan.txt")).text).toBe("plan");
  expect(await statusOf("reader", "GET", "/dav/home/")).toBe(200);
  const lockinfo = `<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>`;
  const attempts: readonly [string, string, Record<string, string>, string?][] = [
    ["PUT", "plan.txt", {}, "x"],
    ["PUT", "new.txt", {}, "x"],
    ["DELETE", "plan.txt", {}],
    ["MKCOL", "sub", {}],
    ["MOVE", "plan.txt", { destination: "/dav/home/plan.txt" }],
    ["COPY", "plan.txt", { destination: "/dav/spaces/family/copy.txt" }],
    ["PROPPATCH", "plan.txt", {}, set(`<x xmlns="y"/>`)],
    ["LOCK", "plan.txt", {}, lockinfo],
    ["LOCK", "new.txt", {}, lockinfo],
  ];
  for (const user of ["ben", "reader"]) {
    for (const [method, name, headers, body] of attempts) {
      const path = `/dav/spaces/family/${name}`;
      expect(await statusOf(user, method, path, headers, body), `${user} ${method} ${name}`).toBe(403);
    }
  }
  expect(await statusOf("ben", "COPY", "/dav/spaces/family/plan.txt", { destination: "/dav/home/plan.txt" })).toBe(201);
  expect((await list("ben", "/dav/spaces/family", prop("<oc:permissions/>"))).text).toContain("<oc:permissions>G<");
  expect((await list("anna", "/dav/spaces/family", prop("<oc:permissions/>"))).text).toContain(
    "<oc:permissions>RGDNVW<",
  );
});

test("a listing shows every change at once, also from outside and of properties, although it is kept", async () => {
  await dav.ask("anna", "MKCOL", "/dav/home/kept");
  const names = async () => hrefsIn((await list("anna", "/dav/home/kept")).text).slice(1);
  expect(await names()).toEqual([]);
  await dav.ask("anna", "PUT", "/dav/home/kept/b.txt", {}, "b");
  expect(await names()).toEqual(["/dav/home/kept/b.txt"]);
  expect(await names()).toEqual(["/dav/home/kept/b.txt"]);
  writeFileSync(join(dav.folderOf("anna"), "kept/a & b.txt"), "from a shell");
  expect(await names()).toEqual(["/dav/home/kept/a%20%26%20b.txt", "/dav/home/kept/b.txt"]);
  rmSync(join(dav.folderOf("anna"), "kept/b.txt"));
  expect(await names()).toEqual(["/dav/home/kept/a%20%26%20b.txt"]);

  const file = "/dav/home/kept/a%20%26%20b.txt";
  const text = async () => (await list("anna", "/dav/home/kept")).text;
  expect(await text()).not.toContain("mark");
  expect(await statusOf("anna", "PROPPATCH", file, {}, set(`<mark xmlns="urn:x">1</mark>`))).toBe(207);
  expect(await text()).toContain(`<mark xmlns="urn:x">1</mark>`);
  expect(await statusOf("anna", "PROPPATCH", file, {}, set(`<lastmodified>86400</lastmodified>`))).toBe(207);
  expect(await text()).toContain("Fri, 02 Jan 1970 00:00:00 GMT");
  await dav.ask("anna", "MOVE", "/dav/home/kept", { destination: "/dav/home/renamed" });
  expect(hrefsIn((await list("anna", "/dav/home/renamed")).text)).toEqual([
    "/dav/home/renamed/",
    "/dav/home/renamed/a%20%26%20b.txt",
  ]);
});

test("a file that another program has just made is found by its name", async () => {
  mkdirSync(join(dav.folderOf("anna"), "new/below"), { recursive: true });
  writeFileSync(join(dav.folderOf("anna"), "new/below/x.txt"), "fresh");
  expect((await dav.ask("anna", "GET", "/dav/home/new/below/x.txt")).text).toBe("fresh");
  writeFileSync(join(dav.folderOf("anna"), "new/below/x.txt"), "changed a lot");
  expect((await dav.ask("anna", "GET", "/dav/home/new/below/x.txt")).text).toBe("changed a lot");
  rmSync(join(dav.folderOf("anna"), "new/below/x.txt"));
  expect(await statusOf("anna", "GET", "/dav/home/new/below/x.txt")).toBe(404);
});

test("a long listing is streamed whole, and the same when it is kept", async () => {
  const folder = join(dav.folderOf("anna"), "long");
  mkdirSync(folder);
  for (let index = 0; index < 2100; index += 1) writeFileSync(join(folder, `entry ${index}.txt`), "");
  const first = (await list("anna", "/dav/home/long")).text;
  expect(hrefsIn(first)).toHaveLength(2101);
  expect(first.endsWith("</d:multistatus>")).toBe(true);
  expect((await list("anna", "/dav/home/long")).text === first).toBe(true);
}, 30_000);

test("properties are all set or none; they follow a move, are copied, and go with the file", async () => {
  const [one, two] = [`<a xmlns="urn:x" xml:lang="de">1 &amp; <b/></a>`, `<c>2</c>`];
  await dav.ask("anna", "PUT", "/dav/home/p.txt", {}, "p");
  const refused = await dav.ask("anna", "PROPPATCH", "/dav/home/p.txt", {}, set(`${one}<getetag>mine</getetag>`));
  expect(refused.text).toMatch(/getetag\/><\/d:prop><d:status>HTTP\/1.1 403[\s\S]*424 Failed Dependency/);
  const found = async (path: string) => {
    const { text } = await dav.ask("anna", "PROPFIND", path, { depth: "0" });
    return [one, two].map((xml) => text.includes(xml));
  };
  expect(await found("/dav/home/p.txt")).toEqual([false, false]);
  await dav.ask("anna", "PROPPATCH", "/dav/home/p.txt", {}, patch(`<set><prop>${one}<c xmlns="">2</c></prop></set>`));
  await dav.ask("anna", "MOVE", "/dav/home/p.txt", { destination: "/dav/home/q.txt" });
  await dav.ask("anna", "COPY", "/dav/home/q.txt", { destination: "/dav/spaces/family/r.txt" });
  expect([await found("/dav/home/q.txt"), await found("/dav/spaces/family/r.txt")]).toEqual([
    [true, true],
    [true, true],
  ]);
  const remove = patch(`<remove><prop><a xmlns="urn:x"/></prop></remove>`);
  await dav.ask("anna", "PROPPATCH", "/dav/home/q.txt", {}, remove);
  expect([await found("/dav/home/q.txt"), await found("/dav/spaces/family/r.txt")]).toEqual([
    [false, true],
    [true, true],
  ]);
  const names = await dav.ask(
    "anna",
    "PROPFIND",
    "/dav/home/q.txt",
    { depth: "0" },
    `<propfind xmlns="DAV:"><propname/></propfind>`,
  );
  expect(names.text).toContain(`<c xmlns=""/>`);
  const flood = Array.from({ length: 201 }, (_, index) => `<p${index} xmlns="urn:f"/>`).join("");
  expect(await statusOf("anna", "PROPPATCH", "/dav/home/q.txt", {}, set(flood))).toBe(507);
});

test("properties stay with a file in the trash and go when it is purged", async () => {
  await dav.ask("anna", "PUT", "/dav/home/gone.txt", {}, "x");
  const before = dav.propertyCount() ?? 0;
  await dav.ask("anna", "PROPPATCH", "/dav/home/gone.txt", {}, set(`<x xmlns="urn:gone">1</x>`));
  await dav.ask("anna", "DELETE", "/dav/home/gone.txt");
  expect(dav.propertyCount()).toBe(before + 1);
  await dav.storage.trash.purgeBefore(Date.now() + 1000);
  expect(dav.propertyCount()).toBe(before);
});

test("quota is told for folders that ask for it, and a full space answers 507", async () => {
  const ask = prop("<quota-available-bytes/><quota-used-bytes/>");
  const { text } = await dav.ask("anna", "PROPFIND", "/dav/spaces/family", { depth: "0" }, ask);
  const available = Number(/available-bytes>(\d+)</.exec(text)?.[1]);
  expect(available).toBeGreaterThan(900_000);
  expect(await statusOf("anna", "PUT", "/dav/spaces/family/big.bin", {}, "x".repeat(available + 1))).toBe(507);
  expect(await statusOf("anna", "GET", "/dav/spaces/family/big.bin")).toBe(404);
  expect((await dav.ask("anna", "PROPFIND", "/dav/spaces/family", { depth: "0" })).text).not.toContain("quota-used");
});

test("COPY and MOVE: overwriting, depth 0, into itself, over a folder, between spaces", async () => {
  const at = (name: string) => `/dav/home/tree/${name}`;
  const go = (method: string, from: string, to: string, headers: Record<string, string> = {}) =>
    statusOf("anna", method, from, { destination: to, ...headers });
  for (const name of ["", "a", "a/b"]) await dav.ask("anna", "MKCOL", at(name));
  await dav.ask("anna", "PUT", at("a/b/c.txt"), {}, "c");
  expect(await go("COPY", at("a"), at("flat"), { depth: "0" })).toBe(201);
  expect(hrefsIn((await list("anna", at("flat"))).text)).toHaveLength(1);
  expect(await go("COPY", at("a"), at("deep"))).toBe(201);
  expect((await dav.ask("anna", "GET", at("deep/b/c.txt"))).text).toBe("c");
  expect(await go("COPY", at("a"), at("flat"), { overwrite: "F" })).toBe(412);
  expect(await go("COPY", at("a"), at("flat"))).toBe(204);
  expect(await go("MOVE", at("a"), at("a/b/inside"))).toBe(403);
  expect(await go("COPY", at("a"), at("a/copy"))).toBe(403);
  expect(await go("MOVE", at("a"), at("no/where"))).toBe(409);
  expect(await go("MOVE", at("a/b"), at("a"))).toBe(409);
  expect(await go("MOVE", at("a"), "/dav/home")).toBe(403);
  expect(await go("MOVE", "/dav/home", at("x"))).toBe(403);
  expect(await go("MOVE", at("a"), at("flat"), { overwrite: "F" })).toBe(412);
  expect(await go("MOVE", at("a/b/c.txt"), at("a/b/C.txt"))).toBe(201);
  expect(await go("MOVE", at("a"), "/dav/spaces/family/a")).toBe(201);
  expect((await dav.ask("ben", "GET", "/dav/spaces/family/a/b/C.txt")).text).toBe("c");
});

test("a copy takes the time it is told, and the top of `/dav/` tells the room in the home", async () => {
  await dav.ask("anna", "PUT", "/dav/home/timed.txt", { "x-oc-mtime": "1700000000.5" }, "t");
  const headers = { destination: "/dav/home/timed2.txt", "x-oc-mtime": "1600000000" };
  expect((await dav.ask("anna", "COPY", "/dav/home/timed.txt", headers)).headers.get("x-oc-mtime")).toBe("accepted");
  const modified = async (name: string) =>
    (await dav.ask("anna", "HEAD", `/dav/home/${name}`)).headers.get("last-modified");
  expect(await modified("timed.txt")).toBe("Tue, 14 Nov 2023 22:13:20 GMT");
  expect(await modified("timed2.txt")).toBe("Sun, 13 Sep 2020 12:26:40 GMT");
  const { text } = await dav.ask("anna", "PROPFIND", "/dav/", { depth: "0" }, prop("<quota-available-bytes/>"));
  expect(Number(/available-bytes>(\d+)</.exec(text)?.[1])).toBeGreaterThan(0);
});

test("a time and properties are set together, or not at all", async () => {
  await dav.ask("anna", "PUT", "/dav/home/both.txt", { "x-oc-mtime": "1000" }, "t");
  const flood = Array.from({ length: 201 }, (_, index) => `<p${index} xmlns="urn:f"/>`).join("");
  const time = "<lastmodified>2000000000</lastmodified>";
  expect(await statusOf("anna", "PROPPATCH", "/dav/home/both.txt", {}, set(time + flood))).toBe(507);
  const { text } = await dav.ask("anna", "PROPFIND", "/dav/home/both.txt", { depth: "0" });
  expect(text).not.toContain("urn:f");
  expect(text).toContain("Thu, 01 Jan 1970 00:16:40 GMT");
});
