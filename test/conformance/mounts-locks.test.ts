import { afterAll, beforeAll, expect, test } from "bun:test";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

let hearth: RunningHearth;
let alicePage: ReturnType<typeof openPage>;
const password = "quite a long password";
const people = new Map<string, { id: number; authorization: string }>();
const file = (user: string) => `/remote.php/dav/files/${user}/Docs/plan.odt`;

type Headers = Record<string, string>;
const as = (user: string, method: string, path: string, headers: Headers = {}, body?: string) =>
  hearth.fetch(path, {
    method,
    headers: { authorization: people.get(user)?.authorization ?? "", ...headers },
    body: body ?? null,
  });
const call = async (user: string, operation: string, input: unknown) => {
  const headers = { "content-type": "application/json" };
  const response = await as(user, "POST", `/api/${operation}`, headers, JSON.stringify(input));
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  return { status: response.status, answer: (await response.json()) as any };
};
const lock = (user: string, headers: Headers = {}) => as(user, "LOCK", file(user), { "x-user-lock": "1", ...headers });
const unlock = (user: string) => as(user, "UNLOCK", file(user), { "x-user-lock": "1" });
const put = (user: string, body: string, headers: Headers = {}) => as(user, "PUT", file(user), headers, body);
const query = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:prop>
  <oc:fileid/><d:getetag/><nc:lock/><nc:lock-owner/><nc:lock-owner-displayname/><nc:lock-owner-type/><nc:lock-time/><nc:lock-timeout/>
  <nc:lock-token/></d:prop></d:propfind>`;
const look = async (user: string, path = file(user)) =>
  (await as(user, "PROPFIND", path, { depth: "0" }, query)).text();
const etagOf = (text: string) => /<d:getetag>"([^"]+)"/.exec(text)?.[1];
let fileId = 0;

beforeAll(async () => {
  hearth = await startHearth();
  alicePage = openPage(hearth, hearth.cookie);
  for (const name of ["anna", "bob", "carl"]) {
    const displayName = name === "bob" ? "Bob B." : name;
    const made = await alicePage("people.create", { name, displayName, password, roles: ["member"] });
    people.set(name, { id: made.answer.person.id, authorization: basic(name, password) });
  }
  await as("anna", "MKCOL", "/dav/home/Docs");
  await put("anna", "first");
  const folder = await look("anna", "/remote.php/dav/files/anna/Docs");
  fileId = Number(/<oc:fileid>(\d+)/.exec(await look("anna"))?.[1]);
  const resource = { kind: "node", id: Number(/<oc:fileid>(\d+)/.exec(folder)?.[1]) };
  for (const [name, actions] of [
    ["bob", ["read", "write"]],
    ["carl", ["read"]],
  ] as const) {
    const subject = { kind: "user", id: people.get(name)?.id };
    const set = await call("anna", "access.set", { resource, subject, effect: "allow", actions, expiresAtMs: null });
    expect(set.status, JSON.stringify(set.answer)).toBe(200);
  }
}, 30_000);
afterAll(() => hearth.stop());

test("an app's lock is told to everybody who sees the file, and can be taken by whoever may change it only", async () => {
  const capabilities = await (await hearth.fetch("/ocs/v2.php/cloud/capabilities?format=json")).json();
  expect(capabilities.ocs.data.capabilities.files).toMatchObject({ locking: "1.0", "api-feature-lock-type": true });
  const before = etagOf(await look("anna", "/remote.php/dav/files/anna/"));
  expect(await look("bob")).toMatch(/<nc:lock\/>.*404/s);
  expect((await lock("carl")).status).toBe(403);
  const locked = await lock("bob", { "x-user-lock-type": "0" });
  expect(locked.status).toBe(200);
  const text = await locked.text();
  expect(text).toContain("<nc:lock>1</nc:lock><nc:lock-owner>bob</nc:lock-owner>");
  expect(text).toContain("<nc:lock-owner-displayname>Bob B.</nc:lock-owner-displayname><nc:lock-owner-type>0<");
  expect(text).toMatch(/<nc:lock-timeout>1800</);
  expect(await look("carl")).toContain("<nc:lock>1</nc:lock><nc:lock-owner>bob</nc:lock-owner>");
  // Clients look again only where an etag has changed.
  expect(etagOf(await look("anna", "/remote.php/dav/files/anna/"))).not.toBe(before as string);
  const refused = await lock("anna");
  expect([refused.status, (await refused.text()).includes("<nc:lock-owner>bob<")]).toEqual([423, true]);
  expect((await lock("bob")).status).toBe(200);
});

test("locked by one, it is closed to the others on every way in, and open to all programs of the one", async () => {
  const folder = "/remote.php/dav/files/anna/Docs";
  const destination = { destination: "/remote.php/dav/files/anna/Docs/other.odt" };
  expect((await put("anna", "second")).status).toBe(423);
  expect((await as("anna", "PUT", "/dav/home/Docs/plan.odt", {}, "second")).status).toBe(423);
  expect((await as("anna", "DELETE", file("anna"))).status).toBe(423);
  expect((await as("anna", "MOVE", file("anna"), destination)).status).toBe(423);
  expect((await as("anna", "DELETE", folder)).status).toBe(423);
  const upload = "/remote.php/dav/uploads/anna/one";
  await as("anna", "MKCOL", upload);
  await as("anna", "PUT", `${upload}/00001`, { "oc-chunk-offset": "0" }, "chunk");
  expect((await as("anna", "MOVE", `${upload}/.file`, { destination: file("anna") })).status).toBe(423);
  const code = async (user: string, operation: string, input: unknown) =>
    (await call(user, operation, input)).answer.code;
  expect(await code("anna", "files.rename", { id: fileId, name: "x.odt" })).toBe("locked");
  expect(await code("anna", "files.remove", { ids: [fileId] })).toBe("locked");
  const metadata = (values: Record<string, string | number>) =>
    Object.entries(values)
      .map(([key, value]) => `${key} ${Buffer.from(String(value)).toString("base64")}`)
      .join(",");
  const parentId = (await call("anna", "files.get", { id: fileId })).answer.node.parentId;
  const tus = await as(
    "anna",
    "POST",
    "/api/uploads",
    {
      "tus-resumable": "1.0.0",
      "upload-length": "3",
      "content-type": "application/offset+octet-stream",
      "upload-metadata": metadata({ parentId, path: "plan.odt", onClash: "replace" }),
    },
    "new",
  );
  expect(tus.status).toBe(423);
  expect((await put("bob", "by bob")).status).toBe(204);
  expect((await put("bob", "by bob again")).status).toBe(204);
  const { versions } = (await call("anna", "versions.list", { nodeId: fileId })).answer;
  const number = versions[0].number;
  expect(await code("anna", "versions.restore", { nodeId: fileId, number })).toBe("locked");
  expect(await (await as("anna", "GET", file("anna"))).text()).toBe("by bob again");
  expect((await as("anna", "PUT", "/dav/home/Docs/beside.txt", {}, "fine")).status).toBe(201);
});

test("it ends by whoever holds it, or by whoever manages the place; nobody else", async () => {
  const refused = await unlock("carl");
  expect([403, 423]).toContain(refused.status);
  const [shown] = (await call("carl", "locks.list", { nodeId: fileId })).answer.locks;
  expect(shown).toMatchObject({ nodeId: fileId, by: "person", holder: "Bob B.", isOwn: false, canEnd: false });
  expect(shown.untilMs - shown.sinceMs).toBeGreaterThanOrEqual(30 * 60_000);
  expect((await call("carl", "locks.remove", { nodeId: fileId })).answer.code).toBe("forbidden");
  expect((await unlock("bob")).status).toBe(200);
  expect((await unlock("bob")).status).toBe(412);
  expect((await put("anna", "third")).status).toBe(204);
  // The owner's folder: what somebody let in has locked, the owner can open.
  expect((await call("bob", "locks.set", { nodeId: fileId, minutes: 60 })).status).toBe(200);
  expect((await call("anna", "locks.set", { nodeId: fileId })).answer).toMatchObject({ code: "locked" });
  expect((await call("anna", "locks.list", { nodeId: fileId })).answer.locks[0].canEnd).toBe(true);
  expect((await call("anna", "locks.remove", { nodeId: fileId })).status).toBe(200);
  expect((await put("anna", "fourth")).status).toBe(204);
  expect((await call("anna", "locks.set", { nodeId: fileId })).status).toBe(200);
  expect((await call("bob", "locks.remove", { nodeId: fileId })).answer.code).toBe("locked");
  expect((await put("bob", "no")).status).toBe(423);
  expect((await unlock("bob")).status).toBe(423);
  expect((await unlock("anna")).status).toBe(200);
});

test("a lock of one program opens by its token alone; WebDAV's locks and these are the same", async () => {
  const own = await (await lock("bob", { "x-user-lock-type": "2" })).text();
  const token = /<nc:lock-token>([^<]+)/.exec(own)?.[1] ?? "";
  expect(token).not.toBe("");
  expect(await look("anna")).not.toContain(token);
  expect((await put("bob", "without")).status).toBe(423);
  const shown = { if: `<${hearth.url}${file("bob")}> (<opaquelocktoken:${token}>)` };
  expect((await put("bob", "with", shown)).status).toBe(204);
  expect((await put("anna", "stolen", { if: `(<opaquelocktoken:${token}>)` })).status).toBe(423);
  expect((await unlock("bob")).status).toBe(200);
  const body = `<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype></d:lockinfo>`;
  const dav = await as("anna", "LOCK", "/dav/home/Docs/plan.odt", { depth: "0" }, body);
  expect(dav.status).toBe(200);
  expect(await look("bob")).toMatch(/<nc:lock>1<.*<nc:lock-owner>anna<.*<nc:lock-owner-type>2</s);
  expect((await lock("bob")).status).toBe(423);
  expect((await call("anna", "files.rename", { id: fileId, name: "x.odt" })).answer.code).toBe("locked");
  const headers = { "lock-token": dav.headers.get("lock-token") ?? "" };
  expect((await as("anna", "UNLOCK", "/dav/home/Docs/plan.odt", headers)).status).toBe(204);
});

test("the same over OCS, and a strange file is none", async () => {
  const ocs = async (user: string, method: string, id = fileId) => {
    const response = await as(user, method, `/ocs/v2.php/apps/files_lock/lock/${id}?format=json`);
    return { status: response.status, ...JSON.parse(await response.text()).ocs };
  };
  expect(await ocs("bob", "PUT")).toMatchObject({ status: 200, data: { userId: "bob", fileId, type: 0 } });
  expect(await ocs("anna", "PUT")).toMatchObject({ status: 423, data: { userId: "bob" } });
  expect((await ocs("carl", "DELETE")).status).toBeGreaterThanOrEqual(403);
  expect((await ocs("bob", "DELETE")).status).toBe(200);
  expect((await ocs("bob", "DELETE")).status).toBe(412);
  const other = await as("anna", "PUT", "/dav/home/secret.txt", {}, "mine");
  const secretId = Number.parseInt(other.headers.get("oc-fileid") ?? "", 10);
  expect((await ocs("bob", "PUT", secretId)).status).toBe(404);
  expect((await call("bob", "locks.list", { nodeId: secretId })).answer.code).toBe("not-found");
  expect((await call("bob", "locks.set", { nodeId: secretId })).answer.code).toBe("not-found");
});
