// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectProblems } from "../kit/browser.ts";
import {
  authenticatorApp,
  enterPassword,
  logOut,
  password,
  type SecureHome,
  setUpApp,
  startSecureHome,
} from "./browser-security-support.ts";
import { layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
const minuteMs = 60_000;
let home: SecureHome;

beforeAll(async () => {
  home = await startSecureHome();
});
afterAll(() => home.stop());

test("an authenticator app is set up, asked for at the login, and a recovery code stands in for it once", async () => {
  const name = await home.person();
  const visited = await visit({ url: home.url, cookie: await home.logIn(name) });
  const { page } = visited;
  await page.goto("/account/security");
  await page.getByText("Only your password protects your account.").waitFor();
  const { app, codes } = await setUpApp(page, home);
  expect(codes).toHaveLength(10);
  await page.getByText("Your account is well protected").waitFor();
  await page.getByText("10 codes left").waitFor();
  await logOut(page);

  // All by keyboard: the fields have the focus when they are there.
  await page.locator("input:focus").waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  const code = page.getByLabel("Code from the app");
  await code.waitFor();
  expect(await code.getAttribute("autocomplete")).toBe("one-time-code");
  await code.fill("000000");
  await page.getByText("This code is not right.").waitFor();
  expect(expectProblems(visited, /status of 401/)).toBe(1);
  await page.locator("input:focus").waitFor();
  await page.keyboard.type(app());
  await page.waitForURL((url) => url.pathname === "/");
  await logOut(page);

  await enterPassword(page, name);
  await page.getByRole("button", { name: "A recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await page.goto("/account/security");
  await page.getByText("9 codes left").waitFor();
  await logOut(page);

  await enterPassword(page, name);
  await page.getByRole("button", { name: "A recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("This is none of your unused recovery codes.").waitFor();
  expect(expectProblems(visited, /status of 401/)).toBe(1);
});

test("what concerns keys asks again after five minutes, keeps what was typed, and goes through once confirmed", async () => {
  const name = await home.person();
  const visited = await visit({ url: home.url, cookie: await home.logIn(name) });
  const { page } = visited;
  await page.goto("/account/apps");
  home.advance(6 * minuteMs);
  await page.getByRole("button", { name: "New app password" }).click();
  const form = page.getByRole("dialog", { name: "New app password" });
  await form.getByLabel("What is it for?").fill("Laptop of the kitchen");
  await form.getByRole("button", { name: "Create" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await confirm.waitFor();
  expect(await visited.axe()).toEqual([]);

  await page.keyboard.press("Escape");
  await confirm.waitFor({ state: "detached" });
  await form.getByText("You did not confirm that it is you, so nothing was changed.").waitFor();
  expect(await form.getByLabel("What is it for?").inputValue()).toBe("Laptop of the kitchen");

  await form.getByRole("button", { name: "Create" }).click();
  await confirm.getByRole("textbox", { name: "Password" }).waitFor();
  await confirm.locator("input:focus").waitFor();
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  await confirm.getByRole("alert").waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "App password created" }).waitFor();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.getByText("Laptop of the kitchen").waitFor();
  expect(expectProblems(visited, /status of 40[13]/)).toBe(3);
});

test("a session that is ended elsewhere is out at once", async () => {
  const name = await home.person();
  const cookie = await home.logIn(name);
  const visited = await visit({ url: home.url, cookie });
  const { page } = visited;
  await page.goto("/account/devices");
  await page.getByText("This device").waitFor();
  const elsewhere = await home.logIn(name);
  expect(await home.call("session.revoke", { others: true }, elsewhere)).toEqual({ ended: 1 });
  await page.getByRole("link", { name: "Apps" }).click();
  await page.waitForURL(/\/login/);
  await page.getByText("App passwords").waitFor({ state: "detached" });
  expect(expectProblems(visited, /status of 401/)).toBeGreaterThan(0);
});

test("another device is told of a new one, and answers that it was somebody else", async () => {
  const name = await home.person();
  const known = await visit({ url: home.url, cookie: await home.logIn(name) });
  const stranger = await visit({ url: home.url });
  await stranger.page.goto("/login");
  await enterPassword(stranger.page, name);
  await stranger.page.waitForURL((url) => url.pathname === "/");
  await stranger.page.getByText(/^Hello,/).waitFor();
  expect(await stranger.page.getByRole("complementary", { name: "About your account" }).count()).toBe(0);

  const { page } = known;
  await page.goto("/");
  const banner = page.getByRole("complementary", { name: "About your account" });
  await banner.getByText("Your account was opened on a new device: Chrome on Linux.").waitFor();
  expect(await known.layoutShift()).toBeLessThan(layoutShiftLimit);
  expect(await known.axe()).toEqual([]);
  await banner.getByRole("button", { name: "That was not me" }).click();
  await page.waitForURL(/\/account\/security#password$/);
  await page.getByText("That session has ended.").waitFor();
  await banner.waitFor({ state: "detached" });
  await stranger.page.reload();
  await stranger.page.waitForURL(/\/login/);
  expectProblems(stranger, /status of 401/);
});

test("a role that needs a second factor leads to its set-up before anything else", async () => {
  const name = await home.person("operator");
  const inside = await visit({ url: home.url, cookie: await home.logIn(name) });
  await inside.page.goto("/account/security");
  await inside.page.getByText("Only your password protects your account.").waitFor();
  const policy = { rolesNeedingSecondFactor: ["operator"], providerCountsAsTwo: true };
  await home.call("factorPolicy.set", policy, await home.owner());
  await inside.page.waitForTimeout(1_000);
  await inside.page.getByRole("link", { name: "Apps" }).click();
  await inside.page.waitForURL(/\/protect\?next=/);

  const visited = await visit({ url: home.url });
  const { page } = visited;
  await page.goto("/account/apps");
  await enterPassword(page, name);
  await page.waitForURL(/\/protect\?next=/);
  await page.getByRole("button", { name: /^Authenticator app/ }).click();
  const app = authenticatorApp(home, await page.locator("code").innerText());
  await page.getByLabel("Then enter the code that the app shows now").fill(app());
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.waitForURL(/\/account\/apps$/);
  await page.getByText("No app passwords yet.").waitFor();
  expect(expectProblems(inside, /status of 403/)).toBeGreaterThan(0);
});

test("guessing is slowed down, and the page counts the wait", async () => {
  const name = await home.person();
  const guess = () => home.call("session.login", { name, password: "guessed" }).catch(() => undefined);
  for (let n = 0; n < 10; n += 1) {
    await guess();
    home.advance(minuteMs);
  }
  await guess();
  const visited = await visit({ url: home.url });
  const { page } = visited;
  await page.goto("/login");
  await enterPassword(page, name);
  await page
    .getByRole("timer")
    .filter({ hasText: /Try again in \d+ s\./ })
    .waitFor();
  expect(await page.getByRole("button", { name: "Log in", exact: true }).isDisabled()).toBe(true);
  expect(expectProblems(visited, /status of 429/)).toBe(1);
});
