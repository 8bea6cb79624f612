// needs: chromium
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { entry, eventually, layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;
let home = "";
const dataDir = mkdtempSync(join(tmpdir(), "hearth-tiers-page-"));

beforeAll(async () => {
  mkdirSync(join(dataDir, "cold"));
  const config = "services:\n  storage:\n    tiers:\n      - { name: attic, kind: disk, path: cold }\n";
  writeFileSync(join(dataDir, "hearth.yaml"), config);
  hearth = await startHearth({ dataDir });
  home = join(dataDir, "volumes/main/home", hearth.user);
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const objects = (): string[] =>
  readdirSync(join(dataDir, "cold"), { recursive: true, encoding: "utf8" }).filter((name) => name.length > 25);
const shots = process.env["HEARTH_SHOTS"];

/** Whether nothing is on its way to or from a store. */
async function hasNoRun(): Promise<boolean> {
  const headers = { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie };
  const response = await fetch(`${hearth.url}/api/tiers.runs`, { method: "POST", headers, body: "{}" });
  const { runs } = (await response.json()) as { runs: { state: string }[] };
  return runs.every(({ state }) => state !== "queued" && state !== "running");
}

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  const suffix = look.isPhone ? "phone" : "desk";

  test("a rule is made, what it would move is shown, moved, fetched from the details and pinned", async () => {
    const name = `holiday-${suffix}.iso`;
    const shot = async (step: string) => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `tiers-${step}-${suffix}.png`) });
    };
    const bytes = Buffer.alloc(3_000_000, `film ${suffix} `);
    const put = await hearth.fetch(`/dav/home/${name}`, { method: "PUT", body: bytes });
    expect(put.ok).toBe(true);
    // What was written a moment ago waits until the disk has it for certain.
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
    const { page } = visited;
    await page.goto("/usage/stores");
    await page.getByText("attic", { exact: true }).first().waitFor();
    if (!look.isPhone) {
      await page.getByText("No rules yet.").waitFor();
      await page.getByRole("button", { name: "Add a rule" }).click();
      const drawer = page.getByRole("dialog", { name: "Rule" });
      await drawer.getByLabel("Not opened for (days)").fill("");
      await drawer.getByLabel("Larger than (MB)").fill("1");
      expect(await visited.axe()).toEqual([]);
      await shot("rule");
      await drawer.getByRole("button", { name: "Save rule" }).click();
      await drawer.waitFor({ state: "detached" });
    }
    await page.getByText("larger than 1 MB → attic").waitFor();
    await page.getByRole("button", { name: "Show what would move" }).click();
    await page.getByRole("cell", { name: `${hearth.user}/${name}` }).waitFor();
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
    await shot("plan");
    const [show, move] = ["Show what would move", "Move now"].map((label) => page.getByRole("button", { name: label }));
    await eventually("the file has left", async () => {
      await move!.click();
      await show!.waitFor();
      await eventually("the run has ended", hasNoRun);
      if (statSync(join(home, name)).blocks < 64) return true;
      await show!.click();
      await page.getByRole("cell", { name: `${hearth.user}/${name}` }).waitFor();
      return false;
    });
    await page.getByText("By the rules: Done").first().waitFor();
    expect(objects().length).toBeGreaterThan(0);
    expect(await visited.axe()).toEqual([]);
    await shot("moved");

    await page.goto("/files");
    await entry(page, name).getByRole("img", { name: "In cold storage" }).waitFor();
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
    await entry(page, name).locator("[data-act=more]").click();
    await page.getByRole("menuitem", { name: "Details" }).click();
    const panel = page.getByRole("region", { name: "Where it is kept" });
    await panel.getByText("In cold storage (attic).").waitFor();
    expect(await visited.axe()).toEqual([]);
    await shot("details");
    await panel.getByRole("button", { name: "Fetch now" }).click();
    await panel.getByText("On the main disk.").waitFor();
    await panel.getByText("Always here", { exact: true }).click();
    await eventually("it is pinned", async () => {
      const node = (await hearth.fetch(`/dav/home/${name}`)).arrayBuffer();
      return Buffer.compare(Buffer.from(await node), bytes) === 0;
    });
    expect(await visited.axe()).toEqual([]);
    await shot("pinned");
  }, 60_000);
});
