import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { openTestCloud, type TestCloud } from "#kit";
import type { MediaFacts } from "#apps/media/probe";
import { fillManyRows } from "./many-rows.ts";
import { openTestPhotos, type TestPhotos } from "./testing.ts";

let cloud: TestCloud;
let photos: TestPhotos;
const filmFacts: MediaFacts = {
  ...{ recipe: 1, container: "mp4", durationMs: 2500, startMs: 0, bitsPerSecond: null, video: [], audio: [] },
  ...{ subtitles: [], chapters: [], covers: [], fonts: [], picture: null },
  tags: { creation_time: ["2024-07-01T10:00:00Z"], "com.apple.quicktime.location.iso6709": ["+48.8584+002.2945/"] },
};
beforeAll(async () => {
  cloud = await openTestCloud();
  photos = openTestPhotos(cloud, { facts: (path) => (path.endsWith(".mov") ? filmFacts : undefined) });
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await photos.close();
  await cloud.close();
});

const jpeg = (width: number, height: number, date: string, more: Record<string, string> = {}) =>
  sharp({ create: { width, height, channels: 3, background: "#3060a0" } })
    .composite([
      {
        input: Buffer.from(
          `<svg width="${width}" height="${height}"><circle cx="${width / 3}" cy="${height / 2}" r="${height / 4}" fill="#fff"/></svg>`,
        ),
      },
    ])
    .withExif({
      IFD0: { Make: "Canon", Model: "Canon EOS R5", ...more },
      IFD2: { DateTimeOriginal: date, OffsetTimeOriginal: "+02:00", FNumber: "28/10" },
    })
    .jpeg()
    .toBuffer();
const view = { kind: "all" };
const shape = () => photos.call("anna", "photos.timeline", { view });
async function idsOf(asked: unknown = view): Promise<number[]> {
  const { months } = await photos.call("anna", "photos.timeline", { view: asked });
  const ids: number[] = [];
  for (const { month } of months) {
    const { idSteps } = await photos.call("anna", "photos.bucket", { view: asked, month });
    let id = 0;
    for (const step of idSteps) ids.push((id += step));
  }
  return ids;
}
async function detailOf(name: string) {
  for (const itemId of await idsOf()) {
    const detail = await photos.call("anna", "photos.detail", { itemId });
    if (detail.name === name) return detail;
  }
  throw new Error(`${name} is not in the timeline`);
}

test("pictures, films and broken files of a folder named Photos are in the timeline, with what they say of themselves", async () => {
  photos.write("anna", "Photos/one.jpg", await jpeg(400, 300, "2024:07:01 12:30:00"));
  photos.write(
    "anna",
    "Photos/turned.jpg",
    await sharp(await jpeg(400, 300, "2024:07:02 09:00:00"))
      .keepExif()
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer(),
  );
  photos.write(
    "anna",
    "Photos/WhatsApp/IMG-20230505-WA0003.jpg",
    await sharp({ create: { width: 30, height: 20, channels: 3, background: "red" } })
      .jpeg()
      .toBuffer(),
  );
  photos.write("anna", "Photos/empty.jpg", "");
  photos.write("anna", "Photos/VID_20220101_101010.mp4", "no film");
  photos.write("anna", "Photos/notes.txt", "no picture");
  await photos.settled();
  const { total, months } = await shape();
  expect(total).toBe(5);
  expect(months.map(({ month }: { month: number }) => month)).toContain(2024 * 12 + 6);
  expect(await detailOf("one.jpg")).toMatchObject({
    ...{ kind: "still", width: 400, height: 300, camera: "Canon EOS R5", aperture: 2.8, takenFrom: "zoned" },
    ...{ takenLocalMs: Date.UTC(2024, 6, 1, 12, 30), offsetMinutes: 120, problem: null, file: { canWrite: true } },
  });
  expect(await detailOf("turned.jpg")).toMatchObject({ width: 300, height: 400 });
  expect(await detailOf("IMG-20230505-WA0003.jpg")).toMatchObject({ takenFrom: "name", width: 30 });
  const { broken, waiting, libraries } = await photos.call("anna", "photos.state", {});
  expect([waiting, libraries.length]).toEqual([0, 1]);
  expect(broken.map(({ path }: { path: string }) => path)).toEqual(["VID_20220101_101010.mp4", "empty.jpg"]);
}, 60_000);

test("an XMP file beside a picture is believed; what a person sets is believed more, and undone again", async () => {
  const sidecar = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmp:Rating="4"
      exif:DateTimeOriginal="2019-09-09T09:09:09" exif:GPSLatitude="52,30.5N" exif:GPSLongitude="13,22.8E"/></rdf:RDF></x:xmpmeta>`;
  photos.write("anna", "Photos/one.jpg.xmp", sidecar);
  await photos.settled();
  const told = await detailOf("one.jpg");
  expect(told).toMatchObject({
    takenFrom: "sidecar",
    rating: 4,
    country: "Germany",
    takenLocalMs: Date.UTC(2019, 8, 9, 9, 9, 9),
  });
  const { itemId } = told;
  const taken = { localMs: Date.UTC(2001, 1, 2), offsetMinutes: null };
  const { before } = await photos.call("anna", "photos.edit", { edits: [{ itemId, taken, rating: 0 }] });
  expect(await detailOf("one.jpg")).toMatchObject({ takenFrom: "person", rating: 0, takenLocalMs: taken.localMs });
  rmSync(join(cloud.homePath("anna"), "Photos/one.jpg.xmp"));
  await photos.settled();
  expect(await detailOf("one.jpg")).toMatchObject({ takenFrom: "person" });
  const shifted = await photos.call("anna", "photos.shiftDates", { itemIds: [itemId], byMs: 3_600_000 });
  expect((await detailOf("one.jpg")).takenLocalMs).toBe(taken.localMs + 3_600_000);
  await photos.call("anna", "photos.edit", { edits: shifted.before });
  expect((await detailOf("one.jpg")).takenLocalMs).toBe(taken.localMs);
  await photos.call("anna", "photos.edit", { edits: before });
  expect(await detailOf("one.jpg")).toMatchObject({ takenFrom: "zoned", rating: null });
}, 60_000);

test("the film inside a motion photo is answered by ranges of the file, and asked for again only when that has changed", async () => {
  const film = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) >> 4));
  film.write("ftypmp42", 4, "latin1");
  const picture = await jpeg(64, 48, "2024:08:03 10:00:00");
  const trailer = Buffer.from("SEFH 1234 SEFT");
  photos.write("anna", "Photos/moves.jpg", Buffer.concat([picture, Buffer.from("MotionPhoto_Data"), film, trailer]));
  await photos.settled();
  const { itemId, kind } = await detailOf("moves.jpg");
  expect(kind).toBe("motion");
  const ask = (headers: Record<string, string>, method = "GET") =>
    photos.fetchAs("anna", `/api/photos/motion/${itemId}`, { method, headers });
  const whole = await ask({});
  expect([whole.status, whole.headers.get("content-type")]).toEqual([200, "video/mp4"]);
  expect(Buffer.compare(await whole.bytes(), film)).toBe(0);
  for (const [from, to] of [
    [0, 15],
    [299_000, 299_999],
    [1000, 200_999],
  ] as const) {
    const part = await ask({ range: `bytes=${from}-${to}` });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes ${from}-${to}/300000`]);
    expect(Buffer.compare(await part.bytes(), film.subarray(from, to + 1))).toBe(0);
  }
  expect((await ask({ range: "bytes=300000-" })).status).toBe(416);
  expect((await ask({}, "HEAD")).headers.get("content-length")).toBe("300000");
  expect((await ask({ "if-none-match": whole.headers.get("etag") ?? "" })).status).toBe(304);
});

test("raw, edit and live film are one picture; a moved file keeps its marks, one in the trash is gone until it is back", async () => {
  const picture = await jpeg(640, 480, "2024:08:01 10:00:00");
  photos.write("anna", "Photos/trip/IMG_0001.jpg", picture);
  photos.write("anna", "Photos/trip/IMG_0001.dng", Buffer.concat([Buffer.from("II*\0"), picture]));
  photos.write("anna", "Photos/trip/IMG_0001.mov", "a short film");
  await photos.settled();
  const detail = await detailOf("IMG_0001.jpg");
  expect(detail.kind).toBe("motion");
  expect(detail.stack.map(({ name }: { name: string }) => name)).toEqual([
    "IMG_0001.jpg",
    "IMG_0001.dng",
    "IMG_0001.mov",
  ]);
  expect((await photos.fetchAs("anna", `/api/photos/motion/${detail.itemId}`)).status).toBe(200);
  const { files } = await photos.call("anna", "photos.files", { itemIds: [detail.itemId], withStacks: true });
  expect(files).toHaveLength(3);
  await photos.call("anna", "photos.mark", { marks: [{ itemId: detail.itemId, isFavourite: true }] });
  const home = cloud.homePath("anna");
  mkdirSync(join(home, "Photos/elsewhere"));
  renameSync(join(home, "Photos/trip/IMG_0001.jpg"), join(home, "Photos/elsewhere/IMG_0001.jpg"));
  await photos.settled();
  expect(await idsOf({ kind: "favourites" })).toEqual([detail.itemId]);
  expect((await detailOf("IMG_0001.dng")).kind).toBe("motion");
  const moved = await detailOf("IMG_0001.jpg");
  const count = (await shape()).total;
  const { trashId } = await cloud.storage.remove(moved.file.nodeId, { actor: cloud.actor("anna") });
  await photos.settled();
  expect((await shape()).total).toBe(count - 1);
  expect((await photos.call("anna", "photos.detail", { itemId: moved.itemId })).code).toBe("not-found");
  await cloud.storage.trash.restore(trashId, { actor: cloud.actor("anna") });
  await photos.settled();
  expect((await detailOf("IMG_0001.jpg")).isFavourite).toBe(true);
}, 60_000);

test("archived pictures leave the timeline; search finds by year, camera, country and name", async () => {
  const { itemId } = await detailOf("turned.jpg");
  const before = (await shape()).total;
  await photos.call("anna", "photos.mark", { marks: [{ itemId, isArchived: true }] });
  expect((await shape()).total).toBe(before - 1);
  expect(await idsOf({ kind: "archive" })).toEqual([itemId]);
  expect(await idsOf({ kind: "search", text: "turned canon july 2024" })).toEqual([itemId]);
  expect(await idsOf({ kind: "search", text: "turned 2023" })).toEqual([]);
  expect(await idsOf({ kind: "search", text: "100%_" })).toEqual([]);
  expect((await idsOf({ kind: "day", month: 8, day: 1 })).length).toBe(1);
  const film = await idsOf({ kind: "area", west: 2, east: 3, south: 48, north: 49 });
  expect(film).toEqual([]);
  await photos.call("anna", "photos.mark", { marks: [{ itemId, isArchived: false }] });
});

test("thumbnails are pictures that a browser may keep, originals come in ranges", async () => {
  const { itemId, revision } = await detailOf("one.jpg");
  const thumb = await photos.fetchAs("anna", `/api/photos/thumb/${itemId}?size=480&v=${revision}`);
  expect([thumb.status, thumb.headers.get("content-type")]).toEqual([200, "image/webp"]);
  expect(thumb.headers.get("cache-control")).toContain("immutable");
  const part = await photos.fetchAs("anna", `/api/photos/original/${itemId}`, { headers: { range: "bytes=0-9" } });
  expect([part.status, (await part.bytes()).length]).toEqual([206, 10]);
  for (const path of ["thumb/999999", "motion/1", "thumb/0", "other/1", "thumb/x", ""]) {
    expect((await photos.fetchAs("anna", `/api/photos/${path}`)).status).toBe(404);
  }
  expect((await photos.fetchAs("anna", `/api/photos/thumb/${itemId}?size=7`)).status).toBe(400);
  expect((await photos.fetchAs("anna", `/api/photos/original/${itemId}?album=x`)).status).toBe(400);
});

test("ten thousand pictures: every one in the shape once, 40 bytes each in the columns, look-alikes and clusters found", async () => {
  const library = photos.library.libraries()[0];
  if (library === undefined) throw new Error("there is no library");
  const { spaceId, folderId, id: libraryId } = library;
  fillManyRows(cloud.deps.db, { spaceId, folderId, libraryId, count: 10_000, lastMs: Date.UTC(2021, 0, 1) });
  const asked = { kind: "search", text: "made_0" };
  const { total, months } = await photos.call("anna", "photos.timeline", { view: asked });
  expect(total).toBe(10_000);
  const [first] = months;
  const bucket = await photos.call("anna", "photos.bucket", { view: asked, month: months[1].month });
  expect(bucket.idSteps).toHaveLength(months[1].ratios.length);
  expect(JSON.stringify(bucket).length / bucket.idSteps.length).toBeLessThan(41);
  expect(first.counts.reduce((a: number, b: number) => a + b, 0)).toBe(first.ratios.length);
  const world = { west: -180, east: 180, south: -85, north: 85 };
  const map = await photos.call("anna", "photos.map", { ...world, level: 6 });
  expect(map.clusters.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(map.total);
  const same = await photos.call("anna", "photos.duplicates", {});
  expect(same.groups.length).toBeGreaterThan(0);
}, 60_000);
