// needs: chromium
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { type RunningHearth, startHearth } from "#kit";
import { faultsOf } from "./browser-security-support.ts";
import { focused, useBrowser } from "./browser-support.ts";

// Whole programs and a browser start.
setDefaultTimeout(60_000);

const visit = useBrowser();
let hearth: RunningHearth;
const desktop = "Mozilla/5.0 (Linux) mirall/3.16.4 (Nextcloud, debian-6.1 ClientArchitecture: x86_64)";

beforeAll(async () => {
  hearth = await startHearth();
});
afterAll(() => hearth.stop());

/** A client begins to log in; `poll` asks as it does. */
async function begin() {
  const response = await fetch(`${hearth.url}/index.php/login/v2`, {
    method: "POST",
    headers: { "user-agent": desktop },
  });
  const { poll, login } = (await response.json()) as { poll: { token: string; endpoint: string }; login: string };
  return {
    login,
    poll: () => fetch(poll.endpoint, { method: "POST", body: new URLSearchParams({ token: poll.token }) }),
  };
}

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

test("a client's login: the person logs in, allows it by keyboard, and the client has its app password", async () => {
  const client = await begin();
  const { page } = await visit({ url: hearth.url });
  await page.goto(client.login);
  await page.getByLabel("Name").fill(hearth.user);
  await page.getByRole("textbox", { name: "Password" }).fill(hearth.password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await heading(page, /^Connect Nextcloud client on Linux/).waitFor();
  expect((await client.poll()).status).toBe(404);
  await focused(page.getByRole("button", { name: "Connect" }));
  await page.keyboard.press("Enter");
  await heading(page, /is connected$/).waitFor();
  const granted = (await (await client.poll()).json()) as { loginName: string; appPassword: string };
  expect(granted.loginName).toBe(hearth.user);
  const headers = { authorization: `Basic ${btoa(`${granted.loginName}:${granted.appPassword}`)}` };
  expect((await fetch(`${hearth.url}/ocs/v2.php/cloud/user`, { headers })).status).toBe(200);
});

test("not now: nothing is made", async () => {
  const client = await begin();
  const { page } = await visit({ url: hearth.url, cookie: hearth.cookie });
  await page.goto(client.login);
  await page.getByRole("button", { name: "Not now" }).click();
  await heading(page, /was not connected$/).waitFor();
  expect((await client.poll()).status).toBe(404);
});

describe.each([
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
])("phone $isPhone, dark $isDark", (look) => {
  test("the question is readable for everybody", async () => {
    const client = await begin();
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie, ...look });
    await visited.page.goto(client.login);
    await heading(visited.page, /^Connect/).waitFor();
    expect(await faultsOf(visited)).toEqual([]);
  });
});
