// needs: chromium, ffmpeg
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type RunningHearth, startHearth } from "#kit";
import { useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;
const testMs = 120_000;

beforeAll(async () => {
  hearth = await startHearth();
  const { authorization } = hearth;
  const send = (method: string, path: string, body?: string) =>
    fetch(hearth.davUrl + path, { method, headers: { authorization }, ...(body === undefined ? {} : { body }) });
  for (const folder of ["Films", "Series", "Lessons"]) expect((await send("MKCOL", `${folder}/`)).ok).toBe(true);
  expect((await send("PUT", "Films/Broken%20(2001).mkv", "no film")).ok).toBe(true);
  expect((await send("PUT", "Films/The%20Third%20Man.mkv", "no film either")).ok).toBe(true);
  expect((await send("PUT", "Films/The%20Third%20Man.nfo", "<movie>\n<title>The Third Man")).ok).toBe(true);
}, testMs);
afterAll(() => hearth.stop());

describe.each([
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
])("phone: $isPhone, dark: $isDark", (look) => {
  test(
    "libraries are listed with what cannot be read; names are checked; one is made, switched off, on again and removed",
    async () => {
      const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
      const { page } = visited;
      await page.goto("/libraries");
      await page.getByRole("switch", { name: "Films is on" }).waitFor();
      await page.getByText("2 files cannot be read").waitFor({ timeout: testMs / 2 });
      await page.getByText("Films / Broken (2001).mkv").waitFor();
      await page.getByRole("button", { name: "More about Films" }).click();
      await page.getByRole("menuitem", { name: "Check names for Plex and Jellyfin" }).click();
      await page.getByText("1 of 2 files would not be understood.").waitFor();
      await page.getByText("The year of the film is not in its name.").waitFor();
      await page.getByText(/^Line 2: /).waitFor();
      await page.getByRole("button", { name: "More about Films" }).click();
      await page.getByRole("menuitem", { name: "NFO files…" }).click();
      await page.getByRole("switch", { name: "Write edits into NFO files" }).press("Space");
      await page.getByRole("switch", { name: "Write edits into NFO files", checked: true }).waitFor();
      await page.getByRole("button", { name: "Write all now" }).click();
      await page.getByText(/^Done: 0 files written, 1 file left/).waitFor();
      await page.getByRole("switch", { name: "Write edits into NFO files" }).press("Space");
      await page.getByRole("switch", { name: "Write edits into NFO files", checked: false }).waitFor();
      expect(await visited.axe()).toEqual([]);

      await page.getByRole("button", { name: "New library" }).click();
      const drawer = page.getByRole("dialog", { name: "New library" });
      await drawer.getByLabel("Name").fill("School");
      await drawer.getByRole("button", { name: "Lessons" }).click();
      await drawer.getByText("Chosen: My files / Lessons").waitFor();
      expect(await visited.axe()).toEqual([]);
      await drawer.getByRole("button", { name: "Make it a library" }).click();
      await drawer.waitFor({ state: "detached" });
      const isOn = page.getByRole("switch", { name: "School is on" });
      await isOn.waitFor();
      // What is drawn is its track; the switch itself is not seen.
      await isOn.press("Space");
      await page.getByText("School is switched off. What is known about it stays.").waitFor();
      await page.getByRole("button", { name: "Undo" }).last().click();
      await page.getByRole("switch", { name: "School is on", checked: true }).waitFor();

      const remove = async () => {
        await page.getByRole("button", { name: "More about School" }).click();
        await page.getByRole("menuitem", { name: "Remove" }).click();
        await isOn.waitFor({ state: "detached" });
        await page.getByText("Removed. What was watched, edited and put into lists is kept until").waitFor();
      };
      await remove();
      expect(await visited.axe()).toEqual([]);
      await page.getByRole("button", { name: "Bring back School" }).click();
      await page.getByRole("switch", { name: "School is on", checked: true }).waitFor();
      await remove();
      expect(await visited.overflowPx()).toBe(0);
      expect(visited.problems).toEqual([]);
    },
    testMs,
  );
});
