import { afterAll, beforeAll, expect, test } from "bun:test";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

let hearth: RunningHearth;
const desktop = "Mozilla/5.0 (Linux) mirall/3.16.4 (Nextcloud, debian-6.1 ClientArchitecture: x86_64)";

beforeAll(async () => {
  hearth = await startHearth();
});
afterAll(() => hearth.stop());

interface Begun {
  readonly poll: { readonly token: string; readonly endpoint: string };
  readonly login: string;
}

const begin = async (): Promise<Begun> => {
  const response = await fetch(`${hearth.url}/index.php/login/v2`, {
    method: "POST",
    headers: { "user-agent": desktop },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Begun;
};
const poll = ({ poll: { endpoint, token } }: Begun, inQuery = false) =>
  inQuery
    ? fetch(`${endpoint}?token=${token}`, { method: "POST" })
    : fetch(endpoint, { method: "POST", body: new URLSearchParams({ token }) });
const visit = (url: string, decision?: string, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: decision === undefined ? "GET" : "POST",
    headers: { cookie: hearth.cookie, ...(decision !== undefined && { origin: hearth.url }), ...headers },
    body: decision === undefined ? null : new URLSearchParams({ decision }),
    redirect: "manual",
  });
const user = (password: string) =>
  fetch(`${hearth.url}/ocs/v2.php/cloud/user?format=json`, { headers: { authorization: basic("alice", password) } });

test("flow v2: nothing until the person has allowed it, then the app password once", async () => {
  const begun = await begin();
  expect(begun.login.startsWith(`${hearth.url}/`)).toBe(true);
  expect(begun.login).not.toContain(begun.poll.token);
  expect((await poll(begun)).status).toBe(404);

  const stranger = await fetch(begun.login, { redirect: "manual" });
  expect(stranger.status).toBe(303);
  expect(decodeURIComponent(stranger.headers.get("location") ?? "")).toBe(
    `/login?next=${new URL(begun.login).pathname}`,
  );

  const page = await visit(begun.login);
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain("Nextcloud client");
  expect(html).toContain("127.0.0.1");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");

  expect((await visit(begun.login, "allow")).status).toBe(200);
  const granted = await poll(begun);
  expect(granted.status).toBe(200);
  const answer = (await granted.json()) as Record<string, string>;
  expect(answer).toEqual({ server: hearth.url, loginName: "alice", appPassword: expect.any(String) });
  expect((await poll(begun)).status).toBe(404);
  expect((await visit(begun.login)).status).toBe(404);
  expect((await user(answer["appPassword"] ?? "")).status).toBe(200);

  const again = await begin();
  await visit(again.login, "allow");
  expect((await poll(again, true)).status).toBe(200);
});

test("who says no, another site's form, and a guessed token get nothing", async () => {
  const begun = await begin();
  const foreign = await visit(begun.login, "allow", { origin: "https://evil.example" });
  expect(foreign.status).toBe(403);
  expect((await visit(begun.login, "deny")).status).toBe(200);
  expect((await poll(begun)).status).toBe(404);
  expect((await visit(`${hearth.url}/index.php/login/v2/flow/AAAA`)).status).toBe(404);
});

test("flow v1 ends at the address that apps wait for", async () => {
  const page = await visit(`${hearth.url}/index.php/login/flow`, undefined, { "ocs-apirequest": "true" });
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("form-action 'self' nc:");
  const done = await visit(`${hearth.url}/index.php/login/flow`, "allow");
  expect(done.status).toBe(303);
  const { password = "" } =
    /^nc:\/\/login\/server:http:\/\/127\.0\.0\.1:\d+&user:alice&password:(?<password>[a-z0-9-]+)$/.exec(
      done.headers.get("location") ?? "",
    )?.groups ?? {};
  expect((await user(password)).status).toBe(200);
});

test("a password is exchanged for an app password, which can log itself out", async () => {
  const ocs = (method: string, path: string, password: string) =>
    fetch(`${hearth.url}/ocs/v2.php/core/${path}`, { method, headers: { authorization: basic("alice", password) } });
  expect((await ocs("GET", "getapppassword", hearth.appPassword)).status).toBe(403);
  // The owner needs a second factor to use the password itself; a member does not.
  const page = openPage(hearth, hearth.cookie);
  const password = "quite a long password";
  await page("people.create", { name: "carol", displayName: "Carol", password, roles: ["member"] });
  const asCarol = (method: string, path: string, secret: string) =>
    fetch(`${hearth.url}/ocs/v2.php/core/${path}`, { method, headers: { authorization: basic("carol", secret) } });
  const xml = await (await asCarol("GET", "getapppassword", password)).text();
  const secret = /<apppassword>([^<]+)<\/apppassword>/.exec(xml)?.[1] ?? "";
  expect((await asCarol("GET", "getapppassword", secret)).status).toBe(403);
  expect((await asCarol("DELETE", "apppassword", secret)).status).toBe(200);
  expect((await asCarol("DELETE", "apppassword", secret)).status).toBe(401);
});

test("a lost device: its app password opens nothing, and it learns once that it has to delete its files", async () => {
  const page = openPage(hearth, hearth.cookie);
  const { appPassword, secret } = (await page("appPassword.create", { label: "lost phone" })).answer;
  const core = (what: string, token: string) =>
    fetch(`${hearth.url}/index.php/core/wipe/${what}`, { method: "POST", body: new URLSearchParams({ token }) });
  expect((await core("check", secret)).status).toBe(404);
  expect((await user(secret)).status).toBe(200);
  expect((await page("sync.wipe", { appPasswordId: appPassword.id })).status).toBe(200);
  expect((await user(secret)).status).toBe(401);
  expect((await core("check", hearth.appPassword)).status).toBe(404);
  const told = await core("check", secret);
  expect(await told.json()).toEqual({ wipe: true });
  expect((await core("success", secret)).status).toBe(200);
  expect((await core("check", secret)).status).toBe(404);
  const [wipe] = (await page("sync.wipes", {})).answer.wipes;
  expect(wipe).toMatchObject({ label: "lost phone", doneAtMs: expect.any(Number) });
});
