import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import { systemActor } from "#platform/usecase";
import { openTestLibrary } from "./testing.ts";

/** What somebody did, as a row that goes with its item. */
const kept = "EXISTS (SELECT 1 FROM media_watch WHERE item_id = item.id)";
const dayMs = 86_400_000;

let house: ReturnType<typeof openTestLibrary>;
let cloud: TestCloud;
let nowMs = Date.now();
let familyFilms = 0;
let benFilms = 0;
const asSystem = { actor: systemActor };

beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  house = openTestLibrary(cloud, [kept]);
  const { id, rootId } = await cloud.storage.createSpace({ kind: "shared", name: "Family", quotaBytes: null });
  cloud.access.setMembers(id, [
    { userId: cloud.actor("anna").userId, role: "manager" },
    { userId: cloud.actor("ben").userId, role: "editor" },
  ]);
  await cloud.storage.settled();
  familyFilms = await folder(rootId, "Films");
  benFilms = await folder(cloud.homeOf("ben").rootId, "Films");
  await folder(cloud.homeOf("anna").rootId, "Films");
  await house.settled();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await house.closeLibrary();
  await cloud.close();
});

const folder = async (parentId: number, name: string) =>
  (await cloud.storage.makeFolder({ parentId, name }, asSystem)).id;
/** A film that anna has watched. */
const watched = async (parentId: number, name: string): Promise<{ nodeId: number; itemId: number }> => {
  const bytes = new TextEncoder().encode(`the content of ${name}`);
  const { node } = await cloud.storage.put({ parentId, name }, bytes, asSystem);
  await house.settled();
  const itemId = house.library.itemOfNode(node.id)?.id ?? 0;
  watch(itemId);
  return { nodeId: node.id, itemId };
};
const watch = (itemId: number) =>
  cloud.deps.db
    .prepare<never, number[]>(
      `INSERT INTO media_watch (user_id, item_id, is_watched, play_count, is_favourite, position_at_ms, at_ms)
       VALUES (?, ?, 1, 1, 0, 0, 0)`,
    )
    .run(cloud.actor("anna").userId, itemId);
const isWatched = (itemId: number) =>
  cloud.deps.db.prepare<object, [number]>("SELECT 1 FROM media_watch WHERE item_id = ?").get(itemId) !== null;
const forget = () => cloud.runJob(house.library.jobHandlers.find(({ kind }) => kind.name === "libraries.forget"));
const remove = async (nodeId: number) => {
  const { trashId } = await cloud.storage.remove(nodeId, asSystem);
  await house.settled();
  return trashId;
};
const listed = async (person: string, libraryId: number) =>
  (await house.call(person, "libraries.list", {})).libraries.find(({ id }: { id: number }) => id === libraryId);
const familyPath = () => join(cloud.dir, "volume", "spaces", "Family", "Films");
const refresh = async () => {
  for (const nodeId of [familyFilms, benFilms]) cloud.storage.refresh(nodeId);
  await house.settled();
};

test("a library that is removed is put away for 30 days, and comes back whole by undo or when it is made again", async () => {
  const place = await folder(cloud.homeOf("anna").rootId, "Old tapes");
  const create = () => house.call("anna", "libraries.create", { folderId: place, kind: "films" });
  const { id: libraryId } = (await create()).library;
  const { itemId } = await watched(place, "Wedding (1999).mkv");
  const removal = () => house.call("anna", "libraries.remove", { libraryId });
  expect(await removal()).toEqual({});
  expect(await listed("anna", libraryId)).toMatchObject({
    isOn: false,
    forgottenAtMs: nowMs + 30 * dayMs,
    counts: { video: 0 },
  });
  expect((await house.call("anna", "libraries.update", { libraryId, name: "Other" })).code).toBe("conflict");
  expect((await house.call("ben", "libraries.update", { libraryId, isOn: true })).code).toBe("not-found");
  expect(house.library.seen(cloud.actor("anna"), [itemId])).toEqual([]);
  nowMs += 29 * dayMs;
  await forget();
  // Once more removes it no later.
  expect(await removal()).toEqual({});
  await house.call("anna", "libraries.update", { libraryId, isOn: true });
  await house.settled();
  expect(await listed("anna", libraryId)).toMatchObject({ isOn: true, forgottenAtMs: null, counts: { video: 1 } });
  expect(house.library.seen(cloud.actor("anna"), [itemId])).toHaveLength(1);

  expect(await removal()).toEqual({});
  nowMs += 29 * dayMs;
  await forget();
  expect((await create()).library).toMatchObject({ id: libraryId, isOn: true, forgottenAtMs: null });
  await house.settled();
  expect(house.library.seen(cloud.actor("anna"), [itemId])).toHaveLength(1);
  expect(isWatched(itemId)).toBe(true);

  expect(await removal()).toEqual({});
  nowMs += 31 * dayMs;
  await forget();
  expect(await listed("anna", libraryId)).toBeUndefined();
  expect(house.library.item(itemId)).toBeUndefined();
  expect(cloud.storage.children(place)).toHaveLength(1);
  expect((await create()).library.id).not.toBe(libraryId);
});

test("a library that was removed while its folder was in the trash comes back with the folder", async () => {
  const music = await folder(cloud.homeOf("anna").rootId, "Music");
  await cloud.storage.put({ parentId: music, name: "a.flac" }, new Uint8Array(7), asSystem);
  await house.settled();
  const { id: libraryId } = (await house.call("anna", "libraries.list", { kind: "music" })).libraries[0];
  const trashId = await remove(music);
  expect(await house.call("anna", "libraries.remove", { libraryId })).toEqual({});
  expect((await listed("anna", libraryId)).forgottenAtMs).toBeGreaterThan(nowMs);
  await cloud.storage.trash.restore(trashId, asSystem);
  await house.settled();
  expect(await listed("anna", libraryId)).toMatchObject({ isOn: true, forgottenAtMs: null, counts: { audio: 1 } });
});

test("what somebody watched outlives its file while the trash has it, and for a year after that", async () => {
  const there = await watched(familyFilms, "Alien (1979).mkv");
  const lost = await watched(familyFilms, "Heat (1995).mkv");
  const plain = await watched(familyFilms, "Brazil (1985).mkv");
  cloud.deps.db.prepare<never, [number]>("DELETE FROM media_watch WHERE item_id = ?").run(plain.itemId);
  const trashId = await remove(there.nodeId);
  await remove(plain.nodeId);
  rmSync(join(familyPath(), "Heat (1995).mkv"));
  await refresh();
  const states = () => [there, lost, plain].map(({ itemId }) => house.library.item(itemId)?.state);
  expect(states()).toEqual(["gone", "gone", "gone"]);
  nowMs += 91 * dayMs;
  await forget();
  expect(states()).toEqual(["gone", "gone", undefined]);
  nowMs += 275 * dayMs;
  // The index forgets what it has not recognised elsewhere.
  cloud.deps.db.prepare<never, [number]>("DELETE FROM node WHERE id = ?").run(lost.nodeId);
  await forget();
  expect(states()).toEqual(["gone", undefined, undefined]);
  await cloud.storage.trash.restore(trashId, asSystem);
  await house.settled();
  expect(house.library.itemOfNode(there.nodeId)).toMatchObject({ id: there.itemId, state: "found" });
  expect(isWatched(there.itemId)).toBe(true);
});

test("a housemate's own copy does not take what others did with the original, when that is deleted; restored, it is what it was", async () => {
  const { nodeId, itemId } = await watched(familyFilms, "Casablanca (1942).mkv");
  const copy = await cloud.storage.copy(nodeId, { parentId: benFilms, name: "Casablanca (1942).mkv" }, asSystem);
  await house.settled();
  nowMs += 3_600_000;
  const trashId = await remove(nodeId);
  expect(house.library.item(itemId)).toMatchObject({ state: "gone", nodeId });
  expect(house.library.itemOfNode(copy.node.id)?.id).not.toBe(itemId);
  // Neither does one that is brought later.
  nowMs += 3_600_000;
  const later = await cloud.storage.copy(copy.node.id, { parentId: benFilms, name: "Again.mkv" }, asSystem);
  await house.settled();
  expect(house.library.itemOfNode(later.node.id)?.id).not.toBe(itemId);
  await cloud.storage.trash.restore(trashId, asSystem);
  await house.settled();
  expect(house.library.itemOfNode(nodeId)).toMatchObject({ id: itemId, state: "found" });
  expect(isWatched(itemId)).toBe(true);
});

test("a copy on the disk, with its time, takes nothing along either when the original goes hours later", async () => {
  const { itemId } = await watched(familyFilms, "Metropolis (1927).mkv");
  copyWithTime("Metropolis (1927).mkv");
  await refresh();
  nowMs += 2 * 3_600_000;
  rmSync(join(familyPath(), "Metropolis (1927).mkv"));
  await refresh();
  expect(house.library.item(itemId)?.state).toBe("gone");
});

test("what was moved goes on: by a sync client, by another program to another disk, and renamed by one across spaces", async () => {
  const synced = await watched(familyFilms, "Gilda (1946).mkv");
  const bytes = new TextEncoder().encode("the content of Gilda (1946).mkv");
  const { node } = await cloud.storage.put({ parentId: benFilms, name: "Gilda.mkv" }, bytes, asSystem);
  await house.settled();
  nowMs += 30_000;
  await remove(synced.nodeId);
  expect(house.library.itemOfNode(node.id)?.id).toBe(synced.itemId);

  const copied = await watched(familyFilms, "Laura (1944).mkv");
  copyWithTime("Laura (1944).mkv");
  await refresh();
  nowMs += 40 * 60_000;
  rmSync(join(familyPath(), "Laura (1944).mkv"));
  await refresh();
  expect(house.library.item(copied.itemId)).toMatchObject({ state: "found", spaceId: cloud.homeOf("ben").id });

  const renamed = await watched(familyFilms, "Psycho (1960).mkv");
  renameSync(join(familyPath(), "Psycho (1960).mkv"), join(cloud.homePath("ben"), "Films", "Psycho.mkv"));
  await refresh();
  expect(house.library.item(renamed.itemId)).toMatchObject({ state: "found", path: "Psycho.mkv" });
  for (const { itemId } of [synced, copied, renamed]) expect(isWatched(itemId)).toBe(true);
});

test("what somebody copies to where all who had it have it, and deletes later, goes on there", async () => {
  const films = house.library.libraries().find(({ spaceId }) => spaceId === cloud.homeOf("anna").id);
  const { nodeId, itemId } = await watched(films?.folderId ?? 0, "Vertigo (1958).mkv");
  const copy = await cloud.storage.copy(nodeId, { parentId: familyFilms, name: "Vertigo (1958).mkv" }, asSystem);
  await house.settled();
  nowMs += 5 * 3_600_000;
  await remove(nodeId);
  expect(house.library.itemOfNode(copy.node.id)?.id).toBe(itemId);
});

/** As `cp -p`, from the family's films to ben's. */
function copyWithTime(name: string): void {
  const from = join(familyPath(), name);
  const to = join(cloud.homePath("ben"), "Films", name);
  copyFileSync(from, to);
  const { atime, mtime } = statSync(from);
  utimesSync(to, atime, mtime);
}
