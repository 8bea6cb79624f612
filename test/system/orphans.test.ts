// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSongMaker } from "#kit";
import { childrenOf } from "../kit/media-children.ts";
import { type MediaHouse, plainPlayer, startMediaHouse } from "../kit/media-house.ts";
import { show } from "../kit/media-prove.ts";
import { loadTitle } from "../kit/media-title.ts";
import { checkPictures } from "../kit/media-verify.ts";
import { eventually } from "./browser-support.ts";

/** The server is killed (SIGKILL) while all sorts of work are under way. */
const dataDir = mkdtempSync(join(tmpdir(), "hearth-orphans-"));
const maker = createSongMaker();
let house: MediaHouse;

beforeAll(async () => {
  house = await startMediaHouse(["h264-23.976"], { dataDir });
}, 90_000);
afterAll(async () => {
  await house.hearth.stop();
  maker.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};
/** Half-written files, by inode and birth: what is begun anew after a restart is another file, though it may get the inode again. */
const halfFiles = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(dataDir, { recursive: true, encoding: "utf8" }).flatMap((path) => {
      if (!/\.tmp$|\.part(\.\w+)?$|\/make-[^/]+$/.test(path)) return [];
      const found = statSync(join(dataDir, path), { throwIfNoEntry: false });
      return found === undefined ? [] : [[`${found.ino} ${found.birthtimeMs}`, path] as const];
    }),
  );
/** A longer film and a longer song than could be ready before the end. */
async function longOnes(): Promise<{ filmId: number; songId: number }> {
  const film = join(maker.folder, "Endless (2015).mkv");
  maker.run(["-stream_loop", "90", "-i", house.clip("h264-23.976").path, "-c", "copy", film]);
  const song = join(maker.folder, "Endless.flac");
  maker.make(song, { title: "Endless" }, 1800);
  await house.send(film);
  await house.hearth.fetch("/dav/home/Music", { method: "MKCOL" });
  await house.hearth.fetch("/dav/home/Music/Endless.flac", { method: "PUT", body: Bun.file(song) });
  const [{ id: filmId }, { id: songId }] = [
    await house.probed("Endless (2015).mkv"),
    await house.probed("Endless.flac"),
  ];
  return { filmId, songId };
}
/** What a kill in the middle of a write leaves; a moment too short to be met. */
function leaveHalfWritten(): void {
  const shelf = join(dataDir, "cache", "segments", "ab".repeat(16));
  mkdirSync(shelf, { recursive: true });
  writeFileSync(join(shelf, "9.m4s.77.tmp"), "half");
}

test("a killed server leaves no program running and no half file; what was under way goes on", async () => {
  const { hearth } = house;
  const { filmId, songId } = await longOnes();
  await house.call("offline.request", { itemId: filmId, rung: "240p" });
  await eventually(
    "the copy is made",
    () => [...halfFiles().values()].some((path) => path.includes("offline")),
    30_000,
  );
  // More is made than is fetched: it waits in front of a full pipe, and the copy is held still meanwhile.
  const session = await house.call<{ masterUrl: string }>("stream.begin", {
    itemId: filmId,
    capabilities: plainPlayer,
  });
  const title = await loadTitle(new URL(session.masterUrl, hearth.url).href);
  await title.video[0]?.segment(0);
  const song = await hearth.fetch(`/api/music/stream/${songId}?format=opus`);
  const heard = song.body?.getReader();
  await heard?.read();
  const names = () => [...halfFiles().values()].join();
  expect([song.status, childrenOf(hearth.pid, "ffmpeg").length >= 3, names()]).toEqual([
    200,
    true,
    expect.stringMatching(/music.*offline|offline.*music/),
  ]);
  for (const name of ["One", "Two", "Three"]) await house.send(house.clip("h264-23.976").path, `${name} (2016).mkv`);
  const children = childrenOf(hearth.pid);
  await hearth.kill();
  await heard?.read().catch(() => undefined);
  await eventually("no child of it lives", () => !children.some(isAlive), 5_000);

  leaveHalfWritten();
  const half = halfFiles();
  const { url, cookie, appPassword } = hearth;
  house = await startMediaHouse(["h264-23.976"], { dataDir, again: { url, cookie, appPassword } });
  expect((await fetch(`${url}${session.masterUrl}`)).status).not.toBe(500);
  const clip = house.clip("h264-23.976");
  const shown = await show(await house.begin(clip, plainPlayer), url, clip);
  expect((await checkPictures(shown.title.video[0]!, [1, 2], shown.truth, shown.origin)).findings).toEqual([]);
  const left = () => [...halfFiles()].flatMap(([file, path]) => (half.has(file) ? [path] : []));
  await eventually("nothing half written is left", () => left().length === 0).catch(() => expect(left()).toEqual([]));
  const { copies } = await house.call<{ copies: { state: string }[] }>("offline.list", {});
  expect(copies.map(({ state }) => state)).not.toContain("failed");
  for (const name of ["One", "Two", "Three"]) expect((await house.probed(`${name} (2016).mkv`)).state).toBe("ready");
}, 120_000);
