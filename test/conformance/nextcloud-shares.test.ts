import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import sharp from "sharp";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

let hearth: RunningHearth;
let bob: string;
/** Came with her password: an app password may not change rights. */
let dora: string;
const files = "/remote.php/dav/files/alice";
const shares = "/ocs/v2.php/apps/files_sharing/api/v1/shares";

beforeAll(async () => {
  hearth = await startHearth();
  const page = openPage(hearth, hearth.cookie);
  const password = "quite a long password";
  const made = await page("people.create", { name: "bob", displayName: "Bob B.", password, roles: ["member"] });
  await page("people.create", { name: "dora", displayName: "Dora", password, roles: ["member"] });
  await page("people.createGroup", { name: "kids", memberIds: [made.answer.person.id] });
  [bob, dora] = [basic("bob", password), basic("dora", password)];
  await hearth.fetch("/dav/home/pics", { method: "MKCOL", headers: { authorization: dora } });
  for (const folder of ["pics", "drop"]) await hearth.fetch(`${files}/${folder}`, { method: "MKCOL" });
  await hearth.fetch(`${files}/pics/one.jpg`, { method: "PUT", body: "jpg" });
});
afterAll(() => hearth.stop());

interface Answer {
  readonly status: number;
  readonly code: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  readonly data: any;
}

async function ocs(
  method: string,
  path: string,
  form?: Record<string, string>,
  authorization?: string,
): Promise<Answer> {
  const response = await hearth.fetch(`${path}${path.includes("?") ? "&" : "?"}format=json`, {
    method,
    body: form === undefined ? null : new URLSearchParams(form),
    headers: authorization === undefined ? {} : { authorization },
  });
  const { ocs: envelope } = JSON.parse(await response.text());
  return { status: response.status, code: envelope.meta.statuscode, data: envelope.data };
}

describe("sharing", () => {
  test("a folder with a person: made, seen by both, changed one field at a time, and ended", async () => {
    const made = await ocs("POST", shares, { path: "/pics", shareType: "0", shareWith: "bob", permissions: "1" }, dora);
    expect([made.status, made.code]).toEqual([200, 200]);
    expect(made.data).toMatchObject({
      share_type: 0,
      uid_owner: "dora",
      permissions: 1,
      path: "/pics",
      item_type: "folder",
      share_with: "bob",
      share_with_displayname: "Bob B.",
      file_target: "/pics",
    });
    const { id } = made.data;
    expect(Number(id)).toBeLessThan(2 ** 31);
    expect((await ocs("GET", `${shares}?path=/pics&reshares=true`, undefined, dora)).data).toHaveLength(1);
    expect((await ocs("GET", `${shares}/${id}`, undefined, dora)).data[0].id).toBe(id);
    expect((await ocs("GET", shares, undefined, dora)).data).toHaveLength(1);
    expect((await ocs("GET", `${shares}?path=/&subfiles=true`, undefined, dora)).data).toHaveLength(1);
    const received = await ocs("GET", `${shares}?shared_with_me=true`, undefined, bob);
    expect(received.data).toEqual([
      expect.objectContaining({ path: "/pics", uid_file_owner: "dora", share_with: "bob" }),
    ]);
    const put = () =>
      hearth.fetch("/remote.php/dav/files/bob/pics/two.jpg", {
        method: "PUT",
        body: "2",
        headers: { authorization: bob },
      });
    expect((await put()).status).toBe(403);
    expect((await ocs("PUT", `${shares}/${id}`, { permissions: "15" }, dora)).data.permissions).toBe(15);
    expect((await put()).status).toBe(201);
    expect((await ocs("PUT", `${shares}/${id}`, { expireDate: "2099-12-31" }, dora)).data.expiration).toBe(
      "2099-12-31 00:00:00",
    );
    expect((await ocs("PUT", `${shares}/${id}`, { expireDate: "" }, dora)).data.expiration).toBeNull();
    // Whoever was only let in cannot end it, but need not have it; and can take that back.
    expect((await ocs("GET", `${shares}/pending`, undefined, bob)).data).toEqual([]);
    expect((await ocs("DELETE", `${shares}/${id}`, undefined, bob)).status).toBe(200);
    expect((await ocs("GET", `${shares}?shared_with_me=true`, undefined, bob)).data).toEqual([]);
    expect((await put()).status).not.toBe(201);
    expect((await ocs("GET", `${shares}/${id}`, undefined, dora)).data[0].id).toBe(id);
    const pending = await ocs("GET", `${shares}/pending`, undefined, bob);
    expect(pending.data).toEqual([expect.objectContaining({ id, status: 2, path: "/pics", uid_owner: "dora" })]);
    expect((await ocs("POST", `${shares}/pending/${id}`, {}, dora)).status).toBe(404);
    expect((await ocs("POST", `${shares}/pending/${id}`, {}, bob)).status).toBe(200);
    expect((await ocs("POST", `${shares}/pending/${id}`, {}, bob)).status).toBe(404);
    expect((await put()).status).toBe(204);
    const move = { method: "MOVE", headers: { authorization: bob, destination: "/remote.php/dav/files/bob/Dora" } };
    expect((await hearth.fetch("/remote.php/dav/files/bob/pics", move)).status).toBe(201);
    const renamed = await ocs("GET", `${shares}?shared_with_me=true&path=/Dora`, undefined, bob);
    expect(renamed.data).toEqual([expect.objectContaining({ id, path: "/Dora", file_target: "/Dora", status: 1 })]);
    expect((await ocs("GET", `${shares}/${id}`, undefined, bob)).data[0].path).toBe("/Dora");
    expect((await ocs("GET", `${shares}/${id}`, undefined, dora)).data[0].path).toBe("/pics");
    await hearth.fetch("/remote.php/dav/files/bob/Dora", {
      ...move,
      headers: { ...move.headers, destination: "/remote.php/dav/files/bob/pics" },
    });
    expect((await ocs("DELETE", `${shares}/${id}`, undefined, dora)).status).toBe(200);
    expect((await put()).status).not.toBe(201);
    expect((await ocs("GET", `${shares}/${id}`, undefined, dora)).status).toBe(404);
  });

  test("a link: its address works, a password and an end can be set, and it ends", async () => {
    const made = await ocs("POST", shares, { path: "/pics", shareType: "3" });
    expect(made.data).toMatchObject({
      share_type: 3,
      permissions: 1,
      share_with: null,
      url: expect.stringContaining("/s/"),
    });
    const opened = await fetch(`${hearth.url}/api/publicLink.open`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: made.data.token }),
    });
    expect(opened.status).toBe(200);
    const locked = await ocs("PUT", `${shares}/${made.data.id}`, { password: "secret word" });
    expect(locked.data.password).not.toBeNull();
    expect(locked.data.password).not.toContain("secret");
    const listing = await hearth.fetch(`${files}/pics`, {
      method: "PROPFIND",
      headers: { depth: "0" },
      body: '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:share-types/></d:prop></d:propfind>',
    });
    expect(await listing.text()).toContain("<oc:share-types><oc:share-type>3</oc:share-type></oc:share-types>");
    expect((await ocs("DELETE", `${shares}/${made.data.id}`)).status).toBe(200);
    const drop = await ocs("POST", shares, { path: "/drop", shareType: "3", permissions: "4" });
    expect(drop.data.permissions).toBe(4);
    await ocs("DELETE", `${shares}/${drop.data.id}`);
  });

  test("wrong requests are told so, in both forms", async () => {
    expect((await ocs("POST", shares, { path: "/nothing", shareType: "3" })).status).toBe(404);
    expect((await ocs("POST", shares, { path: "/pics", shareType: "0", shareWith: "nobody" })).status).toBe(404);
    expect((await ocs("POST", shares, { path: "/pics", shareType: "6", shareWith: "x@y" })).status).toBe(400);
    expect((await ocs("POST", shares, { path: "/pics", shareType: "3", expireDate: "soon" })).status).toBe(400);
    expect((await ocs("GET", `${shares}?path=/../..`)).status).toBe(400);
    const xml = await hearth.fetch(`${shares}/999`);
    expect(await xml.text()).toContain("<statuscode>404</statuscode>");
  });

  test("people and groups are found by a part of their name", async () => {
    const path = "/ocs/v2.php/apps/files_sharing/api/v1/sharees?itemType=file&page=1&perPage=20";
    const people = await ocs("GET", `${path}&search=bo`, undefined, dora);
    expect(people.data.users).toEqual([
      expect.objectContaining({ label: "Bob B.", value: { shareType: 0, shareWith: "bob" } }),
    ]);
    expect((await ocs("GET", `${path}&search=bob`, undefined, dora)).data.exact.users).toHaveLength(1);
    const groups = await ocs("GET", `${path}&search=kid`, undefined, dora);
    expect(groups.data.groups[0].value).toEqual({ shareType: 1, shareWith: "kids" });
    const form = { path: "/pics", shareType: "1", shareWith: "kids", permissions: "1" };
    const toGroup = await ocs("POST", shares, form, dora);
    expect(toGroup.data.share_type).toBe(1);
    // Renamed by one member, it is the same share for both sides: listed, changed and ended by its number.
    const { id } = toGroup.data;
    const move = { authorization: bob, destination: "/remote.php/dav/files/bob/Group%20pics" };
    expect((await hearth.fetch("/remote.php/dav/files/bob/pics", { method: "MOVE", headers: move })).status).toBe(201);
    const mine = await ocs("GET", `${shares}?shared_with_me=true`, undefined, bob);
    expect(mine.data).toEqual([
      expect.objectContaining({ id, share_type: 1, path: "/Group pics", file_target: "/Group pics" }),
    ]);
    expect((await ocs("GET", `${shares}?path=/pics&reshares=true`, undefined, dora)).data).toEqual([
      expect.objectContaining({ id, path: "/pics" }),
    ]);
    expect((await ocs("PUT", `${shares}/${id}`, { permissions: "15" }, dora)).data.permissions).toBe(15);
    const put = { method: "PUT", body: "x", headers: { authorization: bob } };
    expect((await hearth.fetch("/remote.php/dav/files/bob/Group%20pics/by-bob.txt", put)).status).toBe(201);
    expect((await ocs("PUT", `${shares}/${id}`, { permissions: "31" }, bob)).status).toBeGreaterThanOrEqual(403);
    await ocs("DELETE", `${shares}/${toGroup.data.id}`, undefined, dora);
  });

  test("an app password changes nobody's rights, and is offered nobody", async () => {
    const form = { path: "/pics", shareType: "0", shareWith: "bob" };
    expect((await ocs("POST", shares, form)).status).toBe(403);
    const found = await ocs("GET", "/ocs/v2.php/apps/files_sharing/api/v1/sharees?search=bob");
    expect([found.data.users, found.data.exact.users]).toEqual([[], []]);
  });
});

describe("trash", () => {
  const trash = "/remote.php/dav/trashbin/alice";
  const query = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:prop>
    <nc:trashbin-filename/><nc:trashbin-original-location/><nc:trashbin-deletion-time/><d:getcontentlength/><d:resourcetype/>
    <oc:fileid/><oc:permissions/><d:getetag/></d:prop></d:propfind>`;
  const list = async (path = "/trash") => {
    const response = await hearth.fetch(`${trash}${path}`, {
      method: "PROPFIND",
      headers: { depth: "1" },
      body: query,
    });
    const text = await response.text();
    const hrefs = [...text.matchAll(/<d:href>([^<]+)<\/d:href>/g)].map(([, href]) => href ?? "");
    return { status: response.status, text, hrefs };
  };
  const put = (name: string) => hearth.fetch(`${files}/${name}`, { method: "PUT", body: "content" });

  test("what was deleted is listed, goes back to where it was, and is deleted for good", async () => {
    await put("pics/gone.txt");
    await hearth.fetch(`${files}/pics/gone.txt`, { method: "DELETE" });
    await put("pics/gone.txt");
    await hearth.fetch(`${files}/pics/gone.txt`, { method: "DELETE" });
    const { status, text, hrefs } = await list();
    expect(status).toBe(207);
    expect(hrefs[0]).toBe(`${trash}/trash/`);
    expect(hrefs).toHaveLength(3);
    expect(new Set(hrefs).size).toBe(3);
    for (const href of hrefs.slice(1)) expect(href).toMatch(/\/gone\.txt\.\S+\.d\d{10}$/);
    expect(text).toContain("<nc:trashbin-original-location>pics/gone.txt</nc:trashbin-original-location>");
    expect(text).toContain("<nc:trashbin-filename>gone.txt</nc:trashbin-filename>");
    const [, first = "", second = ""] = hrefs;
    const restored = await hearth.fetch(first, {
      method: "MOVE",
      headers: { destination: `${hearth.url}${trash}/restore/gone.txt` },
    });
    expect(restored.status).toBe(201);
    expect((await hearth.fetch(`${files}/pics/gone.txt`)).status).toBe(200);
    expect((await hearth.fetch(second, { method: "DELETE" })).status).toBe(204);
    expect((await hearth.fetch(second, { method: "DELETE" })).status).toBe(404);
    expect((await list()).hrefs).toHaveLength(1);
  });

  test("it can be emptied, and is nobody else's", async () => {
    await put("empty-me.txt");
    await hearth.fetch(`${files}/empty-me.txt`, { method: "DELETE" });
    expect((await list()).hrefs).toHaveLength(2);
    const other = await hearth.fetch(`${trash}/trash`, { method: "PROPFIND", headers: { authorization: bob } });
    expect(other.status).toBe(404);
    expect((await hearth.fetch(`${trash}/trash`, { method: "DELETE" })).status).toBe(204);
    expect((await list()).hrefs).toHaveLength(1);
  });
});

describe("versions", () => {
  const versions = "/remote.php/dav/versions/alice";

  test("an earlier content is listed under its time, read, and brought back", async () => {
    const put = (body: string, seconds: number) =>
      hearth.fetch(`${files}/doc.txt`, { method: "PUT", body, headers: { "x-oc-mtime": String(seconds) } });
    const made = await put("first", 1_500_000_000);
    await put("second, longer", 1_600_000_000);
    const id = Number.parseInt(made.headers.get("oc-fileid") ?? "", 10);
    const listing = await hearth.fetch(`${versions}/versions/${id}`, { method: "PROPFIND", headers: { depth: "1" } });
    expect(listing.status).toBe(207);
    const text = await listing.text();
    expect(text).toContain(`<d:href>${versions}/versions/${id}/1500000000</d:href>`);
    expect(text).toContain("<d:getcontentlength>5</d:getcontentlength>");
    expect(await (await hearth.fetch(`${versions}/versions/${id}/1500000000`)).text()).toBe("first");
    const destination = `${hearth.url}${versions}/restore/target`;
    const move = { method: "MOVE", headers: { destination } };
    expect((await hearth.fetch(`${versions}/versions/${id}/1500000000`, move)).status).toBe(204);
    expect(await (await hearth.fetch(`${files}/doc.txt`)).text()).toBe("first");
    expect((await hearth.fetch(`${versions}/versions/${id}/1234`)).status).toBe(404);
    const other = await hearth.fetch(`/remote.php/dav/versions/bob/versions/${id}`, {
      method: "PROPFIND",
      headers: { authorization: bob },
    });
    expect(other.status).toBe(404);
  });
});

describe("pictures and addresses of a file", () => {
  test("a picture where there is one, 404 elsewhere, and the page for whoever may see it", async () => {
    const create = { width: 20, height: 20, channels: 3, background: "#bf4405" } as const;
    const body = new Uint8Array(await sharp({ create }).png().toBuffer());
    const made = await hearth.fetch(`${files}/picture.png`, { method: "PUT", body });
    const id = Number.parseInt(made.headers.get("oc-fileid") ?? "", 10);
    const preview = await hearth.fetch(`/index.php/core/preview?fileId=${id}&x=256&y=256&a=1&mode=cover&forceIcon=0`);
    expect(preview.status).toBe(200);
    expect(preview.headers.get("content-type")).toBe("image/webp");
    expect((await hearth.fetch("/index.php/core/preview.png?file=/picture.png&x=1&y=1")).status).toBe(200);
    expect((await hearth.fetch("/index.php/core/preview?fileId=1")).status).toBe(404);
    const asBob = { headers: { authorization: bob } };
    expect((await hearth.fetch(`/index.php/core/preview?fileId=${id}`, asBob)).status).toBe(404);
    const link = await hearth.fetch(`/index.php/f/${id}`);
    expect(link.headers.get("location")).toMatch(new RegExp(`^/files/\\d+\\?at=${id}$`));
    expect((await hearth.fetch(`/index.php/f/${id}`, asBob)).status).toBe(404);
  });
});
