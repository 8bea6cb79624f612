// needs: chromium, pdftotext
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type RunningHearth, startHearth } from "#kit";
import { expectProblems } from "../kit/browser.ts";
import { eventually, layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;

beforeAll(async () => {
  hearth = await startHearth();
  await hearth.fetch("/dav/home/Letters/", { method: "MKCOL" });
  const files: Readonly<Record<string, string>> = {
    "Letters/To the landlord.txt": "Dear landlord,\nthe <i>boiler</i> is broken again. Please send a plumber.",
    "Letters/boiler manual.md": "# Manual\nTurn it off and on.",
    "Letters/broken.docx": "no document",
  };
  for (const [path, body] of Object.entries(files)) {
    expect((await hearth.fetch(`/dav/home/${encodeURI(path)}`, { method: "PUT", body })).ok).toBe(true);
  }
  await eventually("all texts are read", async () => {
    const headers = { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie };
    const response = await fetch(`${hearth.url}/api/search.state`, { method: "POST", headers, body: "{}" });
    const state = (await response.json()) as { isCatchingUp: boolean; textDoneCount: number; textTotalCount: number };
    return !state.isCatchingUp && state.textTotalCount >= 3 && state.textDoneCount === state.textTotalCount;
  });
});
afterAll(() => hearth.stop());

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test("from the palette to the results, by name and by text, with filters, and to the file", async () => {
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
    const { page } = visited;
    await page.goto("/files");
    await page.getByRole("grid").waitFor();
    // Before anything is opened: how much later than a click an answer moves something is up to the machine.
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
    await page.getByRole("button", { name: "Search" }).first().click();
    const palette = page.getByRole("combobox", { name: "Search files, people and pages" });
    await palette.fill("boil");
    await page.getByRole("option", { name: /boiler manual/ }).waitFor();
    await page.getByRole("option", { name: /^All results for “boil”/ }).click();
    await page.waitForURL(/\/search\?q=boil/);
    const results = page.getByRole("region", { name: "Results" });
    await results.getByRole("link", { name: /boiler manual/ }).waitFor();
    const letter = results.getByRole("link", { name: /To the landlord/ });
    await letter.waitFor();
    expect(await letter.locator("mark").allInnerTexts()).toEqual(["boiler"]);
    expect(await letter.innerText()).toContain("<i>boiler</i>");
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);

    await page.getByRole("switch", { name: "Names only" }).click();
    await page.waitForURL(/names=true/);
    await letter.waitFor({ state: "detached" });
    await page.getByRole("switch", { name: "Names only" }).click();
    await letter.waitFor();
    await page.getByLabel("Type").selectOption("folder");
    await page.getByText("Nothing found").waitFor();
    await page.getByLabel("Type").selectOption("any");
    const box = page.getByRole("searchbox");
    await box.fill("boiler after:soon");
    await page.getByText('"soon" is no date: write after:2024-01-31, after:2024-01 or after:2024.').waitFor();
    await page.getByRole("button", { name: "Documents whose text is not searched" }).click();
    await page.getByText(/Damaged, or not what its name says/).waitFor();
    expect(await visited.axe()).toEqual([]);

    await box.fill('"send a plumber"');
    await letter.waitFor();
    await box.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/files\/\d+\?at=\d+/);
    expect(expectProblems(visited, /400/)).toBeGreaterThan(0);
  });
});

test("whoever looks after the server sees the state of the index and can have it built again", async () => {
  const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
  const { page } = visited;
  await page.goto("/usage");
  const section = page.getByRole("region", { name: "Search index" });
  await section.getByText("Complete").waitFor();
  await section.getByText(/names · \d+ documents read/).waitFor();
  await section.getByText("1 not read: damaged").waitFor();
  expect(await visited.axe()).toEqual([]);
  await section.getByRole("button", { name: "Build it again" }).click();
  await page.getByText("The index is being built again").waitFor();
  await section.getByText("Complete").waitFor();
});
