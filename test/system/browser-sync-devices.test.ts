// needs: chromium
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { basic } from "#kit";
import { faultsOf, type SecureHome, startSecureHome } from "./browser-security-support.ts";
import { layoutShiftLimit, useBrowser } from "./browser-support.ts";

// A whole program and a browser start.
setDefaultTimeout(60_000);

const visit = useBrowser();
let home: SecureHome;
let cookie = "";
const agents = {
  "Living room PC": "Mozilla/5.0 (Linux) mirall/3.16.4 (Nextcloud)",
  "Old phone": "Mozilla/5.0 (Android) Nextcloud-android/3.30.0",
  Backup: "rclone/v1.69.0",
} as const;
const secrets = new Map<string, string>();

beforeAll(async () => {
  home = await startSecureHome();
  cookie = await home.owner();
  for (const [label, userAgent] of Object.entries(agents)) {
    const scope = label === "Backup" ? "files:read" : "files";
    const secret = String((await home.call("appPassword.create", { label, scope }, cookie))["secret"]);
    secrets.set(label, secret);
    const headers = { authorization: basic("anna", secret), "user-agent": userAgent };
    await fetch(`${home.url}/remote.php/dav/files/anna/`, { method: "PROPFIND", headers: { ...headers, depth: "0" } });
  }
});
afterAll(() => home.stop());

describe.each([
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
])("phone: $isPhone, dark: $isDark", (look) => {
  test("apps, their menu and the question before a wipe have no fault and do not jump", async () => {
    const visited = await visit({ url: home.url, cookie, ...look });
    const { page } = visited;
    await page.goto("/account/apps");
    await page.getByText("Desktop client · Read and change files, make links").waitFor();
    await page.getByText("rclone · Only read files").waitFor();
    await page.getByRole("heading", { name: "After a restore" }).waitFor();
    expect(await faultsOf(visited)).toEqual([]);
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
    await page.getByRole("button", { name: "More for Living room PC" }).click();
    await page.getByRole("menuitem", { name: "Let it share with people" }).waitFor();
    expect(await faultsOf(visited)).toEqual([]);
    await page.getByRole("menuitem", { name: /^Delete the files/ }).click();
    await page.getByRole("dialog").getByText("Nextcloud's own apps do this").waitFor();
    expect(await faultsOf(visited)).toEqual([]);
  });
});

test("an app may share with people when its owner says so, and a lost device is told to delete its files", async () => {
  const visited = await visit({ url: home.url, cookie });
  const { page } = visited;
  await page.goto("/account/apps");
  await page.getByRole("button", { name: "More for Living room PC" }).click();
  await page.getByRole("menuitem", { name: "Let it share with people" }).click();
  await page.getByText("Desktop client · Read and change files, make links, share with people").waitFor();
  const headers = { authorization: basic("anna", secrets.get("Living room PC") ?? "") };
  const people = await fetch(`${home.url}/ocs/v2.php/apps/files_sharing/api/v1/sharees?search=&format=json`, {
    headers,
  });
  expect(people.status).toBe(200);

  await page.getByRole("button", { name: "More for Old phone" }).click();
  await page.getByRole("menuitem", { name: /^Delete the files/ }).click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Delete its files" });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel(/^Type “Old phone”/).fill("Old phone");
  await confirm.click();
  await page.getByText("Waiting for the device").waitFor();
  const phone = secrets.get("Old phone") ?? "";
  const asPhone = (path: string) =>
    fetch(`${home.url}/index.php/core/wipe/${path}`, { method: "POST", body: new URLSearchParams({ token: phone }) });
  const refused = await fetch(`${home.url}/ocs/v2.php/cloud/user`, {
    headers: { authorization: basic("anna", phone) },
  });
  expect(refused.status).toBe(401);
  expect((await (await asPhone("check")).json()) as unknown).toEqual({ wipe: true });
  expect((await asPhone("success")).status).toBe(200);
  await page.reload();
  await page.getByText("Deleted", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Tell the clients" }).click();
  await page.getByText(/^Last told /).waitFor();
  expect(await faultsOf(visited)).toEqual([]);
});
