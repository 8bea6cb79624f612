import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { pictureBox, screenBox } from "./drawing.ts";
import { actOf } from "./keys.ts";
import { correction, targetMs } from "./sync.ts";
import { chapterAt, chaptersIn, formatClock, skipAt, spokenClock, trickplayAt } from "./times.ts";
import { audioTracks, subtitleChoices } from "./tracks.ts";
import { parseWatchSearch } from "./url-state.ts";

describe("times", () => {
  test("as on a clock, and as said", () => {
    expect([5, 65, 3729, Number.NaN].map(formatClock)).toEqual(["0:05", "1:05", "1:02:09", "0:00"]);
    expect([0, 61, 7200].map(spokenClock)).toEqual(["0 seconds", "1 minute 1 second", "2 hours"]);
  });

  test("the picture of every moment lies in its sheet", () => {
    const of = { intervalMs: 10_000, width: 320, height: 180, columns: 10, rows: 10, count: 250, vttUrl: "" };
    const trickplay = { ...of, sheetUrls: ["a", "b", "c"] };
    expect(trickplayAt(trickplay, 1_234)).toEqual({ url: "b", x: 960, y: 360, width: 320, height: 180 });
    fc.assert(
      fc.property(fc.double({ min: -10, max: 10_000, noNaN: true }), (seconds) => {
        const found = trickplayAt(trickplay, seconds);
        expect(found?.x).toBeLessThan(3200);
        expect(found?.y).toBeLessThan(1800);
      }),
    );
  });

  test("chapters and what can be skipped are in the clock of the player", () => {
    const chapters = chaptersIn(
      [
        { startMs: 500, endMs: 60_500, title: "One" },
        { startMs: 60_500, endMs: 99_000, title: null },
        { startMs: 999_000, endMs: 999_999, title: "beyond the end" },
      ],
      500,
      100,
    );
    expect(chapters).toEqual([
      { at: 0, title: "One", number: 1 },
      { at: 60, title: null, number: 2 },
    ]);
    expect(chapterAt(chapters, 61)?.number).toBe(2);
    const extras = { intro: { startMs: 10_500, endMs: 40_500 }, credits: null };
    expect([5, 10, 36, 38].map((at) => skipAt(extras, 500, at)?.to ?? null)).toEqual([null, 40, 40, null]);
  });
});

test("drawn subtitles lie over the picture; a disc's screen as wide as the film that was cut out of it", () => {
  const wide = { width: 1920, height: 800 };
  const disc = { width: 1920, height: 1080 };
  const desk = { width: 1600, height: 900 };
  expect(pictureBox({ width: 390, height: 844 }, disc)).toEqual({
    width: 390,
    height: 219.375,
    left: 0,
    top: 312.3125,
  });
  expect(screenBox(desk, wide, disc)).toEqual({ width: 1600, height: 900, left: 0, top: 0 });
  // The film fills a player of its own shape: nothing may stand outside of it.
  expect(screenBox({ width: 960, height: 400 }, wide, disc)).toMatchObject({ height: 400, top: 0 });
  // Before anything is known.
  expect(pictureBox(desk, { width: 0, height: 0 })).toMatchObject({ width: 0, height: 0 });
});

describe("keys", () => {
  const press = (key: string, more = {}) => actOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });
  test("those of every player, and none of the browser's", () => {
    expect(press(" ")).toEqual({ act: "toggle" });
    expect(press("J")).toEqual({ act: "seekBy", by: -10 });
    expect(press("7")).toEqual({ act: "seekTo", part: 0.7 });
    expect(press("f", { ctrlKey: true })).toBeUndefined();
    expect(press("Tab")).toBeUndefined();
  });
});

describe("together", () => {
  test("every player comes within 0.1 seconds of the others, and stays", () => {
    const start = fc.integer({ min: -5_000, max: 5_000 });
    fc.assert(
      fc.property(start, fc.double({ min: -0.002, max: 0.002, noNaN: true }), (offMs, skew) => {
        let at = 60_000 + offMs;
        let rate = 1;
        const room = { isPlaying: true, positionMs: 60_000, atMs: 0 };
        for (let now = 0; now <= 30_000; now += 250) {
          const target = targetMs(room, now);
          if (now > 20_000) expect(Math.abs(target - at)).toBeLessThan(100);
          const next = correction(at, target, true);
          rate = next.rate;
          at = (next.jumpTo ?? at) + 250 * rate * (1 + skew);
        }
      }),
    );
  });

  test("paused, all stand at the same picture", () => {
    expect(correction(61_000, targetMs({ isPlaying: false, positionMs: 60_000, atMs: 0 }, 9_000), false)).toEqual({
      jumpTo: 60_000,
      rate: 1,
    });
  });
});

describe("names", () => {
  const track = { codec: "aac", isDefault: false, isForced: false, profile: null, codecString: null, layout: null };
  const rest = { ...track, samplesPerSecond: 48_000, bitsPerSecond: null, isCommentary: false };
  test("sound tracks by language, title and channels; two alike are told apart", () => {
    const audio = [
      { ...rest, index: 1, language: "ger", title: null, channels: 6 },
      { ...rest, index: 2, language: "en", title: "Director", channels: 2, isCommentary: true },
      { ...rest, index: 3, language: null, title: null, channels: 1 },
      { ...rest, index: 4, language: "ger", title: null, channels: 6 },
    ];
    expect(audioTracks({ audio }).map(({ name }) => name)).toEqual([
      "German · 5.1 (1)",
      "English · Director · Commentary · Stereo",
      "Track 3 · Mono",
      "German · 5.1 (2)",
    ]);
  });

  test("pictures as subtitles are possible only where the server draws them", () => {
    const of = {
      origin: "embedded",
      format: "hdmv_pgs_subtitle",
      form: "image",
      title: null,
      isDefault: false,
    } as const;
    const more = { isForced: false, isHearingImpaired: false, vttUrl: null, originalShiftMs: 0, isPending: false };
    const named = { ...of, ...more, key: "s3", streamIndex: 3, language: "fre", originalUrl: "/s3.sup" };
    const only = { subtitles: [named], fonts: [] };
    const [burnt] = subtitleChoices(only, undefined, { styled: true, image: false });
    expect(burnt).toMatchObject({ name: "French · drawn into the picture", burnIndex: 3, isPossible: false });
    const [drawn] = subtitleChoices(only, undefined, { styled: true, image: true });
    expect(drawn).toMatchObject({ name: "French", burnIndex: null, isPossible: true, drawn: { kind: "pgs" } });
  });
});

test("an address says where to begin and with whom", () => {
  expect(parseWatchSearch({ t: "12.5", room: "a".repeat(22) })).toEqual({ t: 12.5, room: "a".repeat(22) });
  expect(parseWatchSearch({ t: "-1", room: "../x" })).toEqual({});
});
