// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { type RunningHearth, startHearth } from "#kit";
import { entry, eventually, openFiles, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;
let home = "";

beforeAll(async () => {
  hearth = await startHearth();
  home = join(hearth.dataDir, "volumes/main/home", hearth.user);
  mkdirSync(join(home, "Photos"));
  for (const name of [
    "first.txt",
    "second.txt",
    "a very long name that does not fit on a phone in one line at all.txt",
  ]) {
    writeFileSync(join(home, name), name);
  }
});
afterAll(() => hearth.stop());

/** A finger that stays until what it was for has come; Playwright itself only taps. */
async function longPress(page: Page, target: Locator, isDone: () => Promise<void>): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error("nothing to press");
  const finger = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const session = await page.context().newCDPSession(page);
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [finger] });
  await isDone();
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await session.detach();
}

test("a phone has a bottom bar of five entries that leads everywhere", async () => {
  const { page, overflowPx } = await visit({ url: hearth.url, cookie: hearth.cookie, isPhone: true });
  await page.goto("/");
  const bar = page.getByRole("navigation", { name: "Main" }).filter({ visible: true });
  await bar.getByRole("link", { name: "Files" }).waitFor();
  expect(await bar.locator("a, button").filter({ visible: true }).count()).toBe(5);
  const box = await bar.boundingBox();
  expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBe(844);
  await bar.getByRole("link", { name: "Files" }).tap();
  await entry(page, "first.txt").waitFor();
  expect(await overflowPx()).toBe(0);
  await page.getByRole("banner").getByRole("button", { name: "Search" }).tap();
  await page.getByRole("dialog", { name: "Search and commands" }).waitFor();
  expect(await overflowPx()).toBe(0);
});

test("a tap opens, a long press selects, further taps add", async () => {
  const { page, overflowPx } = await visit({ url: hearth.url, cookie: hearth.cookie, isPhone: true });
  await openFiles(page);
  await entry(page, "first.txt").tap();
  await page.getByRole("dialog", { name: "Preview of first.txt" }).waitFor();
  await page.getByRole("button", { name: "Close preview" }).tap();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await longPress(page, entry(page, "first.txt"), () => page.getByRole("toolbar").getByText("1 selected").waitFor());
  await entry(page, "second.txt").tap();
  await page.getByRole("toolbar").getByText("2 selected").waitFor();
  expect(await overflowPx()).toBe(0);
  await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).tap();
  await entry(page, "second.txt").waitFor({ state: "detached" });
  // The row goes before the answer comes.
  await eventually("it is gone from the disk", () => !existsSync(join(home, "second.txt")));
  await page.getByRole("button", { name: "Undo" }).tap();
  await entry(page, "second.txt").waitFor();
  await entry(page, "Photos").tap();
  await page.getByText("This folder is empty").waitFor();
});

test("the page follows the system into the dark, and a choice stays", async () => {
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie, isDark: true });
  const brightness = () =>
    page.evaluate(() => {
      const [red = 0, green = 0, blue = 0] = (getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? []).map(
        Number,
      );
      return (red + green + blue) / 3;
    });
  await page.goto("/");
  await page.getByRole("main").waitFor();
  expect(await brightness()).toBeLessThan(60);
  await page.getByRole("button", { name: /^Account menu of/ }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await eventually("it is light", async () => (await brightness()) > 200);
  await page.reload();
  await page.getByRole("main").waitFor();
  expect(await brightness()).toBeGreaterThan(200);
});
