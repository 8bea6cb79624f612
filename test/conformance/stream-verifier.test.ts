// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clip, mediaClip } from "../kit/media-clips.ts";
import { loadTitle } from "../kit/media-title.ts";
import { type Truth, truthOf } from "../kit/media-truth.ts";
import {
  checkLength,
  checkPictures,
  checkSeek,
  checkSound,
  checkTimeline,
  originOf,
  segmentsAround,
} from "../kit/media-verify.ts";

/** Films cut by ffmpeg itself, from one run and thus in order; the checks must find nothing here and everything that is done to them. */
let clip: Clip;
let truth: Truth;
let folder: string;
let server: ReturnType<typeof Bun.serve> | undefined;
/** What a request for a path is answered with instead of the file. */
const instead = new Map<string, () => string | Uint8Array>();

function cut(source: Clip, into: string, more: { soundLateSeconds?: number; hasNegativeOffsets?: boolean } = {}): void {
  const flags = `+frag_discont${more.hasNegativeOffsets === true ? "+negative_cts_offsets" : ""}`;
  mkdirSync(into);
  const run = Bun.spawnSync([
    ...[
      "ffmpeg",
      "-v",
      "error",
      "-i",
      source.path,
      "-itsoffset",
      String(more.soundLateSeconds ?? 0),
      "-i",
      source.path,
    ],
    // Without pictures that are shown out of order ffmpeg's own times are right.
    ...[
      "-map",
      "0:v",
      "-map",
      "1:a:0",
      "-c:v",
      ...(more.hasNegativeOffsets ? ["copy"] : ["libx264", "-preset", "ultrafast", "-bf", "0", "-g", "60"]),
    ],
    ...["-c:a", "aac", "-f", "hls", "-hls_time", "2"],
    ...["-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-master_pl_name", "master.m3u8"],
    ...["-hls_fmp4_init_filename", "init_%v.mp4", "-hls_segment_filename", join(into, "s%v-%d.m4s")],
    "-hls_segment_options",
    `movflags=${flags}:use_editlist=0:avoid_negative_ts=disabled:video_track_timescale=90000`,
    ...["-output_ts_offset", "10", "-var_stream_map", "v:0,agroup:a a:0,agroup:a,default:yes", join(into, "p%v.m3u8")],
  ]);
  if (run.exitCode !== 0) throw new Error(run.stderr.toString());
}

beforeAll(async () => {
  clip = await mediaClip("h264-29.97-mp4");
  truth = await truthOf(clip);
  folder = mkdtempSync(join(tmpdir(), "hearth-verifier-"));
  cut(clip, join(folder, "whole"));
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => {
      const path = decodeURIComponent(new URL(url).pathname.slice(1));
      const content = instead.get(path)?.();
      return new Response(content === undefined ? Bun.file(join(folder, path)) : Buffer.from(content));
    },
  });
});
afterAll(async () => {
  await server?.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that the checks have to say about a film. */
async function check(name: string, film = clip, filmTruth = truth): Promise<string[]> {
  const title = await loadTitle(new URL(`${name}/master.m3u8`, server?.url).href);
  const [video, audio] = [title.video[0]!, title.audio[0]!];
  const origin = await originOf(video);
  const indexes = video.playlist.segments.map((_, index) => index);
  const pictures = await checkPictures(video, indexes, filmTruth, origin);
  const sound = await checkSound(audio, segmentsAround(audio, 8, 4), film, filmTruth, origin);
  return [
    ...(await checkTimeline(video, true)),
    ...(await checkTimeline(audio, false)),
    ...checkLength(video, filmTruth),
    ...(await checkSeek(video, 333, filmTruth, origin)),
    ...[...pictures.findings, ...pictures.warnings, ...sound.findings, ...sound.warnings],
  ];
}

const file = (name: string) => readFileSync(join(folder, name));
const text = (name: string) => file(name).toString("utf8");

async function damaged(path: string, content: string | Uint8Array): Promise<string[]> {
  instead.set(path, () => content);
  try {
    return await check("whole");
  } finally {
    instead.clear();
  }
}

test("a film cut in order passes", async () => {
  expect(await check("whole")).toEqual([]);
});

test("each thing that is done to it is noticed", async () => {
  const pictures = text("whole/p0.m3u8");
  const sounds = text("whole/p1.m3u8");
  const longer = pictures.replace(/#EXTINF:2.002\d*/, "#EXTINF:2.004");
  expect(longer).not.toBe(pictures);
  expect(await damaged("whole/p0.m3u8", longer)).toContainEqual(expect.stringContaining("EXTINF 2.004"));
  // A segment of another place, as of an older run.
  expect(await damaged("whole/s0-5.m4s", file("whole/s0-4.m4s"))).toContainEqual(expect.stringContaining("tfdt"));
  expect(await damaged("whole/s1-4.m4s", file("whole/s1-3.m4s"))).toContainEqual(
    expect.stringContaining("jumps in time"),
  );
  expect(await damaged("whole/p0.m3u8", pictures.replace("#EXT-X-ENDLIST", ""))).toContainEqual(
    expect.stringContaining("no end"),
  );
  expect(await damaged("whole/p1.m3u8", sounds.replaceAll("EXTINF:2.", "EXTINF:2.1"))).not.toEqual([]);
  expect(await damaged("whole/s0-5.m4s", file("whole/s0-5.m4s").fill(0, 3000, 4000))).not.toEqual([]);
});

test("sound that is 15 ms late, and pictures that are a frame late, are noticed", async () => {
  cut(clip, join(folder, "late sound"), { soundLateSeconds: 0.015 });
  expect(await check("late sound")).toContainEqual(expect.stringContaining("15.0 ms off"));
  // Decoders of libav show such fragments late, whatever the boxes say.
  cut(clip, join(folder, "negative"), { hasNegativeOffsets: true });
  expect(await check("negative")).toContainEqual(expect.stringContaining("33.4 ms off"));
});
