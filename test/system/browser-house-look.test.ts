// needs: chromium
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { housePages, useOwner } from "./browser-house-support.ts";
import { faultsOf, type SecureHome, startSecureHome } from "./browser-security-support.ts";
import { eventually, layoutShiftLimit } from "./browser-support.ts";

let home: SecureHome;
const visit = useOwner(() => home);

beforeAll(async () => {
  home = await startSecureHome();
  const owner = await home.owner();
  await home.person();
  await home.call("certificates.createAuthority", {}, owner);
  await home.call("guard.ban", { network: "203.0.113.0/24", durationMs: 86_400_000, why: "Knocks" }, owner);
  await home.call("oidcClient.create", { name: "Photos", redirectUris: ["http://192.168.1.5/cb"] }, owner);
  await home.call(
    "loginProvider.save",
    { id: "work", name: "Work", issuer: "https://id.example", clientId: "h" },
    owner,
  );
});
afterAll(() => home.stop());

const dialog = (page: Page) => page.getByRole("dialog").waitFor();
const opens = (button: string) => async (page: Page) => {
  await page.getByRole("button", { name: button, exact: true }).click();
  await dialog(page);
};

/** What stands open beside or above a page. */
const views: readonly { readonly path: string; readonly act: (page: Page) => Promise<unknown> }[] = [
  {
    path: "/security/rules?rule=login-pace",
    act: async (page) => {
      await dialog(page);
      for (const name of ["Countries", "Times", "Size of what is sent", "People"].map((label) => label)) {
        await page.getByRole("dialog").getByRole("button", { name: "Add a condition" }).click();
        await page.getByRole("menuitem", { name: name === "Countries" ? "From countries" : name }).click();
      }
      await page.getByRole("dialog").getByRole("button", { name: "Save rule" }).click();
      await page.getByText("Fill this in, or remove the condition.").first().waitFor();
    },
  },
  { path: "/security/rules?view=history", act: dialog },
  { path: "/security/rules?view=import", act: dialog },
  {
    path: "/security/rules",
    act: async (page) => {
      await page.getByRole("combobox", { name: "Who" }).selectOption({ label: "Person 1" });
      await page.getByRole("button", { name: "Time, certificate, size" }).click();
      await page.getByRole("button", { name: "Test", exact: true }).click();
      await page.getByText("Understood as").waitFor();
      await page.getByRole("button", { name: "Run tests" }).click();
      await page.getByText("All 3 tests pass.").waitFor();
    },
  },
  { path: "/security/attacks", act: opens("Ban an address") },
  { path: "/security/vpn", act: opens("Add a zone") },
  { path: "/security/certificates", act: opens("Replace …") },
  { path: "/security/certificates", act: opens("Renew") },
  { path: "/security/sign-on", act: opens("Add an application") },
  { path: "/security/sign-on", act: opens("Add a provider") },
];

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: false, isDark: true },
  { isPhone: true, isDark: false },
  { isPhone: true, isDark: true },
] as const;

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test("every page of the security area has no fault and does not jump", async () => {
    const visited = await visit(look);
    const { page } = visited;
    const found: Record<string, unknown> = {};
    for (const { path, shows } of housePages) {
      await page.goto(path);
      await page.getByText(shows).first().waitFor();
      const faults = await faultsOf(visited);
      const shift = await visited.layoutShift();
      if (faults.length > 0 || shift >= layoutShiftLimit) found[path] = [...faults, `layout shift of ${shift}`];
    }
    expect(found).toEqual({});
  });
});

describe.each([looks[0], looks[3]])("opened, phone: $isPhone, dark: $isDark", (look) => {
  test("what opens on the pages has no fault", async () => {
    const visited = await visit(look);
    const { page } = visited;
    const found: Record<string, unknown> = {};
    for (const { path, act } of views) {
      await page.goto(path);
      await act(page);
      const faults = await faultsOf(visited);
      if (faults.length > 0) found[path] = faults;
    }
    expect(found).toEqual({});
  });
});

test("on a phone the tab that is open is on the screen", async () => {
  const { page } = await visit({ isPhone: true });
  await page.goto("/security/audit");
  await eventually("it is brought onto the screen", async () => {
    const box = await page.getByRole("link", { name: "Audit log", exact: true }).boundingBox();
    return (box?.x ?? 999) + (box?.width ?? 0) <= 390;
  });
});

test("who may only look sees the pages without buttons that change them", async () => {
  const name = await home.person("operator");
  const visited = await visit();
  await visited.context.clearCookies();
  const cookie = await home.logIn(name);
  const at = cookie.indexOf("=");
  await visited.context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: home.url }]);
  const { page } = visited;
  await page.goto("/security");
  await page.getByText("The parts").waitFor();
  expect(await page.getByRole("link", { name: "Single sign-on" }).count()).toBe(0);
  await page.goto("/security/rules");
  await page.getByText("Metrics are for the household").first().waitFor();
  expect(await page.getByRole("button", { name: "Add rule" }).count()).toBe(0);
  await page.goto("/security/certificates");
  await page.getByText("Where a certificate is required").waitFor();
  await page.goto("/security/second-factors");
  await page.getByText("Who needs a second factor").waitFor();
  expect(await page.getByRole("checkbox", { name: "Guest" }).isDisabled()).toBe(true);
});
