// needs: chromium, ffmpeg, pdftoppm
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Demo, startDemo } from "../kit/demo.ts";
import { entry, eventually, openFiles, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

async function openPreview(space: string, folder: string, name: string) {
  const { page } = await visit({ url: demo.url, cookie: demo.cookie });
  const [folderId, id] = [await demo.find(space, folder), await demo.find(space, `${folder}/${name}`)];
  await page.goto(`/files/${folderId}?preview=${id}`);
  const preview = page.getByRole("dialog", { name: `Preview of ${name}` });
  await preview.waitFor();
  return { page, preview };
}

test("a picture is shown, and the arrow keys lead to its neighbours", async () => {
  const { page } = await visit({ url: demo.url, cookie: demo.cookie });
  await openFiles(page, `/files/${await demo.find("My files", "Photos")}`);
  await page.locator("[data-index='0']").dblclick();
  await page.locator("[data-index='0']").getByTitle("Autumn walk in the Harz", { exact: true }).waitFor();
  await page.locator("[data-index='0']").dblclick();
  const tile = page.locator("[data-index]").filter({ has: page.getByTitle(/^IMG_/) });
  await tile.first().waitFor();
  const count = await tile.count();
  await tile.first().dblclick();
  const isDrawn = () =>
    page
      .getByRole("dialog")
      .getByRole("img")
      .evaluateAll((all) => all.some((one) => one instanceof HTMLImageElement && one.naturalWidth > 800));
  await eventually("the picture is drawn", isDrawn);
  const before = await page.getByRole("dialog").getAttribute("aria-label");
  if (count > 1) {
    await page.keyboard.press("ArrowRight");
    await eventually(
      "the next one is shown",
      async () => (await page.getByRole("dialog").getAttribute("aria-label")) !== before,
    );
    await eventually("it is drawn", isDrawn);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a film plays and can be wound forward", async () => {
  const { preview } = await openPreview("Family", "Videos", "Waves.mp4");
  const video = preview.locator("video");
  await eventually("it knows its length", () => video.evaluate((one: HTMLVideoElement) => one.duration > 7));
  await video.evaluate(async (one: HTMLVideoElement) => {
    one.muted = true;
    one.currentTime = 3;
    await one.play();
  });
  await eventually("it plays from there", () =>
    video.evaluate((one: HTMLVideoElement) => one.currentTime > 3.2 && one.videoWidth === 1280),
  );
});

test("a song plays", async () => {
  const { preview } = await openPreview("Family", "Holiday", "Song of the sea.mp3");
  const audio = preview.locator("audio");
  await eventually("it knows its length", () => audio.evaluate((one: HTMLAudioElement) => one.duration > 19));
});

test("a PDF is shown by the browser or as a picture", async () => {
  const { page, preview } = await openPreview("My files", "Documents/House", "Heating manual.pdf");
  const isShown = async () =>
    (await preview.locator("iframe").count()) === 1
      ? page.frames().some((frame) => frame.url().includes("/api/files/content/"))
      : preview.getByRole("img").evaluateAll((all) => all.some((one) => (one as HTMLImageElement).naturalWidth > 100));
  await eventually("the document is there", isShown);
});

test("text is shown as it is, Markdown as it is meant", async () => {
  const csv = await openPreview("My files", "Documents/House", "Meter readings.csv");
  await csv.preview.getByText("2026-07-01,11920,451").waitFor();
  const { preview } = await openPreview("My files", "Documents", "Readme.md");
  await preview.getByRole("heading", { name: "Welcome" }).waitFor();
  expect(await preview.getByRole("listitem").count()).toBe(3);
  expect(await preview.locator("strong").textContent()).toBe("Undo");
});

test("a folder's pictures are shown in the grid", async () => {
  const { page } = await visit({ url: demo.url, cookie: demo.cookie });
  await openFiles(page, `/files/${await demo.find("Family", "Videos")}?view=grid`);
  await entry(page, "Waves.mp4").waitFor();
  await eventually("both frames are there", () =>
    page
      .getByRole("grid")
      .locator("img")
      .evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length === 2),
  );
});
