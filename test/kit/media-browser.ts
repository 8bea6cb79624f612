import { join } from "node:path";
import type { Page } from "playwright-core";
import { readStrip, strip } from "./media-picture.ts";

const modules = join(import.meta.dir, "../../node_modules");
const scripts = {
  "hls.js": join(modules, "hls.js/dist/hls.js"),
  "shaka-player": join(modules, "shaka-player/dist/shaka-player.compiled.js"),
} as const;
export type BrowserPlayer = keyof typeof scripts;

const waitMs = 20_000;
const pagePath = "/test-player";
const pageText = `<!doctype html><title>player</title><video muted playsinline width="320"></video>`;

/** What the page of the test offers; it runs in the browser. */
interface Driver {
  load(url: string): Promise<void>;
  /** Heights of the rungs that can be forced. */
  heights(): number[];
  force(height: number): void;
  /** What the player complained of: `fatal: …` or `note: …`. */
  readonly complaints: string[];
}
interface PlayerWindow {
  driver: Driver;
  /** A picture for each frame that was shown while it played: time of the media and its strip. */
  watched: { seconds: number; pixels: number[] }[];
}

/** Runs in the page with hls.js. */
function driveHls(): void {
  interface Hls {
    readonly levels: { height: number }[];
    currentLevel: number;
    loadSource(url: string): void;
    attachMedia(video: HTMLVideoElement): void;
    on(
      event: string,
      listener: (event: string, data: { fatal: boolean; details: string; reason?: string }) => void,
    ): void;
  }
  const { Hls } = window as unknown as { Hls: new (options: object) => Hls };
  const video = document.querySelector("video")!;
  const hls = new Hls({ startPosition: 0, enableWorker: false, debug: false });
  const complaints: string[] = [];
  hls.on("hlsError", (_, { fatal, details, reason }) => {
    complaints.push(`${fatal ? "fatal" : "note"}: ${details} ${reason ?? ""}`);
  });
  (window as unknown as PlayerWindow).driver = {
    complaints,
    load: (url) =>
      new Promise((resolve) => {
        video.addEventListener("canplay", () => resolve(), { once: true });
        hls.loadSource(url);
        hls.attachMedia(video);
      }),
    heights: () => hls.levels.map(({ height }) => height),
    force: (height) => {
      hls.currentLevel = hls.levels.findIndex((level) => level.height === height);
    },
  };
}

/** Runs in the page with shaka-player. */
function driveShaka(): void {
  interface Variant {
    readonly height: number;
  }
  interface Shaka {
    attach(video: HTMLVideoElement): Promise<void>;
    load(url: string): Promise<void>;
    configure(options: object): void;
    getVariantTracks(): Variant[];
    selectVariantTrack(track: Variant, clearsBuffer: boolean): void;
    addEventListener(event: string, listener: (event: { detail: { severity: number; code: number } }) => void): void;
  }
  const { shaka } = window as unknown as { shaka: { Player: new () => Shaka; polyfill: { installAll(): void } } };
  const video = document.querySelector("video")!;
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  const complaints: string[] = [];
  player.addEventListener("error", ({ detail }) => {
    complaints.push(`${detail.severity === 2 ? "fatal" : "note"}: shaka ${detail.code}`);
  });
  (window as unknown as PlayerWindow).driver = {
    complaints,
    load: async (url) => {
      const canPlay = new Promise((resolve) => video.addEventListener("canplay", resolve, { once: true }));
      // It begins in the highest rung and changes when it is told to, and only then: with a change and a seek at once it drops the request
      // for the new rung's head, never asks again, and waits for ever (8 of 120 visits).
      player.configure({ abr: { enabled: false, useNetworkInformation: false, defaultBandwidthEstimate: 1e9 } });
      await player.attach(video);
      await player.load(url);
      await canPlay;
    },
    heights: () => player.getVariantTracks().map(({ height }) => height),
    force: (height) => {
      const track = player.getVariantTracks().find((variant) => variant.height === height);
      if (track !== undefined) player.selectVariantTrack(track, true);
    },
  };
}

/** Runs in the page: the picture that is shown now, as a strip. */
function takeStrip({ width, height }: { width: number; height: number }): number[] {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(document.querySelector("video")!, 0, 0, width, height);
  return [...context.getImageData(0, 0, width, height).data];
}

/** Runs in the page: ends when the time is reached; otherwise tells what the video waits for. */
async function seekTo({ seconds, limitMs }: { seconds: number; limitMs: number }): Promise<void> {
  const video = document.querySelector("video")!;
  const isThere = new Promise<boolean>((resolve) => {
    video.addEventListener("seeked", () => resolve(true), { once: true });
    setTimeout(() => resolve(false), limitMs);
  });
  video.currentTime = seconds;
  if (await isThere) return;
  const { buffered, currentTime, readyState, networkState, seeking } = video;
  const ranges = Array.from({ length: buffered.length }, (_, index) => [buffered.start(index), buffered.end(index)]);
  const requests = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const last = requests.slice(-8).map(({ name, responseStatus, duration }) => [name, responseStatus, duration]);
  const { complaints } = (window as unknown as PlayerWindow).driver;
  const state = { currentTime, readyState, networkState, seeking, ranges, complaints, last };
  throw new Error(`${seconds} s was not reached: ${JSON.stringify(state)}`);
}

export interface BrowserPlayback {
  readonly page: Page;
  /** Number of the picture that is shown after a seek while paused. */
  seek(seconds: number, expected: number): Promise<number | null>;
  heights(): Promise<number[]>;
  force(height: number): Promise<void>;
  /** Height of the picture that is shown. */
  shownHeight(): Promise<number>;
  /** Plays until so many pictures of this height were shown; gives each picture that was, with its time. */
  watch(height: number, pictures: number): Promise<{ seconds: number; number: number | null; height: number }[]>;
  durationSeconds(): Promise<number>;
  complaints(): Promise<string[]>;
}

/**
 * Opens a page of the server's own origin that holds nothing but a video and the player, and loads the film, paused. The script comes from
 * the npm package, not from the program's page.
 */
export async function openInBrowser(page: Page, masterUrl: string, player: BrowserPlayer): Promise<BrowserPlayback> {
  const address = new URL(pagePath, masterUrl).href;
  await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: pageText }));
  await page.goto(address);
  await page.addScriptTag({ path: scripts[player] });
  await page.evaluate(player === "hls.js" ? driveHls : driveShaka);
  await page.evaluate((url) => (window as unknown as PlayerWindow).driver.load(url), masterUrl);
  const strips = () => page.evaluate(takeStrip, strip);
  const numberNow = async () => readStrip(Uint8Array.from(await strips()), 4).number;
  const until = async <T>(look: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> => {
    const limit = performance.now() + waitMs;
    for (;;) {
      const value = await look();
      if (isRight(value) || performance.now() > limit) return value;
      await Bun.sleep(30);
    }
  };
  return {
    page,
    seek: async (seconds, expected) => {
      await page.evaluate(seekTo, { seconds, limitMs: waitMs });
      // The event may come a moment before the picture is drawn.
      return until(numberNow, (number) => number === expected);
    },
    heights: () => page.evaluate(() => (window as unknown as PlayerWindow).driver.heights()),
    force: (height) => page.evaluate((to) => (window as unknown as PlayerWindow).driver.force(to), height),
    shownHeight: () => page.evaluate(() => document.querySelector("video")!.videoHeight),
    watch: (height, pictures) => watchPictures(page, height, pictures),
    durationSeconds: () => page.evaluate(() => document.querySelector("video")!.duration),
    complaints: () => page.evaluate(() => [...(window as unknown as PlayerWindow).driver.complaints]),
  };
}

async function watchPictures(
  page: Page,
  height: number,
  pictures: number,
): Promise<{ seconds: number; number: number | null; height: number }[]> {
  const watched = await page.evaluate(
    async ({ size, wanted, limitMs }) => {
      const video = document.querySelector("video")!;
      const canvas = document.createElement("canvas");
      Object.assign(canvas, size);
      const context = canvas.getContext("2d", { willReadFrequently: true })!;
      const shown: { seconds: number; height: number; pixels: number[] }[] = [];
      const onFrame = (_: number, frame: { mediaTime: number; height: number }) => {
        context.drawImage(video, 0, 0, size.width, size.height);
        const { data } = context.getImageData(0, 0, size.width, size.height);
        shown.push({ seconds: frame.mediaTime, height: frame.height, pixels: [...data] });
        video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);
      const limit = performance.now() + limitMs;
      await video.play();
      const seen = () => shown.filter((one) => one.height === wanted.height).length;
      while (seen() < wanted.pictures && !video.ended && performance.now() < limit) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      video.pause();
      return shown;
    },
    { size: strip, wanted: { height, pictures }, limitMs: waitMs },
  );
  return watched.map((one) => ({
    ...{ seconds: one.seconds, height: one.height },
    number: readStrip(Uint8Array.from(one.pixels), 4).number,
  }));
}
