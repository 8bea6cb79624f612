// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectProblems } from "../kit/browser.ts";
import {
  addAuthenticator,
  enterPassword,
  logOut,
  type SecureHome,
  startSecureHome,
} from "./browser-security-support.ts";
import { useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let home: SecureHome;

beforeAll(async () => {
  home = await startSecureHome();
});
afterAll(() => home.stop());

const isHome = (url: URL): boolean => url.pathname === "/";

test("a passkey is added, logs in without a name, confirms, and is removed", async () => {
  const name = await home.person();
  const visited = await visit({ url: home.url, cookie: await home.logIn(name) });
  const { page, context } = visited;
  const authenticator = await addAuthenticator(context, page);
  await page.goto("/account/security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name of the passkey").fill("Laptop");
  await dialog.getByRole("button", { name: "Create the passkey" }).click();
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("Your account is well protected").waitFor();
  expect(await authenticator.hosts()).toEqual(["localhost"]);

  // As a browser that offers no passkeys by itself: only the button asks.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });
  await page.reload();
  await logOut(page);
  await page.getByRole("button", { name: "Log in with a passkey" }).click();
  await page.waitForURL(isHome);
  const { sessions } = (await home.call("session.list", {}, await cookieOf(context))) as { sessions: Session[] };
  expect(sessions.find(({ current }) => current)?.factors).toEqual(["passkey"]);

  home.advance(6 * 60_000);
  await page.goto("/account/security");
  await page.getByRole("button", { name: "Actions for Laptop" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByLabel("Name of the passkey").fill("Old laptop");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Actions for Old laptop" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await confirm.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByText("Only your password protects your account.").waitFor();
  await page.getByText("No passkeys yet.").waitFor();
  expect(expectProblems(visited, /status of 403.*passkey\.remove/)).toBe(1);
});

test("after the password the passkey is the second step; the name field offers it before", async () => {
  const name = await home.person();
  const { page, context } = await visit({ url: home.url, cookie: await home.logIn(name) });
  const authenticator = await addAuthenticator(context, page);
  await page.goto("/account/security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("button", { name: "Create the passkey" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();

  await authenticator.touch(false);
  await logOut(page);
  expect(await page.getByLabel("Name").getAttribute("autocomplete")).toBe("username webauthn");
  await enterPassword(page, name);
  await page.getByRole("heading", { name: "One more step" }).waitFor();
  await authenticator.touch(true);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL(isHome);

  // Who touches while the browser offers passkeys at the name field has picked one.
  await logOut(page);
  await page.waitForURL(isHome);
});

interface Session {
  readonly current: boolean;
  readonly factors: readonly string[];
}

async function cookieOf(context: Awaited<ReturnType<typeof visit>>["context"]): Promise<string> {
  const [cookie] = await context.cookies();
  return `${cookie?.name}=${cookie?.value}`;
}
