// needs: chromium, ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import type { Session } from "#contract/apps/media/stream";
import type { Clip } from "../kit/media-clips.ts";
import { ladderPlayer, type MediaHouse, startMediaHouse } from "../kit/media-house.ts";
import { readStrip, strip } from "../kit/media-picture.ts";
import { eventually, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
const slowMachineMs = 120_000;
/** Long enough to be gone on with, and made in a second. */
const longSeconds = 400;
let house: MediaHouse;
let longId = 0;

beforeAll(async () => {
  house = await startMediaHouse(["h264-29.97-mp4", "tracks"]);
  const folder = mkdtempSync(join(tmpdir(), "hearth-player-"));
  try {
    const path = join(folder, "Evening (2020).mp4");
    await makeLongFilm(path);
    await house.send(path);
    longId = (await house.probed("Evening (2020).mp4")).id;
  } finally {
    rmSync(folder, { recursive: true });
  }
}, slowMachineMs);
afterAll(() => house.hearth.stop());

async function makeLongFilm(path: string): Promise<void> {
  const argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", `testsrc=size=160x90:rate=4:duration=${longSeconds}`];
  const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "20"];
  const made = Bun.spawn([...argv, ...x264, "-movflags", "+faststart", path]);
  expect(await made.exited).toBe(0);
}

interface Shown {
  readonly at: number;
  readonly isPaused: boolean;
  readonly isEnded: boolean;
  readonly isMuted: boolean;
  readonly isReady: boolean;
}

const look = (page: Page): Promise<Shown> =>
  page.evaluate(() => {
    const video = document.querySelector("video")!;
    const { currentTime, paused, ended, muted, readyState, seeking } = video;
    return { at: currentTime, isPaused: paused, isEnded: ended, isMuted: muted, isReady: readyState >= 2 && !seeking };
  });

const until = (page: Page, what: string, isRight: (shown: Shown) => boolean) =>
  eventually(what, async () => isRight(await look(page)));

async function open(path: string, options: { isPhone?: boolean; isDark?: boolean } = {}): Promise<Page> {
  const { page } = await visit({ url: house.hearth.url, cookie: house.hearth.cookie, ...options });
  await page.goto(path);
  await page.locator("video").waitFor();
  // A page that was opened by its address alone may not make sound before somebody has touched it.
  await until(page, "ready", ({ isReady }) => isReady);
  return page;
}

async function play(page: Page): Promise<void> {
  if ((await look(page)).isPaused) await page.keyboard.press("k");
  const { at } = await look(page);
  await until(page, "playing", (shown) => !shown.isPaused && shown.at > at + 0.3);
}

/** Two taps a tenth of a second apart by the clock that the page sees, however long it takes to send them. */
async function doubleTap(page: Page, [x, y]: readonly [number, number]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const begin = Date.now() / 1000;
  for (const at of [begin, begin + 0.1]) {
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }], timestamp: at });
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [], timestamp: at + 0.05 });
  }
  await session.detach();
}

/** Number of the picture that is shown. */
const numberShown = async (page: Page): Promise<number | null> => {
  const pixels = await page.evaluate(({ width, height }) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(document.querySelector("video")!, 0, 0, width, height);
    return [...context.getImageData(0, 0, width, height).data];
  }, strip);
  return readStrip(Uint8Array.from(pixels), 4).number;
};

/** Goes there by the keys of the tenths: the picture that is shown is the one of that moment. */
async function seekToTenth(page: Page, tenth: number, { recipe }: Clip, durationSeconds: number): Promise<void> {
  await page.keyboard.press(String(tenth));
  await until(page, "sought", ({ isReady, at }) => isReady && Math.abs(at - (tenth / 10) * durationSeconds) < 0.3);
  const [frames, seconds] = recipe.rate;
  const expected = Math.floor((tenth / 10) * durationSeconds * (frames / seconds) + 0.001);
  let shown: number | null = null;
  await eventually(`picture ${expected}`, async () => {
    shown = await numberShown(page);
    return shown === expected;
  }).catch(() => expect(shown).toBe(expected));
}

/** As the server says it to players. */
async function durationOf(itemId: number): Promise<number> {
  const { id, durationMs } = await house.call<Session>("stream.begin", { itemId });
  await house.call("stream.end", { sessionId: id });
  return (durationMs ?? 0) / 1000;
}

test(
  "a file that the browser plays is played as it is; keys, the bar and the picture after a seek",
  async () => {
    const clip = house.clip("h264-29.97-mp4");
    const itemId = await house.itemOf(clip);
    const durationSeconds = await durationOf(itemId);
    const page = await open(`/watch/${itemId}`);
    const stage = page.locator("[data-method]");
    expect(await stage.getAttribute("data-method")).toBe("direct");
    await play(page);
    await page.keyboard.press(" ");
    await until(page, "paused", ({ isPaused }) => isPaused);
    for (const tenth of [5, 2, 8]) {
      await seekToTenth(page, tenth, clip, durationSeconds);
    }
    const { at } = await look(page);
    await page.keyboard.press("j");
    await until(page, "ten seconds back", (shown) => shown.isReady && Math.abs(shown.at - (at - 10)) < 0.1);
    await page.keyboard.press("m");
    await until(page, "muted", ({ isMuted }) => isMuted);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor({ state: "hidden" });
    const bar = (await page.getByRole("slider", { name: "Position" }).boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    await page.mouse.click(bar.x + bar.width * 0.25, bar.y + bar.height / 2);
    await until(page, "a quarter", (shown) => Math.abs(shown.at - clip.recipe.seconds / 4) < 0.2);
    await page.getByRole("button", { name: "Quality" }).click();
    await page.getByText("Original, direct").waitFor();
  },
  slowMachineMs,
);

test(
  "sound that the browser does not know is made anew; sound tracks and subtitles change while it plays",
  async () => {
    const clip = house.clip("tracks");
    const itemId = await house.itemOf(clip);
    const durationSeconds = await durationOf(itemId);
    const pieces = await house.begin(clip, ladderPlayer);
    await house.end(pieces);
    const leadSeconds = pieces.leadMs / 1000;
    const page = await open(`/watch/${itemId}`);
    expect(await page.locator("[data-method]").getAttribute("data-method")).toBe("audio");
    await play(page);
    const german = page.waitForRequest((request) => /\/a2-/.test(request.url()));
    // By key: the bar hides while it plays, and a slow machine may come too late with a mouse.
    await page.getByRole("button", { name: "Sound", exact: true }).press("Enter");
    await page.getByRole("menuitem", { name: /German/ }).click();
    await german;
    await page.keyboard.press("Escape");
    const { at } = await look(page);
    await until(page, "going on", (shown) => shown.at > at + 0.3);
    await page.keyboard.press("k");
    await until(page, "paused", ({ isPaused }) => isPaused);
    for (const tenth of [6, 3]) await seekToTenth(page, tenth, clip, durationSeconds);
    // As of a long film on a slow disk that nobody has taken them out of: the page says how far it is, and shows them when they are there.
    const running = { state: "running", doneBytes: 42, totalBytes: 100, leftMs: 180_000, why: null };
    let isThere = false;
    const prepare = (route: Route) => (isThere ? route.continue() : route.fulfill({ json: running }));
    await page.route("**/api/extras.prepare", prepare);
    await page.keyboard.press("c");
    await page.getByText("42%, 3 min left").waitFor();
    isThere = true;
    // Each line of this film says in the middle of which half second it stands.
    await page.evaluate(() => {
      document.querySelector("video")!.currentTime += 0.25;
    });
    const line = page.getByTestId("subtitles").getByText(/picture \d+/);
    await line.waitFor();
    const said = Number(/\d+/.exec((await line.textContent()) ?? "")?.[0]);
    await eventually("the picture of the line", async () => Math.abs(((await numberShown(page)) ?? 0) - said - 6) <= 6);
    await page.getByRole("button", { name: "Quality" }).click();
    await page.getByText(/Original picture, your browser cannot play DTS sound/).waitFor();
    await page.keyboard.press("Escape");
    await checkDrawn(page, clip, leadSeconds);
    // Neither of them costs the server a picture.
    expect(await page.locator("[data-method]").getAttribute("data-method")).toBe("audio");
  },
  slowMachineMs,
);

/** Which part of the subtitles that the page draws is lit, in parts of their canvas; null when nothing is. */
const litBox = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("[data-testid=drawn-subtitles]")!;
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
    let [left, top, right, bottom] = [width, height, -1, -1];
    for (let at = 0; at < width * height; at += 1) {
      if ((data[4 * at + 3] ?? 0) < 128) continue;
      [left, right] = [Math.min(left, at % width), Math.max(right, at % width)];
      [top, bottom] = [Math.min(top, Math.floor(at / width)), Math.max(bottom, Math.floor(at / width))];
    }
    return right < 0
      ? null
      : { left: left / width, right: (right + 1) / width, top: top / height, bottom: (bottom + 1) / height };
  });

/** Subtitles with styles, and those that are pictures, are drawn by the page: at the very pictures that they belong to. */
async function checkDrawn(page: Page, clip: Clip, leadSeconds: number): Promise<void> {
  const drawnAt = async (picture: number) => {
    const middle = (clip.secondsOf(picture) + clip.secondsOf(picture + 1)) / 2;
    // Pictures are followed from then on; of one that stood there before, only the place of the player is known.
    await page.locator("[data-testid=drawn-subtitles][data-drawn-ms]").waitFor();
    await page.evaluate((seconds) => (document.querySelector("video")!.currentTime = seconds), middle + leadSeconds);
    await eventually(`picture ${picture} and its subtitle`, async () => {
      const drawnMs = await page.getByTestId("drawn-subtitles").getAttribute("data-drawn-ms");
      return Math.abs(Number(drawnMs ?? -1e6) - clip.secondsOf(picture) * 1000) < 3;
    });
    return litBox(page);
  };
  const first = clip.flashes[2]!;
  const last = first + 11;
  type Box = NonNullable<Awaited<ReturnType<typeof litBox>>>;
  // Text below, in the middle.
  const isText = ({ left, right, top }: Box) =>
    left > 0.2 && right < 0.8 && Math.abs(left + right - 1) < 0.05 && top > 0.7;
  // The white rectangle is where the disc has it.
  const isRectangle = ({ left, right, top, bottom }: Box) =>
    left === 130 / 320 && right === 190 / 320 && top === 148 / 180 && bottom === 164 / 180;
  for (const [name, isPlace] of [
    ["German", isText],
    ["English (2)", isRectangle],
  ] as const) {
    await page.getByRole("button", { name: "Subtitles" }).click();
    await page.getByRole("menuitem", { name, exact: true }).click();
    await page.keyboard.press("Escape");
    const box = await drawnAt(first);
    expect({ name, box, isPlace: box !== null && isPlace(box) }).toEqual({ name, box, isPlace: true });
    const seen = [];
    for (const picture of [first - 1, last, last + 1]) seen.push((await drawnAt(picture)) !== null);
    expect({ name, seen }).toEqual({ name, seen: [false, true, false] });
  }
}

test(
  "what was begun goes on where it stopped, on the front page and on another device; at its end it is watched",
  async () => {
    const desk = await open(`/watch/${longId}`);
    await play(desk);
    await desk.keyboard.press("4");
    await until(desk, "four tenths", ({ at, isReady }) => isReady && Math.abs(at - 0.4 * longSeconds) < 5);
    await desk.keyboard.press("k");
    const state = async () => {
      const { states } = await house.call<{ states: { positionMs: number | null; isWatched: boolean }[] }>(
        "watch.states",
        { itemIds: [longId] },
      );
      return states[0];
    };
    await eventually("kept", async () => ((await state())?.positionMs ?? 0) > 0.39 * longSeconds * 1000);
    // Left inside the program, where nothing but the page itself can keep it.
    const before = (await state())?.positionMs ?? 0;
    await desk.keyboard.press("k");
    await until(desk, "a little further", ({ at }) => at * 1000 > before + 2000);
    await desk.getByRole("button", { name: "Back", exact: true }).click();
    await desk.waitForURL((url) => !url.pathname.startsWith("/watch/"));
    await eventually("kept on leaving", async () => ((await state())?.positionMs ?? 0) > before + 1500);
    await desk.goto("/");
    await desk.getByRole("heading", { name: "Continue watching" }).waitFor();

    const {
      page: phone,
      axe,
      overflowPx,
    } = await visit({ url: house.hearth.url, cookie: house.hearth.cookie, isPhone: true });
    await phone.goto("/");
    await phone
      .getByRole("link", { name: /Evening/ })
      .first()
      .tap();
    await phone.getByText(/Goes on at 2:4\d/).waitFor();
    await until(phone, "going on", ({ at, isReady }) => isReady && at >= 0.39 * longSeconds);
    await until(phone, "playing", ({ isPaused }) => !isPaused);
    const { at } = await look(phone);
    const box = (await phone.getByTestId("touch").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const right = [box.x + box.width * 0.8, box.y + box.height / 2] as const;
    await doubleTap(phone, right);
    await until(phone, "ten seconds on", (shown) => shown.at > at + 8);
    expect(await axe()).toEqual([]);
    expect(await overflowPx()).toBe(0);

    await phone.evaluate((seconds) => {
      document.querySelector("video")!.currentTime = seconds;
    }, longSeconds - 1);
    await until(phone, "at the end", ({ isEnded }) => isEnded);
    await eventually("watched", async () => (await state())?.isWatched === true);
    expect((await state())?.positionMs).toBeNull();
  },
  slowMachineMs,
);

test(
  "two who watch together see the same",
  async () => {
    const host = await open(`/watch/${longId}`);
    await host.getByRole("button", { name: "Speed, chapters and more" }).click();
    await host.getByRole("menuitem", { name: "Watch together" }).click();
    await host.getByRole("dialog", { name: "Watch together" }).waitFor();
    await host.waitForURL(/room=/);
    const guest = await open(new URL(host.url()).pathname + new URL(host.url()).search);
    await host.keyboard.press("6");
    await until(guest, "where the host is", ({ at }) => Math.abs(at - 0.6 * longSeconds) < 0.1);
    await host.keyboard.press("k");
    await until(guest, "playing as well", ({ isPaused }) => !isPaused);
    const when = (page: Page) =>
      page.evaluate(() => ({
        at: document.querySelector("video")!.currentTime,
        now: (performance.timeOrigin + performance.now()) / 1000,
      }));
    await eventually("in step", async () => {
      const [one, other] = await Promise.all([when(host), when(guest)]);
      return Math.abs(one.at - other.at - (one.now - other.now)) < 0.3;
    });
    await guest.keyboard.press("k");
    await until(host, "paused by the guest", ({ isPaused }) => isPaused);
  },
  slowMachineMs,
);

test(
  "a file that the browser cannot open after all goes on in another way",
  async () => {
    const { page } = await visit({ url: house.hearth.url, cookie: house.hearth.cookie });
    const damaged = { status: 200, contentType: "video/mp4", body: "no film ".repeat(1000) };
    await page.route(/\/media\/play\/[^/]+\/file/, (route) => route.fulfill(damaged));
    await page.goto(`/watch/${await house.itemOf(house.clip("h264-29.97-mp4"))}`);
    // For a few seconds, while it is made ready.
    await page.getByText("Another one was chosen").waitFor();
    await page.locator("[data-method=copy]").waitFor();
    await until(page, "ready", ({ isReady }) => isReady);
    await play(page);
  },
  slowMachineMs,
);
