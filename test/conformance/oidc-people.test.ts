import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import * as client from "openid-client";
import { Secret, TOTP } from "otpauth";
import {
  ask,
  describe,
  type House,
  openBrowser,
  openHouse,
  openPage,
  redeem,
  redirectUri,
  refusal,
  type Registered,
  walk,
} from "./oidc-support.ts";

// Whole programs start, and every login computes a password hash.
setDefaultTimeout(60_000);

let house: House;
let app: Registered;
let appAt: client.Configuration;

beforeAll(async () => {
  house = await openHouse();
  app = await house.register();
  appAt = await describe(house.issuer, app);
});
afterAll(() => house.hearth.stop());

test("refresh tokens: only when asked and allowed, each used once", async () => {
  const scope = { scope: "openid offline_access", prompt: "consent" };
  expect((await house.logIn("alice", appAt, scope)).tokens.refresh_token).toBeUndefined();
  const mail = await house.register({ name: "Mail", offlineAccess: true });
  const at = await describe(house.issuer, mail);
  const otherAt = await describe(house.issuer, await house.register({ name: "Other", offlineAccess: true }));
  expect((await house.logIn("alice", at)).tokens.refresh_token).toBeUndefined();
  const first = (await house.logIn("alice", at, scope)).tokens.refresh_token ?? "";
  const second = await client.refreshTokenGrant(at, first);
  expect(await house.holds(second.access_token)).toBe(true);
  expect(await refusal(client.refreshTokenGrant(otherAt, second.refresh_token ?? ""))).toBe("invalid_grant");
  expect(await refusal(client.refreshTokenGrant(at, first))).toBe("invalid_grant");
  // Somebody had a copy of it: the whole line ends.
  expect(await refusal(client.refreshTokenGrant(at, second.refresh_token ?? ""))).toBe("invalid_grant");
  expect(await house.holds(second.access_token)).toBe(false);
});

test("somebody is asked once, may say no, and may take it back", async () => {
  const shop = await house.register({ name: "Shop" });
  const at = await describe(house.issuer, shop);
  const browser = await house.browserOf("alice");
  const said = await walk(browser, (await ask(at)).url, "deny");
  expect([said.searchParams.get("error"), said.searchParams.get("code")]).toEqual(["access_denied", null]);

  const { tokens } = await house.logIn("alice", at);
  const again = await browser.follow((await ask(at)).url, redirectUri);
  expect(again.url.searchParams.has("code")).toBe(true);
  const { consents } = await house.must("oidcConsent.list", {});
  const given = consents.find((consent: { clientId: string }) => consent.clientId === shop.id);
  expect(given).toMatchObject({ clientName: "Shop", scopes: ["openid", "profile", "groups"] });

  await house.must("oidcConsent.revoke", { clientId: shop.id });
  expect(await house.holds(tokens.access_token)).toBe(false);
  const asked = await browser.follow((await ask(at)).url, redirectUri);
  expect(asked.url.pathname).toStartWith("/oidc/consent/");
  expect((await house.admin("oidcConsent.revoke", { clientId: shop.id })).status).toBe(404);
});

test("whoever is switched off, or gets a new password, is out at once", async () => {
  const id = await house.person("ben");
  const mail = await house.register({ name: "Mail", offlineAccess: true });
  const at = await describe(house.issuer, mail);
  const scope = { scope: "openid offline_access", prompt: "consent" };
  const { tokens, browser } = await house.logIn("ben", at, scope);
  await house.must("people.update", { id, disabled: true });
  expect(await house.holds(tokens.access_token)).toBe(false);
  expect(await refusal(client.refreshTokenGrant(at, tokens.refresh_token ?? ""))).toBe("invalid_grant");
  expect((await client.tokenIntrospection(at, tokens.access_token)).active).toBe(false);
  const { url } = await browser.follow((await ask(at)).url, redirectUri);
  expect(url.pathname).toBe("/login");
  await house.must("people.update", { id, disabled: false });
  expect(await house.holds(tokens.access_token)).toBe(false);

  const again = await house.logIn("ben", at);
  expect(await house.holds(again.tokens.access_token)).toBe(true);
  await house.must("people.resetPassword", { id, password: "a loud yellow candle" });
  expect(await house.holds(again.tokens.access_token)).toBe(false);
});

test("an application is for whom it is meant, and losing the right ends it", async () => {
  const carla = await house.person("carla");
  const { group } = await house.must("people.createGroup", { name: "cinema", memberIds: [carla] });
  const cinema = await house.register({
    name: "Cinema",
    audience: { everyone: false, groupIds: [group.id], personIds: [] },
  });
  const at = await describe(house.issuer, cinema);
  const { tokens } = await house.logIn("carla", at);
  const outsider = await house.browserOf("alice");
  const stopped = await outsider.follow((await ask(at)).url, redirectUri);
  expect(stopped.response?.status).toBe(403);
  expect(await stopped.response?.text()).toContain("Cinema is not for this account");
  const pushed = await outsider.request(stopped.url, { decision: "allow" });
  expect([pushed.status, pushed.headers.get("location")]).toEqual([403, null]);
  const denied = await outsider.request(stopped.url, { decision: "deny" });
  const back = await outsider.follow(denied.headers.get("location") ?? "", redirectUri);
  expect(back.url.searchParams.get("error")).toBe("access_denied");

  await house.must("people.updateGroup", { id: group.id, memberIds: [] });
  expect(await house.holds(tokens.access_token)).toBe(false);
  expect((await client.tokenIntrospection(at, tokens.access_token)).active).toBe(false);
});

test("an application that asks for two factors does not take one", async () => {
  const vault = await house.register({ name: "Vault", requireTwoFactors: true });
  const at = await describe(house.issuer, vault);
  const browser = await house.browserOf("alice");
  const stopped = await browser.follow((await ask(at)).url, redirectUri);
  expect(stopped.response?.status).toBe(403);
  expect(await stopped.response?.text()).toContain("second factor");
  expect((await browser.request(stopped.url, { decision: "allow" })).status).toBe(403);
});

test("whoever has shown two factors gets in, and the application is told which", async () => {
  await house.person("erin");
  const vault = await house.register({ name: "Vault", requireTwoFactors: true });
  const at = await describe(house.issuer, vault);
  const browser = await house.browserOf("erin");
  const own = openPage(house.hearth, browser.cookiesFor(new URL(house.hearth.url)));
  const { secret } = (await own("totp.begin", {})).answer;
  const authenticator = new TOTP({ secret: Secret.fromBase32(secret) });
  const confirmed = await own("totp.confirm", { code: authenticator.generate() });
  expect(confirmed.status).toBe(200);
  browser.keep(confirmed.setCookies, new URL(house.hearth.url));

  const asked = await ask(at);
  const tokens = await redeem(at, await walk(browser, asked.url), asked);
  expect(tokens.claims()).toMatchObject({ acr: "urn:hearth:acr:two-factors", amr: ["pwd", "otp", "mfa"] });
  expect(tokens.claims()?.["auth_time"]).toBeNumber();
});

test("the session of this server counts, not what the provider left in the browser", async () => {
  await house.person("dora");
  const { browser, subject } = await house.logIn("alice", appAt);
  await house.logInAs(browser, "dora");
  const asked = await ask(appAt);
  const tokens = await redeem(appAt, await walk(browser, asked.url), asked);
  expect(tokens.claims()).toMatchObject({ preferred_username: "dora" });
  expect(tokens.claims()?.sub).not.toBe(subject);

  // The library takes any spelling of a path: none leads around the session of this server.
  const left = (await house.logIn("dora", appAt)).browser;
  await openPage(house.hearth, left.cookiesFor(new URL(house.hearth.url)))("session.logout", {});
  for (const spelling of ["auth", "AUTH", "Auth", "auth/", "%61uth", "/auth"]) {
    const { url } = await ask(appAt);
    const arrived = await left.follow(url.href.replace("/oidc/auth", `/oidc/${spelling}`), redirectUri);
    expect([spelling, arrived.url.searchParams.has("code")]).toEqual([spelling, false]);
  }

  const stranger = openBrowser();
  const silent = await stranger.follow((await ask(appAt, { prompt: "none" })).url, redirectUri);
  expect(silent.url.searchParams.get("error")).toBe("login_required");
  const met = await stranger.follow((await ask(appAt)).url, redirectUri);
  expect(met.url.pathname).toBe("/login");
  expect(met.url.searchParams.get("next")).toMatch(/^\/oidc\/consent\/[\w-]+$/);
});

test("an application can ask for a fresh login", async () => {
  const browser = await house.browserOf("alice");
  const stopped = await browser.follow((await ask(appAt, { prompt: "login" })).url, redirectUri);
  expect(await stopped.response?.text()).toContain("Confirm that it is you");
  expect((await browser.request(stopped.url, { decision: "allow" })).status).toBe(200);
  const led = await browser.request(stopped.url, { decision: "login-again" });
  expect(led.headers.get("location")).toBe(`/login?next=${encodeURIComponent(stopped.url.pathname)}`);
  expect((await openPage(house.hearth, browser.cookiesFor(new URL(house.hearth.url)))("session.list", {})).status).toBe(
    401,
  );
  await browser.logIn(house.hearth, house.hearth.user, house.hearth.password);
  const done = await browser.follow(stopped.url, redirectUri);
  expect(done.url.searchParams.has("code")).toBe(true);
});

test("the answer to a question counts only from the page that asked, in the browser that was asked", async () => {
  const shop = await house.register({ name: "Shop" });
  const browser = await house.browserOf("alice");
  const stopped = await browser.follow((await ask(await describe(house.issuer, shop))).url, redirectUri);
  const cookie = browser.cookiesFor(stopped.url);
  const body = new URLSearchParams({ decision: "allow" });
  const forged = await fetch(stopped.url, {
    method: "POST",
    headers: { cookie, origin: "http://evil.example", "sec-fetch-site": "cross-site" },
    body,
    redirect: "manual",
  });
  expect(forged.status).toBe(403);
  const elsewhere = await (await house.browserOf("alice")).request(stopped.url, { decision: "allow" });
  expect([elsewhere.status, elsewhere.headers.get("location")]).toEqual([404, null]);
  const policy = stopped.response?.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
});

test("logging out at an application can log out here, and ends its tokens", async () => {
  const { browser, tokens } = await house.logIn("alice", appAt);
  const page = await browser.request(client.buildEndSessionUrl(appAt, { id_token_hint: tokens.id_token ?? "" }));
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  expect(page.status).toBe(200);
  await browser.request(`${house.issuer}/logout/confirm`, { xsrf, logout: "yes" });
  expect(await house.holds(tokens.access_token)).toBe(false);
  const { url } = await browser.follow((await ask(appAt)).url, redirectUri);
  expect(url.pathname).toBe("/login");
});

test("logins and refusals are in the audit", async () => {
  const { subject, callback, asked } = await house.logIn("alice", appAt);
  expect(subject).not.toBe("");
  expect(await refusal(redeem(appAt, callback, asked))).toBe("invalid_grant");
  const { entries } = await house.must("audit.search", { text: `oidc-client ${app.id}` });
  const seen = entries.map(
    ({ operation, outcome }: { operation: string; outcome: string }) => `${operation} ${outcome}`,
  );
  expect(seen).toEqual(expect.arrayContaining(["oidcClient.login allowed", "oidcClient.redeem refused"]));
  expect(JSON.stringify(entries)).not.toContain(callback.searchParams.get("code") ?? "?");
});
