// needs: ffmpeg, chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openBrowser, type TestBrowser } from "../kit/browser.ts";
import { type BrowserPlayback, type BrowserPlayer, openInBrowser } from "../kit/media-browser.ts";
import type { Clip } from "../kit/media-clips.ts";
import { ladderPlayer, type MediaHouse, startMediaHouse } from "../kit/media-house.ts";
import { truthOf, type Truth } from "../kit/media-truth.ts";

/** Two players of the browser over Chromium's own decoder: the picture on the screen is the one that belongs to the time. */
let house: MediaHouse;
let browser: TestBrowser;
let clip: Clip;
let truth: Truth;
let masterUrl: string;
let leadSeconds: number;

beforeAll(async () => {
  [house, browser] = await Promise.all([startMediaHouse(["ladder"]), openBrowser()]);
  clip = house.clip("ladder");
  truth = await truthOf(clip);
  const session = await house.begin(clip, ladderPlayer);
  leadSeconds = session.leadMs / 1000;
  masterUrl = new URL(session.masterUrl ?? "", house.hearth.url).href;
}, 60_000);
afterAll(async () => {
  await browser.close();
  await house.hearth.stop();
});

const middleOf = (picture: number) =>
  ((truth.shownAt[picture] ?? 0) + (truth.shownAt[picture + 1] ?? truth.endSeconds)) / 2;

/** A time of the film by the clock of the players: both count from the first picture that is decoded, which `stream.begin` tells. */
const clockOf = (seconds: number) => seconds + leadSeconds;

async function seekTenTimes(player: BrowserPlayback, name: BrowserPlayer): Promise<void> {
  // shaka-player chooses a segment by the play list's times and its own clock, which is ahead: the last two pictures of a segment, and of the
  // film, are played and cannot be sought (decision 19).
  const isAhead = name === "shaka-player";
  const [ofSegment, ofFilm] = isAhead ? [97, 397] : [99, 399];
  const pictures = [210, 7, ofFilm, 151, 260, ofSegment, 349, 50, 301, 149];
  const shown: (number | null)[] = [];
  for (const picture of pictures) shown.push(await player.seek(clockOf(middleOf(picture)), picture));
  expect(shown).toEqual(pictures);
}

async function switchRungs(player: BrowserPlayback): Promise<void> {
  const heights = (await player.heights()).toSorted((a, b) => a - b);
  expect(heights.length).toBeGreaterThan(2);
  await player.seek(clockOf(middleOf(10)), 10);
  for (const height of [heights[0]!, heights.at(-1)!, heights[1]!, heights[0]!]) {
    await player.force(height);
    const watched = await player.watch(height, 3);
    expect({ height, seen: watched.filter((one) => one.height === height).length >= 3 }).toEqual({
      height,
      seen: true,
    });
    const numbers = watched.map(({ number }) => number ?? -1);
    expect(numbers).not.toContain(-1);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    // Still in this rung: the next pictures are where they belong.
    const next = Math.min((numbers.at(-1) ?? 0) + 2, clip.pictures - 1);
    expect(await player.seek(clockOf(middleOf(next)), next)).toBe(next);
  }
}

for (const name of ["hls.js", "shaka-player"] as const satisfies readonly BrowserPlayer[]) {
  test(`${name} in Chromium: ten seeks, and rungs forced up and down`, async () => {
    const visit = await browser.visit({ url: house.hearth.url });
    const player = await openInBrowser(visit.page, masterUrl, name);
    expect(Math.abs((await player.durationSeconds()) - truth.endSeconds)).toBeLessThan(0.1);
    if (name === "shaka-player") expect(await player.shownHeight()).toBe(Math.max(...(await player.heights())));
    await seekTenTimes(player, name);
    await switchRungs(player);
    expect((await player.complaints()).filter((line) => line.startsWith("fatal"))).toEqual([]);
    await visit.context.close();
  });
}
