import { afterAll, beforeAll, expect, test } from "bun:test";
import sharp from "sharp";
import { openTestCloud, type TestCloud } from "#kit";
import type { Actor } from "#platform/usecase";
import { openTestPhotos, type TestPhotos } from "./testing.ts";

let cloud: TestCloud;
let photos: TestPhotos;
const idByName = new Map<string, number>();
beforeAll(async () => {
  cloud = await openTestCloud();
  photos = openTestPhotos(cloud);
  const colours = ["#802020", "#208020", "#202080", "#808020"];
  for (const [index, background] of colours.entries()) {
    const bytes = await sharp({ create: { width: 60 + index, height: 40, channels: 3, background } })
      .jpeg()
      .toBuffer();
    photos.write("anna", `Photos/${index < 2 ? "open" : "closed"}/IMG_2024010${index + 1}_101010.jpg`, bytes);
    if (index === 0) photos.write("ben", "Pictures/ben.jpg", bytes);
  }
  await photos.settled();
  for (const name of ["anna", "ben"]) for (const [id, path] of await timeline(name)) idByName.set(path, id);
}, 60_000);
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await photos.close();
  await cloud.close();
});

async function timeline(name: string, view: unknown = { kind: "all" }, albumId?: number): Promise<[number, string][]> {
  const { months, total } = await photos.call(name, "photos.timeline", { view });
  const found: [number, string][] = [];
  for (const { month } of months) {
    const { idSteps } = await photos.call(name, "photos.bucket", { view, month });
    let id = 0;
    for (const step of idSteps) {
      id += step;
      found.push([id, (await photos.call(name, "photos.detail", { itemId: id, albumId })).name]);
    }
  }
  expect(found).toHaveLength(total);
  return found;
}
const names = async (...asked: Parameters<typeof timeline>) =>
  (await timeline(...asked)).map(([, name]) => name).toSorted();
const idOf = (name: string) => idByName.get(name) ?? 0;
const img = (day: number): string => `IMG_2024010${day}_101010.jpg`;
const userId = (name: string) => cloud.actor(name).userId;
const letIn = (nodeId: number, effect: "allow" | "deny", role?: "viewer" | "editor") =>
  cloud.call("anna", "access.set", {
    resource: { kind: "node", id: nodeId },
    subject: { kind: "user", id: userId("ben") },
    effect,
    ...(role && { role }),
  });
const folderOf = (name: string) => {
  const node = cloud.storage.resolve(cloud.homeOf("anna").id, ["Photos", name]);
  if (node === undefined) throw new Error(`no folder ${name}`);
  return node.id;
};
/** What a list shows is what can be asked for one by one: detail, thumbnail and original. */
async function expectListIsFilterOfGet(name: string): Promise<void> {
  const listed = new Set((await timeline(name)).map(([id]) => id));
  for (const itemId of idByName.values()) {
    const isListed = listed.has(itemId);
    expect((await photos.call(name, "photos.detail", { itemId })).code).toBe(isListed ? undefined : "not-found");
    for (const what of ["thumb", "original"]) {
      expect((await photos.fetchAs(name, `/api/photos/${what}/${itemId}`)).status).toBe(isListed ? 200 : 404);
    }
  }
}

test("each sees their own; nobody else, and no stranger, sees any of it in any way", async () => {
  expect(await names("anna")).toEqual([1, 2, 3, 4].map(img));
  expect(await names("ben")).toEqual(["ben.jpg"]);
  await expectListIsFilterOfGet("anna");
  await expectListIsFilterOfGet("ben");
  const itemId = idOf(img(1));
  const edit = { edits: [{ itemId, rating: 5 }] };
  for (const [operation, input] of [
    ["photos.edit", edit],
    ["photos.shiftDates", { itemIds: [itemId], byMs: 1 }],
  ] as const) {
    expect((await photos.call("ben", operation, input)).code).toBe("not-found");
    expect((await photos.call("", operation, input)).code).toBe("unauthenticated");
  }
  expect(await photos.call("ben", "photos.mark", { marks: [{ itemId, isFavourite: true }] })).toEqual({ before: [] });
  expect((await photos.call("ben", "photos.files", { itemIds: [itemId], withStacks: true })).files).toEqual([]);
  for (const operation of ["photos.state", "photos.albums", "photos.duplicates"]) {
    expect((await photos.call("", operation, {})).code).toBe("unauthenticated");
  }
  for (const what of ["thumb", "original", "motion"]) {
    expect((await photos.fetchAs("", `/api/photos/${what}/${itemId}`)).status).toBe(401);
  }
});

test("who is let into a folder sees and marks what is in it, and edits when they may write; a closed folder is closed", async () => {
  await letIn(folderOf("open"), "allow", "viewer");
  expect(await names("ben")).toEqual([img(1), img(2), "ben.jpg"]);
  await expectListIsFilterOfGet("ben");
  const itemId = idOf(img(1));
  await photos.call("ben", "photos.mark", { marks: [{ itemId, isFavourite: true }] });
  expect(await names("ben", { kind: "favourites" })).toEqual([img(1)]);
  expect(await names("anna", { kind: "favourites" })).toEqual([]);
  expect((await photos.call("ben", "photos.edit", { edits: [{ itemId, rating: 5 }] })).code).toBe("forbidden");
  await letIn(folderOf("open"), "allow", "editor");
  expect((await photos.call("ben", "photos.edit", { edits: [{ itemId, rating: 5 }] })).before).toHaveLength(1);
  expect((await photos.call("anna", "photos.detail", { itemId })).rating).toBe(5);
  const mixed = {
    edits: [
      { itemId, rating: 1 },
      { itemId: idOf(img(3)), rating: 1 },
    ],
  };
  expect((await photos.call("ben", "photos.edit", mixed)).code).toBe("not-found");
  expect((await photos.call("anna", "photos.detail", { itemId })).rating).toBe(5);
  await letIn(folderOf("open"), "deny");
  expect(await names("ben")).toEqual(["ben.jpg"]);
  await expectListIsFilterOfGet("ben");
});

test("an album shows to its people what whoever added it may share, and no more", async () => {
  const itemIds = [1, 2, 3].map((day) => idOf(img(day)));
  const { albumId } = await photos.call("anna", "photos.createAlbum", { name: "Hills", itemIds });
  const view = { kind: "album", albumId };
  const share = (contributes: boolean) =>
    photos.call("anna", "photos.shareAlbum", {
      albumId,
      members: [{ kind: "person", id: userId("ben"), contributes }],
    });
  const own = { kind: "album", albumId };
  expect((await photos.call("ben", "photos.timeline", { view })).code).toBe("not-found");
  expect((await photos.fetchAs("ben", `/api/photos/thumb/${itemIds[0]}?album=${albumId}`)).status).toBe(404);
  await share(false);
  expect(await names("ben", view, albumId)).toEqual([1, 2, 3].map(img));
  for (const what of ["thumb", "original"]) {
    expect((await photos.fetchAs("ben", `/api/photos/${what}/${itemIds[0]}?album=${albumId}`)).status).toBe(200);
    expect((await photos.fetchAs("ben", `/api/photos/${what}/${itemIds[0]}`)).status).toBe(404);
    expect((await photos.fetchAs("ben", `/api/photos/${what}/${idOf(img(4))}?album=${albumId}`)).status).toBe(404);
  }
  // What the household lets somebody watch holds in albums of others too.
  photos.setLimits(userId("ben"), { sql: "item.path NOT LIKE ?", params: [`%${img(2)}`] });
  expect(await names("ben", view, albumId)).toEqual([1, 3].map(img));
  expect((await photos.fetchAs("ben", `/api/photos/original/${itemIds[1]}?album=${albumId}`)).status).toBe(404);
  photos.setLimits(userId("ben"), undefined);
  // A login that has no right to files, as one that owes its second factor, sees none by an album either.
  const asBen = cloud.people.get("ben");
  if (asBen === undefined) throw new Error("no ben");
  (cloud.people as Map<string, Actor>).set("ben", { ...asBen, capabilities: new Set() });
  expect((await photos.fetchAs("ben", `/api/photos/original/${itemIds[0]}?album=${albumId}`)).status).toBe(404);
  expect((await photos.call("ben", "photos.detail", { itemId: itemIds[0], albumId })).code).toBe("not-found");
  expect((await photos.call("ben", "photos.albums", {})).albums ?? []).toEqual([]);
  (cloud.people as Map<string, Actor>).set("ben", asBen);
  expect(await photos.call("ben", "photos.detail", { itemId: itemIds[0], albumId })).toMatchObject({ file: null });
  expect(await names("ben")).toEqual(["ben.jpg"]);
  const [seen] = (await photos.call("ben", "photos.albums", {})).albums;
  expect(seen).toMatchObject({ name: "Hills", isOwn: false, canAdd: false, count: 3, members: [] });
  const ben = [idOf("ben.jpg")];
  expect((await photos.call("ben", "photos.addToAlbum", { albumId, itemIds: ben })).code).toBe("forbidden");
  await share(true);
  // Neither what one cannot see oneself gets in, nor what others put there out.
  const added = await photos.call("ben", "photos.addToAlbum", { albumId, itemIds: [...ben, idOf(img(4))] });
  expect(added).toEqual({ addedIds: ben });
  expect(await names("anna", own, albumId)).toEqual([img(1), img(2), img(3), "ben.jpg"]);
  expect(await photos.call("ben", "photos.removeFromAlbum", { albumId, itemIds: itemIds.slice(0, 1) })).toEqual({
    removedIds: [],
  });
  for (const [operation, input] of [
    ["photos.changeAlbum", { albumId, name: "mine" }],
    ["photos.removeAlbum", { albumId }],
    ["photos.shareAlbum", { albumId, members: [] }],
    ["photos.moveInAlbum", { albumId, itemIds: ben, beforeId: "first" }],
  ] as const) {
    expect((await photos.call("ben", operation, input)).code).toBe("forbidden");
  }
  await photos.call("anna", "photos.shareAlbum", { albumId, members: [] });
  expect((await photos.call("ben", "photos.timeline", { view })).code).toBe("not-found");
});

test("groups, own order, cover, removal and its undo", async () => {
  const itemIds = [1, 2, 3].map((day) => idOf(img(day)));
  const { albumId } = await photos.call("anna", "photos.createAlbum", { name: "Order", itemIds });
  photos.groups.set(userId("ben"), [77]);
  await photos.call("anna", "photos.shareAlbum", { albumId, members: [{ kind: "group", id: 77, contributes: false }] });
  const order = async () => (await timeline("ben", { kind: "album", albumId }, albumId)).map(([id]) => id);
  expect(await order()).toEqual(itemIds.toReversed());
  await photos.call("anna", "photos.moveInAlbum", { albumId, itemIds: [itemIds[2]], beforeId: "last" });
  await photos.call("anna", "photos.moveInAlbum", { albumId, itemIds: [itemIds[1]], beforeId: "first" });
  expect(await order()).toEqual([1, 0, 2].map((at) => itemIds[at] ?? 0));
  await photos.call("anna", "photos.changeAlbum", { albumId, coverId: itemIds[2], order: "date" });
  const album = (await photos.call("ben", "photos.albums", {})).albums.find(({ id }: { id: number }) => id === albumId);
  expect(album.coverId).toBe(itemIds[2]);
  expect((await photos.call("anna", "photos.changeAlbum", { albumId, coverId: 1e9 })).code).toBe("bad-request");
  await photos.call("anna", "photos.removeAlbum", { albumId });
  expect((await photos.call("ben", "photos.timeline", { view: { kind: "album", albumId } })).code).toBe("not-found");
  await photos.call("anna", "photos.removeAlbum", { albumId, isRemoved: false });
  expect(await order()).toEqual(itemIds.toReversed());
  photos.groups.clear();
  expect((await photos.call("ben", "photos.timeline", { view: { kind: "album", albumId } })).code).toBe("not-found");
});
