// needs: chromium
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { entry, eventually, layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;
let home = "";

beforeAll(async () => {
  hearth = await startHearth();
  home = join(hearth.dataDir, "volumes/main/home", hearth.user);
});
afterAll(() => hearth.stop());

async function put(name: string, content: string): Promise<void> {
  const response = await hearth.fetch(`/dav/home/${name}`, { method: "PUT", body: content });
  expect(response.ok).toBe(true);
}
const onDisk = (name: string): string => readFileSync(join(home, name), "utf8");

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test("versions are listed, compared, restored and taken back", async () => {
    const name = `plan-${look.isPhone ? "phone" : "desk"}.txt`;
    await put(name, "one\ntwo\nthree\n");
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
    const { page } = visited;
    await page.goto("/files");
    await entry(page, name).waitFor();
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
    await entry(page, name).locator("[data-act=more]").click();
    await page.getByRole("menuitem", { name: "Details" }).click();
    const panel = page.getByRole("region", { name: "Versions", exact: true });
    await panel.getByText("No earlier versions.").waitFor();
    expect(await visited.axe()).toEqual([]);
    // Since here nobody asks for anything: what comes by itself must not push.
    const shiftBefore = await visited.layoutShift();

    await put(name, "one\n2\nthree\nfour\n");
    await panel.getByRole("button", { name: /^Compare the version/ }).waitFor();
    expect(await visited.axe()).toEqual([]);
    expect((await visited.layoutShift()) - shiftBefore).toBeLessThan(layoutShiftLimit);
    await panel.getByRole("button", { name: /^Compare the version/ }).click();
    const dialog = page.getByRole("dialog", { name: `Changes in ${name}` });
    await dialog.getByText("2 lines added, 1 removed").waitFor();
    expect(await dialog.locator("tr[data-kind=removed]").innerText()).toContain("two");
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      panel.getByRole("link", { name: /^Download the version/ }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^plan-\w+ \(\d{4}-\d\d-\d\d\)\.txt$/);
    await panel.getByRole("button", { name: /^Restore the version/ }).click();
    await page.getByText(/^The version of .+ is the current one now/).waitFor();
    expect(onDisk(name)).toBe("one\ntwo\nthree\n");
    await eventually("both are listed", async () => (await panel.getByRole("listitem").count()) === 2);
    await page.getByRole("button", { name: "Undo" }).click();
    await eventually("it is as it was", () => onDisk(name) === "one\n2\nthree\nfour\n");
  });
});
