import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { openBrowser, type TestBrowser, type VisitOptions } from "../test/kit/browser.ts";
import { type Demo, startDemo } from "../test/kit/demo.ts";

/** Writes `docs/screenshots/*.png` from the demo household, each below 150 KB. */
const folder = join(import.meta.dir, "../docs/screenshots");
const limitBytes = 150_000;
const settleMs = 600;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<unknown>;
  readonly look?: Pick<VisitOptions, "isPhone" | "isDark"> & { readonly isVisitor?: boolean };
}

const row = (page: Page, name: string) =>
  page.locator("[data-index]").filter({ has: page.getByTitle(name, { exact: true }) });

async function openShareDialog(page: Page): Promise<void> {
  await row(page, "Holiday").click();
  await page.getByRole("toolbar").getByRole("button", { name: "Share" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "QR code" }).click();
  await page.getByRole("dialog").getByRole("img").waitFor();
}

async function shots(demo: Demo): Promise<readonly Shot[]> {
  const documents = `/files/${await demo.find("My files", "Documents")}`;
  const family = `/files/${await demo.find("Family", "")}`;
  const album = `/files/${await makeAlbum(demo)}?view=grid`;
  const openPhoto = (page: Page) => page.locator("[data-index='3']").dblclick();
  return [
    { name: "login", path: "/login", look: { isVisitor: true } },
    { name: "home", path: "/" },
    {
      name: "files-list",
      path: `${documents}?view=table&panel=details`,
      act: (page) => row(page, "Readme.md").click(),
    },
    { name: "files-grid", path: album },
    { name: "preview", path: album, act: openPhoto },
    { name: "share", path: family, act: openShareDialog },
    { name: "files-phone", path: `${documents}?view=table`, look: { isPhone: true } },
    { name: "home-phone", path: "/", look: { isPhone: true } },
    { name: "files-dark", path: album, look: { isDark: true } },
  ];
}

/** The household keeps its pictures by month; one folder with all of them shows more. */
async function makeAlbum(demo: Demo): Promise<number> {
  const { hits } = (await demo.call("files.search", { query: "IMG_", limit: 100 })) as {
    hits: { node: { id: number } }[];
  };
  const folder = await demo.find("My files", "Photos");
  await demo.call("files.createFolder", { parentId: folder, path: "Best of the year" });
  const album = await demo.find("My files", "Photos/Best of the year");
  await demo.call("files.copy", { ids: hits.map(({ node }) => node.id), folderId: album });
  return album;
}

async function take(browser: TestBrowser, demo: Demo, shot: Shot): Promise<void> {
  const { isVisitor = false, ...look } = shot.look ?? {};
  const { page, context } = await browser.visit({
    url: demo.url,
    cookie: isVisitor ? undefined : demo.cookie,
    ...look,
  });
  try {
    await page.goto(shot.path);
    await page.getByRole("main").waitFor();
    await page.waitForTimeout(settleMs);
    await shot.act?.(page);
    await page.waitForTimeout(settleMs);
    const file = join(folder, `${shot.name}.png`);
    await sharp(await page.screenshot())
      .png({ palette: true, quality: 90, effort: 10 })
      .toFile(file);
    const { size } = statSync(file);
    console.log(`${shot.name}.png: ${Math.round(size / 1000)} kB`);
    if (size > limitBytes) throw new Error(`${shot.name}.png is larger than ${limitBytes / 1000} kB`);
  } finally {
    await context.close();
  }
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const demo = await startDemo();
  try {
    const holiday = await demo.find("Family", "Holiday");
    await demo.call("links.create", { nodeId: holiday, mode: "view", password: "sea and sand", downloadLimit: 20 });
    const browser = await openBrowser();
    try {
      for (const shot of await shots(demo)) await take(browser, demo, shot);
    } finally {
      await browser.close();
    }
  } finally {
    await demo.stop();
  }
}

if (import.meta.main) await main();
