// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expectProblems } from "../kit/browser.ts";
import { folderId, letIn, openShare, putFile } from "./browser-access-support.ts";
import { type SecureHome, startSecureHome } from "./browser-security-support.ts";
import { enter, entry, eventually, focused, openFiles, upload, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
const minuteMs = 60_000;
let home: SecureHome;
let anna = "";
let folder = "";

beforeAll(async () => {
  home = await startSecureHome();
  anna = await home.owner();
  folder = mkdtempSync(join(tmpdir(), "hearth-access-"));
});
afterAll(async () => {
  await home.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A new person, as the dialogs call them. */
async function newPerson() {
  const name = await home.person();
  const { people } = (await home.call("people.list", {}, anna)) as { people: { id: number; name: string }[] };
  const id = people.find((person) => person.name === name)?.id ?? 0;
  return { id, shown: name.replace("person", "Person "), cookie: await home.logIn(name) };
}

/** A folder of anna's with one file in it. */
async function newFolder(name: string): Promise<number> {
  await putFile(home, "anna", name, "letter.txt");
  return folderId(home, anna, name);
}

const grant = (id: number, subject: object, more: object) =>
  home.call("access.set", { resource: { kind: "node", id }, subject, ...more }, anna);

const goneAlert = (page: Page) => page.getByRole("alert").getByText("You can no longer see this");

test("who is let in as viewer finds it under what is shared, opens it and can change nothing", async () => {
  const ben = await newPerson();
  await newFolder("Photos");
  const owner = await visit({ url: home.url, cookie: anna });
  await openFiles(owner.page);
  const dialog = await openShare(owner.page, "Photos");
  await letIn(dialog, ben.shown, "Can view");
  await dialog
    .getByRole("region", { name: "Who can see this" })
    .getByText(`${ben.shown} may read at Photos.`)
    .waitFor();

  const { page } = await visit({ url: home.url, cookie: ben.cookie });
  await page.goto("/files");
  await page.getByRole("button", { name: "Places" }).click();
  await page.getByRole("menuitem", { name: "Shared with me" }).click();
  const row = page.getByRole("row", { name: /Photos/ });
  expect(await row.innerText()).toMatch(/anna\s+view\s+just now\s+For ever/);
  await row.getByRole("link", { name: "Photos" }).click();
  await entry(page, "letter.txt").click();
  const toolbar = page.getByRole("toolbar");
  await toolbar.getByRole("button", { name: "Download" }).waitFor();
  for (const name of ["Rename", "Move to…", "Delete", "Share"]) {
    expect(await toolbar.getByRole("button", { name }).count()).toBe(0);
  }
  await page.keyboard.press("F2");
  expect(await page.getByRole("textbox", { name: "New name of letter.txt" }).count()).toBe(0);
  await page.keyboard.press("Escape");
  expect(await page.getByRole("button", { name: "New", exact: true }).count()).toBe(0);
  // The way here begins where ben was let in.
  expect(await page.getByRole("navigation", { name: "Folders" }).innerText()).toMatch(/^Shared with me\s+Photos$/);
  await entry(page, "letter.txt").dblclick();
  await page.getByRole("dialog", { name: "Preview of letter.txt" }).waitFor();
});

test("an editor uploads; the open page follows the moment the role changes", async () => {
  const ben = await newPerson();
  const id = await newFolder("Together");
  await grant(id, { kind: "user", id: ben.id }, { effect: "allow", role: "viewer" });
  const { page } = await visit({ url: home.url, cookie: ben.cookie });
  await page.goto(`/files/${id}`);
  await entry(page, "letter.txt").waitFor();
  expect(await page.getByRole("button", { name: "New", exact: true }).count()).toBe(0);

  const owner = await visit({ url: home.url, cookie: anna });
  await openFiles(owner.page);
  const dialog = await openShare(owner.page, "Together");
  await dialog.getByRole("button", { name: `Change access of ${ben.shown}` }).click();
  await dialog.getByRole("radio", { name: "Can edit" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(`${ben.shown} · Can edit`).waitFor();

  await page.getByRole("button", { name: "New", exact: true }).waitFor();
  const source = join(folder, "from ben.txt");
  writeFileSync(source, "hello");
  await upload(page, "Upload files", source);
  await entry(page, "from ben.txt").waitFor();
  await entry(owner.page, "Together").waitFor();
  const listed = (await home.call("files.list", { folderId: id }, anna)) as { nodes: { name: string }[] };
  expect(listed.nodes.map(({ name }) => name).toSorted()).toEqual(["from ben.txt", "letter.txt"]);
});

test("an entry that is over is gone, also from the page that shows it", async () => {
  const ben = await newPerson();
  const id = await newFolder("For a while");
  const expiresAtMs = home.now() + minuteMs;
  await grant(id, { kind: "user", id: ben.id }, { effect: "allow", role: "viewer", expiresAtMs });
  const visited = await visit({ url: home.url, cookie: ben.cookie });
  const { page } = visited;
  await page.goto("/shared");
  await page.getByRole("link", { name: "For a while" }).click();
  await entry(page, "letter.txt").waitFor();
  home.advance(2 * minuteMs);
  await goneAlert(page).waitFor();
  expect(await page.getByText("letter.txt").count()).toBe(0);
  await page.getByRole("link", { name: "Go to what is shared with me" }).click();
  await page.getByText("Nobody has shared anything with you yet").waitFor();
  expectProblems(visited, /status of 404/);
});

test("a closed folder inside is not there for whom it is closed, and the dialog says why", async () => {
  const ben = await newPerson();
  const id = await newFolder("House");
  const closed = await folderId(home, anna, "House", "Private");
  await grant(id, { kind: "user", id: ben.id }, { effect: "allow", role: "editor" });
  const owner = await visit({ url: home.url, cookie: anna });
  await openFiles(owner.page);
  await enter(owner.page, "House");
  const dialog = await openShare(owner.page, "Private");
  await dialog.getByRole("link", { name: "From House" }).waitFor();
  await letIn(dialog, ben.shown, "No access");
  const sight = dialog.getByRole("region", { name: "Who can see this" });
  await sight.getByText(ben.shown).waitFor({ state: "detached" });

  const visited = await visit({ url: home.url, cookie: ben.cookie });
  const { page } = visited;
  await page.goto(`/files/${id}`);
  await entry(page, "letter.txt").waitFor();
  expect(await entry(page, "Private").count()).toBe(0);
  await page.goto(`/files/${closed}`);
  await page.getByText("This is not here (any more)").waitFor();
  expectProblems(visited, /status of 404/);
});

test("a group is let in, and the reason names it", async () => {
  const ben = await newPerson();
  await home.call("people.createGroup", { name: "Band", memberIds: [ben.id] }, anna);
  await newFolder("Songs");
  const owner = await visit({ url: home.url, cookie: anna });
  await openFiles(owner.page);
  const dialog = await openShare(owner.page, "Songs");
  await letIn(dialog, "Band", "Can view");
  const sight = dialog.getByRole("region", { name: "Who can see this" });
  await sight.getByText(`${ben.shown} is in the group Band, which may read at Songs.`).waitFor();
  await sight.getByRole("button", { name: `Why can ${ben.shown} see this?` }).click();
  const why = owner.page.getByRole("dialog", { name: `Why can ${ben.shown} see this?` });
  await why.getByText(`${ben.shown} is in the group Band, which may read at Songs.`).waitFor();
  await eventually("three things are denied", async () => (await why.getByText("No", { exact: true }).count()) === 3);

  const { page } = await visit({ url: home.url, cookie: ben.cookie });
  await page.goto("/shared");
  await page.getByRole("link", { name: "Songs" }).click();
  await entry(page, "letter.txt").waitFor();
});

test("what is taken away leaves the page that shows it, and undo brings it back", async () => {
  const ben = await newPerson();
  const id = await newFolder("Plans");
  await grant(id, { kind: "user", id: ben.id }, { effect: "allow", role: "viewer" });
  const visited = await visit({ url: home.url, cookie: ben.cookie });
  await visited.page.goto(`/files/${id}`);
  await entry(visited.page, "letter.txt").waitFor();

  const owner = await visit({ url: home.url, cookie: anna });
  await openFiles(owner.page);
  const dialog = await openShare(owner.page, "Plans");
  await dialog.getByRole("button", { name: `Remove access of ${ben.shown}` }).click();
  await goneAlert(visited.page).waitFor();
  expect(await visited.axe()).toEqual([]);
  await owner.page.getByRole("button", { name: "Undo" }).click();
  await dialog.getByRole("button", { name: `Remove access of ${ben.shown}` }).waitFor();
  await entry(visited.page, "letter.txt").waitFor();
  expectProblems(visited, /status of 404/);
});

test("who was let in can leave", async () => {
  const ben = await newPerson();
  const id = await newFolder("Club");
  await grant(id, { kind: "user", id: ben.id }, { effect: "allow", role: "viewer" });
  const visited = await visit({ url: home.url, cookie: ben.cookie });
  const { page } = visited;
  await page.goto("/shared");
  await page.getByRole("button", { name: "Access to Club" }).click();
  const dialog = page.getByRole("dialog", { name: "Who can see “Club”" });
  await dialog.getByText("You can see this, but not let others in. Ask anna.").waitFor();
  expect(await dialog.getByRole("button", { name: "Add people" }).count()).toBe(0);
  await dialog.getByRole("button", { name: "Leave" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Nobody has shared anything with you yet").waitFor();
  // The news of changed rights may reach the open dialog before its own answer.
  expectProblems(visited, /status of 404/);
});

test("by keyboard the focus stays in the dialog, and Escape closes one thing at a time", async () => {
  const ben = await newPerson();
  const id = await newFolder("Keys");
  await grant(id, { kind: "user", id: ben.id }, { effect: "allow", role: "viewer" });
  const { page } = await visit({ url: home.url, cookie: anna });
  await openFiles(page);
  const dialog = await openShare(page, "Keys");
  const why = dialog.getByRole("button", { name: `Why can ${ben.shown} see this?` });
  await why.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Decide who may").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Decide who may").waitFor({ state: "detached" });
  await focused(why);
  await dialog.getByRole("button", { name: "Add people" }).focus();
  await page.keyboard.press("Enter");
  const field = dialog.getByRole("combobox", { name: "Person or group" });
  await focused(field);
  await dialog.getByRole("button", { name: "Cancel" }).press("Enter");
  await dialog.getByRole("button", { name: "Add people" }).waitFor();
  await focused(dialog);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});
