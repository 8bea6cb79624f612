// needs: ffmpeg
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import sharp from "sharp";
import type { Item } from "#apps/media/library";
import { systemClock } from "#platform/clock";
import type { Exec } from "#platform/exec";
import { createConverter } from "./converter.ts";
import { commonPart, itemMs } from "./fingerprint.ts";
import { makeFingerprint, readFingerprint } from "./make-fingerprint.ts";
import { makeLoudness } from "./make-loudness.ts";
import { makeFonts } from "./make-fonts.ts";
import { makeSubtitles } from "./make-subtitles.ts";
import { heightOf, makeTrickplay, trickplayVtt } from "./make-trickplay.ts";
import { createMaking } from "./making.ts";
import { readPosition } from "./read-position.ts";
import { Unmakeable } from "./run-ffmpeg.ts";
import { filmFacts, openTestExtras, textTrack } from "./testing.ts";

setDefaultTimeout(60_000);
const extras = openTestExtras();
const converter = createConverter();
afterAll(async () => {
  await converter.stop();
  await extras.close();
});
const { exec, files, make, opened, path } = extras;

const key = (letter: string) => `1x-${letter.repeat(32)}`;
const picture = (seconds: number) => ["-f", "lavfi", "-i", `testsrc2=s=160x90:r=10:d=${seconds}`];
const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "40", "-pix_fmt", "yuv420p"];

test("all subtitles in one pass, to the millisecond, and the fonts", async () => {
  writeFileSync(
    path("a.srt"),
    "1\n00:00:01,234 --> 00:00:02,345\n<i>Hello</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nsecond\n",
  );
  writeFileSync(path("f.ttf"), "OTTOletters");
  writeFileSync(path("g.ttf"), "no font");
  const text = ["-c:s:0", "srt", "-c:s:1", "ass", "-c:s:2", "webvtt"];
  await make(
    ...[...picture(5), "-i", "a.srt", "-map", "0", "-map", "1", "-map", "1", "-map", "1", ...x264, ...text],
    ...["-attach", "f.ttf", "-attach", "g.ttf", "-metadata:s:t", "mimetype=font/ttf", "film.mkv"],
  );
  await make("-i", "film.mkv", "-map", "0:0", "-map", "0:1", "-c:v", "copy", "-c:s", "mov_text", "film.mp4");
  const facts = filmFacts({ subtitles: [textTrack(1, "subrip"), textTrack(2, "ass"), textTrack(3, "webvtt")] });
  const made = await opened("film.mkv", 5000, (source) =>
    makeSubtitles({ exec, converter }, files, key("a"), source, facts, {}),
  );
  expect(made.map(({ file }) => file)).toEqual(["s1.srt", "s2.ass", "s3.source.vtt"]);
  const mp4 = filmFacts({ subtitles: [textTrack(1, "mov_text")] });
  await opened("film.mp4", 5000, (source) => makeSubtitles({ exec, converter }, files, key("b"), source, mp4, {}));
  for (const [content, index, start] of [
    ["a", 1, "01.234"],
    ["a", 2, "01.230"],
    ["a", 3, "01.234"],
    ["b", 1, "01.234"],
  ] as const) {
    const vtt = (await files.read(key(content), `s${index}.vtt`))?.toString();
    expect(vtt).toContain(`00:00:${start} --> 00:00:02.34`);
    expect(vtt).toContain("<i>Hello</i>");
    expect(vtt).toContain("00:00:03.000 --> 00:00:04.000\nsecond");
  }
  expect((await files.read(key("a"), "s2.ass"))?.toString()).toContain("[Events]");
  const fonts = [4, 5, 6].map((index) => ({ index, name: "f.ttf" }));
  const kept = await opened("film.mkv", 5000, (source) =>
    makeFonts(exec, files, key("a"), source, { ...facts, fonts }, {}),
  );
  expect(kept).toEqual([{ index: 4 }]);
  expect((await files.read(key("a"), "font4"))?.toString()).toBe("OTTOletters");
  expect(await files.read(key("a"), "font5")).toBeUndefined();
});

test("pictures of the seek bar: one for every ten seconds, sheets of a hundred", async () => {
  await make(...picture(34), ...x264, "long.mp4");
  const facts = filmFacts({ durationMs: 34_000 });
  const made = await opened("long.mp4", 34_000, (source) => makeTrickplay(exec, files, key("c"), source, facts, {}));
  expect(made).toEqual({ width: 320, height: 180, count: 4, sheets: 1 });
  const sheet = await files.read(key("c"), "t0.jpg");
  expect(await sharp(sheet).metadata()).toMatchObject({ width: 3200, height: 1800, format: "jpeg" });
  const lightOf = async (left: number, top: number) => {
    const part = await sharp(sheet).extract({ left, top, width: 320, height: 180 }).png().toBuffer();
    return (await sharp(part).stats()).channels[0]?.stdev ?? 0;
  };
  // The fourth is a picture, the fifth is not there.
  expect(await lightOf(960, 0)).toBeGreaterThan(20);
  expect(await lightOf(1280, 0)).toBeLessThan(5);
  const vtt = trickplayVtt(made, (number) => `t${number}.jpg`);
  expect(vtt).toContain("00:00:30.000 --> 00:00:40.000\nt0.jpg#xywh=960,0,320,180\n");
  expect(heightOf(filmFacts({ video: [{ ...first(facts.video), rotation: 90 }] }))).toBe(568);
});

const first = <T>(list: readonly T[]): T => {
  const [one] = list;
  if (one === undefined) throw new Error("empty");
  return one;
};

test("loudness of a tone, and of silence", async () => {
  await make("-f", "lavfi", "-i", "sine=f=1000:d=5:r=48000", "-af", "volume=-6dB", "-ac", "2", "tone.wav");
  const loud = await opened("tone.wav", 5000, (source) => makeLoudness(exec, source, 0, {}));
  // ffmpeg's sine peaks at 1/8 of full scale, each of two channels made of one is 3 dB lower; such a tone is as loud as its peak.
  expect(Math.abs((loud?.integratedLufs ?? 0) + 27)).toBeLessThan(1);
  expect(Math.abs((loud?.peakDb ?? 0) + 27)).toBeLessThan(1);
  await make("-f", "lavfi", "-i", "anullsrc=d=3", "-t", "3", "silence.wav");
  expect(await opened("silence.wav", 3000, (source) => makeLoudness(exec, source, 0, {}))).toBeNull();
});

test("the tune that two episodes have in common is found to the second", async () => {
  const melody = (seed: number) =>
    `aevalsrc='0.3*sin(2*PI*t*(180+40*mod(floor(t*3)*${seed}+floor(t*3/7),17)))+0.2*sin(2*PI*t*(700+90*mod(floor(t*5)*${seed + 4},13)))':s=22050`;
  const episode = async (name: string, seed: number, before: number, codec: string) => {
    // Silence is quickly made; what is listened to at the end is of no interest here.
    await make(
      ...["-f", "lavfi", "-i", `${melody(seed)}:d=${before}`, "-f", "lavfi", "-i", `${melody(5)}:d=22`],
      ...[
        "-f",
        "lavfi",
        "-i",
        `${melody(seed + 2)}:d=8`,
        "-f",
        "lavfi",
        "-i",
        `anullsrc=r=22050:d=${200 - before - 30}`,
      ],
      ...["-filter_complex", "[0][1][2][3]concat=n=4:v=0:a=1", "-c:a", codec, name],
    );
  };
  await episode("one.mka", 11, 4, "libmp3lame");
  await episode("two.mka", 7, 13.3, "flac");
  for (const [name, letter] of [
    ["one.mka", "d"],
    ["two.mka", "e"],
  ] as const) {
    await opened(name, 200_000, (source) => makeFingerprint(exec, files, key(letter), source, 0, {}));
  }
  const [a, b] = [await readFingerprint(files, key("d"), "head"), await readFingerprint(files, key("e"), "head")];
  expect(Math.abs(a.length * itemMs - 40_000)).toBeLessThan(4000);
  const found = commonPart(a, b);
  for (const [actual, expected] of [
    [found?.a.startMs, 4000],
    [found?.a.endMs, 26_000],
    [found?.b.startMs, 13_300],
    [found?.b.endMs, 35_300],
  ] as const) {
    expect(Math.abs((actual ?? -99_999) - expected)).toBeLessThan(1000);
  }
});

test("what cannot be made says so and leaves nothing behind", async () => {
  writeFileSync(path("no.mkv"), "no film");
  const failure = await opened("no.mkv", 5000, (source) =>
    makeTrickplay(exec, files, key("f"), source, filmFacts({ durationMs: 5000 }), {}),
  ).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Unmakeable);
  expect(await files.read(key("f"), "t0.jpg")).toBeUndefined();
  expect(() => files.path("../../etc", "passwd")).toThrow();
});

test("how far a program has read in a film", async () => {
  writeFileSync(path("long"), new Uint8Array(9000));
  const script = 'exec 3<"$1"; head -c 5000 <&3 >/dev/null; echo read; sleep 60; true';
  await opened("long", 0, async ({ fd }) => {
    const child = exec.stream(["sh", "-c", script, "the-one", path("long")], { timeoutMs: 60_000 });
    await child.stdout.getReader().read();
    const position = () => readPosition(fd, path("long"));
    expect(position()).toBe(5000);
    expect(readPosition(fd, "another")).toBeNull();
    child.kill();
    await child.finished.catch(() => undefined);
    expect(position()).toBeNull();
  });
});

test("a crowd that waits for things of many films starts a few programs at once, and is told when it is too many", async () => {
  let [running, most] = [0, 0];
  const run: Exec["run"] = async () => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => void setImmediate(resolve));
    running -= 1;
    return { exitCode: 1, stdout: new Uint8Array(), stderr: "" };
  };
  const facts = filmFacts({ subtitles: [textTrack(1, "subrip")] });
  const kept = new Set<string>();
  const making = createMaking({
    ...{ exec: { ...exec, run }, files, converter, clock: systemClock },
    storage: { open: () => ({ fd: 0, sizeBytes: 1, node: { etag: "e" }, close: () => undefined }) } as never,
    library: { item: () => undefined, library: () => undefined, siblings: () => [] },
    probe: { facts: () => facts, keyframes: () => Promise.resolve(null) } as never,
    rows: { get: () => undefined, keepFailure: (contentKey: string) => void kept.add(contentKey) } as never,
  });
  const films = Array.from({ length: 60 }, (_, id) => ({ id, nodeId: id, etag: "e", contentKey: `1-${id}` }) as Item);
  const done = await Promise.allSettled(films.map((film) => making.ensureNow(film, "subtitles")));
  expect(most).toBe(2);
  expect(done.filter(({ status }) => status === "rejected")).toHaveLength(60 - 32);
  expect(kept.size).toBe(32);
});
