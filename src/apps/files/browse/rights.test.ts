import { afterAll, beforeAll, expect, test } from "bun:test";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
beforeAll(async () => {
  cloud = await openTestCloud({ clock });
  cloud.plant("anna", "Photos/Summer/beach.jpg", "sand");
  cloud.plant("anna", "Photos/Private/diary.txt", "dear diary");
  cloud.plant("anna", "Photos/Private/2024/ok.txt", "fine");
  cloud.plant("anna", "Secret.txt", "s");
  await cloud.search.settled();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const idOf = (path: string): number => {
  let id = cloud.homeOf("anna").rootId;
  for (const name of path.split("/").filter((part) => part !== "")) {
    const child = cloud.storage.child(id, name);
    if (child === undefined) throw new Error(`${path} is not there`);
    id = child.id;
  }
  return id;
};
const userOf = (name: string) => ({ kind: "user", id: cloud.actor(name).userId });
const set = async (by: string, path: string, entry: Record<string, unknown>) => {
  const answer = await cloud.call(by, "access.set", { resource: { kind: "node", id: idOf(path) }, ...entry });
  if (answer.entry === undefined) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer.entry.id as number;
};
const refusal = async (by: string, path: string, entry: Record<string, unknown>) =>
  (await cloud.call(by, "access.set", { resource: { kind: "node", id: idOf(path) }, ...entry })).code;
const clear = async () => {
  for (const { id } of [...cloud.access.entries()]) cloud.access.removeEntry(id);
};
const names = (answer: { nodes: { name: string }[] }) => answer.nodes.map(({ name }) => name);
const code = async (by: string, operation: string, input: unknown) => (await cloud.call(by, operation, input)).code;
const contentStatus = async (by: string, id: number) => (await cloud.fetchAs(by, `/api/files/content/${id}`)).status;

test("a folder shared with somebody appears with them, and nothing above it does", async () => {
  await set("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "viewer" });
  const { items } = await cloud.call("ben", "files.sharedWithMe", {});
  expect(items).toMatchObject([{ name: "Photos", sharedBy: "ANNA", node: { id: idOf("Photos"), parentId: null } }]);
  const listed = await cloud.call("ben", "files.list", { folderId: idOf("Photos") });
  expect(names(listed)).toEqual(["Private", "Summer"]);
  expect(listed.path).toEqual([{ id: idOf("Photos"), name: "Photos" }]);
  expect(listed.folder).toMatchObject({ parentId: null, canWrite: false, canShare: false });
  const { node, path } = await cloud.call("ben", "files.get", { id: idOf("Photos/Summer/beach.jpg") });
  expect(path.map(({ name }: { name: string }) => name)).toEqual(["Photos", "Summer", "beach.jpg"]);
  expect(node.parentId).toBe(idOf("Photos/Summer"));
  expect(await contentStatus("ben", idOf("Photos/Summer/beach.jpg"))).toBe(200);
  expect(await contentStatus("ben", idOf("Secret.txt"))).toBe(404);
  expect(await code("ben", "files.list", { folderId: idOf("") })).toBe("not-found");
  expect((await cloud.call("ben", "search.find", { query: "beach" })).hits).toMatchObject([
    { node: { name: "beach.jpg" }, folderPath: "Photos/Summer" },
  ]);
  expect((await cloud.call("ben", "search.find", { query: "secret" })).hits).toEqual([]);
  expect(names(await cloud.call("ben", "files.recent", {})).toSorted()).toEqual(["beach.jpg", "diary.txt", "ok.txt"]);
  expect((await cloud.call("ben", "files.spaces", {})).spaces).toHaveLength(1);
  expect((await cloud.call("anna", "files.get", { id: idOf("Photos") })).node.shared).toBe(true);
  await clear();
  expect((await cloud.call("ben", "files.sharedWithMe", {})).items).toEqual([]);
});

test("what is denied below is not there: in lists, counts, searches, archives, copies and by id", async () => {
  await set("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "editor" });
  await set("anna", "Photos/Private", { subject: userOf("ben"), effect: "deny" });
  const listed = await cloud.call("ben", "files.list", { folderId: idOf("Photos") });
  expect([names(listed), listed.total]).toEqual([["Summer"], 1]);
  const diary = idOf("Photos/Private/diary.txt");
  const missing = await cloud.call("ben", "files.get", { id: 4_711_000 });
  const hidden = await cloud.call("ben", "files.get", { id: diary });
  expect({ ...hidden, id: "" }).toEqual({ ...missing, id: "" });
  expect((await cloud.call("ben", "search.find", { query: "diary" })).hits).toEqual([]);
  expect(names(await cloud.call("ben", "files.recent", {}))).toEqual(["beach.jpg"]);
  const zip = await (await cloud.fetchAs("ben", `/api/files/archive?ids=${idOf("Photos")}`)).text();
  expect(zip).toContain("beach.jpg");
  expect(zip).not.toContain("diary");
  expect((await cloud.fetchAs("ben", `/api/files/archive?ids=${diary}`)).status).toBe(404);
  expect((await cloud.fetchAs("ben", `/api/files/preview/${diary}`)).status).toBe(404);
  const home = cloud.homeOf("ben").rootId;
  const copied = await cloud.call("ben", "files.copy", { ids: [idOf("Photos")], folderId: home });
  expect(names(await cloud.call("ben", "files.list", { folderId: copied.nodes[0].id }))).toEqual(["Summer"]);
  await cloud.call("ben", "files.remove", { ids: [copied.nodes[0].id] });
  await set("anna", "Photos/Private/2024", { subject: userOf("ben"), effect: "allow", role: "viewer" });
  const { items } = await cloud.call("ben", "files.sharedWithMe", {});
  expect(items.map(({ name }: { name: string }) => name)).toEqual(["Photos", "2024"]);
  const { path } = await cloud.call("ben", "files.get", { id: idOf("Photos/Private/2024/ok.txt") });
  expect(path.map(({ name }: { name: string }) => name)).toEqual(["2024", "ok.txt"]);
  const inHome = { spaceId: cloud.homeOf("anna").id, path: "Photos/Private/2024" };
  expect(await code("ben", "files.resolve", inHome)).toBe("not-found");
  await clear();
});

test("deleting and moving a folder is refused when something in it may not be changed, and says why", async () => {
  await set("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "editor" });
  await set("anna", "Photos/Summer/beach.jpg", { subject: userOf("ben"), effect: "deny", actions: ["write"] });
  const summer = idOf("Photos/Summer");
  const refused = await cloud.call("ben", "files.remove", { ids: [summer] });
  expect([refused.code, refused.detail]).toEqual(["forbidden", "You may not change beach.jpg, which lies in Summer."]);
  expect(await code("ben", "files.move", { ids: [summer], folderId: cloud.homeOf("ben").rootId })).toBe("forbidden");
  expect(await code("ben", "files.rename", { id: idOf("Photos/Summer/beach.jpg"), name: "b.jpg" })).toBe("forbidden");
  expect(await code("ben", "files.rename", { id: idOf("Photos"), name: "Mine" })).toBe("forbidden");
  expect(await code("ben", "files.remove", { ids: [idOf("Photos")] })).toBe("forbidden");
  expect(await code("ben", "files.createFolder", { parentId: idOf("Photos"), path: "New/deep" })).toBeUndefined();
  const made = await cloud.call("ben", "files.rename", { id: idOf("Photos/New"), name: "Newer" });
  expect(made.node).toMatchObject({ name: "Newer", canWrite: true, canShare: true });
  const removed = await cloud.call("ben", "files.remove", { ids: [idOf("Photos/Newer")] });
  expect((await cloud.call("ben", "trash.restore", { ids: removed.trashIds })).restoredIds).toHaveLength(1);
  expect(await code("ben", "trash.list", { spaceId: cloud.homeOf("anna").id })).toBe("not-found");
  await clear();
});

test("a name under which something hidden stands cannot be used, and nothing is overwritten", async () => {
  await set("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "editor" });
  await set("anna", "Photos/Private", { subject: userOf("ben"), effect: "deny" });
  const photos = idOf("Photos");
  expect(await code("ben", "files.createFolder", { parentId: photos, path: "Private/x" })).toBe("not-found");
  const mine = cloud.plant("ben", "Private/mine.txt", "mine");
  const move = { ids: [mine.parentId], folderId: photos };
  expect(await code("ben", "files.copy", { ...move, onClash: "replace" })).toBe("forbidden");
  expect(await code("ben", "files.move", { ...move, onClash: "replace" })).toBe("forbidden");
  expect((await cloud.call("ben", "files.copy", move)).nodes).toMatchObject([{ name: "Private (2)" }]);
  const upload = await cloud.fetchAs("ben", "/api/uploads", {
    method: "POST",
    headers: {
      "tus-resumable": "1.0.0",
      "upload-length": "1",
      "content-type": "application/offset+octet-stream",
      "upload-metadata": `parentId ${btoa(String(photos))},path ${btoa("Private/diary.txt")},onClash ${btoa("replace")}`,
    },
    body: "x",
  });
  expect(upload.status).toBe(404);
  expect(await (await cloud.fetchAs("anna", `/api/files/content/${idOf("Photos/Private/diary.txt")}`)).text()).toBe(
    "dear diary",
  );
  await clear();
});

test("entries stay with what is moved or restored, and go with what is purged", async () => {
  cloud.plant("anna", "Box/inner/gift.txt", "surprise");
  await set("anna", "Box", { subject: { kind: "everyone" }, effect: "allow", role: "viewer" });
  await set("anna", "Box/inner", { subject: userOf("ben"), effect: "deny" });
  const gift = idOf("Box/inner/gift.txt");
  expect(await contentStatus("ben", gift)).toBe(404);
  await cloud.call("anna", "files.move", { ids: [gift], folderId: idOf("Box") });
  expect(await contentStatus("ben", gift)).toBe(200);
  await cloud.call("anna", "files.move", { ids: [idOf("Box/inner")], folderId: idOf("") });
  await cloud.call("anna", "files.move", { ids: [gift], folderId: idOf("inner") });
  expect(await contentStatus("ben", gift)).toBe(404);
  const { trashIds } = await cloud.call("anna", "files.remove", { ids: [idOf("Box")] });
  expect((await cloud.call("ben", "files.sharedWithMe", {})).items).toEqual([]);
  await cloud.call("anna", "trash.restore", { ids: trashIds });
  expect((await cloud.call("ben", "files.sharedWithMe", {})).items).toHaveLength(1);
  const again = await cloud.call("anna", "files.remove", { ids: [idOf("Box"), idOf("inner")] });
  expect(cloud.access.entries()).toHaveLength(2);
  await cloud.call("anna", "trash.purge", { ids: again.trashIds });
  expect(cloud.access.entries()).toEqual([]);
});

test("the trash keeps hidden what was hidden, also when its folder went after it", async () => {
  const members = [
    { userId: cloud.actor("anna").userId, role: "manager" },
    { userId: cloud.actor("ben").userId, role: "editor" },
  ];
  const { space } = await cloud.call("root", "files.createSpace", { name: "Family", members });
  const make = async (path: string) =>
    (await cloud.call("anna", "files.createFolder", { parentId: space.rootId, path })).node.id as number;
  const hiddenId = await make("gifts");
  const giftId = await make("gifts/bike");
  const plainId = await make("plain");
  const resource = { kind: "node", id: hiddenId };
  await cloud.call("anna", "access.set", { resource, subject: userOf("ben"), effect: "deny" });
  const first = await cloud.call("anna", "files.remove", { ids: [giftId] });
  const second = await cloud.call("anna", "files.remove", { ids: [hiddenId, plainId] });
  const seen = async (who: string) =>
    (await cloud.call(who, "trash.list", { spaceId: space.id })).items.map(({ name }: { name: string }) => name);
  expect((await seen("anna")).toSorted()).toEqual(["bike", "gifts", "plain"]);
  expect(await seen("ben")).toEqual(["plain"]);
  expect(await code("ben", "trash.restore", { ids: first.trashIds })).toBe("not-found");
  await cloud.call("anna", "trash.purge", { ids: [second.trashIds[0]] });
  expect(await seen("ben")).toEqual(["plain"]);
  expect((await seen("anna")).toSorted()).toEqual(["bike", "plain"]);
  expect((await cloud.call("ben", "trash.empty", { spaceId: space.id })).removed).toBe(1);
});

test("a link shows no more than its maker may share now, and can be kept out of a folder itself", async () => {
  const linkTo = async (by: string, path: string, mode = "view") =>
    (await cloud.call(by, "links.create", { nodeId: idOf(path), mode })).link as { id: string; url: string };
  const listed = async (url: string) =>
    (await cloud.call("", "publicLink.list", { token: url.slice(3) })).nodes?.map(({ name }: { name: string }) => name);
  await set("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "editor" });
  const bens = await linkTo("ben", "Photos");
  const annas = await linkTo("anna", "Photos");
  await set("anna", "Photos/Private", { subject: userOf("ben"), effect: "deny", actions: ["share"] });
  expect(await listed(bens.url)).not.toContain("Private");
  expect(await listed(annas.url)).toContain("Private");
  await set("anna", "Photos/Private", { subject: { kind: "link", id: annas.id }, effect: "deny" });
  expect(await listed(annas.url)).not.toContain("Private");
  const diary = idOf("Photos/Private/diary.txt");
  for (const { url } of [bens, annas]) {
    expect((await cloud.fetchAs("", `${url}/content/${diary}`)).status).toBe(404);
    const zip = await (await cloud.fetchAs("", `${url}/archive`)).text();
    expect([zip.includes("beach"), zip.includes("diary")]).toEqual([true, false]);
  }
  expect(await refusal("anna", "Secret.txt", { subject: { kind: "link", id: annas.id }, effect: "deny" })).toBe(
    "bad-request",
  );
  await cloud.call("anna", "links.remove", { id: annas.id });
  expect(cloud.access.entries().some(({ subject }) => subject.kind === "link")).toBe(false);
  await clear();
  expect((await cloud.call("", "publicLink.open", { token: bens.url.slice(3) })).code).toBe("gone");
});

test("whoever may share gives nothing to themselves, and nothing for longer than they have it", async () => {
  const { group } = await cloud.call("root", "people.createGroup", {
    name: "Editors",
    memberIds: [cloud.actor("ben").userId],
  });
  await set("anna", "Photos", { subject: { kind: "group", id: group.id }, effect: "allow", role: "editor" });
  expect(await refusal("ben", "Photos", { subject: userOf("ben"), effect: "allow", role: "editor" })).toBe("forbidden");
  expect(await refusal("ben", "Photos/Summer", { subject: userOf("ben"), effect: "allow", role: "viewer" })).toBe(
    "forbidden",
  );
  await set("ben", "Photos", { subject: userOf("root"), effect: "allow", role: "viewer" });
  await clear();

  const expiresAtMs = clock.now() + 60_000;
  const editors = { subject: { kind: "group", id: group.id }, effect: "allow", role: "editor" };
  await set("anna", "Photos", { ...editors, expiresAtMs });
  const toRoot = { subject: userOf("root"), effect: "allow", role: "viewer" };
  expect(await refusal("ben", "Photos/Summer", toRoot)).toBe("forbidden");
  expect(await refusal("ben", "Photos/Summer", { ...toRoot, expiresAtMs: expiresAtMs + 1 })).toBe("forbidden");
  await set("ben", "Photos/Summer", { ...toRoot, expiresAtMs });
  await set("anna", "Photos/Summer", editors);
  await set("ben", "Photos/Summer", toRoot);
  await clear();
  await cloud.call("root", "people.removeGroup", { id: group.id });
});

test("groups: a new member gains, a leaving one loses, and a group that is removed takes its entries with it", async () => {
  const { group } = await cloud.call("root", "people.createGroup", { name: "Kids", memberIds: [] });
  await set("anna", "Photos", { subject: { kind: "group", id: group.id }, effect: "allow", role: "viewer" });
  const photos = idOf("Photos");
  const sees = async () => (await code("ben", "files.get", { id: photos })) === undefined;
  expect(await sees()).toBe(false);
  await cloud.call("root", "people.updateGroup", { id: group.id, memberIds: [cloud.actor("ben").userId] });
  expect(await sees()).toBe(true);
  await set("anna", "Photos/Private", { subject: { kind: "group", id: group.id }, effect: "deny" });
  const asked = {
    userId: cloud.actor("ben").userId,
    action: "read",
    resource: { kind: "node", id: idOf("Photos/Private") },
  };
  expect((await cloud.call("anna", "access.explain", asked)).reason).toBe(
    "BEN is in the group Kids, which is denied reading at Photos/Private.",
  );
  await cloud.call("root", "people.updateGroup", { id: group.id, memberIds: [] });
  expect(await sees()).toBe(false);
  await cloud.call("root", "people.removeGroup", { id: group.id });
  expect(cloud.access.entries()).toEqual([]);
});

test("an entry that has expired does not exist", async () => {
  const expiresAtMs = clock.now() + 60_000;
  const id = await set("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "viewer", expiresAtMs });
  expect((await cloud.call("ben", "files.sharedWithMe", {})).items).toHaveLength(1);
  clock.aheadMs += 60_001;
  expect((await cloud.call("ben", "files.sharedWithMe", {})).items).toEqual([]);
  expect(await contentStatus("ben", idOf("Photos/Summer/beach.jpg"))).toBe(404);
  expect(await code("anna", "access.remove", { id })).toBe("not-found");
  expect(
    await refusal("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "viewer", expiresAtMs }),
  ).toBe("bad-request");
});

test("who may set what: managers anything, sharers no more than they have, nobody shuts out themselves or an owner", async () => {
  const ben = userOf("ben");
  const root = userOf("root");
  expect(await refusal("ben", "Photos", { subject: ben, effect: "allow", role: "viewer" })).toBe("not-found");
  expect(await refusal("root", "Photos", { subject: root, effect: "allow", role: "viewer" })).toBe("not-found");
  await set("anna", "Photos", { subject: ben, effect: "allow", role: "viewer" });
  expect(await refusal("ben", "Photos", { subject: root, effect: "allow", role: "viewer" })).toBe("forbidden");
  await set("anna", "Photos", { subject: ben, effect: "allow", role: "editor" });
  expect(await refusal("ben", "Photos", { subject: root, effect: "allow", role: "manager" })).toBe("forbidden");
  expect(await refusal("ben", "Photos", { subject: root, effect: "deny" })).toBe("forbidden");
  const given = await set("ben", "Photos", { subject: root, effect: "allow", role: "viewer" });
  const panel = await cloud.call("ben", "access.panel", { resource: { kind: "node", id: idOf("Photos") } });
  expect(panel).toMatchObject({ canManage: false, canShare: true, own: ["read", "write", "share"] });
  expect(panel.people.map(({ name }: { name: string }) => name).toSorted()).toEqual(["ANNA", "BEN", "ROOT"]);
  expect(await code("root", "access.remove", { id: given })).toBeUndefined();
  await set("anna", "Photos", { subject: ben, effect: "allow", role: "manager" });
  expect(await refusal("ben", "Photos", { subject: userOf("anna"), effect: "deny" })).toBe("conflict");
  expect(await refusal("ben", "Photos", { subject: { kind: "everyone" }, effect: "deny" })).toBe("conflict");
  expect(await refusal("ben", "Photos", { subject: ben, effect: "deny", actions: ["write"] })).toBe("conflict");
  expect(cloud.access.entries()).toHaveLength(1);
  expect(await refusal("anna", "Photos", { subject: { kind: "user", id: 4711 }, effect: "deny" })).toBe("bad-request");
  await clear();
});

test("a person's reach names what they got and why; only what the asker may read has a name", async () => {
  await set("anna", "Photos", { subject: userOf("ben"), effect: "allow", role: "viewer" });
  const userId = cloud.actor("ben").userId;
  const own = await cloud.call("ben", "access.reach", { userId });
  expect(own.spaces).toMatchObject([
    { name: "ben", actions: ["read", "write", "share", "manage"] },
    { name: "Family" },
  ]);
  expect(own.nodes).toMatchObject([{ path: "Photos", actions: ["read"], reason: "BEN may read at Photos." }]);
  const asked = await cloud.call("root", "access.reach", { userId });
  expect(asked.nodes).toMatchObject([{ path: null, reason: "BEN may read at a place that you may not see." }]);
  expect(await code("ben", "access.reach", { userId: cloud.actor("anna").userId })).toBe("forbidden");
  await clear();
});
