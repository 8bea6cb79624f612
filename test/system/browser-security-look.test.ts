// needs: chromium
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { enterPassword, faultsOf, type SecureHome, setUpApp, startSecureHome } from "./browser-security-support.ts";
import { layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let home: SecureHome;
let name = "";
let cookie = "";

beforeAll(async () => {
  home = await startSecureHome();
  await home.call("certificates.createAuthority", {}, await home.owner());
  const owner = await home.owner();
  const issuer = { issuer: "https://id.example", clientId: "hearth" };
  await home.call("loginProvider.save", { id: "example", name: "Example", ...issuer }, owner);
  await home.call("factorPolicy.set", { rolesNeedingSecondFactor: ["operator"], providerCountsAsTwo: true }, owner);
  name = await home.person();
  cookie = await home.logIn(name);
});
afterAll(() => home.stop());

/** What stands open on the security pages, one after the other. */
const views: readonly {
  readonly what: string;
  readonly path: string;
  readonly act: (page: Page) => Promise<unknown>;
}[] = [
  { what: "profile", path: "/account", act: (page) => page.getByLabel("Login name").waitFor() },
  { what: "security", path: "/account/security", act: (page) => page.getByText("Current password").waitFor() },
  {
    what: "password quality",
    path: "/account/security",
    act: async (page) => {
      await page.getByRole("textbox", { name: "New password" }).fill("password1234");
      await page.getByText(/^(Guessed at once|Easily guessed)/).waitFor();
    },
  },
  {
    what: "authenticator app",
    path: "/account/security",
    act: async (page) => {
      await page.getByRole("button", { name: "Set up an authenticator app" }).click();
      await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    },
  },
  {
    what: "new passkey",
    path: "/account/security",
    act: async (page) => {
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  { what: "devices", path: "/account/devices", act: (page) => page.getByText("This device").waitFor() },
  {
    what: "certificate wanted",
    path: "/account/devices",
    act: async (page) => {
      await page.getByRole("button", { name: "New certificate" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    what: "certificate made",
    path: "/account/devices",
    act: async (page) => {
      await page.getByRole("button", { name: "New certificate" }).click();
      await page.getByRole("button", { name: "Make the certificate" }).click();
      await page.getByRole("img", { name: "QR code of the one-time download" }).waitFor();
    },
  },
  {
    what: "apps",
    path: "/account/apps",
    act: (page) => page.getByRole("button", { name: "New app password" }).waitFor(),
  },
];

/** Both schemes and both sizes; the rooms of `browser-accessible.test.ts` are seen in all four. */
const looks = [
  { isPhone: false, isDark: false },
  { isPhone: true, isDark: true },
] as const;

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test("the account's pages and dialogs have no fault and do not jump", async () => {
    const visited = await visit({ url: home.url, cookie, ...look });
    const { page } = visited;
    const found: Record<string, readonly string[]> = {};
    for (const { what, path, act } of views) {
      await page.goto(path);
      await act(page);
      const faults = await faultsOf(visited);
      if (faults.length > 0) found[what] = faults;
    }
    await page.goto("/account/security");
    await page.getByText("Current password").waitFor();
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
    expect(found).toEqual({});
  });

  test("every step of the login has no fault", async () => {
    const own = await home.person("operator");
    const visited = await visit({ url: home.url, ...look });
    const { page } = visited;
    await page.goto("/login");
    await page.getByRole("link", { name: "Log in with Example" }).waitFor();
    expect(await faultsOf(visited)).toEqual([]);
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
    await enterPassword(page, own);
    await page.getByRole("button", { name: /^Authenticator app/ }).waitFor();
    expect(await faultsOf(visited)).toEqual([]);
    await page.getByRole("button", { name: /^Authenticator app/ }).click();
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    expect(await faultsOf(visited)).toEqual([]);
  });
});

test("the second step and the question whether it is oneself have no fault", async () => {
  const own = await home.person();
  const setUp = await visit({ url: home.url, cookie: await home.logIn(own) });
  await setUp.page.goto("/account/security");
  await setUpApp(setUp.page, home);
  expect(await faultsOf(setUp)).toEqual([]);
  for (const isDark of [false, true]) {
    const visited = await visit({ url: home.url, isPhone: true, isDark });
    await visited.page.goto("/login");
    await enterPassword(visited.page, own);
    await visited.page.getByLabel("Code from the app").waitFor();
    expect(await faultsOf(visited)).toEqual([]);
    await visited.page.getByRole("button", { name: "A recovery code" }).click();
    await visited.page.getByLabel("Recovery code").waitFor();
    expect(await faultsOf(visited)).toEqual([]);
  }
});
