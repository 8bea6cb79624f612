// needs: chromium, heif-enc, ffmpeg
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { type RunningHearth, startHearth } from "#kit";
import { eventually, layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;
let folder: string;

/** A picture that no other looks like, with a date and, if asked for, a place. */
function pictureOf(seed: number, date: string, place = false): Promise<Buffer> {
  const [width, height] = seed % 3 === 0 ? [300, 400] : [480, 320];
  const hue = (seed * 67) % 360;
  const shapes = Array.from({ length: 6 }, (_, at) => {
    const [x, y] = [((seed * 31 + at * 97) % 100) / 100, ((seed * 53 + at * 41) % 100) / 100];
    return `<circle cx="${x * width}" cy="${y * height}" r="${40 + ((seed * at * 13) % 60)}" fill="hsl(${(hue + at * 50) % 360} 70% ${30 + at * 9}%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="hsl(${hue} 50% 50%)"/>${shapes.join("")}</svg>`;
  const gps = {
    ...{ GPSLatitudeRef: "N", GPSLatitude: "52/1 30/1 0/1", GPSLongitudeRef: "E", GPSLongitude: "13/1 24/1 0/1" },
  };
  return sharp(Buffer.from(svg))
    .withExif({
      IFD0: { Make: "Canon", Model: "EOS R5" },
      IFD2: { DateTimeOriginal: date },
      ...(place && { IFD3: gps }),
    })
    .jpeg()
    .toBuffer();
}

async function put(path: string, body: Uint8Array): Promise<void> {
  const answer = await hearth.fetch(`/dav/home/${encodeURI(path)}`, { method: "PUT", body: new Uint8Array(body) });
  expect(answer.ok).toBe(true);
}
const ask = async <T>(operation: string, input: unknown): Promise<T> =>
  (await hearth.fetch(`/api/${operation}`, { method: "POST", body: JSON.stringify(input) })).json() as Promise<T>;
const readAll = (total: number) =>
  eventually(
    "all pictures are read",
    async () => {
      const state = await ask<{ total: number; waiting: number }>("photos.state", {});
      return state.total === total && state.waiting === 0;
    },
    60_000,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hearth-photos-"));
  mkdirSync(join(folder, "data/cold"), { recursive: true });
  const config = "services:\n  storage:\n    tiers:\n      - { name: attic, kind: disk, path: cold }\n";
  writeFileSync(join(folder, "data/hearth.yaml"), config);
  hearth = await startHearth({ dataDir: join(folder, "data") });
  await hearth.fetch("/dav/home/Photos/", { method: "MKCOL" });
  for (let seed = 1; seed <= 12; seed += 1) {
    const month = String(1 + (seed % 4)).padStart(2, "0");
    await put(`Photos/IMG_${seed}.jpg`, await pictureOf(seed, `2024:${month}:1${seed % 3} 12:00:00`, seed === 5));
  }
  await put("Photos/copy of 7.jpg", await pictureOf(7, "2024:04:11 12:00:00"));
  await sharp(await pictureOf(20, "2024:05:05 05:05:05"))
    .png()
    .toFile(join(folder, "phone.png"));
  const made = Bun.spawnSync(["heif-enc", "-q", "80", "-o", join(folder, "phone.heic"), join(folder, "phone.png")]);
  expect(made.exitCode).toBe(0);
  await put("Photos/IMG_20240505_050505.heic", await Bun.file(join(folder, "phone.heic")).bytes());
  await readAll(14);
}, 90_000);
afterAll(async () => {
  await hearth.stop();
  rmSync(folder, { recursive: true, force: true });
});

const tiles = (page: Page) => page.locator("[data-item]");
const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test("timeline, picture with what is known of it, and back", async () => {
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
    const { page } = visited;
    await page.goto("/photos");
    await page.getByRole("heading", { name: "May 2024" }).waitFor();
    await tiles(page).first().waitFor();
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);

    // The first one is HEIC: a browser that cannot read it gets a picture all the same.
    await tiles(page).first().click();
    const viewer = page.getByRole("dialog", { name: "Picture", exact: true });
    await viewer.getByText("1 of 14").waitFor();
    await eventually("the picture is drawn", () =>
      viewer.locator("img").evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth === 480),
    );
    await page.keyboard.press("ArrowRight");
    await viewer.getByText("2 of 14").waitFor();
    await page.keyboard.press("i");
    await viewer.getByText("Canon EOS R5").waitFor();
    expect(await visited.axe()).toEqual([]);
    await page.keyboard.press("Escape");
    await viewer.waitFor({ state: "detached" });
    await page.goBack();
    await viewer.waitFor();
    await page.keyboard.press("Escape");
    await viewer.waitFor({ state: "detached" });
  }, 60_000);

  test("search, map, look-alikes, albums", async () => {
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
    const { page } = visited;
    await page.goto("/photos");
    await page.getByRole("textbox", { name: /Search by date/ }).fill("february 2024");
    await page.getByText(/^3 pictures for/).waitFor();
    await page.goto("/photos?tab=map");
    const pin = page.getByRole("button", { name: "Show 1 picture taken here" });
    await pin.waitFor();
    if (look.isPhone) expect(await visited.axe()).toEqual([]);
    await pin.click();
    await page.getByText(/In this part of the map · 1 picture/).waitFor();
    await page.goto("/photos?tab=duplicates");
    await page.getByText("1 group", { exact: true }).waitFor();
    if (look.isPhone) expect(await visited.axe()).toEqual([]);
    await page.goto("/photos?tab=albums");
    await page.getByRole("heading", { name: "Yours" }).waitFor();
    if (look.isPhone) expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
  }, 60_000);
});

test("selected by dragging and Shift, into a new album, favourites, the trash and back", async () => {
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie });
  await page.goto("/photos");
  await tiles(page).nth(3).waitFor();
  const [from, to] = [await tiles(page).nth(0).boundingBox(), await tiles(page).nth(2).boundingBox()];
  if (from === null || to === null) throw new Error("the pictures are not on the screen");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await page.mouse.up();
  await page.getByText("3 selected").waitFor();
  await tiles(page)
    .nth(5)
    .click({ modifiers: ["Shift"] });
  await page.getByText("6 selected").waitFor();
  await page.getByRole("button", { name: "Add to album" }).click();
  const dialog = page.getByRole("dialog", { name: "Add to album" });
  await dialog.getByRole("textbox", { name: "New album" }).fill("Spring");
  await dialog.getByRole("button", { name: "Make album" }).click();
  await page.getByText("6 pictures added to “Spring”").waitFor();
  await page.goto("/photos?tab=albums");
  await page.getByRole("link", { name: /Spring/ }).click();
  await page.getByRole("heading", { name: "Spring" }).waitFor();
  await tiles(page).nth(5).waitFor();
  expect(await tiles(page).count()).toBe(6);

  await page.goto("/photos");
  await tiles(page)
    .first()
    .click({ modifiers: ["Control"] });
  await page.getByRole("toolbar").getByRole("button", { name: "Favourite", exact: true }).click();
  await page.getByText("1 picture marked as favourite").waitFor();
  await page.goto("/photos?show=favourites");
  await tiles(page).first().waitFor();
  expect(await tiles(page).count()).toBe(1);
  await tiles(page)
    .first()
    .click({ modifiers: ["Control"] });
  await page.getByRole("toolbar").getByRole("button", { name: "Move to trash" }).click();
  await page.getByText("No favourites yet").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await tiles(page).first().waitFor();
}, 60_000);

test("a picture that a phone sends is in the timeline of an open page soon, selected there by a long press", async () => {
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie, isPhone: true });
  await page.goto("/photos");
  await tiles(page).first().waitFor();
  const before = await page.getByRole("heading", { level: 2 }).first().innerText();
  await hearth.fetch("/dav/home/Camera%20uploads/", { method: "MKCOL" });
  await put("Camera uploads/new.jpg", await pictureOf(31, "2025:06:07 08:09:10"));
  await page.getByRole("heading", { name: "June 2025" }).waitFor({ timeout: 40_000 });
  expect(before).not.toBe("June 2025");
  const box = await tiles(page).first().boundingBox();
  if (box === null) throw new Error("the picture is not on the screen");
  const touch = await page.context().newCDPSession(page);
  const at = [{ x: box.x + 20, y: box.y + 20 }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at });
  await page.getByText("1 selected").waitFor();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await page.getByRole("button", { name: "Select nothing" }).click();
  await page.getByText("1 selected").waitFor({ state: "detached" });
}, 90_000);

test("a film of a phone that this browser cannot play plays as others do, also from cold storage; its playback ends with the viewer", async () => {
  const path = join(folder, "film.mov");
  // Noise, so that it is large enough for a cold store.
  const source = "-f lavfi -i testsrc=s=160x120:r=25:d=2,noise=alls=30:allf=t -f lavfi -i sine=d=2".split(" ");
  const codecs = "-c:v libx265 -preset ultrafast -crf 6 -tag:v hvc1 -pix_fmt yuv420p -c:a aac".split(" ");
  const made = Bun.spawnSync(["ffmpeg", "-v", "error", ...source, ...codecs, path]);
  expect(made.exitCode).toBe(0);
  await put("Photos/VID_20230303_101010.mov", await Bun.file(path).bytes());
  const view = { kind: "videos" };
  let itemId = 0;
  await eventually(
    "it is known how long the film is",
    async () => {
      const { idSteps } = await ask<{ idSteps: number[] }>("photos.bucket", { view, month: 2023 * 12 + 2 });
      itemId = idSteps[0] ?? 0;
      if (itemId === 0) return false;
      return (await ask<{ durationMs: number | null }>("photos.detail", { itemId })).durationMs !== null;
    },
    60_000,
  );
  const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
  const { page } = visited;
  await page.goto("/photos?show=videos");
  const askAsOwner = <T>(operation: string, input: unknown): Promise<T> =>
    page.evaluate(
      async ([name, body]) => {
        const headers = { "content-type": "application/json" };
        return (await (await fetch(`/api/${name}`, { method: "POST", headers, body })).json()) as T;
      },
      [operation, JSON.stringify(input)] as const,
    );
  const playbacks = async () => (await askAsOwner<{ sessions: unknown[] }>("stream.list", {})).sessions.length;
  expect(await playbacks()).toBe(0);
  await tiles(page).first().click();
  const viewer = page.getByRole("dialog", { name: "Picture", exact: true });
  const film = viewer.locator("video");
  const look = () =>
    film.evaluate((video: HTMLVideoElement) => ({
      width: video.videoWidth,
      at: video.currentTime,
      has: video.controls,
    }));
  await eventually("pictures move", async () => (await look()).width === 160 && (await look()).at > 0.2, 60_000);
  expect((await look()).has).toBe(true);
  expect(await playbacks()).toBe(1);
  expect(await visited.axe()).toEqual([]);
  await page.keyboard.press("Escape");
  await viewer.waitFor({ state: "detached" });
  await eventually("the playback has ended", async () => (await playbacks()) === 0);

  const limits = { folderId: null, notOpenedDays: null, olderThanDays: null, opensAtLeast: null };
  const rule = { id: "large", enabled: true, tier: "attic", ...limits, largerThanBytes: 65_536 };
  await askAsOwner("tiers.setRules", { rules: [rule], nightly: false, onOpen: "stream" });
  const { files } = await ask<{ files: { nodeId: number }[] }>("photos.files", { itemIds: [itemId] });
  const nodeIds = files.map(({ nodeId }) => nodeId);
  const isCold = async () =>
    (await ask<{ states: { where: string }[] }>("tiers.states", { nodeIds })).states.length > 0;
  // What was written a moment ago waits until the disk has it for certain.
  await eventually(
    "the film is in the cold store",
    async () => {
      await askAsOwner("tiers.apply", {});
      return isCold();
    },
    60_000,
  );
  await tiles(page).first().click();
  await viewer.getByRole("heading", { name: "It is in cold storage" }).waitFor();
  expect(await visited.axe()).toEqual([]);
  await viewer.getByRole("button", { name: "Fetch it" }).click();
  await eventually("it plays by itself", async () => (await film.count()) === 1 && (await look()).at > 0.2, 60_000);
  expect(await isCold()).toBe(false);
}, 120_000);
