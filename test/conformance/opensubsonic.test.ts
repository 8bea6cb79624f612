// needs: ffmpeg
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { SaxesParser } from "saxes";
import { SubsonicAPI } from "subsonic-api";
import { type RunningHearth, startHearth } from "#kit";
import schema from "./testdata/opensubsonic.json" with { type: "json" };

setDefaultTimeout(120_000);

const dir = mkdtempSync(join(tmpdir(), "hearth-opensubsonic-"));
const ajv = new Ajv({ strict: false, validateFormats: false });
let hearth: RunningHearth;
let secret = "";

type Body = Record<string, unknown> & { status: string; error?: { code: number } };

const call = async <T>(operation: string, input: unknown): Promise<T> => {
  const headers = { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie };
  const response = await fetch(`${hearth.url}/api/${operation}`, {
    method: "POST",
    headers,
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const login = (password: string) => ({
  u: "alice",
  s: "pepper",
  t: md5(`${password}pepper`),
  v: "1.16.1",
  c: "the test",
});

function address(endpoint: string, params: Record<string, string | readonly string[]>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of typeof value === "string" ? [value] : value) query.append(name, one);
  return `${hearth.url}/rest/${endpoint}?${query}`;
}

async function rest(endpoint: string, params: Record<string, string | readonly string[]> = {}): Promise<Body> {
  const response = await fetch(address(endpoint, { ...login(secret), f: "json", ...params }));
  expect([endpoint, response.status]).toEqual([endpoint, 200]);
  return ((await response.json()) as { "subsonic-response": Body })["subsonic-response"];
}

/** Answers of the endpoint must fit the public schema. */
async function valid(endpoint: string, params: Record<string, string | readonly string[]> = {}): Promise<Body> {
  const body = await rest(endpoint, params);
  const name = (schema.answers as Record<string, string>)[endpoint] ?? "SubsonicSuccessResponse";
  const check = ajv.compile({ $ref: `#/$defs/${name}`, $defs: schema.$defs });
  const isValid = check(body);
  expect([endpoint, isValid, check.errors]).toEqual([endpoint, true, null]);
  return body;
}

function song(file: string, tags: Record<string, string>, seconds = 3, ...more: readonly string[]): string {
  const path = join(dir, file);
  const metadata = Object.entries(tags).flatMap(([key, value]) => ["-metadata", `${key}=${value}`]);
  const tone = ["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`];
  const argv = ["ffmpeg", "-v", "error", "-y", ...tone, ...more, ...metadata, path];
  const { exitCode, stderr } = Bun.spawnSync(argv, { timeout: 60_000 });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return path;
}

async function put(path: string, body: Bun.BunFile | string): Promise<void> {
  const parts = path.split("/");
  for (let depth = 1; depth < parts.length; depth += 1)
    await hearth.fetch(`/dav/home/${parts.slice(0, depth).join("/")}/`, { method: "MKCOL" });
  expect((await hearth.fetch(`/dav/home/${path}`, { method: "PUT", body })).status).toBe(201);
}

beforeAll(async () => {
  hearth = await startHearth({ user: "alice" });
  secret = (await call<{ secret: string }>("subsonic.createPassword", { label: "Phone" })).secret;
  const first = { artist: "Ann", album: "First <1>", album_artist: "Ann", date: "1999", genre: "Folk & Co" };
  const cover = ["-f", "lavfi", "-i", "color=red:size=64x64:duration=1", "-frames:v", "1", "-map", "0", "-map", "1"];
  await put(
    "Music/Ann/First/1.mp3",
    Bun.file(song("1.mp3", { ...first, title: "Ä Song", track: "1" }, 3, ...cover, "-c:v", "mjpeg")),
  );
  await put("Music/Ann/First/2.flac", Bun.file(song("2.flac", { ...first, title: "Second", track: "2" })));
  await put("Music/Ann/First/1.lrc", "[00:01.00]one\n[00:02.00]two\n");
  await put(
    "Music/Bea/Later/1.ogg",
    Bun.file(song("3.ogg", { artist: "Bea", album: "Later", title: "Third", date: "2010", genre: "Pop" })),
  );
  const wanted = async () => {
    const { songs, waiting } = await call<{ songs: number; waiting: number }>("music.overview", {});
    return songs === 3 && waiting === 0;
  };
  for (const end = Date.now() + 60_000; !(await wanted()); await Bun.sleep(100))
    if (Date.now() > end) throw new Error("the songs did not come");
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Found {
  readonly searchResult3: {
    readonly artist: readonly { id: string; name: string }[];
    readonly album: readonly { id: string; name: string }[];
    readonly song: readonly { id: string; title: string; suffix: string }[];
  };
}
const everything = async () => (await rest("search3", { query: "" })) as unknown as Found;
async function ids() {
  const { artist, album, song: songs } = (await everything()).searchResult3;
  const of = (title: string) => songs.find((one) => one.title === title)?.id ?? "";
  return {
    artist: artist.find(({ name }) => name === "Ann")?.id ?? "",
    album: album.find(({ name }) => name === "First <1>")?.id ?? "",
    song: of("Ä Song"),
    second: of("Second"),
    third: of("Third"),
  };
}

test("every answer fits the public schema", async () => {
  const { artist, album, song: songId, second, third } = await ids();
  const plain = [
    "ping",
    "getLicense",
    "getOpenSubsonicExtensions",
    "getMusicFolders",
    "getIndexes",
    "getArtists",
    "getGenres",
  ];
  const more = [
    "getRandomSongs",
    "getStarred",
    "getStarred2",
    "getNowPlaying",
    "getPlaylists",
    "getPlayQueue",
    "getBookmarks",
  ];
  const rest2 = ["getInternetRadioStations", "getScanStatus", "startScan", "getUser", "tokenInfo"];
  for (const endpoint of [...plain, ...more, ...rest2]) await valid(endpoint);
  for (const type of [
    "random",
    "newest",
    "highest",
    "frequent",
    "recent",
    "alphabeticalByName",
    "alphabeticalByArtist",
    "starred",
  ]) {
    await valid("getAlbumList", { type });
    await valid("getAlbumList2", { type, size: "500" });
  }
  await valid("getAlbumList2", { type: "byYear", fromYear: "2020", toYear: "1990" });
  await valid("getAlbumList2", { type: "byGenre", genre: "Pop" });
  await valid("star", { id: [songId, second], albumId: album, artistId: artist });
  await valid("setRating", { id: songId, rating: "4" });
  await valid("scrobble", { id: [songId, third], time: ["1700000000000", "1700000100000"] });
  await valid("scrobble", { id: songId, submission: "false" });
  await valid("savePlayQueue", { id: [songId, second], current: second, position: "1234" });
  await valid("createBookmark", { id: third, position: "2000", comment: "here" });
  await valid("createPlaylist", { name: "Mine", songId: [songId, third] });
  for (const endpoint of [...more, "getUser"]) await valid(endpoint);
  await valid("getArtist", { id: artist });
  await valid("getAlbum", { id: album });
  await valid("getSong", { id: songId });
  for (const id of [artist, album]) await valid("getMusicDirectory", { id });
  for (const endpoint of ["getArtistInfo", "getArtistInfo2", "getSimilarSongs", "getSimilarSongs2"])
    await valid(endpoint, { id: artist });
  for (const endpoint of ["getAlbumInfo", "getAlbumInfo2"]) await valid(endpoint, { id: album });
  await valid("getTopSongs", { artist: "ann" });
  await valid("getSongsByGenre", { genre: "Folk & Co" });
  for (const endpoint of ["search2", "search3"]) await valid(endpoint, { query: "so" });
  await valid("getLyrics", { artist: "Ann", title: "Ä Song" });
  await valid("getLyricsBySongId", { id: songId });
  await valid("deleteBookmark", { id: third });
  await valid("unstar", { albumId: album });
});

test("a client that somebody else wrote finds, plays, stars and keeps playlists", async () => {
  const api = new SubsonicAPI({ url: hearth.url, auth: { username: "alice", password: secret } });
  const { artists } = await api.getArtists();
  expect(artists.index?.map(({ name }) => name)).toEqual(["A", "B"]);
  const { album, song: songId, second, third } = await ids();
  const first = (await api.getAlbum({ id: album })).album;
  expect(first.song?.map(({ title, track, year, genre }) => [title, track, year, genre])).toEqual([
    ["Ä Song", 1, 1999, "Folk & Co"],
    ["Second", 2, 1999, "Folk & Co"],
  ]);
  const original = await (await api.download({ id: second })).bytes();
  expect(original).toEqual(new Uint8Array(readFileSync(join(dir, "2.flac"))));
  const converted = await api.stream({ id: second, format: "mp3", maxBitRate: 96 });
  expect(converted.headers.get("content-type")).toBe("audio/mpeg");
  expect((await converted.bytes()).length).toBeGreaterThan(20_000);
  const part = await fetch(address("stream", { ...login(secret), id: second }), { headers: { range: "bytes=10-19" } });
  expect([part.status, (await part.bytes()).length]).toEqual([206, 10]);
  const picture = await api.getCoverArt({ id: album, size: 64 });
  expect([picture.headers.get("content-type"), [...(await picture.bytes()).subarray(0, 2)]]).toEqual([
    "image/jpeg",
    [0xff, 0xd8],
  ]);
  const { playlist } = await api.createPlaylist({ name: "Evening", songId: [songId, second, third] });
  const update = await api.updatePlaylist({ playlistId: playlist.id, songIndexToRemove: [1], comment: "quiet" });
  expect(update).toMatchObject({ status: "ok" });
  const changed = (await api.getPlaylist({ id: playlist.id })).playlist;
  expect([changed.comment, changed.entry?.map(({ id }) => id)]).toEqual(["quiet", [songId, third]]);
  await api.star({ id: third });
  expect((await api.getStarred2()).starred2.song?.some(({ id }) => id === third)).toBe(true);
  await api.savePlayQueue({ id: [third], current: third, position: 900 } as never);
  expect((await api.getPlayQueue()).playQueue).toMatchObject({ current: third, position: 900, username: "alice" });
  const lyrics = (await rest("getLyricsBySongId", { id: songId })) as unknown as {
    lyricsList: { structuredLyrics: { synced: boolean; line: { start: number; value: string }[] }[] };
  };
  expect(lyrics.lyricsList.structuredLyrics[0]).toMatchObject({
    synced: true,
    line: [
      { start: 1000, value: "one" },
      { start: 2000, value: "two" },
    ],
  });
});

/** An element as `[name, attributes, children]`. */
function readXml(text: string) {
  interface Element {
    readonly name: string;
    readonly attributes: Record<string, string>;
    readonly children: Element[];
    text: string;
  }
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes: { ...attributes } as Record<string, string>, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (more) => {
    const at = open.at(-1);
    if (at) at.text += more;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(text).close();
  return root.children[0] as Element;
}

test("XML says what JSON says", async () => {
  const { album } = await ids();
  const response = await fetch(address("getAlbum.view", { ...login(secret), id: album }));
  expect(response.headers.get("content-type")).toStartWith("application/xml");
  const root = readXml(await response.text());
  expect(root.name).toBe("subsonic-response");
  expect(root.attributes).toMatchObject({
    status: "ok",
    version: "1.16.1",
    openSubsonic: "true",
    xmlns: "http://subsonic.org/restapi",
  });
  const [element] = root.children;
  const { album: json } = (await rest("getAlbum", { id: album })) as unknown as {
    album: Record<string, unknown> & { song: Record<string, unknown>[] };
  };
  expect(element?.attributes).toMatchObject({ id: album, name: "First <1>", songCount: "2", isCompilation: "false" });
  const songs = element?.children.filter(({ name }) => name === "song") ?? [];
  for (const [index, one] of songs.entries())
    for (const [name, value] of Object.entries(one.attributes))
      expect([name, value]).toEqual([name, String(json.song[index]?.[name])]);
  const genres = readXml(await (await fetch(address("getGenres", { ...login(secret) }))).text()).children[0]?.children;
  expect(genres?.map(({ text, attributes }) => [text, attributes["songCount"]])).toContainEqual(["Folk & Co", "2"]);
});

test("who may, by which way, and what refusals look like", async () => {
  const status = async (params: Record<string, string>, endpoint = "ping") => {
    const response = await fetch(address(endpoint, { v: "1.16.1", c: "x", f: "json", ...params }));
    const { status: text, error } = ((await response.json()) as { "subsonic-response": Body })["subsonic-response"];
    return [response.status, text, error?.code];
  };
  expect(await status(login(secret))).toEqual([200, "ok", undefined]);
  expect(await status({ apiKey: secret })).toEqual([200, "ok", undefined]);
  expect(await status({ u: "alice", p: secret })).toEqual([200, "ok", undefined]);
  const hex = Buffer.from(hearth.appPassword).toString("hex");
  expect(await status({ u: "alice", p: `enc:${hex}` })).toEqual([200, "ok", undefined]);
  // Its hash alone is known: it makes no token.
  expect(await status(login(hearth.appPassword))).toEqual([200, "failed", 40]);
  expect(await status(login(hearth.password))).toEqual([200, "failed", 40]);
  expect(await status({ ...login(secret), t: md5("wrong") })).toEqual([200, "failed", 40]);
  expect(await status({ ...login(secret), u: "nobody" })).toEqual([200, "failed", 40]);
  expect(await status({ apiKey: "x" })).toEqual([200, "failed", 44]);
  expect(await status({ apiKey: secret, u: "alice" })).toEqual([200, "failed", 43]);
  expect(await status({})).toEqual([200, "failed", 10]);
  expect(await status({}, "getOpenSubsonicExtensions")).toEqual([200, "ok", undefined]);
  expect(await status(login(secret), "getPodcasts")).toEqual([200, "failed", 0]);
  expect(await status(login(secret), "constructor")).toEqual([200, "failed", 0]);
  expect(await status({ ...login(secret), id: "al-999999" }, "getAlbum")).toEqual([200, "failed", 70]);
  expect(await status({ ...login(secret), id: "../1" }, "getAlbum")).toEqual([200, "failed", 70]);
  expect(await status({ ...login(secret), name: "n".repeat(500) }, "createPlaylist")).toEqual([200, "failed", 0]);
  // Stations are the household's, and a password for music apps changes nothing of the server.
  expect(
    await status({ ...login(secret), name: "r", streamUrl: "http://radio.example/" }, "createInternetRadioStation"),
  ).toEqual([200, "failed", 50]);
  const form = new URLSearchParams({ ...login(secret), f: "json" });
  const posted = await fetch(`${hearth.url}/rest/ping`, { method: "POST", body: form });
  expect(((await posted.json()) as { "subsonic-response": Body })["subsonic-response"].status).toBe("ok");
});

test("somebody else's music does not exist; a withdrawn password opens nothing; it changes no file", async () => {
  const bob = { name: "bob", displayName: "Bob", password: "another horse battery", roles: ["member"] };
  await call("people.create", bob);
  const asBob = { u: "bob", p: bob.password, v: "1.16.1", c: "x" };
  const { album, song: songId } = await ids();
  for (const [endpoint, id] of [
    ["getAlbum", album],
    ["getSong", songId],
    ["getCoverArt", album],
    ["stream", songId],
    ["download", songId],
    ["getLyricsBySongId", songId],
  ] as const) {
    const text = await (await fetch(address(endpoint, { ...asBob, id }))).text();
    expect([endpoint, text.includes('code="70"'), text.includes("Song")]).toEqual([endpoint, true, false]);
  }
  const found = await (await fetch(address("search3", { ...asBob, query: "" }))).text();
  expect(found.includes("Ä Song")).toBe(false);
  const authorization = `Basic ${Buffer.from(`alice:${secret}`).toString("base64")}`;
  const write = await fetch(`${hearth.davUrl}Music/new.txt`, { method: "PUT", body: "x", headers: { authorization } });
  expect(write.status).toBe(403);
  const reading = await call<{ secret: string }>("appPassword.create", { label: "Backup", scope: "files:read" });
  const asReader = { u: "alice", p: reading.secret, v: "1.16.1", c: "x" };
  expect(await (await fetch(address("getSong", { ...asReader, id: songId }))).text()).toContain("Ä Song");
  expect(await (await fetch(address("star", { ...asReader, id: songId }))).text()).toContain('code="50"');
  const { appPasswords } = await call<{ appPasswords: { id: string; label: string }[] }>("appPassword.list", {});
  await call("appPassword.revoke", { id: appPasswords.find(({ label }) => label === "Phone")?.id });
  expect((await rest("ping")).error?.code).toBe(40);
  const key = await fetch(address("ping", { apiKey: secret, f: "json" }));
  expect(await key.text()).toContain('"code":44');
});
