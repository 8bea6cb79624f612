import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

// Whole programs start, on a machine that may be busy.
setDefaultTimeout(60_000);

let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
type Answer = any;
const files = "/remote.php/dav/files/alice";
const shares = "/ocs/v2.php/apps/files_sharing/api/v1/shares";
const password = "quite a long password";
let phone: { readonly id: string; readonly authorization: string };
let bobId = 0;
let folderId = 0;

beforeAll(async () => {
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
  bobId = (await page("people.create", { name: "bob", displayName: "Bob", password, roles: ["member"] })).answer.person
    .id;
  const { answer } = await page("appPassword.create", { label: "phone", scope: "files" });
  phone = { id: answer.appPassword.id, authorization: basic("alice", answer.secret) };
  const made = await hearth.fetch(`${files}/pics`, { method: "MKCOL" });
  folderId = Number.parseInt(made.headers.get("oc-fileid") ?? "", 10);
});
afterAll(() => hearth.stop());

async function ocs(method: string, path: string, form?: Record<string, string>, authorization = phone.authorization) {
  const response = await hearth.fetch(`${path}${path.includes("?") ? "&" : "?"}format=json`, {
    method,
    headers: { authorization },
    body: form === undefined ? null : new URLSearchParams(form),
  });
  const { ocs: envelope } = (await response.json()) as Answer;
  return { status: response.status, code: envelope.meta.statuscode, data: envelope.data };
}
const withBob = { path: "/pics", shareType: "0", shareWith: "bob", permissions: "31" };
const setScope = (scope: string) => page("appPassword.setScope", { id: phone.id, scope });
const asPhone = (operation: string, input: unknown) =>
  fetch(`${hearth.url}/api/${operation}`, {
    method: "POST",
    headers: { authorization: phone.authorization, "content-type": "application/json" },
    body: JSON.stringify(input),
  });

describe("sharing with people through an app password", () => {
  test("not by default; when its owner says so; and not any more when they take it back", async () => {
    expect((await ocs("POST", shares, withBob)).status).toBe(403);
    expect((await ocs("POST", shares, { path: "/pics", shareType: "3" })).status).toBe(200);
    expect((await setScope("files:share")).status).toBe(200);
    const found = await ocs("GET", "/ocs/v2.php/apps/files_sharing/api/v1/sharees?search=bob");
    expect(found.data.exact.users).toMatchObject([{ value: { shareType: 0, shareWith: "bob" } }]);
    const made = await ocs("POST", shares, withBob);
    expect([made.status, made.data.share_with]).toEqual([200, "bob"]);
    const listed = await hearth.fetch("/remote.php/dav/files/bob/", {
      method: "PROPFIND",
      headers: { authorization: basic("bob", password), depth: "1" },
    });
    expect(await listed.text()).toContain("/remote.php/dav/files/bob/pics/");
    expect((await ocs("PUT", `${shares}/${made.data.id}`, { permissions: "1" })).data.permissions).toBe(1);
    expect((await ocs("DELETE", `${shares}/${made.data.id}`)).status).toBe(200);
    await setScope("files");
    expect((await ocs("POST", shares, withBob)).status).toBe(403);
  });

  test("it hands on no management, denies nobody, lets nobody out of a denial, and touches nothing but files", async () => {
    await setScope("files:share");
    const resource = { kind: "node", id: folderId };
    const subject = { kind: "user", id: bobId };
    const denied = await page("access.set", { resource, subject, effect: "deny", actions: ["read"] });
    for (const [operation, input] of [
      ["access.set", { resource, subject, effect: "allow", role: "viewer" }],
      ["access.remove", { id: denied.answer.entry.id }],
    ] as const) {
      expect([operation, (await asPhone(operation, input)).status]).toEqual([operation, 403]);
    }
    await page("access.remove", { id: denied.answer.entry.id });
    const vpn = { kind: "vpn-zone", id: "home" };
    for (const input of [
      { resource, subject, effect: "allow", role: "manager" },
      { resource, subject, effect: "deny", actions: ["write"] },
      { resource, subject: { kind: "everyone" }, effect: "allow", role: "viewer" },
      { resource: vpn, subject, effect: "allow", role: "viewer" },
    ]) {
      expect((await asPhone("access.set", input)).status).toBe(403);
    }
    expect((await asPhone("access.set", { resource, subject, effect: "allow", role: "editor" })).status).toBe(200);
    // Nor does it raise itself, or make another one.
    expect((await asPhone("appPassword.setScope", { id: phone.id, scope: "files:share" })).status).toBe(403);
    expect((await asPhone("appPassword.create", { label: "x" })).status).toBe(403);
  });

  test("a scope is changed by its owner alone, and at once for what uses it", async () => {
    const bob = await fetch(`${hearth.url}/api/session.login`, {
      method: "POST",
      headers: { origin: hearth.url, "content-type": "application/json" },
      body: JSON.stringify({ name: "bob", password }),
    });
    const bobsPage = openPage(hearth, bob.headers.get("set-cookie")?.split(";")[0] ?? "");
    expect((await bobsPage("appPassword.setScope", { id: phone.id, scope: "files" })).status).toBe(404);
    await setScope("files:read");
    const { authorization } = phone;
    const put = await hearth.fetch(`${files}/x`, { method: "PUT", body: "x", headers: { authorization } });
    expect(put.status).toBe(403);
    const known = (await page("appPassword.list", {})).answer.appPasswords.find((one: Answer) => one.id === phone.id);
    expect(known).toMatchObject({ scope: "files:read", client: "other", lastUsedAtMs: expect.any(Number) });
  });
});

describe("after a restore", () => {
  const query = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:data-fingerprint/><d:getetag/></d:prop></d:propfind>`;
  const top = async (path = `${files}/`, headers: Record<string, string> = {}) => {
    const response = await hearth.fetch(path, { method: "PROPFIND", headers: { depth: "0", ...headers }, body: query });
    const text = await response.text();
    const found = /<oc:data-fingerprint>(.*?)<\/oc:data-fingerprint>/.exec(text)?.[1];
    return {
      fingerprint: found,
      isFound: text.indexOf("data-fingerprint") < text.indexOf("200 OK"),
      etag: /"([^"]+)"<\/d:getetag>/.exec(text)?.[1],
    };
  };

  test("the fingerprint is empty at first, another one after each, for everybody, at the top alone", async () => {
    const before = await top();
    expect(before).toMatchObject({ fingerprint: "", isFound: true });
    expect((await page("sync.restoreState", {})).answer).toEqual({ announcedAtMs: null });
    const seen = new Set<string | undefined>();
    for (let count = 0; count < 2; count += 1) {
      const { answer } = await page("sync.announceRestore", {});
      expect((await page("sync.restoreState", {})).answer).toEqual({ announcedAtMs: answer.announcedAtMs });
      const { fingerprint, etag } = await top();
      expect(fingerprint?.length).toBeGreaterThan(8);
      expect(etag).not.toBe(before.etag);
      seen.add(fingerprint);
      const bobs = await top("/remote.php/dav/files/bob/", { authorization: basic("bob", password) });
      expect(bobs.fingerprint).toBe(fingerprint);
      expect((await top(`${files}/pics/`)).isFound).toBe(false);
    }
    expect(seen.size).toBe(2);
  });

  test("is announced by whoever looks after the server, and by no app password", async () => {
    expect((await asPhone("sync.announceRestore", {})).status).toBe(403);
    expect((await asPhone("sync.restoreState", {})).status).toBe(403);
  });
});
