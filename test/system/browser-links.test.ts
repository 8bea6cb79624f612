// needs: chromium
// beside: another
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type RunningHearth, startHearth } from "#kit";
import { expectProblems } from "../kit/browser.ts";
import { chooseFiles, entry, eventually, openFiles, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;
let home = "";
let folder = "";

beforeAll(async () => {
  hearth = await startHearth();
  home = join(hearth.dataDir, "volumes/main/home", hearth.user);
  folder = mkdtempSync(join(tmpdir(), "hearth-links-"));
  for (const name of ["Holiday/beach.txt", "Holiday/map/route.md", "Inbox/mine.txt", "Letter.txt", "Plan.txt"]) {
    mkdirSync(join(home, name, ".."), { recursive: true });
    writeFileSync(join(home, name), `content of ${name}`);
  }
});
afterAll(async () => {
  await hearth.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Makes a link in the share dialog and gives its path. */
async function share(name: string, fill: (page: Page) => Promise<void>): Promise<string> {
  const { page, axe } = await visit({ url: hearth.url, cookie: hearth.cookie });
  await openFiles(page);
  await entry(page, name).click();
  await page.getByRole("toolbar").getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: `Share “${name}”` });
  await dialog.getByRole("button", { name: "New link" }).click();
  await fill(page);
  expect(await axe()).toEqual([]);
  await dialog.getByRole("button", { name: "Create link" }).click();
  const address = await dialog.getByLabel("Address of the link").inputValue();
  expect(address.startsWith(`${hearth.url}/s/`)).toBe(true);
  await dialog.getByRole("button", { name: "QR code" }).click();
  await dialog.getByRole("img", { name: `QR code of ${address}` }).waitFor();
  expect(await axe()).toEqual([]);
  return address.slice(hearth.url.length);
}

test("a link with a password opens without an account, and only with the password", async () => {
  const path = await share("Holiday", async (page) => {
    await page.getByLabel("Ask for a password").check({ force: true });
    await page.getByRole("textbox", { name: "Password" }).fill("sea and sand");
  });
  const visited = await visit({ url: hearth.url });
  const { page } = visited;
  await page.goto(path);
  await page.getByRole("heading", { name: "This link has a password" }).waitFor();
  await page.getByRole("textbox", { name: "Password" }).fill("mountains");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("That is not the password.").waitFor();
  expectProblems(visited, /status of 40[13]/);
  expect(await page.getByText("beach.txt").count()).toBe(0);
  await page.getByRole("textbox", { name: "Password" }).fill("sea and sand");
  await page.getByRole("button", { name: "Open" }).click();
  await entry(page, "beach.txt").waitFor();
  expect(await visited.axe()).toEqual([]);
  await entry(page, "map").click();
  await entry(page, "route.md").click();
  const preview = page.getByRole("dialog", { name: "Preview of route.md" });
  await preview.getByText("content of Holiday/map/route.md").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    preview.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(readFileSync(await download.path(), "utf8")).toBe("content of Holiday/map/route.md");
  // The way up ends at the shared folder: nothing else of the household is reachable.
  expect((await page.request.get("/api/files/content/1")).status()).toBe(401);
});

test("an upload-only link takes files and shows nothing", async () => {
  const path = await share("Inbox", async (page) => {
    await page.getByText("Upload only", { exact: true }).click();
  });
  const source = join(folder, "from a friend.txt");
  writeFileSync(source, "hello from outside");
  const visited = await visit({ url: hearth.url, isPhone: true });
  const { page } = visited;
  await page.goto(path);
  await page.getByText("Put files into “Inbox”.").waitFor();
  expect(await page.getByText("mine.txt").count()).toBe(0);
  await chooseFiles(page, () => page.getByRole("button", { name: "Choose files" }).click(), source);
  await page.getByText("Everything has arrived. Thank you.").waitFor();
  expect(readFileSync(join(home, "Inbox/from a friend.txt"), "utf8")).toBe("hello from outside");
  expect(await visited.axe()).toEqual([]);
  expect(await visited.overflowPx()).toBe(0);
});

test("a link ends after as many downloads as were allowed", async () => {
  const path = await share("Letter.txt", async (page) => {
    await page.getByLabel("Downloads at most").fill("1");
  });
  const visited = await visit({ url: hearth.url });
  const { page } = visited;
  await page.goto(path);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(readFileSync(await download.path(), "utf8")).toBe("content of Letter.txt");
  await page.reload();
  await page.getByText("This link does not work any more").waitFor();
  expect(await visited.axe()).toEqual([]);
  expectProblems(visited, /status of 410/);
});

test("a withdrawn link stops at once", async () => {
  const path = await share("Plan.txt", () => Promise.resolve());
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie });
  await openFiles(page);
  await entry(page, "Plan.txt").click();
  await page.getByRole("toolbar").getByRole("button", { name: "Share" }).click();
  const links = page.getByRole("region", { name: `${hearth.url}${path}` });
  await links.getByRole("button", { name: "Withdraw" }).click();
  await links.waitFor({ state: "detached" });
  const stranger = await visit({ url: hearth.url });
  await stranger.page.goto(path);
  await eventually(
    "the visitor is told",
    async () => (await stranger.page.getByText(/There is no such link|This link does not work any more/).count()) > 0,
  );
  expectProblems(stranger, /status of 4(04|10)/);
});
