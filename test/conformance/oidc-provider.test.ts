import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as client from "openid-client";
import {
  ask,
  describe,
  type House,
  openHouse,
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

test("a client library that is not ours logs somebody in, in full", async () => {
  await house.must("people.createGroup", { name: "family", memberIds: [1] });
  const { tokens, subject } = await house.logIn("alice", appAt);
  const claims = tokens.claims();
  const known = { name: "alice", preferred_username: "alice", groups: ["family"] };
  expect(claims).toMatchObject({
    iss: house.issuer,
    aud: app.id,
    ...known,
    acr: "urn:hearth:acr:one-factor",
    amr: ["pwd"],
  });
  expect(claims?.["email"]).toBeUndefined();
  expect(tokens.refresh_token).toBeUndefined();
  // Many services ask for more than there is: that is left out, not refused.
  const more = await house.logIn("alice", appAt, { scope: "openid profile email phone unknown" });
  expect(more.tokens.scope).toBe("openid profile");
  expect(await client.fetchUserInfo(appAt, tokens.access_token, subject)).toMatchObject({ sub: subject, ...known });
});

test("a public client logs in without a secret, and its ID tokens may be ES256", async () => {
  const phone = await house.register({ kind: "public", signatureAlgorithm: "ES256" });
  expect(phone.secret).toBeNull();
  const { authorization_endpoint: endpoint } = appAt.serverMetadata();
  expect(endpoint).toBe(`${house.issuer}/auth`);
  const at = await client.discovery(
    new URL(house.issuer),
    phone.id,
    { id_token_signed_response_alg: "ES256" },
    client.None(),
    { execute: [client.allowInsecureRequests] },
  );
  const { tokens } = await house.logIn("alice", at);
  const header = JSON.parse(Buffer.from(String(tokens.id_token).split(".")[0] ?? "", "base64url").toString());
  expect(header.alg).toBe("ES256");
});

test("a redirect that is not the registered one, to the letter, is not followed", async () => {
  const browser = await house.browserOf("alice");
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
    const response = await browser.request((await ask(appAt, { redirect_uri: redirect })).url);
    expect([redirect, response.status, response.headers.get("location")]).toEqual([redirect, 400, null]);
  }
});

test("only safe redirects can be registered", async () => {
  const refused = ["http://evil.example/cb", "https://a.example/cb#x", "https://*.example/cb", "javascript:alert(1)"];
  for (const uri of refused) {
    const { status } = await house.admin("oidcClient.create", { name: "Bad", redirectUris: [uri] });
    expect([uri, status]).toEqual([uri, 400]);
  }
  const nas = await house.must("oidcClient.create", { name: "NAS", redirectUris: ["http://nas.local/cb"] });
  expect(nas.client.plainHttp).toBe(true);
});

test("a code works once; the second try ends what the first one gave", async () => {
  const { asked, callback, tokens } = await house.logIn("alice", appAt);
  expect(await house.holds(tokens.access_token)).toBe(true);
  expect(await refusal(redeem(appAt, callback, asked))).toBe("invalid_grant");
  expect(await house.holds(tokens.access_token)).toBe(false);
});

test("of twenty who redeem a code at the same moment, at most one gets in", async () => {
  const browser = await house.browserOf("alice");
  const asked = await ask(appAt);
  const callback = await walk(browser, asked.url);
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(appAt, callback, asked)));
  const got = tries.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value.access_token] : []));
  expect(got.length).toBeLessThanOrEqual(1);
  for (const token of got) expect(await house.holds(token)).toBe(false);
});

test("PKCE with S256 or nothing", async () => {
  const browser = await house.browserOf("alice");
  const downgrades: Record<string, string>[] = [
    { code_challenge_method: "plain" },
    { code_challenge: "", code_challenge_method: "" },
    { code_challenge_method: "" },
    { code_challenge: "short" },
  ];
  for (const change of downgrades) {
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
  const without = await house.tokenRequest(
    {
      grant_type: "authorization_code",
      code: callback.searchParams.get("code") ?? "",
      redirect_uri: redirectUri,
    },
    app,
  );
  expect(without.error).toBe("invalid_grant");
});

test("no other flow, and no request that speaks for itself", async () => {
  const browser = await house.browserOf("alice");
  for (const responseType of ["token", "id_token", "code id_token", "none"]) {
    const { url } = await browser.follow((await ask(appAt, { response_type: responseType })).url, redirectUri);
    expect(url.href).toContain("error=unsupported_response_type");
  }
  const none = `${btoa('{"alg":"none"}').replaceAll("=", "")}.${btoa("{}").replaceAll("=", "")}.`;
  const { url } = await browser.follow((await ask(appAt, { request: none })).url, redirectUri);
  expect(url.searchParams.get("error")).toBe("request_not_supported");
  expect((await house.tokenRequest({ grant_type: "client_credentials" }, app)).error).toBe("unsupported_grant_type");
  expect((await house.tokenRequest({ grant_type: "password", username: "alice", password: "x" }, app)).error).toBe(
    "unsupported_grant_type",
  );
  expect(appAt.serverMetadata().id_token_signing_alg_values_supported).toEqual(["RS256", "ES256"]);
});

test("a wrong secret opens nothing, and the right one works in both places", async () => {
  const browser = await house.browserOf("alice");
  const form = async () => {
    const asked = await ask(appAt);
    const callback = await walk(browser, asked.url);
    const code = callback.searchParams.get("code") ?? "";
    return { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: asked.verifier };
  };
  expect((await house.tokenRequest(await form(), app, "wrong")).error).toBe("invalid_client");
  expect((await house.tokenRequest(await form(), app, "x".repeat(43))).error).toBe("invalid_client");
  const inBody = await fetch(`${house.issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({ ...(await form()), client_id: app.id, client_secret: app.secret ?? "" }),
  });
  expect(inBody.status).toBe(200);
  const renewed = await house.register({});
  const { secret } = await house.must("oidcClient.renewSecret", { id: renewed.id });
  const nothing = { grant_type: "authorization_code", code: "x", redirect_uri: redirectUri };
  expect((await house.tokenRequest(nothing, renewed)).error).toBe("invalid_client");
  expect((await house.tokenRequest(nothing, renewed, secret)).error).toBe("invalid_grant");
});

test("what belongs to one application is worth nothing to another", async () => {
  const other = await house.register({ name: "Other", offlineAccess: true });
  const otherAt = await describe(house.issuer, other);
  const { tokens, browser } = await house.logIn("alice", appAt);
  expect((await client.tokenIntrospection(otherAt, tokens.access_token)).active).toBe(false);
  expect((await client.tokenIntrospection(appAt, tokens.access_token)).active).toBe(true);
  expect(await refusal(client.tokenRevocation(otherAt, tokens.access_token))).toBe("invalid_request");
  expect(await house.holds(tokens.access_token)).toBe(true);
  const asked = await ask(appAt);
  const callback = await walk(browser, asked.url);
  expect(await refusal(redeem(otherAt, callback, asked))).toBe("invalid_grant");
  await client.tokenRevocation(appAt, tokens.access_token);
  expect(await house.holds(tokens.access_token)).toBe(false);
});

test("keys and secrets are for this server alone", async () => {
  const { tokens, callback } = await house.logIn("alice", appAt);
  const folder = join(house.hearth.dataDir, "security", "oidc");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const stored = ["hearth.db", "hearth.db-wal"].map((name) =>
    readFileSync(join(house.hearth.dataDir, name)).toString("latin1"),
  );
  for (const secret of [app.secret, tokens.access_token, callback.searchParams.get("code")]) {
    for (const text of stored) expect(text.includes(String(secret))).toBe(false);
  }
  const published = async () =>
    (await (await fetch(`${house.issuer}/jwks`)).json()) as { keys: { kid: string; d?: string }[] };
  const before = await published();
  expect(before.keys.every((key) => key.d === undefined)).toBe(true);
  await house.must("oidc.rotateKeys", {});
  const after = await published();
  expect(after.keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(before.keys.map(({ kid }) => kid)));
  expect(after.keys.length).toBe(before.keys.length + 2);
  expect((await house.logIn("alice", await describe(house.issuer, app))).tokens.claims()?.iss).toBe(house.issuer);
  expect(house.hearth.log()).not.toContain(tokens.access_token);
});

test("a removed application is forgotten with all it held", async () => {
  const shop = await house.register({ name: "Shop" });
  const { tokens } = await house.logIn("alice", await describe(house.issuer, shop));
  await house.must("oidcClient.remove", { id: shop.id });
  expect(await house.holds(tokens.access_token)).toBe(false);
  const { consents } = await house.must("oidcConsent.list", {});
  expect(consents.some((consent: { clientId: string }) => consent.clientId === shop.id)).toBe(false);
});

test("the public address is the issuer everywhere once it is set", async () => {
  const { port } = new URL(house.hearth.url);
  const publicUrl = `http://localhost:${port}`;
  await house.must("oidc.saveSettings", { publicUrl });
  try {
    const described = await fetch(`${house.issuer}/.well-known/openid-configuration`);
    expect(((await described.json()) as { issuer: string }).issuer).toBe(`${publicUrl}/oidc`);
    const moved = await fetch((await ask(appAt)).url, { redirect: "manual" });
    const location = moved.headers.get("location") ?? "";
    expect(location).toStartWith(`${publicUrl}/oidc/auth?`);
    // Behind a proxy that hides the name it was asked for, the browser is not led in circles.
    const hidden = await fetch(location.replace(publicUrl, house.hearth.url), { redirect: "manual" });
    expect(hidden.headers.get("location")).toMatch(/^\/oidc\/consent\//);
    await house.must("oidc.saveSettings", { publicUrl: "https://home.example.org" });
    const headers = { host: "home.example.org" };
    const behindTls = await fetch((await ask(appAt)).url, { redirect: "manual", headers });
    expect(behindTls.headers.get("location")).toMatch(/^\/oidc\/consent\//);
    expect(behindTls.headers.getSetCookie().every((cookie) => /; secure/i.test(cookie))).toBe(true);
  } finally {
    await house.must("oidc.saveSettings", { publicUrl: null });
  }
  const refused = await house.admin("oidc.saveSettings", { publicUrl: "https://home.example.org/path" });
  expect(refused.status).toBe(400);
});
