import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as client from "openid-client";
import { type RunningHearth, startHearth } from "#kit";
import { ask, describe, openBrowser, openPage, redeem, redirectUri, type Registered, walk } from "./oidc-support.ts";

let hearth: RunningHearth;
let admin: ReturnType<typeof openPage>;
let issuer: string;
let app: Registered;
let appAt: client.Configuration;

const password = "a quiet green lantern";

beforeAll(async () => {
  hearth = await startHearth();
  admin = openPage(hearth, hearth.cookie);
  issuer = `${hearth.url}/oidc`;
  app = await register({});
  appAt = await describe(issuer, app);
});
afterAll(() => hearth.stop());

async function must(name: string, input: unknown) {
  const { answer, status } = await admin(name, input);
  if (status !== 200) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer;
}

async function register(change: object): Promise<Registered> {
  const { client: made, secret } = await must("oidcClient.create", {
    name: "Photos",
    redirectUris: [redirectUri],
    ...change,
  });
  return { id: made.id, secret };
}

async function person(name: string): Promise<number> {
  const made = await must("people.create", { name, displayName: name.toUpperCase(), password, roles: ["member"] });
  return made.person.id;
}

async function browserOf(name: string) {
  const browser = openBrowser();
  await browser.logIn(hearth, name, name === hearth.user ? hearth.password : password);
  return browser;
}

/** A whole login of somebody at an application; the tokens it got, and the way back. */
async function logIn(name: string, at = appAt, change: Readonly<Record<string, string>> = {}) {
  const browser = await browserOf(name);
  const asked = await ask(at, change);
  const callback = await walk(browser, asked.url);
  const tokens = await redeem(at, callback, asked);
  return { browser, asked, callback, tokens, subject: tokens.claims()?.sub ?? "" };
}

/** The OAuth error that work ends with. */
async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (thrown: { error?: string; cause?: { error?: string }; status?: number; code?: string }) =>
      thrown.error ?? String(thrown.status ?? thrown.code ?? thrown),
  );
}

/** Whether an access token still opens anything. */
async function holds(accessToken: string): Promise<boolean> {
  const response = await fetch(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
  return response.status === 200;
}

test("a client library that is not ours logs somebody in, in full", async () => {
  await must("people.createGroup", { name: "family", memberIds: [1] });
  const { tokens, subject } = await logIn("alice");
  const claims = tokens.claims();
  const known = { name: "alice", preferred_username: "alice", groups: ["family"] };
  expect(claims).toMatchObject({
    iss: issuer,
    aud: app.id,
    ...known,
    acr: "urn:hearth:acr:one-factor",
    amr: ["pwd"],
  });
  expect(claims?.["email"]).toBeUndefined();
  expect(tokens.refresh_token).toBeUndefined();
  expect(await client.fetchUserInfo(appAt, tokens.access_token, subject)).toMatchObject({ sub: subject, ...known });
});

test("a public client logs in without a secret, and its ID tokens may be ES256", async () => {
  const phone = await register({ kind: "public", signatureAlgorithm: "ES256" });
  expect(phone.secret).toBeNull();
  const { authorization_endpoint: endpoint } = appAt.serverMetadata();
  expect(endpoint).toBe(`${issuer}/auth`);
  const at = await client.discovery(
    new URL(issuer),
    phone.id,
    { id_token_signed_response_alg: "ES256" },
    client.None(),
    { execute: [client.allowInsecureRequests] },
  );
  const { tokens } = await logIn("alice", at);
  const header = JSON.parse(Buffer.from(String(tokens.id_token).split(".")[0] ?? "", "base64url").toString());
  expect(header.alg).toBe("ES256");
});

test("a redirect that is not the registered one, to the letter, is not followed", async () => {
  const browser = await browserOf("alice");
  const wrong = [
    `${redirectUri}/`,
    `${redirectUri}/more`,
    `${redirectUri}?more=1`,
    `${redirectUri}#more`,
    "http://127.0.0.1:10/callback",
    "http://127.0.0.1/callback",
    "http://localhost:9/callback",
    "https://127.0.0.1:9/callback",
    "http://127.0.0.1:9/other",
    "http://user@127.0.0.1:9/callback",
    "http://evil.example/callback",
    "",
  ];
  for (const redirect of wrong) {
    // oxlint-disable-next-line no-await-in-loop -- one login after the other
    const response = await browser.request((await ask(appAt, { redirect_uri: redirect })).url);
    expect([redirect, response.status, response.headers.get("location")]).toEqual([redirect, 400, null]);
  }
});

test("only safe redirects can be registered", async () => {
  const refused = ["http://evil.example/cb", "https://a.example/cb#x", "https://*.example/cb", "javascript:alert(1)"];
  for (const uri of refused) {
    // oxlint-disable-next-line no-await-in-loop -- the answers are told apart
    const { status } = await admin("oidcClient.create", { name: "Bad", redirectUris: [uri] });
    expect([uri, status]).toEqual([uri, 400]);
  }
  const nas = await must("oidcClient.create", { name: "NAS", redirectUris: ["http://nas.local/cb"] });
  expect(nas.client.plainHttp).toBe(true);
});

test("a code works once; the second try ends what the first one gave", async () => {
  const { asked, callback, tokens } = await logIn("alice");
  expect(await holds(tokens.access_token)).toBe(true);
  expect(await refusal(redeem(appAt, callback, asked))).toBe("invalid_grant");
  expect(await holds(tokens.access_token)).toBe(false);
});

test("of twenty who redeem a code at the same moment, at most one gets in", async () => {
  const browser = await browserOf("alice");
  const asked = await ask(appAt);
  const callback = await walk(browser, asked.url);
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(appAt, callback, asked)));
  const got = tries.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value.access_token] : []));
  expect(got.length).toBeLessThanOrEqual(1);
  for (const token of got) expect(await holds(token)).toBe(false);
});

test("PKCE with S256 or nothing", async () => {
  const browser = await browserOf("alice");
  const downgrades: Record<string, string>[] = [
    { code_challenge_method: "plain" },
    { code_challenge: "", code_challenge_method: "" },
    { code_challenge_method: "" },
    { code_challenge: "short" },
  ];
  for (const change of downgrades) {
    // oxlint-disable-next-line no-await-in-loop -- one login after the other
    const { url } = await browser.follow((await ask(appAt, change)).url, redirectUri);
    expect([change, url.searchParams.get("error"), url.searchParams.get("code")]).toEqual([
      change,
      "invalid_request",
      null,
    ]);
  }
  const asked = await ask(appAt);
  const callback = await walk(browser, asked.url);
  const other = { ...asked, verifier: client.randomPKCECodeVerifier() };
  expect(await refusal(redeem(appAt, callback, other))).toBe("invalid_grant");
  const without = await tokenRequest({
    grant_type: "authorization_code",
    code: callback.searchParams.get("code") ?? "",
    redirect_uri: redirectUri,
  });
  expect(without.error).toBe("invalid_grant");
});

async function tokenRequest(form: Readonly<Record<string, string>>, by: Registered = app, secret = by.secret) {
  const headers = { authorization: `Basic ${btoa(`${by.id}:${secret}`)}` };
  const response = await fetch(`${issuer}/token`, { method: "POST", headers, body: new URLSearchParams(form) });
  return (await response.json()) as { error?: string };
}

test("no other flow, and no request that speaks for itself", async () => {
  const browser = await browserOf("alice");
  for (const responseType of ["token", "id_token", "code id_token", "none"]) {
    // oxlint-disable-next-line no-await-in-loop -- one login after the other
    const { url } = await browser.follow((await ask(appAt, { response_type: responseType })).url, redirectUri);
    expect(url.href).toContain("error=unsupported_response_type");
  }
  const none = `${btoa('{"alg":"none"}').replaceAll("=", "")}.${btoa("{}").replaceAll("=", "")}.`;
  const { url } = await browser.follow((await ask(appAt, { request: none })).url, redirectUri);
  expect(url.searchParams.get("error")).toBe("request_not_supported");
  expect((await tokenRequest({ grant_type: "client_credentials" })).error).toBe("unsupported_grant_type");
  expect((await tokenRequest({ grant_type: "password", username: "alice", password })).error).toBe(
    "unsupported_grant_type",
  );
  expect(appAt.serverMetadata().id_token_signing_alg_values_supported).toEqual(["RS256", "ES256"]);
});

test("a wrong secret opens nothing, and the right one works in both places", async () => {
  const browser = await browserOf("alice");
  const form = async () => {
    const asked = await ask(appAt);
    const callback = await walk(browser, asked.url);
    const code = callback.searchParams.get("code") ?? "";
    return { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: asked.verifier };
  };
  expect((await tokenRequest(await form(), app, "wrong")).error).toBe("invalid_client");
  expect((await tokenRequest(await form(), app, "x".repeat(43))).error).toBe("invalid_client");
  const inBody = await fetch(`${issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({ ...(await form()), client_id: app.id, client_secret: app.secret ?? "" }),
  });
  expect(inBody.status).toBe(200);
  const renewed = await register({});
  const { secret } = await must("oidcClient.renewSecret", { id: renewed.id });
  const nothing = { grant_type: "authorization_code", code: "x", redirect_uri: redirectUri };
  expect((await tokenRequest(nothing, renewed)).error).toBe("invalid_client");
  expect((await tokenRequest(nothing, renewed, secret)).error).toBe("invalid_grant");
});

test("what belongs to one application is worth nothing to another", async () => {
  const other = await register({ name: "Other", offlineAccess: true });
  const otherAt = await describe(issuer, other);
  const { tokens, browser } = await logIn("alice");
  expect((await client.tokenIntrospection(otherAt, tokens.access_token)).active).toBe(false);
  expect((await client.tokenIntrospection(appAt, tokens.access_token)).active).toBe(true);
  expect(await refusal(client.tokenRevocation(otherAt, tokens.access_token))).toBe("invalid_request");
  expect(await holds(tokens.access_token)).toBe(true);
  const asked = await ask(appAt);
  const callback = await walk(browser, asked.url);
  expect(await refusal(redeem(otherAt, callback, asked))).toBe("invalid_grant");
  await client.tokenRevocation(appAt, tokens.access_token);
  expect(await holds(tokens.access_token)).toBe(false);
});

test("refresh tokens: only when asked and allowed, each used once", async () => {
  const scope = { scope: "openid offline_access", prompt: "consent" };
  expect((await logIn("alice", appAt, scope)).tokens.refresh_token).toBeUndefined();
  const mail = await register({ name: "Mail", offlineAccess: true });
  const at = await describe(issuer, mail);
  const otherAt = await describe(issuer, await register({ name: "Other", offlineAccess: true }));
  expect((await logIn("alice", at)).tokens.refresh_token).toBeUndefined();
  const first = (await logIn("alice", at, scope)).tokens.refresh_token ?? "";
  const second = await client.refreshTokenGrant(at, first);
  expect(await holds(second.access_token)).toBe(true);
  expect(await refusal(client.refreshTokenGrant(otherAt, second.refresh_token ?? ""))).toBe("invalid_grant");
  expect(await refusal(client.refreshTokenGrant(at, first))).toBe("invalid_grant");
  // Somebody had a copy of it: the whole line ends.
  expect(await refusal(client.refreshTokenGrant(at, second.refresh_token ?? ""))).toBe("invalid_grant");
  expect(await holds(second.access_token)).toBe(false);
});

test("somebody is asked once, may say no, and may take it back", async () => {
  const shop = await register({ name: "Shop" });
  const at = await describe(issuer, shop);
  const browser = await browserOf("alice");
  const said = await walk(browser, (await ask(at)).url, "deny");
  expect([said.searchParams.get("error"), said.searchParams.get("code")]).toEqual(["access_denied", null]);

  const { tokens } = await logIn("alice", at);
  const again = await browser.follow((await ask(at)).url, redirectUri);
  expect(again.url.searchParams.has("code")).toBe(true);
  const { consents } = await must("oidcConsent.list", {});
  const given = consents.find((consent: { clientId: string }) => consent.clientId === shop.id);
  expect(given).toMatchObject({ clientName: "Shop", scopes: ["openid", "profile", "groups"] });

  await must("oidcConsent.revoke", { clientId: shop.id });
  expect(await holds(tokens.access_token)).toBe(false);
  const asked = await browser.follow((await ask(at)).url, redirectUri);
  expect(asked.url.pathname).toStartWith("/oidc/consent/");
  expect((await admin("oidcConsent.revoke", { clientId: shop.id })).status).toBe(404);
});

test("whoever is switched off is out at once", async () => {
  const id = await person("ben");
  const mail = await register({ name: "Mail", offlineAccess: true });
  const at = await describe(issuer, mail);
  const scope = { scope: "openid offline_access", prompt: "consent" };
  const { tokens, browser } = await logIn("ben", at, scope);
  await must("people.update", { id, disabled: true });
  expect(await holds(tokens.access_token)).toBe(false);
  expect(await refusal(client.refreshTokenGrant(at, tokens.refresh_token ?? ""))).toBe("invalid_grant");
  expect((await client.tokenIntrospection(at, tokens.access_token)).active).toBe(false);
  const { url } = await browser.follow((await ask(at)).url, redirectUri);
  expect(url.pathname).toBe("/login");
  await must("people.update", { id, disabled: false });
  expect(await holds(tokens.access_token)).toBe(false);
});

test("an application is for whom it is meant, and losing the right ends it", async () => {
  const carla = await person("carla");
  const { group } = await must("people.createGroup", { name: "cinema", memberIds: [carla] });
  const cinema = await register({
    name: "Cinema",
    audience: { everyone: false, groupIds: [group.id], personIds: [] },
  });
  const at = await describe(issuer, cinema);
  const { tokens } = await logIn("carla", at);
  const outsider = await browserOf("alice");
  const stopped = await outsider.follow((await ask(at)).url, redirectUri);
  expect(stopped.response?.status).toBe(403);
  expect(await stopped.response?.text()).toContain("Cinema is not for this account");
  const pushed = await outsider.request(stopped.url, { decision: "allow" });
  expect([pushed.status, pushed.headers.get("location")]).toEqual([403, null]);
  const denied = await outsider.request(stopped.url, { decision: "deny" });
  const back = await outsider.follow(denied.headers.get("location") ?? "", redirectUri);
  expect(back.url.searchParams.get("error")).toBe("access_denied");

  await must("people.updateGroup", { id: group.id, memberIds: [] });
  expect(await holds(tokens.access_token)).toBe(false);
  expect((await client.tokenIntrospection(at, tokens.access_token)).active).toBe(false);
});

test("an application that asks for two factors does not take one", async () => {
  const vault = await register({ name: "Vault", requireTwoFactors: true });
  const at = await describe(issuer, vault);
  const browser = await browserOf("alice");
  const stopped = await browser.follow((await ask(at)).url, redirectUri);
  expect(stopped.response?.status).toBe(403);
  expect(await stopped.response?.text()).toContain("second factor");
  expect((await browser.request(stopped.url, { decision: "allow" })).status).toBe(403);
});

test("the session of this server counts, not what the provider left in the browser", async () => {
  await person("dora");
  const { browser, subject } = await logIn("alice");
  await browser.logIn(hearth, "dora", password);
  const asked = await ask(appAt);
  const tokens = await redeem(appAt, await walk(browser, asked.url), asked);
  expect(tokens.claims()).toMatchObject({ preferred_username: "dora" });
  expect(tokens.claims()?.sub).not.toBe(subject);

  const stranger = openBrowser();
  const silent = await stranger.follow((await ask(appAt, { prompt: "none" })).url, redirectUri);
  expect(silent.url.searchParams.get("error")).toBe("login_required");
  const met = await stranger.follow((await ask(appAt)).url, redirectUri);
  expect(met.url.pathname).toBe("/login");
  expect(met.url.searchParams.get("next")).toMatch(/^\/oidc\/consent\/[\w-]+$/);
});

test("an application can ask for a fresh login", async () => {
  const browser = await browserOf("alice");
  const stopped = await browser.follow((await ask(appAt, { prompt: "login" })).url, redirectUri);
  expect(await stopped.response?.text()).toContain("Confirm that it is you");
  expect((await browser.request(stopped.url, { decision: "allow" })).status).toBe(200);
  const led = await browser.request(stopped.url, { decision: "login-again" });
  expect(led.headers.get("location")).toBe(`/login?next=${encodeURIComponent(stopped.url.pathname)}`);
  expect((await openPage(hearth, browser.cookiesFor(new URL(hearth.url)))("session.list", {})).status).toBe(401);
  await browser.logIn(hearth, hearth.user, hearth.password);
  const done = await browser.follow(stopped.url, redirectUri);
  expect(done.url.searchParams.has("code")).toBe(true);
});

test("the answer to a question counts only from the page that asked, in the browser that was asked", async () => {
  const shop = await register({ name: "Shop" });
  const browser = await browserOf("alice");
  const stopped = await browser.follow((await ask(await describe(issuer, shop))).url, redirectUri);
  const cookie = browser.cookiesFor(stopped.url);
  const body = new URLSearchParams({ decision: "allow" });
  const forged = await fetch(stopped.url, {
    method: "POST",
    headers: { cookie, origin: "http://evil.example", "sec-fetch-site": "cross-site" },
    body,
    redirect: "manual",
  });
  expect(forged.status).toBe(403);
  const elsewhere = await (await browserOf("alice")).request(stopped.url, { decision: "allow" });
  expect([elsewhere.status, elsewhere.headers.get("location")]).toEqual([404, null]);
  const policy = stopped.response?.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
});

test("logging out at an application can log out here, and ends its tokens", async () => {
  const { browser, tokens } = await logIn("alice");
  const page = await browser.request(client.buildEndSessionUrl(appAt, { id_token_hint: tokens.id_token ?? "" }));
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  expect(page.status).toBe(200);
  await browser.request(`${issuer}/logout/confirm`, { xsrf, logout: "yes" });
  expect(await holds(tokens.access_token)).toBe(false);
  const { url } = await browser.follow((await ask(appAt)).url, redirectUri);
  expect(url.pathname).toBe("/login");
});

test("keys and secrets are for this server alone", async () => {
  const { tokens, callback } = await logIn("alice");
  const folder = join(hearth.dataDir, "security", "oidc");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const stored = ["hearth.db", "hearth.db-wal"].map((name) =>
    readFileSync(join(hearth.dataDir, name)).toString("latin1"),
  );
  for (const secret of [app.secret, tokens.access_token, callback.searchParams.get("code")]) {
    for (const text of stored) expect(text.includes(String(secret))).toBe(false);
  }
  const published = async () =>
    (await (await fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string; d?: string }[] };
  const before = await published();
  expect(before.keys.every((key) => key.d === undefined)).toBe(true);
  await must("oidc.rotateKeys", {});
  const after = await published();
  expect(after.keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(before.keys.map(({ kid }) => kid)));
  expect(after.keys.length).toBe(before.keys.length + 2);
  expect((await logIn("alice", await describe(issuer, app))).tokens.claims()?.iss).toBe(issuer);
  expect(hearth.log()).not.toContain(tokens.access_token);
});

test("a removed application is forgotten with all it held", async () => {
  const shop = await register({ name: "Shop" });
  const { tokens } = await logIn("alice", await describe(issuer, shop));
  await must("oidcClient.remove", { id: shop.id });
  expect(await holds(tokens.access_token)).toBe(false);
  const { consents } = await must("oidcConsent.list", {});
  expect(consents.some((consent: { clientId: string }) => consent.clientId === shop.id)).toBe(false);
});

test("the public address is the issuer everywhere once it is set", async () => {
  const { port } = new URL(hearth.url);
  const publicUrl = `http://localhost:${port}`;
  await must("oidc.saveSettings", { publicUrl });
  try {
    const described = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect(((await described.json()) as { issuer: string }).issuer).toBe(`${publicUrl}/oidc`);
    const moved = await fetch((await ask(appAt)).url, { redirect: "manual" });
    expect(moved.headers.get("location")).toStartWith(`${publicUrl}/oidc/auth?`);
  } finally {
    await must("oidc.saveSettings", { publicUrl: null });
  }
  const refused = await admin("oidc.saveSettings", { publicUrl: "https://home.example.org/path" });
  expect(refused.status).toBe(400);
});
