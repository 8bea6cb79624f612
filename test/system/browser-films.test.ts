// needs: ffmpeg, chromium
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { useBrowser } from "./browser-support.ts";

setDefaultTimeout(180_000);

const dir = mkdtempSync(join(tmpdir(), "hearth-browser-films-"));
let hearth: RunningHearth;
const visit = useBrowser();

const call = async <T>(operation: string, input: unknown): Promise<T> => {
  const headers = { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie };
  const response = await fetch(`${hearth.url}/api/${operation}`, {
    method: "POST",
    headers,
    body: JSON.stringify(input),
  });
  return (await response.json()) as T;
};

async function put(path: string, body: Bun.BunFile | string): Promise<void> {
  const parts = path.split("/").map(encodeURIComponent);
  for (let depth = 1; depth < parts.length; depth += 1)
    await hearth.fetch(`/dav/home/${parts.slice(0, depth).join("/")}/`, { method: "MKCOL" });
  expect((await hearth.fetch(`/dav/home/${parts.join("/")}`, { method: "PUT", body })).status).toBe(201);
}

beforeAll(async () => {
  hearth = await startHearth();
  const clip = join(dir, "clip.mp4");
  const argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10:duration=2", clip];
  expect(Bun.spawnSync(argv, { timeout: 60_000 }).exitCode).toBe(0);
  const film = "Films/The Long Way (1999)/The Long Way (1999)";
  await put(`${film}.mp4`, Bun.file(clip));
  await put(
    `${film}.nfo`,
    "<movie><plot>Far away and back.</plot><genre>Drama</genre><actor><name>Ann Bee</name></actor></movie>",
  );
  await put("Films/Other (2001).mp4", Bun.file(clip));
  for (const episode of [1, 2]) await put(`Series/Lights/Season 01/Lights S01E0${episode}.mp4`, Bun.file(clip));
  const count = async (type: string) => (await call<{ total: number }>("works.list", { types: [type] })).total;
  for (const end = Date.now() + 90_000; (await count("film")) < 2 || (await count("episode")) < 2; await Bun.sleep(200))
    if (Date.now() > end) throw new Error("the films did not come");
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

test.each(looks)("films are found, opened, marked and corrected, which can be undone (%o)", async (look) => {
  const { page, axe, overflowPx } = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
  await page.goto("/films");
  await page.getByRole("status").getByText("2 films").waitFor();
  expect(await axe()).toEqual([]);
  await page.getByRole("searchbox").fill("long");
  await page.getByRole("status").getByText("1 film").waitFor();
  await page.getByRole("link", { name: "The Long Way" }).click();
  await page.getByText("Far away and back.").waitFor();
  expect(await axe()).toEqual([]);
  expect(await overflowPx()).toBe(0);

  await page.getByRole("button", { name: "Mark as watched" }).click();
  await page.getByRole("button", { name: "Mark as not watched" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await page.getByRole("button", { name: "Mark as watched" }).waitFor();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Edit details" }).click();
  await page.getByRole("textbox", { name: "Title", exact: true }).fill("The Longest Way");
  await page.getByRole("textbox", { name: "Year" }).fill("19");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("A year has four digits.").waitFor();
  await page.getByRole("textbox", { name: "Year" }).fill("1998");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "The Longest Way", level: 2 }).waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Undo last change" }).click();
  await page.getByRole("heading", { name: "The Long Way", level: 2 }).waitFor();

  await page.getByRole("link", { name: "Ann Bee" }).click();
  await page.getByRole("status").getByText("1 film").waitFor();
});

test("a wrong title is put right in two clicks; a series plays its next episode", async () => {
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie });
  await page.goto("/films?q=other");
  await page.getByRole("link", { name: "Other" }).click();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Wrong title?" }).click();
  const dialog = page.getByRole("dialog", { name: "What is it really?" });
  // No catalogue is on: its letters stand there, and nothing is asked for a picture.
  await dialog.getByText("O", { exact: true }).first().waitFor();
  await dialog
    .getByRole("button", { name: /^Choose: / })
    .first()
    .click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(/^It is “.+” now\.$/).waitFor();

  await page.goto("/films?type=series");
  await page.getByRole("link", { name: "Lights" }).click();
  await page.getByRole("link", { name: "Play S1 E1" }).waitFor();
  await page.getByRole("button", { name: "Mark as watched" }).waitFor();
  const { works } = await call<{ works: { itemId: number; episodeNumber: number }[] }>("works.list", {
    types: ["episode"],
  });
  const first = works.find(({ episodeNumber }) => episodeNumber === 1)?.itemId;
  await call("watch.setWatched", { itemIds: [first], isWatched: true });
  await page.getByRole("link", { name: "Play S1 E2" }).waitFor();
  await page.getByRole("link", { name: "Season 1" }).click();
  await page.getByRole("link", { name: "Play S1 E2" }).click();
  await page.waitForURL(/\/watch\/\d+/);
  await page.locator("video").waitFor();
});

test("what was watched is listed with its device, searched, taken out and put back, on a phone", async () => {
  const { works } = await call<{ works: { itemId: number; title: string }[] }>("works.list", { types: ["film"] });
  await call("watch.removeEntries", { entryIds: null });
  for (const { itemId } of works) await call("watch.setWatched", { itemIds: [itemId], isWatched: true });
  const { page, axe, overflowPx } = await visit({
    url: hearth.url,
    cookie: hearth.cookie,
    isPhone: true,
    isDark: true,
  });
  await page.goto("/films");
  await page.getByRole("link", { name: "Watched", exact: true }).click();
  await page.waitForURL("**/films/history");
  // Midnight may pass meanwhile.
  const entries = page.getByRole("region", { name: /^(Today|Yesterday)$/ }).getByRole("listitem");
  const isListed = async (count: number) => {
    await page.waitForFunction((wanted) => document.querySelectorAll("main li").length === wanted, count);
    expect(await entries.count()).toBe(count);
  };
  await isListed(2);
  expect(await axe()).toEqual([]);
  expect(await overflowPx()).toBe(0);
  await page.getByRole("searchbox").fill("nowhere");
  await page.getByText("Nothing found").waitFor();
  await page.getByRole("searchbox").fill("long");
  await isListed(1);
  await page.getByRole("searchbox").fill("");
  await isListed(2);
  await entries
    .first()
    .getByRole("button", { name: /^More about / })
    .click();
  await page.getByRole("menuitem", { name: "Remove from history" }).click();
  await isListed(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await isListed(2);
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByText("Your history is empty now", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await isListed(2);
});
