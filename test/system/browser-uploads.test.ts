// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { expectProblems } from "../kit/browser.ts";
import { interruptAndResume } from "./browser-large.ts";
import { enter, entry, eventually, openFiles, upload, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
const mib = 1024 * 1024;
const largeBytes = 2048 * mib;
/** What one request of the page carries at most. */
const patchBytes = 32 * mib;

let hearth: RunningHearth;
let home = "";
let folder = "";

beforeAll(async () => {
  hearth = await startHearth();
  home = join(hearth.dataDir, "volumes/main/home", hearth.user);
  folder = mkdtempSync(join(tmpdir(), "hearth-upload-"));
});
afterAll(async () => {
  await hearth.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a folder of 500 files arrives whole, with its folders inside", async () => {
  const source = join(folder, "Photos of 2026");
  const paths = Array.from({ length: 500 }, (_, index) => `month ${1 + (index % 12)}/day ${index % 7}/ü ${index}.txt`);
  for (const [index, path] of paths.entries()) {
    mkdirSync(join(source, path, ".."), { recursive: true });
    writeFileSync(join(source, path), `${path}\n`.repeat(1 + (index % 50)));
  }
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie });
  await page.goto("/files");
  await page.getByText("This folder is empty").waitFor();
  await upload(page, "Upload a folder", source);
  await page.getByRole("heading", { name: "500 files uploaded" }).waitFor({ timeout: 60_000 });
  const arrived = readdirSync(join(home, "Photos of 2026"), { recursive: true, encoding: "utf8" });
  expect(arrived.filter((path) => path.endsWith(".txt")).toSorted()).toEqual(paths.toSorted());
  for (const path of paths) {
    const content = readFileSync(join(home, "Photos of 2026", path), "utf8");
    expect({ path, content }).toEqual({ path, content: readFileSync(join(source, path), "utf8") });
  }
  await page.keyboard.press("Escape");
  await enter(page, "Photos of 2026");
  await eventually("twelve folders are listed", async () => (await page.getByRole("row").count()) === 12 + 1);
});

test("a name that is taken is asked about once", async () => {
  mkdirSync(join(home, "clash"));
  const source = join(folder, "clash");
  mkdirSync(source);
  for (const name of ["one.txt", "two.txt"]) {
    writeFileSync(join(home, "clash", name), "old");
    writeFileSync(join(source, name), "new");
  }
  const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
  const { page } = visited;
  await openFiles(page);
  await enter(page, "clash");
  await upload(
    page,
    "Upload files",
    ["one.txt", "two.txt"].map((name) => join(source, name)),
  );
  const question = page.getByRole("dialog", { name: /is already there$/ });
  await question.getByLabel("Do this for all files of this upload").check();
  await question.getByRole("button", { name: "Keep both" }).click();
  await entry(page, "one (2).txt").waitFor();
  await entry(page, "two (2).txt").waitFor();
  expect(readdirSync(join(home, "clash"))).toHaveLength(4);
  expect(readFileSync(join(home, "clash", "one.txt"), "utf8")).toBe("old");
  expect(expectProblems(visited, /status of 409/)).toBe(2);
});

test("a file of 2 GiB goes on where it stopped after the program was killed and the page reloaded", async () => {
  const outcome = await interruptAndResume(visit, largeBytes);
  expect(outcome.resumedAtBytes).toBeGreaterThan(largeBytes / 3);
  expect(outcome.patches).toBeLessThanOrEqual(Math.ceil((largeBytes - outcome.resumedAtBytes) / patchBytes) + 1);
  expect(outcome.storedHash).toBe(outcome.sourceHash);
});
