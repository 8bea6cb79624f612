// needs: chromium
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { folderId, openShare, putFile } from "./browser-access-support.ts";
import { faultsOf, type SecureHome, startSecureHome } from "./browser-security-support.ts";
import { entry, layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let home: SecureHome;
let anna = "";
let houseId = 0;
const cookies = { anna: "", viewer: "", guest: "", nobody: "" };

beforeAll(async () => {
  home = await startSecureHome();
  anna = await home.owner();
  cookies.anna = anna;
  const names = { viewer: await home.person(), guest: await home.person("guest"), nobody: await home.person() };
  const { people } = (await home.call("people.list", {}, anna)) as { people: { id: number; name: string }[] };
  const idOf = (name: string) => people.find((person) => person.name === name)?.id ?? 0;
  await putFile(home, "anna", "House", "plan.txt");
  houseId = await folderId(home, anna, "House");
  const privateId = await folderId(home, anna, "House", "Private");
  const created = await home.call("people.createGroup", { name: "Kids", memberIds: [idOf(names.viewer)] }, anna);
  const { id: groupId } = created["group"] as { id: number };
  const set = (id: number, subject: object, more: object) =>
    home.call("access.set", { resource: { kind: "node", id }, subject, ...more }, anna);
  const weekMs = 7 * 86_400_000;
  await set(houseId, { kind: "group", id: groupId }, { effect: "allow", role: "viewer" });
  const until = { expiresAtMs: home.now() + weekMs };
  await set(houseId, { kind: "user", id: idOf(names.guest) }, { effect: "allow", role: "editor", ...until });
  await set(privateId, { kind: "everyone" }, { effect: "allow", role: "viewer" });
  await set(privateId, { kind: "user", id: idOf(names.guest) }, { effect: "deny" });
  for (const who of ["viewer", "guest", "nobody"] as const) cookies[who] = await home.logIn(names[who]);
});
afterAll(() => home.stop());

interface View {
  readonly what: string;
  readonly who?: keyof typeof cookies;
  readonly path: () => string;
  /** Until this is shown, the page is not there. */
  readonly shows: (page: Page) => Promise<unknown>;
  /** What has to be opened on it. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const inHouse = () => `/files/${houseId}`;
const details = () => `/files/${houseId}?panel=details`;
const privateListed = (page: Page) => entry(page, "Private").waitFor();
const openMenuOf = async (page: Page, name: string, item: string) => {
  await page.getByRole("button", { name: `More actions: ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
  await page.getByRole("dialog").waitFor();
};

const views: readonly View[] = [
  { what: "share dialog", path: inHouse, shows: privateListed, act: (page) => openShare(page, "Private") },
  {
    what: "form of an entry",
    path: inHouse,
    shows: privateListed,
    act: async (page) => {
      const dialog = await openShare(page, "Private");
      await dialog.getByRole("button", { name: "Add people" }).click();
      await dialog.getByLabel("Ends").selectOption("On a date");
      await dialog.getByRole("button", { name: "Give access" }).click();
      await dialog.getByText("Choose a person or a group.").waitFor();
    },
  },
  {
    what: "why somebody sees it",
    path: inHouse,
    shows: privateListed,
    act: async (page) => {
      const dialog = await openShare(page, "Private");
      await dialog.getByRole("button", { name: "Why can anna see this?" }).click();
      await page.getByText("Decide who may").waitFor();
    },
  },
  {
    what: "details with access",
    path: details,
    shows: (page) => page.getByRole("region", { name: "Access" }).getByRole("button", { name: "Share" }).waitFor(),
  },
  {
    what: "details of a viewer",
    who: "viewer",
    path: details,
    shows: (page) => page.getByRole("button", { name: "Who can see this" }).waitFor(),
  },
  {
    what: "shared with me",
    who: "guest",
    path: () => "/shared",
    shows: (page) => page.getByRole("link", { name: /House/ }).waitFor(),
  },
  {
    what: "shared with everyone",
    who: "nobody",
    path: () => "/shared",
    shows: (page) => page.getByRole("link", { name: /Private/ }).waitFor(),
  },
  {
    what: "a shared folder",
    who: "guest",
    path: inHouse,
    shows: (page) => entry(page, "plan.txt").waitFor(),
  },
  { what: "home", who: "guest", path: () => "/", shows: (page) => page.getByText("Changed last").waitFor() },
  { what: "people", path: () => "/people", shows: (page) => page.getByText("Password only").first().waitFor() },
  {
    what: "people of a member",
    who: "viewer",
    path: () => "/people",
    shows: (page) => page.getByText("Person 2").waitFor(),
  },
  { what: "groups", path: () => "/people/groups", shows: (page) => page.getByText("Kids").waitFor() },
  { what: "spaces", path: () => "/people/spaces", shows: (page) => page.getByText("No shared spaces yet").waitFor() },
  {
    what: "what somebody can reach",
    path: () => "/people",
    shows: (page) => page.getByText("Person 2").waitFor(),
    act: async (page) => {
      await openMenuOf(page, "Person 2", "What they can reach");
      await page.getByText("Files and folders with a rule of their own").waitFor();
    },
  },
  {
    what: "removal of a group",
    path: () => "/people/groups",
    shows: (page) => page.getByText("Kids").waitFor(),
    act: (page) => openMenuOf(page, "Kids", "Remove group"),
  },
];

describe.each([
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
])("access pages %o", (looks) => {
  for (const { what, who = "anna", path, shows, act } of views) {
    test(what, async () => {
      const visited = await visit({ url: home.url, cookie: cookies[who], ...looks });
      await visited.page.goto(path());
      await shows(visited.page);
      // Before anything is opened: how much later than the click an answer moves something is up to the machine.
      expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
      await act?.(visited.page);
      expect(await faultsOf(visited)).toEqual([]);
    });
  }
});
