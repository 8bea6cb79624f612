// needs: chromium
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectProblems } from "../kit/browser.ts";
import { folderId, putFile } from "./browser-access-support.ts";
import { type SecureHome, startSecureHome } from "./browser-security-support.ts";
import { entry, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let home: SecureHome;
let anna = "";

beforeAll(async () => {
  home = await startSecureHome();
  anna = await home.owner();
});
afterAll(() => home.stop());

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

/** Where a developer wants to look at the pages: a folder. */
const pictures = process.env["HEARTH_PICTURES"];

async function newPerson() {
  const name = await home.person();
  const { people } = (await home.call("people.list", {}, anna)) as { people: { id: number; name: string }[] };
  return { id: people.find((person) => person.name === name)?.id ?? 0, cookie: await home.logIn(name), name };
}

async function shared(to: number, folder: string, file: string): Promise<number> {
  await putFile(home, "anna", folder, file);
  const id = await folderId(home, anna, folder);
  const entryInput = {
    resource: { kind: "node", id },
    subject: { kind: "user", id: to },
    effect: "allow",
    role: "editor",
  };
  await home.call("access.set", entryInput, anna);
  return id;
}

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  const snap = async (page: { screenshot(options: { path: string }): Promise<unknown> }, name: string) => {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}-${look.isPhone ? "phone" : "desk"}.png` });
  };
  const suffix = look.isPhone ? " of the phone" : "";

  test("a share gets a name of one's own, is taken out of one's files and taken back", async () => {
    const ben = await newPerson();
    await shared(ben.id, `Photos${suffix}`, "letter.txt");
    const visited = await visit({ url: home.url, cookie: ben.cookie, ...look });
    const { page } = visited;
    await page.goto("/shared");
    await page.getByRole("button", { name: `Actions for Photos${suffix}` }).click();
    await snap(page, "shared-menu");
    await page.getByRole("menuitem", { name: "Rename" }).click();
    const dialog = page.getByRole("dialog");
    const field = dialog.getByRole("textbox", { name: "Name" });
    await field.waitFor();
    expect(await visited.axe()).toEqual([]);
    await field.fill("a/b");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await dialog.getByText(/A name cannot hold/).waitFor();
    expectProblems(visited, /status of 400/);
    await field.fill("Anna's pictures");
    await snap(page, "shared-rename");
    await field.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("link", { name: /Anna's pictures/ }).click();
    await entry(page, "letter.txt").waitFor();
    // On a phone the way is the name of the last folder.
    const way = look.isPhone
      ? page.getByRole("heading", { level: 1 })
      : page.getByRole("navigation", { name: "Folders" });
    await way.getByText("Anna's pictures").waitFor();
    await page.goBack();

    await page.getByRole("button", { name: "Actions for Anna's pictures" }).click();
    await page.getByRole("menuitem", { name: "Remove from my files" }).click();
    const declined = page.getByRole("region", { name: "Removed from your files" });
    await declined.getByText("Anna's pictures").waitFor();
    // The two lists are asked for side by side.
    await page.getByRole("link", { name: /Anna's pictures/ }).waitFor({ state: "detached" });
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
    await snap(page, "shared-declined");
    await declined.getByRole("button", { name: "Take back Anna's pictures" }).click();
    await page.getByRole("link", { name: /Anna's pictures/ }).waitFor();
    await declined.waitFor({ state: "detached" });
  });

  test("a lock shows with who holds it, and ends by its holder or by whoever manages the folder", async () => {
    const ben = await newPerson();
    const folder = await shared(ben.id, `Plans${suffix}`, "plan.txt");
    const { nodes } = (await home.call("files.list", { folderId: folder }, anna)) as { nodes: { id: number }[] };
    const nodeId = nodes[0]?.id ?? 0;
    const visited = await visit({ url: home.url, cookie: anna, ...look });
    const { page } = visited;
    await page.goto(`/files/${folder}`);
    await entry(page, "plan.txt").waitFor();
    await home.call("locks.set", { nodeId }, ben.cookie);
    // Without a reload: the open page is told.
    await entry(page, "plan.txt")
      .getByRole("img", { name: /^Locked by / })
      .waitFor();
    await entry(page, "plan.txt").locator("[data-act=more]").click();
    await page.getByRole("menuitem", { name: "Details" }).click();
    const part = page.getByRole("region", { name: "Lock", exact: true });
    await part.getByText(/ends by itself/).waitFor();
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
    await part.scrollIntoViewIfNeeded();
    await snap(page, "lock-details");
    await part.getByRole("button", { name: "End this lock" }).click();
    const dialog = page.getByRole("dialog", { name: /End the lock on/ });
    await dialog.waitFor();
    expect(await visited.axe()).toEqual([]);
    await snap(page, "lock-end");
    await dialog.getByRole("button", { name: "End this lock" }).click();
    await part.getByText("Nobody has locked this file.").waitFor();
    await part.getByRole("button", { name: "Lock for 30 minutes" }).click();
    await part.getByText("Locked by you").waitFor();
    const refused = home.call("files.rename", { id: nodeId, name: "other.txt" }, ben.cookie);
    expect(
      await refused.then(
        () => "done",
        (error: Error) => error.message,
      ),
    ).toMatch(/locked/i);
    await part.getByRole("button", { name: "Unlock" }).click();
    await part.getByText("Nobody has locked this file.").waitFor();
  });
});
