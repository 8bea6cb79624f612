// needs: chromium, rclone, apache2, openssl
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type RunningHearth, startHearth } from "#kit";
import { account, type PlaceServer, startApacheDav } from "../conformance/places-servers.ts";
import { chooseFiles, entry, eventually, layoutShiftLimit, openFiles, useBrowser } from "./browser-support.ts";

setDefaultTimeout(90_000);

const visit = useBrowser();
let hearth: RunningHearth;
const dir = mkdtempSync(join(tmpdir(), "hearth-browser-places-"));

beforeAll(async () => {
  hearth = await startHearth();
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dir, { recursive: true });
});

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

async function add(page: Page, name: string, server: PlaceServer): Promise<void> {
  await page.getByRole("button", { name: "Add a place" }).click();
  const form = page.getByRole("dialog", { name: "Add a place" });
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByLabel("Address", { exact: true }).fill(server.settings.address);
  await form.getByText("not encrypted").waitFor();
  await form.getByLabel("User", { exact: true }).fill(account.user);
  await form.getByRole("textbox", { name: "Password" }).fill("wrong");
  await form.getByRole("button", { name: "Test the connection" }).click();
  await form.getByText("does not accept this name and password").waitFor();
}

async function saveRight(page: Page): Promise<void> {
  const form = page.getByRole("dialog", { name: "Add a place" });
  await form.getByRole("textbox", { name: "Password" }).fill(account.secret);
  await form.getByRole("button", { name: "Test and save" }).click();
  await form.waitFor({ state: "detached" });
}

const menu = async (page: Page, name: string, item: string): Promise<void> => {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test("a place is added, used, goes away and is forgotten", async () => {
    const server = await startApacheDav();
    const folder = server.folder ?? "";
    const name = look.isPhone ? "Phone box" : "Store room";
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
    const { page } = visited;
    const sound = async () => {
      expect(await visited.axe()).toEqual([]);
      expect(await visited.overflowPx()).toBe(0);
    };
    try {
      await page.goto("/places");
      await page.getByText("No external places yet").waitFor();
      await sound();
      await add(page, name, server);
      await sound();
      await saveRight(page);
      await page.getByRole("link", { name: `Open ${name}` }).waitFor();
      await sound();

      await page.getByRole("link", { name: `Open ${name}` }).click();
      await page.getByText("This folder is empty").waitFor();
      // Opened by its address: how long after a click something comes is up to the machine.
      await page.reload();
      await page.getByText("This folder is empty").waitFor();
      expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
      await sound();
      const file = join(dir, "letter.txt");
      writeFileSync(file, "a letter");
      await chooseFiles(page, () => page.getByRole("button", { name: "Upload", exact: true }).click(), file);
      await page.getByRole("link", { name: "letter.txt" }).waitFor();
      expect(readFileSync(join(folder, "letter.txt"), "utf8")).toBe("a letter");
      await page.getByRole("link", { name: "letter.txt" }).click();
      await page.getByRole("dialog").getByText("a letter").waitFor();
      await page.keyboard.press("Escape");
      await menu(page, "letter.txt", "Rename");
      await page.getByRole("textbox", { name: "Name" }).fill("note.txt");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("link", { name: "note.txt" }).waitFor();
      await page.getByRole("button", { name: "New folder" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Old things");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("link", { name: "Old things" }).waitFor();
      await sound();

      // The second look finds the copy of the first one too.
      const before = await page.getByText("Copy · Done").count();
      await page.getByRole("checkbox", { name: "Select note.txt" }).check();
      await page.getByRole("button", { name: "Copy to my files…" }).click();
      await page.getByRole("button", { name: "Copy here" }).click();
      await page.getByText("Copy · Done").nth(before).waitFor();
      await sound();
      await menu(page, "Old things", "Delete");
      const question = page.getByRole("dialog", { name: /Old things/ });
      await question.getByRole("textbox").fill("Old things");
      await question.getByRole("button", { name: "Delete", exact: true }).click();
      await page.getByRole("link", { name: "Old things" }).waitFor({ state: "detached" });
      expect(existsSync(join(folder, "Old things"))).toBe(false);

      await openFiles(page);
      await entry(page, "note.txt").locator("[data-act=more]").click();
      await page.getByRole("menuitem", { name: /^Move/ }).click();
      await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
      rmSync(join(folder, "note.txt"));
      await page.getByRole("button", { name: "Move here" }).click();
      await eventually("the file is at the place", () => existsSync(join(folder, "note.txt")));

      await page.goto("/places");
      await page.getByRole("link", { name: `Open ${name}` }).click();
      await page.getByRole("link", { name: "note.txt" }).waitFor();
      await server.stop();
      await page.getByRole("button", { name: "Look again" }).click();
      await page.getByRole("heading", { name: `${name} is offline` }).waitFor();
      await sound();
      await page.goto("/places");
      await menu(page, name, "Forget");
      await page.getByRole("dialog").getByRole("textbox").fill(name);
      await page.getByRole("button", { name: "Forget" }).click();
      await page.getByText("No external places yet").waitFor();
    } finally {
      await server.stop();
    }
  }, 90_000);
});
