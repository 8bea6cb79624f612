// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childrenOf, mostChildren } from "../kit/media-children.ts";
import { copyingPlayer, type MediaHouse, plainPlayer, startMediaHouse } from "../kit/media-house.ts";
import { show } from "../kit/media-prove.ts";
import { checkPictures } from "../kit/media-verify.ts";
import { eventually } from "./browser-support.ts";
import { defectsIn } from "./support.ts";

/** What goes wrong in a house while a film is played. */
let house: MediaHouse;
const dataDir = mkdtempSync(join(tmpdir(), "hearth-faults-"));
const segmentFolder = join(dataDir, "cache", "segments");
const canMount = process.getuid?.() === 0;
const viewers = 30;

beforeAll(async () => {
  if (canMount) {
    mkdirSync(segmentFolder, { recursive: true });
    const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", segmentFolder]);
    if (status !== 0) throw new Error(stderr.toString());
  }
  const config = join(dataDir, "hearth.yaml");
  // Thirty playbacks of one person.
  writeFileSync(config, JSON.stringify({ services: { media: { transcoding: { perPerson: 64 } } } }));
  house = await startMediaHouse(["h264-23.976", "h264-open-gop", "hevc-mp4", "phone"], { dataDir });
}, 90_000);
afterAll(async () => {
  await house.hearth.stop();
  if (canMount) spawnSync("umount", [segmentFolder]);
  rmSync(dataDir, { recursive: true, force: true });
});

const statusOf = async (url: string): Promise<number> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  await response.bytes();
  return response.status;
};

test("ffmpeg that is killed in the middle is noticed by nobody", async () => {
  const clip = house.clip("phone");
  const shown = await show(await house.begin(clip, plainPlayer), house.hearth.url, clip);
  const video = shown.title.video[0]!;
  const indexes = video.playlist.segments.map((_, index) => index);
  let killed = 0;
  const killer = setInterval(() => {
    for (const pid of killed < 3 ? childrenOf(house.hearth.pid, "ffmpeg") : []) {
      process.kill(pid, "SIGKILL");
      killed++;
    }
  }, 50);
  try {
    // Nothing of the rest is ready: what is made for it is killed again and again.
    expect((await checkPictures(video, indexes.toReversed().toSorted(), shown.truth, shown.origin)).findings).toEqual(
      [],
    );
  } finally {
    clearInterval(killer);
  }
  expect(killed).toBeGreaterThan(0);
});

test("thirty viewers of one title: each gets everything, and it is made once", async () => {
  const clip = house.clip("hevc-mp4");
  const sessions = await Promise.all(Array.from({ length: viewers }, () => house.begin(clip, plainPlayer)));
  const watched = Promise.all(
    sessions.map(async (session) => {
      const { title } = await show(session, house.hearth.url, clip);
      const [video, audio] = [title.video[0]!, title.audio[0]!];
      const pictures = await video.joined(video.playlist.segments.map((_, index) => index));
      const sound = await audio.joined(audio.playlist.segments.map((_, index) => index));
      return `${Bun.hash(pictures)} ${Bun.hash(sound)}`;
    }),
  );
  // One for the picture and one for the sound, and what is just ending.
  expect(await mostChildren(house.hearth.pid, "ffmpeg", watched)).toBeLessThanOrEqual(4);
  expect(new Set(await watched).size).toBe(1);
  await Promise.all(sessions.map((session) => house.end(session)));
});

test("a full disk of the cache: the film goes on, and nothing else fails", async () => {
  // Without the right to mount there is no disk that can be filled.
  if (!canMount) return;
  const { bavail, bsize } = statfsSync(segmentFolder);
  writeFileSync(join(segmentFolder, "ballast"), new Uint8Array(Math.max(0, bavail * bsize - 20_000)));
  const clip = house.clip("h264-open-gop");
  const shown = await show(await house.begin(clip, copyingPlayer), house.hearth.url, clip);
  const video = shown.title.video[0]!;
  const indexes = video.playlist.segments.map((_, index) => index);
  expect((await checkPictures(video, indexes, shown.truth, shown.origin)).findings).toEqual([]);
  rmSync(join(segmentFolder, "ballast"));
  const again = await show(await house.begin(clip, copyingPlayer), house.hearth.url, clip);
  expect((await checkPictures(again.title.video[0]!, indexes, again.truth, again.origin)).findings).toEqual([]);
});

test("a file that is replaced while it plays: no segment mixes the two, and a new playback has the new one", async () => {
  const [clip, other] = [house.clip("h264-23.976"), house.clip("h264-open-gop")];
  const shown = await show(await house.begin(clip, copyingPlayer), house.hearth.url, clip);
  const video = shown.title.video[0]!;
  await video.segment(0);
  await house.send(other.path, clip.recipe.file);
  for (const index of video.playlist.segments.keys()) {
    const status = await statusOf(video.playlist.segments[index]?.url ?? "");
    expect([200, 404, 409, 410, 503]).toContain(status);
    if (status !== 200) continue;
    expect((await checkPictures(video, [index], shown.truth, shown.origin)).findings).toEqual([]);
  }
  await eventually(
    "the new content is played",
    async () => {
      const session = await house.begin(clip, copyingPlayer);
      const now = await show(session, house.hearth.url, other).catch(() => undefined);
      const found = now && (await checkPictures(now.title.video[0]!, [0], now.truth, now.origin));
      return found?.findings.length === 0;
    },
    60_000,
  );
});

test("a file that vanishes: an answer that says so, at once for whoever begins", async () => {
  const clip = house.clip("phone");
  const session = await house.begin(clip, copyingPlayer);
  const shown = await show(session, house.hearth.url, clip);
  const id = session.itemId;
  await house.hearth.fetch(`/dav/home/Films/${encodeURIComponent(clip.recipe.file)}`, { method: "DELETE" });
  for (const { url } of shown.title.video[0]!.playlist.segments) {
    expect([200, 404, 410, 503]).toContain(await statusOf(url));
  }
  const answer = await house.call("stream.begin", { itemId: id, capabilities: copyingPlayer }).catch(String);
  expect(answer).toMatch(/: 4\d\d /);
  expect(await statusOf(`${house.hearth.url}/healthz`)).toBe(200);
});

test("nothing of this is a defect of the program", () => {
  expect(defectsIn(house.hearth.log())).toEqual([]);
});
