// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { estimatedBytes } from "./encode.ts";
import { createSongMaker, openTestMusic } from "#kit";

let house: Awaited<ReturnType<typeof openTestMusic>>;
const songs = createSongMaker();
const ids = new Map<string, number>();
const seconds = 12;
const samples = seconds * 44_100;

beforeAll(async () => {
  house = await openTestMusic();
  const home = house.cloud.homePath("anna");
  for (const ending of ["mp3", "flac", "m4a"])
    songs.make(join(home, `Music/A/B/tone.${ending}`), { title: ending }, seconds);
  writeFileSync(join(home, "Music/A/B/broken.mp3"), "this is no sound at all");
  await house.cloud.storage.settled();
  await house.settled();
  const { songs: found } = await house.call("anna", "music.songs");
  for (const { id, title } of found) ids.set(title, id);
}, 60_000);
afterAll(async () => {
  await house.close();
  songs.close();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  house.fetchAs("anna", `/api/music/${path}`, headers);
/** Samples of the first channel as ffmpeg decodes the file, 16 bits. */
function decode(bytes: Uint8Array, name: string): Int16Array {
  const path = join(songs.folder, name);
  writeFileSync(path, bytes);
  const argv = ["ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", "44100", "-f", "s16le", "-"];
  const { stdout } = Bun.spawnSync(argv, { timeout: 30_000 });
  return new Int16Array(new Uint8Array(stdout).buffer);
}

test("the file as it is, with ranges", async () => {
  const whole = await get(`stream/${ids.get("flac")}`);
  const bytes = await whole.bytes();
  expect(whole.headers.get("content-type")).toBe("audio/flac");
  const part = await get(`stream/${ids.get("flac")}`, { range: "bytes=100-199" });
  expect(part.status).toBe(206);
  expect(await part.bytes()).toEqual(bytes.slice(100, 200));
});

test("converted once for all who listen, kept, then with ranges", async () => {
  const path = `stream/${ids.get("flac")}?format=mp3&rate=96`;
  const [one, two] = await Promise.all([get(path), get(path, { range: "bytes=0-" })]);
  expect(one.headers.get("x-content-duration")).toBe("12.000");
  const [a, b] = await Promise.all([one.bytes(), two.bytes()]);
  expect(a).toEqual(b);
  const told = estimatedBytes({ format: "mp3", kilobitsPerSecond: 96, offsetMs: 0 }, seconds * 1000) ?? 0;
  expect(Math.abs(a.length / told - 1)).toBeLessThan(0.03);
  const part = await get(path, { range: "bytes=1000-1999" });
  expect(part.status).toBe(206);
  expect(await part.bytes()).toEqual(a.slice(1000, 2000));
  const kept = readdirSync(join(house.cloud.dir, "cache", "music"));
  expect(kept.length).toBe(1);
  expect(decode(a, "a.mp3").length).toBeGreaterThan(samples - 4000);
});

test("from the middle of a song", async () => {
  const bytes = await (await get(`stream/${ids.get("flac")}?format=opus&rate=64&offsetMs=9000`)).bytes();
  expect(Math.abs(decode(bytes, "a.ogg").length / 44_100 - 3)).toBeLessThan(0.1);
});

test("pieces for playing without gaps hold every sample, of every form", async () => {
  for (const ending of ["mp3", "flac", "m4a"]) {
    const parts = [await (await get(`piece/${ids.get(ending)}/init`)).bytes()];
    for (let index = 0; index < 10; index += 1) {
      const answer = await get(`piece/${ids.get(ending)}/${index}`);
      expect(answer.status).toBe(200);
      parts.push(await answer.bytes());
      if (answer.headers.get("hearth-last") === "true") break;
    }
    expect(parts.length).toBe(4);
    expect((await get(`piece/${ids.get(ending)}/3`)).status).toBe(404);
    expect(decode(Buffer.concat(parts), "a.mp4").length).toBe(samples);
  }
});

test("a damaged file and senseless wishes are refused", async () => {
  const broken = (await house.call("anna", "music.songs", { query: "broken" })).songs[0];
  expect(broken.canPlay).toBe(false);
  expect((await get(`stream/${broken.id}?format=mp3`)).status).toBe(503);
  expect((await get(`stream/${ids.get("flac")}?format=exe`)).status).toBe(400);
  expect((await get(`stream/${ids.get("flac")}?format=mp3&rate=-1`)).status).toBe(400);
  expect((await get("stream/99999")).status).toBe(404);
  const late = await get(`stream/${ids.get("flac")}?format=mp3&offsetMs=99000`);
  expect([200, 415]).toContain(late.status);
});
