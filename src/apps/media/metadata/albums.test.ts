// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import sharp from "sharp";
import { musicAsk } from "#apps/media/music";
import type { Album } from "#contract/apps/media/music";
import { createSongMaker, openTestMusic } from "#kit";
import { createAlbumCatalogues } from "./albums.ts";
import { openCatalogues } from "./testing.ts";

let catalogues: ReturnType<typeof openCatalogues>;
let house: Awaited<ReturnType<typeof openTestMusic>>;
let laterMs = 0;
const songs = createSongMaker();
const hourMs = 3_600_000;
const id = (number: number) => `${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
const { signal } = new AbortController();
const query = { releaseMbid: null, artist: "Duo", title: "Harbour", trackCount: 2, year: null };

const put = (folder: string, count: number, tags: Readonly<Record<string, string>>) => {
  for (let track = 1; track <= count; track += 1) {
    const path = join(house.cloud.homePath("anna"), "Music", folder, `${track}.flac`);
    songs.make(path, { ...tags, title: `Part ${track}`, track: String(track) });
  }
};
const settled = async () => {
  await house.cloud.storage.settled();
  await house.settled();
};
const askAgain = async () => {
  house.jobs.enqueue(musicAsk, {}, { dedupeKey: "" });
  await house.settled();
};
const album = async (title: string, person = "anna"): Promise<Album> =>
  (await house.call(person, "music.albums", { query: title })).albums[0];
const cover = async ({ id: albumId }: Album, person = "anna") =>
  (await house.fetchAs(person, `/api/music/cover/album/${albumId}`)).status;

beforeAll(async () => {
  catalogues = openCatalogues();
  catalogues.answer(() => new Response("down", { status: 503 }));
  house = await openTestMusic({
    catalogues: createAlbumCatalogues([catalogues.tmdb(), catalogues.musicbrainz()]),
    laterMs: () => laterMs,
  });
  const lamps = { album: "First Light", artist: "The Lamps", album_artist: "The Lamps" };
  put("The Lamps/First Light", 2, { ...lamps, MUSICBRAINZ_ALBUMID: id(0x11) });
  const duo = { artist: "Duo", album_artist: "Duo" };
  put("Duo/Harbour", 2, { ...duo, album: "Harbour", date: "2004", genre: "Jazz", label: "Own" });
  put("Duo/Twins", 1, { ...duo, album: "Twins" });
  put("Nameless", 1, {});
  await settled();
}, 60_000);
afterAll(async () => {
  await house.close();
  await catalogues.close();
  songs.close();
});

test("nothing is asked while no catalogue of albums is on", async () => {
  expect(createAlbumCatalogues([])).toBe(undefined);
  const quiet = await openTestMusic({ catalogues: createAlbumCatalogues([catalogues.tmdb()]) });
  const tags = { album: "First Light", artist: "The Lamps", MUSICBRAINZ_ALBUMID: id(0x11) };
  songs.make(join(quiet.cloud.homePath("anna"), "Music/1.flac"), tags);
  await quiet.cloud.storage.settled();
  await quiet.settled();
  catalogues.sent.length = 0;
  quiet.jobs.enqueue(musicAsk, {}, { dedupeKey: "" });
  await quiet.settled();
  const { albums } = await quiet.call("anna", "music.albums");
  expect([albums.length, albums[0].releaseGroupMbid]).toEqual([1, null]);
  expect((await quiet.fetchAs("anna", `/api/music/cover/album/${albums[0].id}`)).status).toBe(404);
  expect(catalogues.sent).toEqual([]);
  await quiet.close();
});

test("a catalogue that is away changes nothing, and is asked again later", async () => {
  expect(await album("First Light")).toMatchObject({ year: null, genres: [], releaseGroupMbid: null, hasCover: false });
  catalogues.sent.length = 0;
  catalogues.answer((url) =>
    url.hostname === "coverartarchive.org" ? new Response("down", { status: 503 }) : undefined,
  );
  laterMs += hourMs;
  await askAgain();
  expect(await album("First Light")).toMatchObject({
    ...{ year: 2001, releaseDate: "2001-05-04", originalYear: 2000, originalDate: "2000-11", hasCover: false },
    ...{ recordLabels: ["Wick Records"], releaseMbid: id(0x11), releaseGroupMbid: id(0x12) },
  });
  expect((await album("First Light")).genres.toSorted()).toEqual(["folk", "rock"]);
  const { artists } = await house.call("anna", "music.artists", { query: "lamps" });
  expect(artists[0].mbid).toBe(id(0xa1));
  expect((await house.call("anna", "music.genres")).genres.map(({ name }: { name: string }) => name)).toEqual([
    ...["folk", "Jazz", "rock"],
  ]);
});

test("tags go before the catalogue, and of releases that are alike only what is true of all is told", async () => {
  expect(await album("Harbour")).toMatchObject({
    ...{ year: 2004, originalYear: 2004, genres: ["Jazz"], recordLabels: ["Own"] },
    ...{ releaseMbid: null, releaseGroupMbid: id(0x22) },
  });
});

test("what is not clear is left, and what has no name is not asked about", async () => {
  expect(await album("Twins")).toMatchObject({ year: null, releaseGroupMbid: null });
  const asked = catalogues.sent.map(({ url }) => url.searchParams.get("query") ?? "");
  expect(asked.filter((text) => text.includes("Nameless") || text.includes("Unknown"))).toEqual([]);
  catalogues.sent.length = 0;
  await askAgain();
  expect(catalogues.sent.filter(({ url }) => url.hostname === "musicbrainz.org")).toEqual([]);
});

test("a cover is fetched where there is none, made anew, and shown to whoever sees the album", async () => {
  const made = await sharp({ create: { width: 60, height: 50, channels: 3, background: "#c33" } })
    .png()
    .toBuffer();
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  catalogues.answer(({ hostname, pathname }) => {
    if (hostname !== "coverartarchive.org") return undefined;
    return new Response(pathname === `/release/${id(0x11)}/front-500` ? new Uint8Array(made) : drawing);
  });
  laterMs += 2 * hourMs;
  await askAgain();
  const [light, harbour] = [await album("First Light"), await album("Harbour")];
  expect([light.hasCover, harbour.hasCover]).toEqual([true, false]);
  expect([await cover(light), await cover(harbour), await cover(light, "ben")]).toEqual([200, 404, 404]);
  expect((await house.call("ben", "music.albums")).albums).toEqual([]);
  catalogues.sent.length = 0;
  await askAgain();
  expect(catalogues.sent).toEqual([]);
});

test("a cover of its own goes before it, and tags that come later go before the answer", async () => {
  const tags = { album: "First Light", artist: "The Lamps", album_artist: "The Lamps", date: "2010", genre: "Pop" };
  put("The Lamps/First Light", 2, { ...tags, MUSICBRAINZ_ALBUMID: id(0x11) });
  const before = await album("First Light");
  await sharp({ create: { width: 9, height: 9, channels: 3, background: "#0c3" } })
    .png()
    .toFile(join(house.cloud.homePath("anna"), "Music/The Lamps/First Light/cover.png"));
  await settled();
  const after = await album("First Light");
  expect(after).toMatchObject({ year: 2010, genres: ["Pop"], recordLabels: ["Wick Records"], hasCover: true });
  expect(after.coverVersion).not.toBe(before.coverVersion);
});

test("an answer that was not taken up before an end is taken up, and not asked for again", async () => {
  const { db } = house.cloud.deps;
  db.prepare("UPDATE media_album SET labels_json = '[]'").run();
  db.prepare("UPDATE media_album_provided SET state = 'answered' WHERE details IS NOT NULL").run();
  catalogues.sent.length = 0;
  await askAgain();
  expect((await album("First Light")).recordLabels).toEqual(["Wick Records"]);
  expect(catalogues.sent.filter(({ url }) => url.hostname === "musicbrainz.org")).toEqual([]);
});

test("answers of any shape break nothing, and what is odd in them is passed over", async () => {
  const { album: find } = catalogues.musicbrainz();
  const bodies = ["[]", "null", '{"releases":5}', '{"releases":[[]]}', `{"id":"../../x","title":"Harbour"}`];
  for (const body of [...bodies, JSON.stringify({ releases: [{ id: id(1), title: "x".repeat(9000) }] })]) {
    catalogues.answer(() => new Response(body));
    expect(await find?.({ ...query, releaseMbid: id(0x11) }, signal)).toBe(null);
  }
  const odd = {
    ...{ id: id(0x11), title: "A", date: "2001-99-99", "artist-credit": [{ name: "x", artist: { id: "no" } }, 5] },
    ...{ "label-info": [{ label: { name: "L\u0000\u202eabel\n" } }, { label: { name: "" } }], genres: "rock" },
    "release-group": { id: id(0x12), "first-release-date": 7, genres: [{ name: "g".repeat(400) }] },
  };
  catalogues.answer(() => Response.json(odd));
  expect(await find?.({ ...query, releaseMbid: id(0x11) }, signal)).toEqual({
    ...{ releaseMbid: id(0x11), releaseGroupMbid: id(0x12), artistMbids: [], date: null, originalDate: null },
    ...{ labels: ["L abel"], genres: [], coverUrl: `https://coverartarchive.org/release-group/${id(0x12)}/front-500` },
  });
  catalogues.answer(() => new Response("x".repeat(5 * 2 ** 20)));
  await expect(find?.(query, signal)).rejects.toMatchObject({ code: "unavailable" });
});
