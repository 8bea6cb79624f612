import type { Page } from "playwright-core";
import type { Demo } from "../test/kit/demo.ts";

/** A picture of a page of the demo's films, music or photos. */
export interface MediaShot {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<unknown>;
  readonly look?: { readonly isPhone?: boolean; readonly isDark?: boolean };
}

const pollMs = 1_000;
/** Making everything takes some 20 seconds of two processors that do nothing else. */
const patienceMs = 20 * 60_000;

/** In the middle of a film, where nothing is offered to go on with. */
const playFromS = 150;

interface Named {
  readonly id: number;
  readonly title: string;
  readonly name: string;
  readonly itemId: number;
}

/** The pages with what they show, once the household is complete. */
export async function mediaShots(demo: Demo): Promise<readonly MediaShot[]> {
  await settled(demo);
  const find = async (operation: string, input: unknown, field: string, name: string): Promise<Named> => {
    const all = (await demo.call(operation, input))[field] as Named[];
    const found = all.find((one) => (one.title ?? one.name) === name);
    if (found === undefined) throw new Error(`${name} is not in ${operation}`);
    return found;
  };
  const film = await find("works.list", { types: ["film"] }, "works", "The Last Ferry");
  const series = await find("works.list", { types: ["series"] }, "works", "Harbour Lights");
  const album = await find("music.albums", {}, "albums", "Paper Lanterns");
  const journey = await find("photos.albums", {}, "albums", "Lofoten");
  const [filmPath, albumPath] = [`/films/${film.id}`, `/music/albums/${album.id}`];
  return [
    { name: "films", path: "/films", act: picturesDrawn },
    { name: "film", path: filmPath, act: picturesDrawn },
    { name: "series", path: `/films/${series.id}`, act: picturesDrawn },
    { name: "player", path: `/watch/${film.itemId}?t=${playFromS}`, act: watchWithSubtitles },
    { name: "music", path: albumPath, act: playAlbum },
    { name: "queue", path: albumPath, act: (page) => playWith(page, "Queue") },
    { name: "lyrics", path: albumPath, act: (page) => playWith(page, "Lyrics") },
    { name: "photos", path: "/photos", act: picturesDrawn },
    { name: "map", path: "/photos?tab=map", act: picturesDrawn },
    { name: "photo", path: "/photos", act: openPhoto },
    { name: "album", path: `/photos?album=${journey.id}`, act: picturesDrawn },
    { name: "libraries", path: "/libraries" },
    { name: "film-dark", path: filmPath, act: picturesDrawn, look: { isDark: true } },
    { name: "films-phone", path: "/films", act: picturesDrawn, look: { isPhone: true } },
    { name: "photos-phone", path: "/photos", act: picturesDrawn, look: { isPhone: true } },
    { name: "lyrics-phone", path: albumPath, act: lyricsOnPhone, look: { isPhone: true } },
  ];
}

/** Everything was made, taken up, watched and gathered. */
async function settled(demo: Demo): Promise<void> {
  const count = async (operation: string, field: string) =>
    ((await demo.call(operation, {}))[field] as unknown[]).length;
  const isComplete = async () => {
    const { items: begun } = (await demo.call("watch.resume", {})) as { items: { isNext: boolean }[] };
    if (begun.filter(({ isNext }) => !isNext).length < 2) return false;
    if ((await count("music.playlists", "playlists")) < 2 || (await count("photos.albums", "albums")) < 2) return false;
    const { works } = (await demo.call("works.list", { types: ["film"] })) as { works: Named[] };
    for (const { itemId } of works) {
      const { trickplay } = (await demo.call("extras.get", { itemId })) as { trickplay: unknown };
      if (trickplay === null) return false;
    }
    return ((await demo.call("libraries.problems", {}))["total"] as number) > 0;
  };
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    if (await isComplete()) return;
    await Bun.sleep(pollMs);
  }
  throw new Error("the demo did not become complete");
}

/** Every picture on the screen is there. */
export async function picturesDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll("main img")].filter((one) => {
      const { top, height } = one.getBoundingClientRect();
      return height > 0 && top < innerHeight;
    });
    return shown.length > 0 && shown.every((one) => (one as HTMLImageElement).naturalWidth > 0);
  });
}

/** Subtitles on, and the picture of a moment over the bar. */
async function watchWithSubtitles(page: Page): Promise<void> {
  const clock = (atS: number) =>
    page.waitForFunction((least) => (document.querySelector("video")?.currentTime ?? 0) > least, atS);
  await clock(playFromS + 1);
  await page.mouse.move(600, 400);
  await page.keyboard.press("c");
  const bar = page.getByRole("slider", { name: "Position" });
  const box = await bar.boundingBox();
  if (box === null) throw new Error("there is no bar to seek on");
  await page.getByTestId("subtitles").locator("p").first().waitFor();
  await page.mouse.move(box.x + box.width * 0.86, box.y + box.height / 2, { steps: 4 });
}

async function playAlbum(page: Page): Promise<void> {
  await picturesDrawn(page);
  await page.getByRole("button", { name: "Play", exact: true }).first().click();
  await page.getByRole("button", { name: "Pause" }).first().waitFor();
}

async function playWith(page: Page, panel: "Queue" | "Lyrics"): Promise<void> {
  await playAlbum(page);
  await page.getByRole("button", { name: panel }).first().click();
  await page.getByRole("dialog").waitFor();
  if (panel === "Lyrics") await goToLine(page);
}

/** A line in the middle of the song, by a press on it. */
async function goToLine(page: Page): Promise<void> {
  const line = page.getByRole("dialog").getByRole("button", { name: "Lanterns, lanterns in a row" }).first();
  await line.click();
  await page.getByRole("dialog").locator("[aria-current='true']", { hasText: "Lanterns, lanterns" }).waitFor();
}

async function openPhoto(page: Page): Promise<void> {
  await picturesDrawn(page);
  await page.getByRole("main").locator("img").nth(4).click();
  const viewer = page.getByRole("dialog");
  await viewer.getByRole("img").first().waitFor();
  await viewer.getByRole("button", { name: "Information" }).click();
  await viewer.getByText("Taken").waitFor();
}

async function lyricsOnPhone(page: Page): Promise<void> {
  await playAlbum(page);
  await page.getByRole("region", { name: "Player" }).getByRole("button").first().click();
  await page.getByText("Lyrics", { exact: true }).click();
  await goToLine(page);
}
