import { afterAll, beforeAll, expect, test } from "bun:test";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import { itemsFrom } from "./sight.ts";
import { openTestLibrary } from "./testing.ts";

let house: ReturnType<typeof openTestLibrary> & { readonly cloud: TestCloud };
let nowMs = Date.now();
beforeAll(async () => {
  const cloud = await openTestCloud({ clock: { now: () => nowMs } });
  house = { ...openTestLibrary(cloud), cloud };
});
afterAll(async () => {
  expect(house.cloud.failures).toEqual([]);
  await house.closeLibrary();
  await house.cloud.close();
});

const home = (name: string) => house.cloud.homeOf(name);
const libraryNamed = async (person: string, name: string) =>
  (await house.call(person, "libraries.list", {})).libraries.find((one: { name: string }) => one.name === name);
const itemsOf = async (person: string, libraryId: number) =>
  (await house.call(person, "libraries.items", { libraryId })).items;
const pathsOf = async (person: string, libraryId: number) =>
  (await itemsOf(person, libraryId)).map(({ path }: { path: string }) => path);
const nodeAt = (person: string, path: string) => {
  const node = house.cloud.storage.resolve(home(person).id, path.split("/"));
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
};
const see = (person: string, path: string) => house.cloud.storage.refresh(nodeAt(person, path).id);
const as = (person: string) => ({ actor: house.cloud.actor(person) });

test("folders with well-known names become libraries, and files in them items; nobody else hears of them", async () => {
  house.write("anna", "Films/Alien (1979)/Alien (1979).mkv", "alien");
  house.write("anna", "Films/Alien (1979)/Alien (1979).en.srt", "subtitles");
  house.write("anna", "Films/notes.docx", "no medium");
  house.write("anna", "Films/.hidden/secret.mkv", "hidden");
  house.write("anna", "Music/a.flac", "song");
  house.write("anna", "Documents/film.mkv", "not in a library");
  house.cloud.storage.refresh(home("anna").rootId);
  for (const path of ["Films", "Music", "Documents"]) see("anna", path);
  see("anna", "Films/Alien (1979)");
  await house.settled();
  const films = await libraryNamed("anna", "Films");
  expect(films).toMatchObject({
    kind: "films",
    isOn: true,
    isAutomatic: true,
    state: "ok",
    folderPath: "Films",
    spaceName: "ANNA",
    counts: { video: 1, audio: 0, image: 0, sidecar: 1 },
    foundCount: 1,
    sizeBytes: 14,
    canManage: true,
    canEdit: true,
    scan: { state: "done" },
  });
  expect(await pathsOf("anna", films.id)).toEqual([
    "Alien (1979)/Alien (1979).en.srt",
    "Alien (1979)/Alien (1979).mkv",
  ]);
  expect((await libraryNamed("anna", "Music")).kind).toBe("music");
  for (const person of ["ben", "root"]) {
    expect((await house.call(person, "libraries.list", {})).libraries).toEqual([]);
    for (const operation of ["get", "items", "scan", "cancel", "remove", "update"]) {
      expect((await house.call(person, `libraries.${operation}`, { libraryId: films.id })).code).toBe("not-found");
    }
  }
});

test("a credential without the right to files sees no item, whoever it belongs to", async () => {
  const films = await libraryNamed("anna", "Films");
  const { items } = await house.call("anna", "libraries.items", { libraryId: films.id });
  const itemIds = items.map(({ id }: { id: number }) => id);
  const anna = house.cloud.actor("anna");
  expect(house.library.seen(anna, itemIds).length).toBe(itemIds.length);
  for (const credential of [
    { ...anna, capabilities: new Set<never>() },
    { ...anna, capabilities: new Set<never>(), readOnly: true, via: "app-password" as const },
    { ...anna, kind: "visitor" as const },
  ]) {
    expect(house.library.seen(credential, itemIds)).toEqual([]);
    const { sql, params } = house.library.sight(credential);
    const count = house.cloud.deps.db
      .prepare<{ count: number }, (string | number)[]>(`SELECT count(*) AS count FROM ${itemsFrom} WHERE ${sql}`)
      .get(...params)?.count;
    expect(count).toBe(0);
  }
});

test("who has the beginning, the middle and the end of another's film cannot make one that passes for it", async () => {
  const { storage } = house.cloud;
  const films = await libraryNamed("anna", "Films");
  const film = new Uint8Array(1_000_000).map((_, index) => (index * 7919) >> 3);
  const forged = new Uint8Array(film.length);
  const middle = Math.floor((film.length - 65_536) / 2);
  for (const at of [0, middle, film.length - 65_536]) forged.set(film.subarray(at, at + 65_536), at);
  const keys = [];
  for (const [name, bytes] of [
    ["one", film],
    ["same", film],
    ["forged", forged],
  ] as const) {
    const { node } = await storage.put({ parentId: films.folderId, name: `${name} (2001).mkv` }, bytes, as("anna"));
    await house.settled();
    keys.push(await house.library.contentKey(house.library.itemOfNode(node.id)?.id ?? 0));
    await storage.remove(node.id, as("anna"));
    await house.settled();
    if (name === "same") expect(keys[1]).toBe(keys[0]);
  }
  expect(keys[2]).not.toBe(keys[0]);
});

test("an uploaded file is an item at once; moved, renamed and in a renamed folder it keeps its id; deleted it is gone, restored it is back", async () => {
  const { storage } = house.cloud;
  const films = await libraryNamed("anna", "Films");
  const { node } = await storage.put(
    { parentId: films.folderId, name: "Heat (1995).mkv" },
    new TextEncoder().encode("heat"),
    as("anna"),
  );
  await house.settled();
  const id = house.library.itemOfNode(node.id)?.id ?? 0;
  expect(house.library.item(id)).toMatchObject({ path: "Heat (1995).mkv", state: "found", sizeBytes: 4 });
  expect(house.library.item(id)?.contentKey).toMatch(/^4-[0-9a-f]{32}$/);
  house.library.setProbed([{ itemId: id, etag: node.etag, state: "ready", reason: null }]);
  const folder = await storage.makeFolder({ parentId: films.folderId, name: "Heat (1995)" }, as("anna"));
  await storage.move(node.id, { parentId: folder.id, name: "Heat (1995) - 1080p.mkv" }, as("anna"));
  await house.settled();
  expect(house.library.item(id)).toMatchObject({ path: "Heat (1995)/Heat (1995) - 1080p.mkv", state: "ready" });
  await storage.move(folder.id, { parentId: films.folderId, name: "Heat" }, as("anna"));
  await house.settled();
  expect(house.library.item(id)).toMatchObject({ path: "Heat/Heat (1995) - 1080p.mkv", state: "ready" });
  const { trashId } = await storage.remove(folder.id, as("anna"));
  expect(await pathsOf("anna", films.id)).not.toContain("Heat/Heat (1995) - 1080p.mkv");
  await house.settled();
  expect(house.library.item(id)?.state).toBe("gone");
  await storage.trash.restore(trashId, as("anna"));
  await house.settled();
  expect(house.library.item(id)).toMatchObject({ path: "Heat/Heat (1995) - 1080p.mkv", state: "ready" });
  await storage.put(
    { parentId: folder.id, name: "Heat (1995) - 1080p.mkv" },
    new TextEncoder().encode("other"),
    as("anna"),
  );
  await house.settled();
  expect(house.library.item(id)).toMatchObject({ state: "found", sizeBytes: 5 });
});

test("a file that was copied and deleted, or deleted and brought again, goes on as what it was", async () => {
  const { storage } = house.cloud;
  const films = await libraryNamed("anna", "Films");
  const put = async (name: string, text: string) =>
    (await storage.put({ parentId: films.folderId, name }, new TextEncoder().encode(text), as("anna"))).node;
  const node = await put("Brazil.mkv", "brazil brazil");
  await house.settled();
  const id = house.library.itemOfNode(node.id)?.id;
  const copy = await storage.copy(node.id, { parentId: films.folderId, name: "Brazil (1985).mkv" }, as("anna"));
  await house.settled();
  expect(house.library.itemOfNode(copy.node.id)?.id).not.toBe(id ?? 0);
  await storage.remove(node.id, as("anna"));
  await house.settled();
  expect(house.library.itemOfNode(copy.node.id)).toMatchObject({ id, path: "Brazil (1985).mkv" });
  await storage.remove(copy.node.id, as("anna"));
  await house.settled();
  expect(house.library.item(id ?? 0)?.state).toBe("gone");
  const again = await put("Brazil again.mkv", "brazil brazil");
  await house.settled();
  expect(house.library.itemOfNode(again.id)).toMatchObject({ id, state: "found" });
  await storage.remove(again.id, as("anna"));
  await house.settled();
  // Somebody who shares nothing with anna has the same file.
  house.write("ben", "Films/Brazil.mkv", "brazil brazil");
  house.cloud.storage.refresh(home("ben").rootId);
  see("ben", "Films");
  await house.settled();
  expect(house.library.itemOfNode(nodeAt("ben", "Films/Brazil.mkv").id)?.id).not.toBe(id ?? 0);
});

test("what moves behind the back of everybody keeps its id too", async () => {
  const films = await libraryNamed("anna", "Films");
  const id = house.library.itemOfNode(nodeAt("anna", "Films/Alien (1979)/Alien (1979).mkv").id)?.id ?? 0;
  renameSync(
    join(house.cloud.homePath("anna"), "Films/Alien (1979)"),
    join(house.cloud.homePath("anna"), "Films/Alien"),
  );
  house.cloud.storage.refresh(films.folderId);
  await house.settled();
  expect(house.library.item(id)).toMatchObject({ path: "Alien/Alien (1979).mkv" });
  rmSync(join(house.cloud.homePath("anna"), "Films/Alien/Alien (1979).en.srt"));
  see("anna", "Films/Alien");
  await house.settled();
  expect(await pathsOf("anna", films.id)).toContain("Alien/Alien (1979).mkv");
  expect(await pathsOf("anna", films.id)).not.toContain("Alien/Alien (1979).en.srt");
});

test("what has been gone for 90 days is forgotten", async () => {
  const { storage } = house.cloud;
  const films = await libraryNamed("anna", "Films");
  const { node } = await storage.put({ parentId: films.folderId, name: "Old.mkv" }, new Uint8Array(9), as("anna"));
  await house.settled();
  const id = house.library.itemOfNode(node.id)?.id ?? 0;
  await storage.remove(node.id, as("anna"));
  await house.settled();
  const forget = house.library.jobHandlers.find(({ kind }) => kind.name === "libraries.forget");
  nowMs += 89 * 86_400_000;
  await house.cloud.runJob(forget);
  expect(house.library.item(id)?.state).toBe("gone");
  nowMs += 2 * 86_400_000;
  await house.cloud.runJob(forget);
  expect(house.library.item(id)).toBeUndefined();
  expect(house.events.at(-1)?.[0]).toBe("itemsForgotten");
});
