// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectProblems } from "../kit/browser.ts";
import { folderId } from "./browser-access-support.ts";
import { password, type SecureHome, setUpApp, startSecureHome } from "./browser-security-support.ts";
import { useBrowser } from "./browser-support.ts";

const visit = useBrowser();
const sixMinutesMs = 360_000;
let home: SecureHome;

beforeAll(async () => {
  home = await startSecureHome();
});
afterAll(() => home.stop());

test("second factors that were lost are taken off, once it is confirmed who does it", async () => {
  const ben = await home.person();
  const member = await visit({ url: home.url, cookie: await home.logIn(ben) });
  await member.page.goto("/account/security");
  await setUpApp(member.page, home);

  const owner = await visit({ url: home.url, cookie: await home.owner() });
  const { page } = owner;
  await page.goto("/people");
  const row = page.getByRole("listitem").filter({ hasText: ben });
  await row.getByText("Authenticator app").waitFor();
  home.advance(sixMinutesMs);
  await row.getByRole("button", { name: /^More actions/ }).click();
  await page.getByRole("menuitem", { name: "Lost second factors" }).click();
  const dialog = page.getByRole("dialog", { name: /^Take the second factors off/ });
  await dialog.getByRole("textbox").fill(ben);
  await dialog.getByRole("button", { name: "Take them off" }).click();
  await page
    .getByRole("dialog", { name: "Confirm that it is you" })
    .getByRole("textbox", { name: "Password" })
    .fill(password);
  await page.keyboard.press("Enter");
  await row.getByText("Password only").waitFor();
  expect(await home.logIn(ben)).not.toBe("");
  expect(expectProblems(owner, /status of 403/)).toBe(1);
  expectProblems(member, /status of 401/);
});

test("what somebody can reach is listed with the rule, and follows their groups", async () => {
  const ben = await home.person();
  const anna = await home.owner();
  const { people } = (await home.call("people.list", {}, anna)) as { people: { id: number; name: string }[] };
  const id = people.find(({ name }) => name === ben)?.id ?? 0;
  const created = await home.call("people.createGroup", { name: "Choir", memberIds: [id] }, anna);
  const { id: groupId } = created["group"] as { id: number };
  const folder = await folderId(home, anna, "Scores");
  const entry = { resource: { kind: "node", id: folder }, subject: { kind: "group", id: groupId } };
  await home.call("access.set", { ...entry, effect: "allow", role: "viewer" }, anna);

  const { page } = await visit({ url: home.url, cookie: anna });
  await page.goto("/people");
  const row = page.getByRole("listitem").filter({ hasText: ben });
  const open = async () => {
    await row.getByRole("button", { name: /^More actions/ }).click();
    await page.getByRole("menuitem", { name: "What they can reach" }).click();
    return page.getByRole("dialog", { name: /^What .* can reach$/ });
  };
  const dialog = await open();
  await dialog.getByText(/is in the group Choir, which may read at Scores\./).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await page.getByRole("link", { name: "Groups" }).click();
  await page.getByRole("button", { name: "More actions: Choir" }).click();
  await page.getByRole("menuitem", { name: "Remove group" }).click();
  const confirm = page.getByRole("dialog", { name: "Remove the group Choir" });
  expect(await confirm.getByRole("button", { name: "Remove group" }).isDisabled()).toBe(true);
  await confirm.getByRole("textbox").fill("Choir");
  await confirm.getByRole("button", { name: "Remove group" }).click();
  await page.getByText("No groups yet").waitFor();
  await page.getByRole("navigation", { name: "People" }).getByRole("link", { name: "People" }).click();
  await (await open()).getByText("Nothing was shared with them in particular").waitFor();
});
