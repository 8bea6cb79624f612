// needs: ffmpeg
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { FileWindow, Unreadable } from "./file-window.ts";
import { packKeyframes, unpackKeyframes } from "./keyframes-form.ts";
import { scanKeyframes } from "./keyframes-ffprobe.ts";
import { matroskaKeyframes } from "./matroska-keyframes.ts";
import { mp4Keyframes } from "./mp4-keyframes.ts";
import { openTestFilms, picture, tone, x264 } from "./testing.ts";
import type { KeyframeIndex } from "./types.ts";

setDefaultTimeout(60_000);
const films = openTestFilms();
afterAll(films.close);

const openGop = ["-bf", "3", "-g", "30", "-x264-params", "open-gop=1:b-pyramid=normal:scenecut=0"];
await films.make(...picture(6, "24000/1001"), ...tone(6), ...x264, ...openGop, "-c:a", "aac", "open.mp4");
await films.make("-i", "open.mp4", "-c", "copy", "open.mkv");
const thin = "select='not(mod(n,3))+lt(n,40)'";
await films.make(...picture(6), "-vf", thin, "-fps_mode", "vfr", ...x264, "-g", "20", "-bf", "2", "irregular.mkv");
await films.make(...picture(4), "-c:v", "libx265", "-x265-params", "log-level=error:keyint=25:open-gop=1", "hevc.mkv");

/** What the packets say, as ffprobe reads them. */
async function referee(name: string) {
  const argv = ["ffprobe", "-v", "error", "-fflags", "+genpts", "-select_streams", "V:0", "-of", "json"];
  const wanted = ["-show_entries", "packet=pts,duration,flags:stream=time_base"];
  const { packets, streams } = JSON.parse(new TextDecoder().decode(await films.run([...argv, ...wanted, name]))) as {
    packets: { pts?: number; duration?: number; flags: string }[];
    streams: { time_base: string }[];
  };
  const times = packets.map(({ pts = Number.NaN }) => pts);
  const keys = packets.flatMap(({ flags }, index) => (flags.startsWith("K") ? index : []));
  const open = keys.flatMap((key, at) => {
    const next = keys[at + 1] ?? packets.length;
    return times.slice(key + 1, next).some((time) => time < (times[key] ?? 0)) ? at : [];
  });
  return {
    timeBase: streams[0]?.time_base.split("/").map(Number),
    pts: keys.map((key) => times[key]),
    open,
    endPts: Math.max(...packets.map(({ pts, duration = 0 }) => (pts ?? 0) + duration)),
  };
}

const inProcess = (name: string) =>
  films.opened(name, "video", ({ fd, sizeBytes }) => {
    const read = name.endsWith(".mkv") ? matroskaKeyframes : mp4Keyframes;
    return read(new FileWindow(fd, sizeBytes), 0);
  });

const compared = ({ timeBase, pts, open, endPts }: KeyframeIndex) => ({ timeBase, pts, open, endPts });

describe("tables and packets say the same", () => {
  const copies: Readonly<Record<string, readonly string[]>> = {
    "open.mp4": [],
    "open.mkv": [],
    "hevc.mkv": [],
    "irregular.mkv": [],
    "fast-start.mp4": ["-i", "open.mp4", "-movflags", "faststart"],
    "fragments.mp4": ["-i", "open.mp4", "-movflags", "frag_keyframe+empty_moov"],
    "delayed-fragments.mp4": ["-i", "open.mp4", "-movflags", "frag_keyframe+delay_moov"],
    "negative-offsets.mp4": ["-i", "open.mp4", "-movflags", "negative_cts_offsets"],
    "hevc.mp4": ["-i", "hevc.mkv", "-tag:v", "hvc1"],
    "later.mp4": ["-itsoffset", "1.5", "-i", "open.mp4", "-i", "open.mp4", "-map", "0:v", "-map", "1:a"],
    "live.mkv": ["-i", "open.mp4", "-live", "1"],
    "one-cluster-each.mkv": ["-i", "open.mp4", "-cluster_time_limit", "200"],
  };
  for (const [name, make] of Object.entries(copies)) {
    test(name, async () => {
      if (make.length > 0) await films.make(...make, "-c", "copy", name);
      const index = await inProcess(name);
      expect(index && compared(index)).toEqual((await referee(name)) as never);
    });
  }

  test("a Matroska file that was written to a pipe has no cues", async () => {
    const bytes = await films.run([
      "ffmpeg",
      "-v",
      "error",
      "-i",
      films.path("open.mp4"),
      "-c",
      "copy",
      "-f",
      "matroska",
      "-",
    ]);
    await Bun.write(films.path("piped.mkv"), bytes);
    const index = await inProcess("piped.mkv");
    expect(index && compared(index)).toEqual((await referee("piped.mkv")) as never);
  });
});

describe("what tables cannot say is read from the packets", () => {
  test("an edit list that begins amid the film", async () => {
    await films.make("-ss", "2.2", "-i", "open.mp4", "-c", "copy", "cut.mp4");
    await expect(inProcess("cut.mp4")).rejects.toThrow(Unreadable);
    expect(await scan("cut.mp4")).toEqual((await referee("cut.mp4")) as never);
  });

  test("MPEG-TS, also when its clock wraps, and AVI without times of showing", async () => {
    await films.make("-i", "open.mp4", "-c", "copy", "open.ts");
    await films.make("-output_ts_offset", "95442", "-i", "open.mp4", "-c", "copy", "wraps.ts");
    await films.make(...picture(4), "-c:v", "mpeg4", "-bf", "2", "-g", "30", "old.avi");
    for (const name of ["open.ts", "wraps.ts", "old.avi"])
      expect(await scan(name)).toEqual((await referee(name)) as never);
  });

  const scan = async (name: string) => {
    const [over = 0, under = 0] = (await referee(name)).timeBase ?? [];
    const index = await films.opened(name, "video", ({ fd, sizeBytes }) =>
      scanKeyframes(films.exec, { fd, sizeBytes, streamIndex: 0, timeBase: [over, under] }),
    );
    return index && compared(index);
  };
});

test("damaged tables are refused, never believed or waited for", async () => {
  for (const name of ["open.mp4", "open.mkv"]) {
    const good = new Uint8Array(await Bun.file(films.path(name)).arrayBuffer());
    for (let round = 0; round < 150; round += 1) {
      const bytes = good.slice(0, round % 3 === 0 ? Math.floor((good.length * round) / 150) : good.length);
      // The tables of both are within these parts; what a flip does there must end in an answer or in Unreadable.
      const at = name === "open.mp4" ? bytes.length - 1 - ((round * 97) % 4000) : (round * 31) % 5000;
      if (bytes[at] !== undefined) bytes[at] = 255 - (bytes[at] ?? 0);
      await Bun.write(films.path("damaged.bin"), bytes);
      const startedAt = performance.now();
      await films.opened("damaged.bin", "video", ({ fd, sizeBytes }) => {
        try {
          const read = name === "open.mp4" ? mp4Keyframes : matroskaKeyframes;
          read(new FileWindow(fd, sizeBytes), 0);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
        }
      });
      expect(performance.now() - startedAt).toBeLessThan(20_000);
    }
  }
});

test("cues that are there to fill the memory are left: the index is made from the blocks, or not here", async () => {
  const element = (id: string, ...content: readonly Uint8Array[]): Buffer => {
    const body = Buffer.concat(content);
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
    return Buffer.concat([Buffer.from(id, "hex"), length, body]);
  };
  const [head, cluster, cues, nothing] = ["1a45dfa3", "1f43b675", "1c53bb6b", "ec"];
  // At time 1, of track 1, at the beginning of the segment, where no cluster is.
  const wrong = Buffer.from("bb8bb38101b786f78101f18100", "hex");
  const argv = ["-v", "error", "-i", films.path("open.mp4"), "-an", "-c", "copy", "-f", "matroska", "-"];
  const film = Buffer.from(await films.run(["ffmpeg", ...argv]));
  const at = film.indexOf(Buffer.from(cluster, "hex"));
  const indexWith = async (...content: readonly Uint8Array[]) => {
    const bytes = Buffer.concat([film.subarray(0, at), element(cues, ...content), film.subarray(at)]);
    await Bun.write(films.path("cues.mkv"), bytes);
    return inProcess("cues.mkv");
  };
  await expect(indexWith(wrong)).rejects.toThrow(Unreadable);
  const expected = (await referee("open.mp4")).pts.length;
  for (const content of [
    [Buffer.alloc(wrong.length * 100_001, wrong)],
    [element(nothing, Buffer.alloc(4 * 2 ** 20)), wrong],
  ]) {
    expect((await indexWith(...content))?.pts.length).toBe(expected);
  }

  // A key frame, and after it pictures that are all shown before it.
  const block = (time: number, flags: number) => Buffer.from([0xa3, 0x85, 0x81, 0, time, flags, 0]);
  const blocks = [block(9, 0x80), ...Array.from({ length: 2000 }, () => block(5, 0)), block(20, 0x80), block(25, 0)];
  const track = element("ae", Buffer.from("d78101838101", "hex"), element("86", Buffer.from("V_MPEG4/ISO/AVC")));
  const tracks = element("1654ae6b", track);
  const cuesTo = (offset: number) =>
    element(
      cues,
      ...[9, 20].map((time) =>
        Buffer.from([0xbb, 0x8b, 0xb3, 0x81, time, 0xb7, 0x86, 0xf7, 0x81, 1, 0xf1, 0x81, offset]),
      ),
    );
  const before = [tracks, cuesTo(tracks.length + cuesTo(0).length)];
  const whole = [
    element(head),
    element("18538067", ...before, element(cluster, Buffer.from("e78100", "hex"), ...blocks)),
  ];
  await Bun.write(films.path("leading.mkv"), Buffer.concat(whole));
  await expect(inProcess("leading.mkv")).rejects.toThrow("never come to an end");
}, 60_000);

test("an index is kept exactly", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 })), (times) => {
      const pts = [...new Set(times)].toSorted((a, b) => a - b);
      const index = {
        streamIndex: 1,
        timeBase: [1, 90_000],
        pts,
        endPts: 7,
        open: [2],
        leadPts: [1],
        bytes: [],
      } as const;
      expect(unpackKeyframes(packKeyframes(index))).toEqual(index);
    }),
  );
});
