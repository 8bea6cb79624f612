// needs: ffmpeg
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { childrenOf, type Element, elementAt, text } from "./ebml.ts";
import { factsOfProbe } from "./facts.ts";
import { askFfprobe, everything } from "./ffprobe.ts";
import { FileWindow } from "./file-window.ts";
import { matroskaRaw } from "./matroska-raw.ts";
import { boxesIn } from "./mp4-boxes.ts";
import { mp3Length } from "./mp3-length.ts";
import { mp4Raw } from "./mp4-raw.ts";
import { probeFile } from "./probe-file.ts";
import { nearestRatio } from "./raw-words.ts";
import { openTestFilms, picture, tone, x264 } from "./testing.ts";
import type { MediaFacts } from "./types.ts";

setDefaultTimeout(60_000);
const films = openTestFilms();
afterAll(films.close);

/** By the file's own tables, and by ffprobe with the same decoder configurations; undefined when the tables are left to ffprobe. */
const bothWays = (name: string): Promise<readonly [MediaFacts, MediaFacts] | undefined> =>
  films.opened(name, "video", async ({ fd, sizeBytes }) => {
    const own = await films.containers.raw({ fd, sizeBytes });
    if (own === undefined) return undefined;
    const asked = await askFfprobe(films.exec, fd, everything, { niceness: 0 });
    return [withoutVendor(factsOfProbe(own.raw, own.configurations)), factsOfProbe(asked, own.configurations)].map(
      withoutVendor,
    ) as [MediaFacts, MediaFacts];
  });

/** Four bytes that say which company wrote a track: nobody asks for them. */
function withoutVendor(facts: MediaFacts): MediaFacts {
  const tags = Object.entries(facts.tags).filter(([name]) => name !== "vendor_id");
  return { ...facts, tags: Object.fromEntries(tags) };
}

const film = [...x264, "-g", "12", "-bf", "2"];
const both = ["-map", "0", "-map", "1"];

test("what tables tell of films is what ffprobe says", async () => {
  writeFileSync(films.path("s.srt"), "1\n00:00:00,200 --> 00:00:00,800\nHello\n");
  writeFileSync(
    films.path("c.txt"),
    ";FFMETADATA1\ntitle=A Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n",
  );
  writeFileSync(films.path("f.ttf"), "no real font");
  const tags = [
    "-metadata",
    "title=X",
    "-metadata",
    "season_number=3",
    "-metadata",
    "creation_time=2020-01-02T03:04:05Z",
  ];
  await films.make(
    ...[...picture(1, "24000/1001"), ...tone(1), "-i", "s.srt", "-i", "c.txt", "-map_chapters", "-1"],
    ...[...both, "-map", "2", ...film, "-c:a", "aac", "-c:s", "mov_text", ...tags, "plain.mp4"],
    ...[...both, "-map", "2", "-map_metadata", "3", "-map_chapters", "3", ...film, "-c:a", "ac3", "-ac", "6"],
    ...["-metadata:s:a:0", "language=ger", "-metadata:s:a:0", "title=Commentary", "-c:s", "srt"],
    ...["-disposition:s:0", "forced", "-attach", "f.ttf", "-metadata:s:t", "mimetype=font/ttf", "rich.mkv"],
    ...[...both, "-map", "1", "-map", "1", "-vf", "setsar=4/3", ...film, "-profile:v", "baseline", "-bf", "0"],
    ...["-c:a:0", "eac3", "-c:a:1", "ac3", "-c:a:2", "alac", "-map_chapters", "-1", "sounds.mp4"],
    ...[...both, "-map", "1", "-map", "1", "-map", "1", "-vf", "setsar=4/3", ...film, "-c:a:0", "libopus"],
    ...["-c:a:1", "flac", "-c:a:2", "libvorbis", "-c:a:3", "libmp3lame", "sounds.mkv"],
    ...[...both, "-c:v", "libx265", "-x265-params", "log-level=error:transfer=smpte2084:colorprim=bt2020"],
    ...["-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-c:a", "aac", "-map_chapters", "-1", "deep.mkv"],
  );
  const scale = ["-video_track_timescale", "24000"];
  await films.make(
    ...["-i", "deep.mkv", "-itsoffset", "0.3", "-i", "plain.mp4"],
    ...["-map", "0", "-c", "copy", "-tag:v", "hvc1", ...scale, "deep.mp4"],
    ...["-map", "1:v", "-map", "0:a", "-c", "copy", "-metadata:s:v:0", "rotate=90", ...scale, "late.mp4"],
    ...["-map", "1:v", "-map", "0:a", "-c", "copy", "-metadata:s:v:0", "rotate=90", ...scale, "late.mov"],
    ...["-map", "1:v", "-map", "0:a", "-c", "copy", "late.mkv"],
  );
  for (const name of [
    ...["plain.mp4", "rich.mkv", "sounds.mp4", "sounds.mkv", "deep.mkv"],
    ...["late.mp4", "late.mov", "late.mkv"],
  ]) {
    const [own, asked] = (await bothWays(name)) ?? [];
    expect({ name, facts: own, pictures: own?.video.length }).toEqual({ name, facts: asked, pictures: 1 });
  }
});

test("what only a decoder knows is left to ffprobe", async () => {
  await films.make(
    ...[...picture(1, "25"), "-f", "lavfi", "-i", "sine=d=1:r=22050"],
    ...[...both, ...film, "-c:a", "aac", "low-rate.mp4"],
    ...["-map", "0", ...film, "-movflags", "frag_keyframe+empty_moov", "fragments.mp4"],
    ...["-map", "0", "-vf", "select='not(mod(n,3))+lt(n,8)'", "-fps_mode", "vfr", ...film, "varies.mp4"],
    ...["-map", "0", "-vf", "scale=160:96,setfield=tff", ...film, "-flags", "+ildct+ilme", "fields.mkv"],
    ...["-map", "0", "-c:v", "mpeg4", "other.mkv"],
  );
  for (const name of ["low-rate.mp4", "fragments.mp4", "varies.mp4", "fields.mkv", "other.mkv"]) {
    expect({ name, both: await bothWays(name) }).toEqual({ name, both: undefined });
  }
});

test("a file that was changed at any place is read or left, and nothing else", async () => {
  for (const [name, read] of [
    ["rich.mkv", matroskaRaw],
    ["sounds.mp4", mp4Raw],
  ] as const) {
    const whole = readFileSync(films.path(name));
    const moov = Math.max(0, whole.lastIndexOf("moov"));
    const places = name.endsWith("mkv") ? fc.nat(4000) : fc.nat(whole.length - moov - 1).map((at) => moov + at);
    const changes = fc.array(fc.tuple(places, fc.nat(255)), { minLength: 1, maxLength: 6 });
    await films.opened(name, "video", ({ fd, sizeBytes }) => {
      const window = new FileWindow(fd, sizeBytes);
      expect(read(window).raw.streams?.length).toBeGreaterThan(2);
      fc.assert(
        fc.property(changes, fc.nat(whole.length), (changed, length) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changed) bytes[at] = value;
          const file = windowOver(length % 3 === 0 ? bytes.subarray(0, length) : bytes);
          try {
            JSON.stringify(read(file).raw);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Error);
          }
        }),
        { numRuns: 300 },
      );
    });
  }
});

function windowOver(bytes: Buffer): FileWindow {
  const file: Pick<FileWindow, "sizeBytes" | "bytes"> = {
    sizeBytes: bytes.length,
    bytes: (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > bytes.length) throw new Error("beyond the end");
      return bytes.subarray(offset, offset + length);
    },
  };
  return file as FileWindow;
}

test("how long sound is, without decoding it", async () => {
  const names = ["a.mp3", "a.flac", "a.ogg", "a.opus", "a.wav", "a.aiff", "a.m4a", "b.m4a"];
  const encoders = names.flatMap((name) => [...(name === "b.m4a" ? ["-c:a", "alac"] : []), name]);
  await films.make(...tone(3), ...encoders, "-b:a", "96k", "-write_xing", "0", "steady.mp3");
  await films.make(
    ...["-f", "lavfi", "-i", "sine=d=3,volume='if(lt(t,1.5),0,1)':eval=frame"],
    ...["-c:a", "libmp3lame", "-q:a", "4", "-write_xing", "0", "varies.mp3"],
  );
  const noFfprobe = { ...films, exec: { ...films.exec, run: () => Promise.reject(new Error("ffprobe was asked")) } };
  for (const name of [...names, "steady.mp3", "varies.mp3"]) {
    const { durationMs } = await films.opened(name, "audio", (file) => probeFile(noFfprobe, file));
    // An mp3 has what its encoder put before and after.
    const slackMs = name.endsWith("mp3") ? 60 : 1;
    expect({ name, isExact: Math.abs((durationMs ?? 0) - 3000) <= slackMs }).toEqual({ name, isExact: true });
  }
});

test("a long mp3 whose rate varies is counted; where that takes too long, the rest is estimated by what it is like", () => {
  // MPEG 1 layer 3, 44.1 kHz, without tables: 128 and 320 kbit/s.
  const frame = (head: number, sizeBytes: number) => {
    const bytes = Buffer.alloc(sizeBytes);
    bytes.writeUInt32BE(head, 0);
    return bytes;
  };
  const [low, high] = [frame(0xfffb_9000, 417), frame(0xfffb_e000, 1044)];
  const [lows, highs] = [80_000, 40_000];
  const file = windowOver(
    Buffer.concat([Buffer.alloc(lows * low.length, low), Buffer.alloc(highs * high.length, high)]),
  );
  expect(file.sizeBytes).toBeGreaterThan(64 * 2 ** 20);
  const seconds = ((lows + highs) * 1152) / 44_100;
  expect(mp3Length(file, () => 0)).toEqual({ seconds, by: "counting" });
  let now = 0;
  const late = mp3Length(file, () => (now += 2_000));
  expect(late.by).toBe("estimate");
  expect(Math.abs(late.seconds / seconds - 1)).toBeLessThan(0.01);
});

test("fractions are rounded as ffmpeg does it", () => {
  expect(nearestRatio(1e9, 41_708_333, 30_000)).toBe("24000/1001");
  expect(nearestRatio(1e9, 33_366_667, 30_000)).toBe("30000/1001");
  expect(nearestRatio(1e9, 40_000_000, 30_000)).toBe("25/1");
});

test("what is made to fill the memory is refused: more elements, boxes or text than any real file has", () => {
  const element = (id: string, content: Uint8Array): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(content.length) | (1n << 56n));
    return Buffer.concat([Buffer.from(id, "hex"), length, content]);
  };
  const read = (bytes: Buffer, work: (file: FileWindow, first: Element) => unknown) => {
    writeFileSync(films.path("hostile.mkv"), bytes);
    const fd = openSync(films.path("hostile.mkv"), "r");
    try {
      const file = new FileWindow(fd, bytes.length);
      return work(file, elementAt(file, 0, file.sizeBytes));
    } finally {
      closeSync(fd);
    }
  };
  const editions = element("1043a770", Buffer.from("45b980".repeat(30_000), "hex"));
  expect(() => read(editions, childrenOf)).toThrow("too many elements");
  expect(() => read(element("4487", Buffer.alloc(300_000, "a")), text)).toThrow("a text too long");
  const empty = Buffer.alloc(8 * 30_000);
  for (let at = 0; at < empty.length; at += 8) empty.write("\0\0\0\bfree", at, "latin1");
  expect(() => [...boxesIn(empty, 0, empty.length)]).toThrow("too many boxes");
});
