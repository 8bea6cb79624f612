import { afterAll, beforeAll, expect, test } from "bun:test";
import { basic, type RunningHearth, startHearth } from "#kit";
import { desktopQuery, lettersAt } from "./nextcloud-support.ts";
import { openPage } from "./oidc-support.ts";

let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
const files = "/remote.php/dav/files/alice";

const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  hearth.fetch(path, { method, headers, body: body ?? null });
const propfind = async (path: string) => {
  const response = await ask("PROPFIND", path, { depth: "0" }, desktopQuery);
  return { text: await response.text() };
};

afterAll(() => hearth.stop());
const bobFiles = "/remote.php/dav/files/bob";
let bob: Record<string, string>;
const asBob = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${hearth.url}${path}`, { method, headers: { ...bob, ...headers }, body: body ?? null, redirect: "manual" });
let bobId = 0;

beforeAll(async () => {
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
  const password = "quite a long password";
  const made = await page("people.create", { name: "bob", displayName: "Bob", password, roles: ["member"] });
  bobId = made.answer.person.id;
  bob = { authorization: basic("bob", password) };
});

test("a space and a shared folder stand at the top, with the letters of their rights, and raise the top's etag", async () => {
  const top = async () =>
    /<d:getetag>"([^"]+)"/.exec(await (await asBob("PROPFIND", bobFiles, { depth: "0" }, desktopQuery)).text())?.[1];
  const before = await top();
  const members = [{ userId: bobId, role: "viewer" }];
  await page("files.createSpace", { name: "family", members, quotaBytes: null });
  await ask("MKCOL", `${files}/for bob`);
  await ask("PUT", `${files}/for%20bob/note.txt`, {}, "read me");
  const id = Number(/<oc:fileid>(\d+)/.exec((await propfind(`${files}/for%20bob`)).text)?.[1]);
  const subject = { kind: "user", id: bobId };
  const entry = {
    resource: { kind: "node", id },
    subject,
    effect: "allow",
    actions: ["read", "write"],
    expiresAtMs: null,
  };
  const shared = await page("access.set", entry);
  expect(shared.status, JSON.stringify(shared.answer)).toBe(200);

  const listing = await (await asBob("PROPFIND", `${bobFiles}/`, { depth: "1" }, desktopQuery)).text();
  expect(lettersAt(listing, `${bobFiles}/family/`)).toBe("SGNV");
  expect(lettersAt(listing, `${bobFiles}/for%20bob/`)).toBe("SGDNVCK");
  expect(listing.match(/<nc:is-mount-root>true/g)).toHaveLength(2);
  const first = await top();
  expect(first).not.toBe(before as string);
  await ask("PUT", `${files}/family/deep.txt`, {}, "1");
  const second = await top();
  expect(second).not.toBe(first as string);
  await ask("PUT", `${files}/for%20bob/note.txt`, {}, "changed");
  expect(await top()).not.toBe(second as string);

  const inside = await (await asBob("PROPFIND", `${bobFiles}/for%20bob/`, { depth: "1" }, desktopQuery)).text();
  expect(lettersAt(inside, `${bobFiles}/for%20bob/note.txt`)).toBe("SGDNVW");
  expect((await asBob("PUT", `${bobFiles}/for%20bob/new.txt`, {}, "1")).status).toBe(201);
  expect((await asBob("PUT", `${bobFiles}/family/new.txt`, {}, "1")).status).toBe(403);
  // A space stays; a share can be declined, which `mounts.test.ts` looks at.
  expect((await asBob("DELETE", `${bobFiles}/family`)).status).toBe(403);
  expect(await (await asBob("GET", `${bobFiles}/family/deep.txt`)).text()).toBe("1");
});

test("what one may only read can still be marked as a favourite, by oneself for oneself", async () => {
  const mark =
    '<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop><favorite xmlns="http://owncloud.org/ns">1</favorite></d:prop></d:set></d:propertyupdate>';
  const query =
    '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:favorite/></d:prop></d:propfind>';
  expect((await asBob("PROPPATCH", `${bobFiles}/family/deep.txt`, {}, mark)).status).toBe(207);
  const own = await asBob("PROPFIND", `${bobFiles}/family/deep.txt`, { depth: "0" }, query);
  expect(await own.text()).toContain("<oc:favorite>1</oc:favorite>");
  const other = await ask("PROPFIND", `${files}/family/deep.txt`, { depth: "0" }, query);
  expect(await other.text()).toContain("<oc:favorite>0</oc:favorite>");
  const dead = mark.replace('xmlns="http://owncloud.org/ns"', 'xmlns="u:"');
  expect((await asBob("PROPPATCH", `${bobFiles}/family/deep.txt`, {}, dead)).status).toBe(403);
});

test("other rights change the etag of the folder, or a client would not ask for them again", async () => {
  const etag = async () =>
    /<d:getetag>"([^"]+)"/.exec(
      await (await asBob("PROPFIND", `${bobFiles}/family`, { depth: "0" }, desktopQuery)).text(),
    )?.[1];
  const before = await etag();
  const spaces = (await page("files.spaces", {})).answer.spaces as { id: number; name: string }[];
  const spaceId = spaces.find(({ name }) => name === "family")?.id;
  const owner = (await page("session.current", {})).answer.person.id;
  const members = [
    { userId: owner, role: "manager" },
    { userId: bobId, role: "editor" },
  ];
  await page("files.setSpaceMembers", { spaceId, members });
  expect(await etag()).not.toBe(before as string);
  expect((await asBob("PUT", `${bobFiles}/family/new.txt`, {}, "1")).status).toBe(201);
});

test("a name that the home has too gets a number; moves between home and mount keep the content", async () => {
  await asBob("MKCOL", "/dav/home/family");
  const listing = await (await asBob("PROPFIND", `${bobFiles}/`, { depth: "1" }, desktopQuery)).text();
  expect(listing).toContain(`<d:href>${bobFiles}/family/</d:href>`);
  expect(listing).toContain(`<d:href>${bobFiles}/family%20(2)/</d:href>`);
  await asBob("PUT", `${bobFiles}/mine.txt`, {}, "mine");
  const moved = await asBob("MOVE", `${bobFiles}/mine.txt`, { destination: `${bobFiles}/family%20(2)/ours.txt` });
  expect(moved.status).toBe(201);
  expect(await (await ask("GET", `${files}/family/ours.txt`)).text()).toBe("mine");
  await asBob("DELETE", "/dav/home/family");
});
