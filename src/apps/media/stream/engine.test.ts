// needs: ffmpeg
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Piece } from "#cache/segments";
import type { Plan, Rung } from "#contract/apps/media/decide";
import { AppError } from "#platform/errors";
import { findBox, innerBoxes } from "./boxes.ts";
import { measure, readMeasured } from "./measure.ts";
import type { Rendition } from "./rendition.ts";
import { samplesOf } from "./samples.ts";
import { openTestTitle } from "./testing.ts";

setDefaultTimeout(60_000);
let folder = "";
let film = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-engine-"));
  film = join(folder, "film.mkv");
  const made = Bun.spawnSync([
    ...["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=24000/1001:d=14"],
    ...["-f", "lavfi", "-i", "sine=330:r=44100:d=12"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-x264-params", "open-gop=1:keyint=24:scenecut=0"],
    ...["-c:a", "ac3", "-b:a", "96k", film],
  ]);
  expect(made.stderr.toString()).toBe("");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const none = new AbortController().signal;
const plan = { burnsIn: null } as unknown as Plan;
const rung = (encoder: Rung["encoder"]): Rung => ({
  ...{ id: "x", encoder, codec: "h264", width: 80, height: 44, bitsPerSecond: 200_000, maxBitsPerSecond: 300_000 },
  ...{ halvesFrames: false, toneMaps: false, deinterlaces: false, machineShare: 0 },
});
const bytesOf = async (piece: Piece) =>
  Buffer.from("content" in piece ? piece.content : await Bun.file(piece.path).bytes());

type Opened = Awaited<ReturnType<typeof openTestTitle>>;
const picture = ({ title, film: { facts } }: Opened, encoder: Rung["encoder"]): Promise<Rendition> => {
  const [track] = facts.video;
  if (track === undefined) throw new Error("the clip has no picture");
  return title.picture(plan, rung(encoder), track);
};
const sound = ({ title, film: { facts } }: Opened, action: "copy" | "transcode"): Promise<Rendition> => {
  const [track] = facts.audio;
  if (track === undefined) throw new Error("the clip has no sound");
  return title.sound(
    { id: "a", index: track.index, action, codec: "aac", channels: 2, bitsPerSecond: 96_000, isDefault: true },
    track,
  );
};

/** When a segment begins and ends, in ticks, as its boxes say; and what is wrong with its composition offsets. */
function timesOf(bytes: Buffer, delay = 0) {
  const moof = findBox(bytes, ["moof"]) ?? Buffer.alloc(0);
  const tfdt = findBox(moof, ["traf", "tfdt"])?.readBigUInt64BE(4);
  const samples = samplesOf(moof, { durationTicks: 0, sizeBytes: 0, flags: 0 });
  const start = Number(tfdt) + delay;
  return { start, end: start + samples.reduce((sum, sample) => sum + sample.durationTicks, 0), count: samples.length };
}

test("copied segments are the same bytes from every start, pictures and sound, and lie where the grid says", async () => {
  const first = await openTestTitle(film);
  const renditions = [await picture(first, "copy"), await sound(first, "copy")];
  const whole = new Map<Rendition, Buffer[]>();
  for (const rendition of renditions) {
    const all: Buffer[] = [];
    const { grid } = rendition.recipe;
    const count = "count" in grid ? grid.count : grid.starts.length;
    for (let index = 0; index < count; index += 1) all.push(await bytesOf(await rendition.segment(index, "viewer")));
    whole.set(rendition, all);
  }
  for (const start of [1, 2, 4]) {
    const again = await openTestTitle(film);
    for (const [rendition, all] of whole) {
      const other = rendition.recipe.kind === "picture" ? await picture(again, "copy") : await sound(again, "copy");
      if (start >= all.length) continue;
      expect((await bytesOf(await other.segment(start, "viewer"))).equals(all[start] ?? Buffer.alloc(0))).toBe(true);
      const inits = [await rendition.init("viewer", 0), await other.init("viewer", 0)];
      expect(await bytesOf(inits[0] as Piece)).toEqual(await bytesOf(inits[1] as Piece));
    }
    await again.close();
  }
  const { grid, delaySeconds } = first.title;
  const delay = Math.round(delaySeconds * (grid?.ticksPerSecond ?? 0));
  const shift = 10 * (grid?.ticksPerSecond ?? 0);
  const times = (whole.get(renditions[0] as Rendition) ?? []).map((bytes) => timesOf(bytes, delay));
  expect(times.map(({ start }) => start - shift)).toEqual([...(grid?.starts ?? [])]);
  expect(times.map(({ end }) => end - shift)).toEqual([...(grid?.starts ?? []).slice(1), grid?.end ?? 0]);
  expect(first.warnings).toEqual([]);
  await first.close();
});

test("what is made anew begins where the copy does, and its sound goes on to the end of the picture", async () => {
  const opened = await openTestTitle(film);
  const { grid, delaySeconds } = opened.title;
  const made = await picture(opened, "software");
  const delay = Math.round(delaySeconds * (grid?.ticksPerSecond ?? 0));
  const shift = 10 * (grid?.ticksPerSecond ?? 0);
  const last = (grid?.starts.length ?? 0) - 1;
  for (const index of [2, 0, last]) {
    const { start } = timesOf(await bytesOf(await made.segment(index, "viewer")), delay);
    expect(start - shift).toBe(grid?.starts[index] ?? -1);
  }
  expect((await made.form("viewer", 0)).codecString).toBe("avc1.64001e");
  const heard = await sound(opened, "transcode");
  if (heard.recipe.kind !== "sound") throw new Error("no sound");
  const { count, end, samplesPerSegment } = heard.recipe.grid;
  // The sound of the file has ended before this segment.
  const tail = timesOf(await bytesOf(await heard.segment(count - 1, "viewer")));
  expect(tail).toMatchObject({ start: 480_000 + (count - 1) * samplesPerSegment, end: 480_000 + end });
  expect(opened.warnings).toEqual([]);
  await opened.close();
});

test("thirty who watch the same share one run of ffmpeg; a head that nobody is near ends", async () => {
  const opened = await openTestTitle(film);
  const made = await picture(opened, "software");
  const all = await Promise.all(Array.from({ length: 30 }, (_, viewer) => made.segment(0, `viewer ${viewer}`)));
  expect(new Set(all.map((piece) => piece.sizeBytes)).size).toBe(1);
  expect(opened.exec.running()).toBeLessThanOrEqual(1);
  for (let viewer = 0; viewer < 30; viewer += 1) made.leave(`viewer ${viewer}`);
  await Promise.all(made.heads().map(({ ended }) => ended));
  expect(opened.exec.running()).toBe(0);
  await opened.close();
});

test("an encoder that dies is started once more; when it dies again the last words of ffmpeg are the answer", async () => {
  const broken = join(folder, "broken.mkv");
  writeFileSync(broken, Buffer.from(await Bun.file(film).slice(0, 2000).arrayBuffer()));
  let starts = 0;
  const opened = await openTestTitle(film, {
    openSource: () => {
      starts += 1;
      const fd = openSync(broken, "r");
      return Promise.resolve({ fd, container: "matroska", seekOriginSeconds: 0, close: () => closeSync(fd) });
    },
  });
  const made = await picture(opened, "software");
  const failed = await made.segment(3, "viewer").catch((thrown: unknown) => thrown);
  expect(failed).toBeInstanceOf(AppError);
  expect((failed as AppError).detail).toMatch(/encoder|fit/);
  expect(starts).toBe(2);
  await opened.close();
});

test("an encoder in hardware that fails is replaced by the processor within the same request", async () => {
  const failures: string[] = [];
  const opened = await openTestTitle(film, {
    hardware: () => "h264_nvenc",
    hardwareFailed: (why) => void failures.push(why),
  });
  const made = await picture(opened, "hardware");
  const { start } = timesOf(await bytesOf(await made.segment(1, "viewer")));
  expect(start).toBeGreaterThan(0);
  expect(failures).toHaveLength(1);
  expect((await made.form("viewer", 0)).codecString).toBe("avc1.64001e");
  await opened.close();
});

test("a film that is gone or another by now ends with that reason, at the first try", async () => {
  let starts = 0;
  const opened = await openTestTitle(film, {
    openSource: () => {
      starts += 1;
      return Promise.reject(new AppError("gone", "The file was replaced while it was played."));
    },
  });
  const failed = await (await picture(opened, "copy")).segment(1, "viewer").catch((thrown: unknown) => thrown);
  expect(failed).toMatchObject({ code: "gone" });
  expect(starts).toBe(1);
  await opened.close();
});

test("the boxes of a segment are one moof and one mdat of the announced size", async () => {
  const opened = await openTestTitle(film);
  const bytes = await bytesOf(await (await picture(opened, "copy")).segment(1, "viewer"));
  expect(innerBoxes(bytes).map(({ type }) => type)).toEqual(["moof", "mdat"]);
  await opened.close();
});

test("how fast the machine is gets measured once and is kept", async () => {
  const opened = await openTestTitle(film);
  const deps = { exec: opened.exec, folder: join(folder, "measured") };
  expect(await readMeasured(deps)).toBeUndefined();
  const measured = await measure(deps, ["h264_nvenc"], none);
  expect(measured.software[720]).toBeGreaterThan(0);
  expect(measured.hardware).toBeNull();
  expect(await readMeasured(deps)).toMatchObject({ software: measured.software });
  await opened.close();
});

test("nobody is sixty seconds ahead for nothing: a head sleeps in its pipe, and goes on when somebody comes near", async () => {
  const long = join(folder, "long.mkv");
  Bun.spawnSync([
    ...["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=400"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-qp", "12", "-g", "20", long],
  ]);
  const opened = await openTestTitle(long);
  const copied = await picture(opened, "copy");
  await copied.segment(0, "viewer");
  const [head] = copied.heads();
  const until = performance.now() + 20_000;
  while (head?.pausedSinceMs() === null && performance.now() < until) await Bun.sleep(5);
  expect(head?.pausedSinceMs()).not.toBeNull();
  const ahead = head?.next() ?? 0;
  expect(ahead).toBeGreaterThan(12);
  expect(ahead).toBeLessThan(25);
  expect(opened.exec.running()).toBe(1);
  await copied.segment(ahead - 2, "viewer");
  expect((await copied.segment(ahead + 3, "viewer")).sizeBytes).toBeGreaterThan(0);
  expect(copied.heads()).toEqual([head as NonNullable<typeof head>]);
  // A jump: what runs there is no use any more.
  await copied.segment(90, "viewer");
  await head?.ended;
  expect(copied.heads()).not.toContain(head as NonNullable<typeof head>);
  await opened.close();
});

test("an encoder that has stopped moving is ended and started again", async () => {
  let nowMs = 0;
  const opened = await openTestTitle(film, { clock: { now: () => nowMs } });
  const made = await picture(opened, "software");
  const wanted = made.segment(2, "viewer");
  const [head] = made.heads();
  // Nothing has come yet, and the clock says that it was long.
  nowMs += 21_000;
  made.look();
  expect((await head?.ended)?.how).toBe("failed");
  expect((await wanted).sizeBytes).toBeGreaterThan(0);
  await opened.close();
});
