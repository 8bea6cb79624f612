import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
let root = 0;
beforeAll(async () => {
  cloud = await openTestCloud();
  root = cloud.homeOf("anna").rootId;
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const names = (answer: { nodes: { name: string }[] }) => answer.nodes.map(({ name }) => name);
const folder = async (path: string, parentId = root): Promise<number> =>
  (await cloud.call("anna", "files.createFolder", { parentId, path })).node.id;
const file = (path: string, text = "x") => cloud.plant("anna", path, text).id;

test("a listing shows what was put there behind its back, folders first, with the way to it", async () => {
  const id = await folder("list");
  file("list/b.jpg", "hello");
  file("list/a.txt");
  const sub = await folder("list/z");
  const answer = await cloud.call("anna", "files.list", { folderId: id });
  expect(names(answer)).toEqual(["z", "a.txt", "b.jpg"]);
  expect(answer).toMatchObject({
    total: 3,
    folder: { sizeBytes: 6, count: 3 },
    path: [{ id: root }, { id, name: "list" }],
  });
  expect(answer.nodes[2]).toMatchObject({ mime: "image/jpeg", hasPreview: true, shared: false, sizeBytes: 5 });
  rmSync(join(cloud.homePath("anna"), "list/a.txt"));
  expect(names(await cloud.call("anna", "files.list", { folderId: id, sort: "size", descending: true }))).toEqual([
    "z",
    "b.jpg",
  ]);
  expect(names(await cloud.call("anna", "files.list", { folderId: id, offset: 1, limit: 1 }))).toHaveLength(1);
  expect(await cloud.call("anna", "files.resolve", { spaceId: cloud.homeOf("anna").id, path: "list/z" })).toMatchObject(
    {
      node: { id: sub },
    },
  );
});

test("what is somebody else's does not exist; nobody is told to log in", async () => {
  const id = file("mine.txt");
  const acts: [string, unknown][] = [
    ["files.list", { folderId: root }],
    ["files.get", { id }],
    ["files.resolve", { spaceId: cloud.homeOf("anna").id, path: "mine.txt" }],
    ["files.createFolder", { parentId: root, path: "x" }],
    ["files.rename", { id, name: "yours.txt" }],
    ["files.move", { ids: [id], folderId: cloud.homeOf("ben").rootId }],
    ["files.copy", { ids: [id], folderId: cloud.homeOf("ben").rootId }],
    ["files.remove", { ids: [id] }],
    ["search.find", { query: "mine", folderId: root }],
  ];
  for (const [operation, input] of acts) {
    expect([operation, (await cloud.call("ben", operation, input)).code]).toEqual([operation, "not-found"]);
    expect([operation, (await cloud.call("", operation, input)).code]).toEqual([operation, "unauthenticated"]);
  }
  expect((await cloud.call("ben", "search.find", { query: "mine" })).hits).toEqual([]);
  expect((await cloud.call("ben", "files.recent", {})).nodes).toEqual([]);
  expect((await cloud.fetchAs("ben", `/api/files/content/${id}`)).status).toBe(404);
  expect((await cloud.fetchAs("", `/api/files/content/${id}`)).status).toBe(401);
  expect((await cloud.fetchAs("anna", `/api/files/content/${id}`)).status).toBe(200);
});

test("folders are made on the way, existing ones kept; a file in the way is said", async () => {
  const deep = await folder("one/two/three");
  expect(await folder("one//two/./three/")).toBe(deep);
  file("one/taken");
  expect(await cloud.call("anna", "files.createFolder", { parentId: root, path: "one/taken/x" })).toMatchObject({
    code: "exists",
  });
  for (const path of ["../x", "a/../../b", "/", ".", "a\u0000b", `${"n".repeat(256)}`]) {
    expect((await cloud.call("anna", "files.createFolder", { parentId: root, path })).code).toBe("invalid-name");
  }
});

test("rename, and a taken name", async () => {
  const id = file("r/old.txt");
  file("r/taken.txt");
  expect(await cloud.call("anna", "files.rename", { id, name: "new.txt" })).toMatchObject({
    node: { id, name: "new.txt" },
  });
  expect((await cloud.call("anna", "files.rename", { id, name: "taken.txt" })).code).toBe("exists");
  expect((await cloud.call("anna", "files.rename", { id, name: "a/b" })).code).toBe("invalid-name");
  expect((await cloud.call("anna", "files.rename", { id: root, name: "x" })).code).toBe("bad-request");
});

test("move and copy: each answer to a taken name", async () => {
  const target = await folder("target");
  const put = (name: string, text: string) => file(`source/${name}`, text);
  const taken = () => writeFileSync(join(cloud.homePath("anna"), "target/f.txt"), "old");
  taken();
  const fail = await cloud.call("anna", "files.move", { ids: [put("f.txt", "new")], folderId: target });
  expect(fail.code).toBe("exists");
  const skip = await cloud.call("anna", "files.move", {
    ids: [put("f.txt", "new")],
    folderId: target,
    onClash: "skip",
  });
  expect(skip).toEqual({ nodes: [], skipped: ["f.txt"] });
  const copy = await cloud.call("anna", "files.copy", { ids: [put("f.txt", "new")], folderId: target });
  expect(names(copy)).toEqual(["f (2).txt"]);
  const replace = { ids: [put("f.txt", "new")], folderId: target, onClash: "replace" };
  expect(names(await cloud.call("anna", "files.move", replace))).toEqual(["f.txt"]);
  expect(readFileSync(join(cloud.homePath("anna"), "target/f.txt"), "utf8")).toBe("new");
  expect(existsSync(join(cloud.homePath("anna"), "source/f.txt"))).toBe(false);
});

test("a folder goes neither into itself nor over what holds it", async () => {
  const outer = await folder("outer");
  const inner = await folder("outer/inner");
  const namesake = await folder("outer/inner/outer");
  for (const operation of ["files.move", "files.copy"]) {
    for (const folderId of [outer, inner]) {
      expect((await cloud.call("anna", operation, { ids: [outer], folderId })).code).toBe("conflict");
    }
    const over = { ids: [namesake], folderId: root, onClash: "replace" };
    expect((await cloud.call("anna", operation, over)).code).toBe("conflict");
    expect((await cloud.call("anna", operation, { ids: [root], folderId: inner })).code).toBe("bad-request");
  }
  expect(names(await cloud.call("anna", "files.move", { ids: [inner], folderId: outer, onClash: "replace" }))).toEqual([
    "inner",
  ]);
  expect(names(await cloud.call("anna", "files.copy", { ids: [inner], folderId: outer }))).toEqual(["inner (2)"]);
  expect((await cloud.call("anna", "files.copy", { ids: [inner], folderId: outer, onClash: "replace" })).code).toBe(
    "conflict",
  );
  expect(cloud.storage.node(inner)).toBeDefined();
});

test("whatever is copied beside whatever, every name is free and nothing is lost", async () => {
  const name = fc.constantFrom("a.txt", "A.TXT", "a (2).txt", "b.tar.gz", ".hidden", "näh.txt", "noext");
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 8 }), async (wanted) => {
      round += 1;
      const target = await folder(`clash-${round}`);
      for (const [index, one] of wanted.entries()) {
        const id = file(`clash-source-${round}/${index}/${one}`, `${index}`);
        const answer = await cloud.call("anna", "files.copy", { ids: [id], folderId: target, onClash: "rename" });
        expect(answer.nodes).toHaveLength(1);
      }
      const entries = cloud.storage.children(target);
      expect(new Set(entries.map((entry) => entry.name.toLowerCase())).size).toBe(wanted.length);
      const contents = entries.map((entry) =>
        readFileSync(join(cloud.homePath("anna"), `clash-${round}`, entry.name), "utf8"),
      );
      expect(new Set(contents).size).toBe(wanted.length);
    }),
    { numRuns: 15 },
  );
}, 20_000);

test("remove puts each node into the trash once, also when its folder goes too", async () => {
  const outer = await folder("gone");
  const inner = file("gone/f.txt");
  const { trashIds } = await cloud.call("anna", "files.remove", { ids: [inner, outer, outer] });
  expect(trashIds).toHaveLength(1);
  expect(existsSync(join(cloud.homePath("anna"), "gone"))).toBe(false);
  expect((await cloud.call("anna", "files.remove", { ids: [inner] })).code).toBe("not-found");
  expect((await cloud.call("anna", "files.remove", { ids: [root] })).code).toBe("bad-request");
});

test("search finds names that hold every word, recent the newest", async () => {
  file("find/Summer Holiday 2024.jpg");
  file("find/summer.txt");
  await cloud.search.settled();
  const { hits, more } = await cloud.call("anna", "search.find", { query: " holiday  SUMMER " });
  expect(hits.map((hit: { node: { name: string } }) => hit.node.name)).toEqual(["Summer Holiday 2024.jpg"]);
  expect(hits[0].folderPath).toBe("find");
  expect(more).toBe(false);
  expect((await cloud.call("anna", "search.find", { query: "summer", limit: 1 })).more).toBe(true);
  expect((await cloud.call("anna", "files.recent", { limit: 3 })).nodes.length).toBeGreaterThan(1);
});

test("shared spaces: members see them, viewers do not write, managers say who is in", async () => {
  const id = (name: string) => cloud.actor(name).userId;
  const members = [{ userId: id("anna"), role: "viewer" }];
  expect((await cloud.call("anna", "files.createSpace", { name: "Family", members })).code).toBe("forbidden");
  const { space } = await cloud.call("root", "files.createSpace", { name: "Family", members });
  expect(space).toMatchObject({ name: "Family", kind: "shared", canWrite: true, volumeOnline: true });
  expect((await cloud.call("root", "files.createSpace", { name: "Family", members })).code).toBe("exists");
  const twice = { name: "Twice", members: [...members, ...members] };
  const headless = { name: "Headless", members: [{ userId: id("root"), role: "viewer" }] };
  for (const bad of [twice, headless]) {
    expect((await cloud.call("root", "files.createSpace", bad)).code).toBe("bad-request");
    expect(cloud.storage.findSpace("shared", bad.name)).toBeUndefined();
  }
  const seen = (await cloud.call("anna", "files.spaces", {})).spaces;
  expect(seen.map((one: { name: string }) => one.name)).toEqual(["anna", "Family"]);
  expect(seen[1].canWrite).toBe(false);
  expect((await cloud.call("anna", "files.createFolder", { parentId: space.rootId, path: "x" })).code).toBe(
    "forbidden",
  );
  expect((await cloud.call("ben", "files.spaceMembers", { spaceId: space.id })).code).toBe("not-found");
  expect((await cloud.call("anna", "files.spaceMembers", { spaceId: space.id })).members).toContainEqual({
    userId: id("anna"),
    name: "ANNA",
    role: "viewer",
  });
  const both = [
    { userId: id("root"), role: "manager" },
    { userId: id("ben"), role: "editor" },
  ];
  expect((await cloud.call("anna", "files.setSpaceMembers", { spaceId: space.id, members: both })).code).toBe(
    "forbidden",
  );
  expect(await cloud.call("root", "files.setSpaceMembers", { spaceId: space.id, members: both })).toEqual({});
  expect((await cloud.call("anna", "files.spaces", {})).spaces).toHaveLength(1);
  expect((await cloud.call("ben", "files.createFolder", { parentId: space.rootId, path: "x" })).node.name).toBe("x");
  for (const bad of [[], [{ userId: 99, role: "manager" }], [{ userId: id("ben"), role: "viewer" }]]) {
    expect((await cloud.call("root", "files.setSpaceMembers", { spaceId: space.id, members: bad })).code).toBe(
      "bad-request",
    );
  }
  const home = cloud.homeOf("anna").id;
  expect((await cloud.call("anna", "files.setSpaceMembers", { spaceId: home, members: both })).code).toBe(
    "bad-request",
  );
});
