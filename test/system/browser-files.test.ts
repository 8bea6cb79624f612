// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type RunningHearth, startHearth } from "#kit";
import { expectProblems } from "../kit/browser.ts";
import { enter, entry, eventually, layoutShiftLimit, openFiles, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;
let home = "";

beforeAll(async () => {
  hearth = await startHearth();
  home = join(hearth.dataDir, "volumes/main/home", hearth.user);
});
afterAll(() => hearth.stop());

const onDisk = (path: string): boolean => existsSync(join(home, path));
const plant = (path: string, content = path): void => {
  mkdirSync(join(home, path, ".."), { recursive: true });
  writeFileSync(join(home, path), content);
};

/** A visit that begins in a folder of its own, made by another program. */
async function inFolder(name: string) {
  const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
  await openFiles(visited.page);
  await enter(visited.page, name);
  return visited;
}

async function selectedNames(page: Page): Promise<string[]> {
  const labels = await page
    .locator("[data-index][data-selected] [data-act=check]")
    .evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
  return labels.map((label) => label.replace("Select ", ""));
}

test("what a WebDAV client and another program change appears without a reload", async () => {
  plant("Live/first.txt");
  const { page } = await inFolder("Live");
  await entry(page, "first.txt").waitFor();
  const put = await hearth.fetch("/dav/home/Live/by%20webdav.txt", { method: "PUT", body: "hello" });
  expect(put.status).toBe(201);
  await entry(page, "by webdav.txt").waitFor();
  plant("Live/by hand.txt");
  await entry(page, "by hand.txt").waitFor();
  renameSync(join(home, "Live/by hand.txt"), join(home, "Live/renamed.txt"));
  await entry(page, "renamed.txt").waitFor();
  await entry(page, "by hand.txt").waitFor({ state: "detached" });
  await hearth.fetch("/dav/home/Live/first.txt", { method: "DELETE" });
  await entry(page, "first.txt").waitFor({ state: "detached" });
});

test("everything goes by keyboard: move, select, rename, open, delete and take back", async () => {
  for (const name of ["a.txt", "b.txt", "c.txt", "d.txt"]) plant(`Keys/${name}`);
  const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
  const { page } = visited;
  await openFiles(page);
  await entry(page, "Keys").waitFor();
  await page.getByRole("grid").focus();
  await page.keyboard.press("Home");
  for (let step = 0; step < 10 && !(await selectedNames(page)).includes("Keys"); step++) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("grid", { name: "Contents of Keys" }).waitFor();
  await entry(page, "d.txt").waitFor();

  await page.keyboard.press("ArrowDown");
  await eventually("a.txt is selected", async () => (await selectedNames(page)).join() === "a.txt");
  await page.keyboard.press("Shift+ArrowDown");
  await eventually("two are selected", async () => (await selectedNames(page)).length === 2);
  await page.keyboard.press("Control+a");
  await eventually("all are selected", async () => (await selectedNames(page)).length === 4);
  await page.keyboard.press("Escape");
  await eventually("nothing is selected", async () => (await selectedNames(page)).length === 0);

  await page.keyboard.press("Home");
  await page.keyboard.press("F2");
  const field = page.getByLabel("New name of a.txt");
  await field.fill("z renamed.txt");
  await page.keyboard.press("Enter");
  await entry(page, "z renamed.txt").waitFor();
  // The new name is shown before the answer comes.
  await eventually("it is renamed on the disk", () => !onDisk("Keys/a.txt") && onDisk("Keys/z renamed.txt"));

  await page.locator("[data-index='0']").getByTitle("b.txt").waitFor();
  await page.keyboard.press("Home");
  await eventually("b.txt is selected", async () => (await selectedNames(page)).join() === "b.txt");
  await page.keyboard.press("Delete");
  await entry(page, "b.txt").waitFor({ state: "detached" });
  // The row goes before the answer comes, since there is an undo.
  await eventually("b.txt is gone from the disk", () => !onDisk("Keys/b.txt"));
  await page.getByRole("button", { name: "Undo" }).focus();
  await page.keyboard.press("Enter");
  await entry(page, "b.txt").waitFor();
  await eventually("b.txt is back on the disk", () => onDisk("Keys/b.txt"));

  await page.getByRole("grid").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Preview of z renamed.txt" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Backspace");
  await page.getByRole("grid", { name: "Contents of My files" }).waitFor();
});

test("the palette finds a file by its name, by keyboard alone", async () => {
  plant("Palette/deep/Tax return 2025.txt", "taxes");
  const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
  const { page } = visited;
  await page.goto("/");
  await page.getByRole("main").waitFor();
  await page.keyboard.press("/");
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await palette.getByRole("combobox").fill("tax ret");
  await palette.getByRole("option", { name: /Tax return 2025/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("grid", { name: "Contents of deep" }).waitFor();
  await eventually("it is selected", async () => (await selectedNames(page)).join() === "Tax return 2025.txt");
});

test("a deleted folder waits in the trash and comes back with all it had", async () => {
  plant("Old/letters/one.txt", "dear");
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie });
  await openFiles(page);
  await entry(page, "Old").click();
  await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
  await entry(page, "Old").waitFor({ state: "detached" });
  await eventually("it is gone from the disk", () => !onDisk("Old"));
  await page.getByRole("link", { name: "Trash" }).first().click();
  await page.getByRole("button", { name: "Restore: Old" }).click();
  await page.getByRole("button", { name: "Restore: Old" }).waitFor({ state: "detached" });
  expect(readFileSync(join(home, "Old/letters/one.txt"), "utf8")).toBe("dear");
});

test("files are moved by dragging them onto a folder, and the move can be taken back", async () => {
  plant("Drag/target/already.txt");
  plant("Drag/one.txt");
  plant("Drag/two.txt");
  const { page } = await inFolder("Drag");
  await entry(page, "one.txt").click();
  await entry(page, "two.txt").click({ modifiers: ["Control"] });
  await entry(page, "two.txt").dragTo(entry(page, "target"));
  await entry(page, "one.txt").waitFor({ state: "detached" });
  await eventually("both are moved", () => onDisk("Drag/target/one.txt") && onDisk("Drag/target/two.txt"));
  await page.getByRole("button", { name: "Undo" }).click();
  await entry(page, "two.txt").waitFor();
  await eventually("both are back", () => onDisk("Drag/one.txt") && onDisk("Drag/two.txt"));
});

test("a new folder is made; a name that is taken says so and changes nothing", async () => {
  plant("Make/x.txt");
  plant("Make/y.txt");
  const visited = await inFolder("Make");
  const { page } = visited;
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: "New folder" }).click();
  await page.getByLabel("Name of the folder").fill("Summer");
  await page.keyboard.press("Enter");
  await entry(page, "Summer").waitFor();
  expect(onDisk("Make/Summer")).toBe(true);
  await entry(page, "y.txt").click();
  await page.keyboard.press("F2");
  await page.getByLabel("New name of y.txt").fill("x.txt");
  await page.keyboard.press("Enter");
  await page
    .getByRole("complementary", { name: "Messages" })
    .getByText(/x\.txt|already|taken/i)
    .first()
    .waitFor();
  await entry(page, "y.txt").waitFor();
  expect([onDisk("Make/y.txt"), readFileSync(join(home, "Make/x.txt"), "utf8")]).toEqual([true, "Make/x.txt"]);
  expectProblems(visited, /status of 4(09|12)/);
});

test("a folder of 5,000 files scrolls to its end, and does not jump while it loads", async () => {
  mkdirSync(join(home, "Many"));
  for (let index = 0; index < 5000; index++)
    writeFileSync(join(home, "Many", `file ${String(index).padStart(5, "0")}`), "");
  const visited = await inFolder("Many");
  const { page } = visited;
  await eventually(
    "all are listed",
    async () => (await page.getByRole("grid").getAttribute("aria-rowcount")) === "5001",
  );
  await page.reload();
  await entry(page, "file 00000").waitFor();
  expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
  await page.getByRole("grid").focus();
  await page.keyboard.press("End");
  await entry(page, "file 04999").waitFor();
  expect(await page.locator("[data-index]").count()).toBeLessThan(80);
});
