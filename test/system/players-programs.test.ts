// needs: ffmpeg, mpv, vlc, /usr/share/doc/vlc-plugin-base/copyright, setpriv, gst-play-1.0
// needs: /usr/share/doc/gstreamer1.0-plugins-good/copyright, /usr/share/doc/gstreamer1.0-plugins-bad/copyright
// needs: /usr/share/doc/gstreamer1.0-libav/copyright
import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyingPlayer, type MediaHouse, startMediaHouse } from "../kit/media-house.ts";
import { decodePictures, decodeSound } from "../kit/media-decode.ts";
import { openMpv, playWithGstreamer, playWithVlc } from "../kit/media-programs.ts";
import { truthOf, type Truth } from "../kit/media-truth.ts";
import type { Clip } from "../kit/media-clips.ts";

/** Programs that play the same master play list, each with a reader of HLS and MP4 of its own. */
let house: MediaHouse;
let clip: Clip;
let truth: Truth;
let masterUrl: string;
let fileUrl: string;

beforeAll(async () => {
  house = await startMediaHouse(["h264-23.976"]);
  clip = house.clip("h264-23.976");
  truth = await truthOf(clip);
  const session = await house.begin(clip, copyingPlayer);
  masterUrl = new URL(session.masterUrl ?? "", house.hearth.url).href;
  fileUrl = new URL(session.fileUrl, house.hearth.url).href;
}, 60_000);
afterAll(() => house.hearth.stop());

const everyPicture = () => Array.from({ length: clip.pictures }, (_, picture) => picture);
const middleOf = (picture: number) => ((truth.shownAt[picture] ?? 0) + (truth.shownAt[picture + 1] ?? 0)) / 2;

test("ffmpeg plays all of it", async () => {
  const { value, warnings } = await decodePictures(masterUrl);
  expect({ numbers: value.map(({ number }) => number), warnings }).toEqual({ numbers: everyPicture(), warnings: [] });
  expect((await decodeSound(masterUrl)).warnings).toEqual([]);
});

test("mpv shows the picture that is sought, in the stream and in the file", async () => {
  for (const url of [masterUrl, fileUrl]) {
    const mpv = await openMpv(url);
    try {
      if (url === masterUrl) await mpv.loaded();
      for (const picture of [300, 20, 455, 151]) {
        expect(await mpv.seek((truth.shownAt[picture] ?? 0) - 0.003)).toBe(picture);
      }
      await mpv.command("set_property", "speed", 4);
      await mpv.command("set_property", "pause", false);
      await mpv.ended();
      expect(mpv.complaints()).toEqual([]);
    } finally {
      await mpv.stop();
    }
  }
});

test("GStreamer plays all of it, and from the middle", async () => {
  const whole = await playWithGstreamer(masterUrl);
  expect(whole.run.output).not.toMatch(/ERROR|WARN/);
  expect(whole.numbers).toEqual(everyPicture());
  const rest = await playWithGstreamer(masterUrl, middleOf(250));
  expect(rest.numbers.at(-1)).toBe(clip.pictures - 1);
  // It begins with the key frame before.
  expect(rest.numbers[0]).toBeLessThanOrEqual(250);
  expect(rest.numbers[0]).toBeGreaterThan(150);
});

test("VLC plays to the end, from the beginning and from the middle", async () => {
  for (const first of [0, 250]) {
    const { numbers, run } = await playWithVlc(masterUrl, first === 0 ? 0 : middleOf(first));
    expect(run.exitCode).toBe(0);
    expect(run.output).not.toMatch(/decoder error|demux error|stream error/);
    // At four times the speed it may leave out some.
    expect(numbers.length).toBeGreaterThan((clip.pictures - first) / 2);
    expect(numbers.at(-1)).toBeGreaterThan(clip.pictures - 5);
    expect(numbers.slice(1).every((number, index) => (number ?? -1) >= (numbers[index] ?? 0))).toBe(true);
  }
});
