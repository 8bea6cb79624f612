// needs: ffmpeg, chromium
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { useBrowser } from "./browser-support.ts";

setDefaultTimeout(180_000);

const dir = mkdtempSync(join(tmpdir(), "hearth-browser-offline-"));
let hearth: RunningHearth;
const visit = useBrowser();

beforeAll(async () => {
  hearth = await startHearth();
  const clip = join(dir, "clip.mp4");
  const inputs = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=3", "-f", "lavfi", "-i", "sine=d=3"];
  const maps = ["-map", "0", "-map", "1", "-map", "1", "-c:a", "aac"];
  const argv = ["ffmpeg", "-v", "error", ...inputs, ...maps, clip];
  expect(Bun.spawnSync(argv, { timeout: 60_000 }).exitCode).toBe(0);
  await hearth.fetch("/dav/home/Films/", { method: "MKCOL" });
  const path = "/dav/home/Films/The%20Long%20Way%20(1999).mp4";
  expect((await hearth.fetch(path, { method: "PUT", body: Bun.file(clip) })).status).toBe(201);
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

test.each([
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const)("a film is made ready for offline, downloaded and removed (%o)", async (look) => {
  const { page, axe, overflowPx } = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
  await page.goto("/films");
  await page.getByRole("link", { name: "The Long Way" }).click({ timeout: 90_000 });
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Download for offline" }).click();
  const dialog = page.getByRole("dialog", { name: "Download for offline" });
  await dialog.getByRole("radio", { name: /^360p, about / }).waitFor({ timeout: 90_000 });
  await dialog.getByRole("radio", { name: /^Original, / }).check();
  expect(await dialog.getByRole("link", { name: "Download" }).getAttribute("href")).toMatch(
    /^\/media\/items\/\d+\/file\/The%20Long%20Way/,
  );
  await dialog.getByRole("radio", { name: /^240p, about / }).check();
  expect(await axe()).toEqual([]);
  await dialog.getByRole("button", { name: "Make it ready" }).click();
  const link = dialog.getByRole("link", { name: "Download The Long Way (1999) (240p).mp4" });
  await link.waitFor({ timeout: 90_000 });
  expect(await axe()).toEqual([]);
  expect(await overflowPx()).toBe(0);
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("The Long Way (1999) (240p).mp4");
  expect(readFileSync(await download.path()).toString("latin1", 4, 8)).toBe("ftyp");
  await dialog.getByRole("button", { name: /^Remove / }).click();
  await link.waitFor({ state: "detached" });
});
