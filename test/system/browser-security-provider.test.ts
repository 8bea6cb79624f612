// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectProblems } from "../kit/browser.ts";
import { enterPassword, logOut, type SecureHome, setUpApp, startSecureHome } from "./browser-security-support.ts";
import { useBrowser } from "./browser-support.ts";

const visit = useBrowser();
/** People of `home` have accounts at `elsewhere`, which is asked by its address: cookies know no ports. */
let home: SecureHome;
let elsewhere: SecureHome;

beforeAll(async () => {
  [home, elsewhere] = await Promise.all([startSecureHome(), startSecureHome()]);
  const redirectUris = [`${home.url}/oidc/callback`];
  const registered = { name: "The other house", redirectUris, askConsent: false };
  const { client, secret } = await elsewhere.call("oidcClient.create", registered, await elsewhere.owner());
  await home.call(
    "loginProvider.save",
    {
      id: "elsewhere",
      name: "Elsewhere",
      issuer: `${elsewhere.addressUrl}/oidc`,
      clientId: (client as { id: string }).id,
      clientSecret: secret,
    },
    await home.owner(),
  );
});
afterAll(() => Promise.all([home.stop(), elsewhere.stop()]));

async function countAsTwo(providerCountsAsTwo: boolean): Promise<void> {
  const policy = { rolesNeedingSecondFactor: [], providerCountsAsTwo };
  await home.call("factorPolicy.set", policy, await home.owner());
}

test("an account elsewhere is linked on the page and logs in, with the second factor of here where it alone is not enough", async () => {
  const name = await home.person();
  const there = await elsewhere.person();
  const visited = await visit({ url: home.url, cookie: await home.logIn(name) });
  const { page } = visited;
  await page.goto("/account/security");
  const { app } = await setUpApp(page, home);
  await page.getByRole("button", { name: "Link your account at Elsewhere" }).click();
  await page.waitForURL((url) => url.origin === elsewhere.addressUrl && url.pathname === "/login");
  await enterPassword(page, there);
  await page.waitForURL(`${home.url}/account/security`);
  await page.getByRole("button", { name: "Unlink your account at Elsewhere" }).waitFor();

  await countAsTwo(true);
  await logOut(page);
  await page.goto("/login?next=/account/apps");
  await page.getByRole("link", { name: "Log in with Elsewhere" }).click();
  await page.getByText("No app passwords yet.").waitFor();

  for (const house of [home, elsewhere]) house.advance(6 * 60_000);
  await page.getByRole("button", { name: "New app password" }).click();
  await page.getByLabel("What is it for?").fill("Television");
  await page.getByRole("button", { name: "Create" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  const again = confirm.getByRole("link", { name: "Log in with Elsewhere" });
  const [tab] = await Promise.all([page.waitForEvent("popup"), again.click()]);
  // The session there is not enough: whoever sits here has to show once more who they are.
  await tab.getByRole("button", { name: "Log in again" }).click();
  await enterPassword(tab, there);
  await tab.waitForURL(`${home.url}/account/devices`);
  await tab.close();
  await confirm.getByRole("button", { name: "I have logged in there" }).click();
  await page.getByRole("dialog", { name: "App password created" }).waitFor();
  await page.getByRole("button", { name: "I have copied it" }).click();
  expect(expectProblems(visited, /status of 403.*appPassword.create/)).toBe(1);

  await countAsTwo(false);
  await logOut(page);
  await page.goto("/login?next=/account/apps");
  await page.getByRole("link", { name: "Log in with Elsewhere" }).click();
  await page.getByLabel("Code from the app").fill(app());
  await page.getByText("Television").waitFor();
  expect(new URL(page.url()).pathname).toBe("/account/apps");
});
