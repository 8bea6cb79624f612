import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOTP } from "otpauth";
import type { BrowserContext, Page } from "playwright-core";
import { loadConfig } from "#platform/config";
import type { Role } from "#wire";
import { startHearth } from "../../src/main.ts";
import type { Visit } from "../kit/browser.ts";

export const password = "correct horse battery";
const owner = "anna";
const pageDir = join(import.meta.dir, "../../dist/web");

export interface SecureHome {
  /** Under a name, for passkeys have no meaning under an address. */
  readonly url: string;
  /** The same under its address, which keeps cookies of its own. */
  readonly addressUrl: string;
  /** Lets time pass for the server. */
  advance(ms: number): void;
  /** The server's time. */
  now(): number;
  /** An operation as the page calls it; throws on a refusal. */
  call(name: string, input: unknown, cookie?: string): Promise<Record<string, unknown>>;
  /** A new session by password; the `Cookie` header. Also of whoever has a second factor to show: then it is none. */
  logIn(name: string): Promise<string>;
  /** An account whose name nobody else has; gives the name. */
  person(role?: Role): Promise<string>;
  /** The owner with a fresh factor. */
  owner(): Promise<string>;
  stop(): Promise<void>;
}

/** The whole program in this process, with a clock of the test's own. `config` is the text of `hearth.yaml`. */
export async function startSecureHome(config = ""): Promise<SecureHome> {
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-security-"));
  await Bun.write(join(dataDir, "hearth.yaml"), config);
  const loaded = loadConfig({ environment: {}, dataDir, listen: "127.0.0.1:0", logLevel: "error" });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  const hearth = await startHearth({
    dataDir,
    config: loaded.config,
    pageDir,
    owner: { user: owner, password },
    clock,
  });
  const url = hearth.url.origin.replace("127.0.0.1", "localhost");
  const post = (name: string, input: unknown, cookie = "") =>
    fetch(`${url}/api/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, cookie },
      body: JSON.stringify(input),
    });
  const call: SecureHome["call"] = async (name, input, cookie) => {
    const response = await post(name, input, cookie);
    if (!response.ok) throw new Error(`${name} gave ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const logIn = async (name: string) => {
    const response = await post("session.login", { name, password });
    return response.headers.get("set-cookie")?.split(";")[0] ?? "";
  };
  let people = 0;
  return {
    url,
    addressUrl: hearth.url.origin,
    advance: (ms) => {
      aheadMs += ms;
    },
    now: clock.now,
    call,
    logIn,
    owner: () => logIn(owner),
    person: async (role = "member") => {
      people += 1;
      const name = `person${people}`;
      const given = { name, displayName: `Person ${people}`, password, roles: [role] };
      await call("people.create", given, await logIn(owner));
      return name;
    },
    stop: async () => {
      await hearth.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Types name and password at the login page that is open. */
export async function enterPassword(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

export async function logOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account menu of/ }).click();
  // Waited for from before the click on: a passkey may lead away from there at once.
  await Promise.all([page.waitForURL(/\/login$/), page.getByRole("menuitem", { name: "Log out" }).click()]);
}

/** What an authenticator app does with the secret that the page shows: a code that was not shown before. */
export function authenticatorApp(home: SecureHome, secret: string): () => string {
  const app = new TOTP({ secret: secret.replaceAll(" ", "") });
  return () => {
    home.advance(app.period * 1000);
    return app.generate({ timestamp: home.now() });
  };
}

/** Sets up an authenticator app at the open security page; gives the app and the recovery codes. */
export async function setUpApp(page: Page, home: SecureHome) {
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const dialog = page.getByRole("dialog");
  const app = authenticatorApp(home, await dialog.locator("code").innerText());
  await dialog.getByLabel("Then enter the code that the app shows now").fill(app());
  const list = dialog.getByRole("list", { name: "Recovery codes" });
  await list.waitFor();
  const codes = await list.getByRole("listitem").allInnerTexts();
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await dialog.waitFor({ state: "detached" });
  return { app, codes };
}

/** Chromium's authenticator without hardware: keeps discoverable credentials and verifies its user (WebAuthn §11, automation). */
export async function addAuthenticator(context: BrowserContext, page: Page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    /** Whether somebody touches it when it is asked. */
    touch: (enabled: boolean) =>
      devtools.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }).then(() => undefined),
    hosts: async () => {
      const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
      return credentials.map(({ rpId }) => rpId);
    },
  };
}

/** What is wrong with a page that a person or a reader of screens would stumble over. */
export async function faultsOf(visited: Visit): Promise<string[]> {
  const overflowPx = await visited.overflowPx();
  const sideways = overflowPx > 0 ? [`scrolls sideways by ${overflowPx} px`] : [];
  return [...(await visited.axe()), ...sideways];
}
