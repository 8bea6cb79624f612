// needs: chromium
import { afterEach, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { fill, household } from "../../src/apps/files/ransomware/traces.ts";
import { type RunningHearth, startHearth } from "#kit";
import { eventually, useBrowser } from "./browser-support.ts";
import { attackAll, call, davHand, newAppPassword, stoppedIn } from "./ransomware-support.ts";

const visit = useBrowser();
let hearth: RunningHearth | undefined;
afterEach(() => hearth?.stop());

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;
const limitMs = 120_000;

/** A laptop that has brought 500 files of its own and then begins to encrypt what is there. */
async function openAttacked() {
  const server = (hearth = await startHearth());
  const files = household(60, 6_000);
  await fill(davHand(server.davUrl, server.authorization), files);
  const { basic } = await newAppPassword(server, "Laptop");
  const laptop = davHand(server.davUrl, basic);
  const own = Array.from({ length: 500 }, (_, index) => ({ path: `new/${index}.txt`, content: files[3]!.content }));
  await fill(laptop, own);
  await attackAll(laptop, files, "overwrite, then a new ending");
  const { id } = await stoppedIn(server);
  return { server, laptop, id };
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: typeof name === "string" });

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test(
    "somebody is told, sees why, takes the changes back but for one file, undoes that, and says that it was them",
    async () => {
      const { server, laptop, id } = await openAttacked();
      const visited = await visit({ url: server.url, cookie: server.cookie, ...look });
      const { page } = visited;
      const expectGood = async (state: string) => {
        expect([state, await visited.axe(), await visited.overflowPx()]).toEqual([state, [], 0]);
      };
      await page.goto("/account/apps");
      const row = page.getByRole("listitem").filter({ hasText: "Laptop" });
      await row.getByText("Stopped", { exact: true }).waitFor();
      await row.getByText(/looks like ransomware/).waitFor();
      const banner = page.getByRole("complementary", { name: "Ransomware guard" });
      await banner.getByText('"Laptop" was stopped').waitFor();
      await expectGood("app passwords");
      await page.goto("/files");
      await banner.waitFor();
      await expectGood("banner");
      await banner.getByRole("link", { name: "See what happened" }).click();

      await page.getByRole("heading", { name: /^Hearth has stopped the app password "Laptop"/ }).waitFor();
      await page
        .getByText(/overwritten with bytes that look encrypted|now end in \.locked/)
        .first()
        .waitFor();
      await page.getByText(/^\d.* points in an hour/).waitFor();
      await page
        .getByText(/: \d+ changes, \d+ suspicious$/)
        .first()
        .waitFor({ state: "attached" });
      expect(await banner.count()).toBe(0);
      await expectGood("incident");

      await button(page, "Take its changes back…").click();
      await page.getByLabel("Back to before").selectOption({ index: 2 });
      await page.getByText(/500 new ones go to the trash|501 new ones go to the trash/).waitFor();
      await page.getByRole("textbox", { name: "Search in paths" }).fill("new/499.txt");
      const box = page.getByRole("checkbox", { name: "Take back new/499.txt" });
      await box.uncheck();
      await page.getByText("1 left out.").waitFor();
      await page.getByRole("textbox", { name: "Search in paths" }).fill("");
      await page.getByRole("checkbox", { name: "Take back new/1.txt" }).waitFor({ state: "attached" });
      await expectGood("preview");
      await button(page, "Take back").click();

      const progress = page.getByRole("region", { name: "Taking the changes back" });
      await progress.getByRole("progressbar").waitFor();
      await eventually("it is brought into view", async () => {
        const top = (await progress.boundingBox())?.y ?? 0;
        return top > 0 && top < 700;
      });
      await expectGood("running");
      await button(page, "Undo").waitFor();
      await expectGood("done");
      await button(page, "Undo").click();
      await progress.getByText("It was undone: everything is as it was before.").waitFor();
      await expectGood("undone");

      await button(page, "This was me").click();
      await page.getByText("It can go on. The guard has learned that this was no attack.").waitFor();
      await page.getByText("All quiet").waitFor();
      await page.getByText(/said that it was them/).waitFor();
      await expectGood("quiet");
      expect(await laptop.put("again.txt", new Uint8Array(10))).toBe(true);
      const { incident } = await call<{ incident: { outcome: string } }>(server, "ransomware.incident", { id });
      expect(incident.outcome).toBe("was-me");
      await page.goto("/account/apps");
      await page.getByText("Laptop").waitFor();
      expect(await page.getByText("Stopped", { exact: true }).count()).toBe(0);
    },
    limitMs,
  );
});
