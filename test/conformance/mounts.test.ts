import { afterAll, beforeAll, expect, test } from "bun:test";
import { basic, type RunningHearth, startHearth } from "#kit";
import { desktopQuery, lettersAt } from "./nextcloud-support.ts";
import { openPage } from "./oidc-support.ts";

let hearth: RunningHearth;
let alice: ReturnType<typeof openPage>;
let bob: Record<string, string>;
let bobId = 0;
const files = "/remote.php/dav/files/alice";
const mine = "/remote.php/dav/files/bob";

const asAlice = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  hearth.fetch(path, { method, headers, body: body ?? null });
const asBob = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${hearth.url}${path}`, { method, headers: { ...bob, ...headers }, body: body ?? null, redirect: "manual" });
const moved = async (from: string, to: string, headers: Record<string, string> = {}) =>
  (await asBob("MOVE", `${mine}/${from}`, { destination: `${hearth.url}${mine}/${to}`, ...headers })).status;
const listed = async (path = ""): Promise<string> =>
  (await asBob("PROPFIND", `${mine}/${path}`, { depth: "1" }, desktopQuery)).text();
const names = async (path = "") =>
  [...(await listed(path)).matchAll(/<d:href>([^<]+)<\/d:href>/g)].map(([, href]) => (href ?? "").slice(mine.length));
const etagAt = async (path: string) =>
  /<d:getetag>"([^"]+)"/.exec(
    await (await asBob("PROPFIND", `${mine}${path}`, { depth: "0" }, desktopQuery)).text(),
  )?.[1];
const idAt = async (path: string) => {
  const text = await (await asAlice("PROPFIND", `${files}/${path}`, { depth: "0" }, desktopQuery)).text();
  return Number(/<oc:fileid>(\d+)/.exec(text)?.[1]);
};
const share = async (path: string, actions = ["read", "write"]) => {
  const resource = { kind: "node", id: await idAt(path) };
  const entry = { resource, subject: { kind: "user", id: bobId }, effect: "allow", actions, expiresAtMs: null };
  const { status, answer } = await alice("access.set", entry);
  expect(status, JSON.stringify(answer)).toBe(200);
  return answer.entry.id as number;
};

beforeAll(async () => {
  hearth = await startHearth();
  alice = openPage(hearth, hearth.cookie);
  const password = "quite a long password";
  const made = await alice("people.create", { name: "bob", displayName: "Bob", password, roles: ["member"] });
  bobId = made.answer.person.id;
  bob = { authorization: basic("bob", password) };
  for (const folder of ["Photos", "Photos/2024"]) await asAlice("MKCOL", `${files}/${folder}`);
  await asAlice("PUT", `${files}/Photos/one.txt`, {}, "one");
  for (const folder of ["Box", "Box/deep"]) await asBob("MKCOL", `${mine}/${folder}`);
  await share("Photos");
});
afterAll(() => hearth.stop());

test("a share that was renamed and put into an own folder is there with all that belongs to it", async () => {
  expect(await moved("Photos", "Box/deep/Anna")).toBe(201);
  expect(await names()).toEqual(["/", "/Box/"]);
  expect(await names("Box/deep/")).toEqual(["/Box/deep/", "/Box/deep/Anna/"]);
  const listing = await listed("Box/deep/");
  expect(lettersAt(listing, `${mine}/Box/deep/Anna/`)).toBe("SGDNVCK");
  expect(lettersAt(listing, `${mine}/Box/deep/`)).toBe("RGDNVCK");
  const inside = await listed("Box/deep/Anna/");
  expect(lettersAt(inside, `${mine}/Box/deep/Anna/one.txt`)).toBe("SGDNVW");
  expect(inside).toMatch(/<nc:is-mount-root>true.*<nc:is-mount-root>false/s);
  expect(inside).toMatch(/<d:quota-available-bytes>[1-9]/);
  expect((await asBob("PUT", `${mine}/Box/deep/Anna/two.txt`, {}, "two")).status).toBe(201);
  expect(await (await asAlice("GET", `${files}/Photos/two.txt`)).text()).toBe("two");
  expect(await moved("Box/deep/Anna/two.txt", "Box/two.txt")).toBe(201);
  expect((await asAlice("GET", `${files}/Photos/two.txt`)).status).toBe(404);
  expect(await moved("Box/two.txt", "Box/deep/Anna/2024/two.txt")).toBe(201);
  expect(await (await asAlice("GET", `${files}/Photos/2024/two.txt`)).text()).toBe("two");
  // The owner's name is the owner's; the receiver's stays when the owner renames and moves.
  await asAlice("MKCOL", `${files}/Other`);
  await asAlice("MOVE", `${files}/Photos`, { destination: `${files}/Other/Pictures` });
  expect(await names("Box/deep/")).toEqual(["/Box/deep/", "/Box/deep/Anna/"]);
  expect(await (await asBob("GET", `${mine}/Box/deep/Anna/one.txt`)).text()).toBe("one");
  const shared = "/dav/shared/";
  expect(await (await asBob("PROPFIND", shared, { depth: "1" })).text()).toContain(`<d:href>${shared}Anna/</d:href>`);
});

test("a change of the owner raises the etag of every folder above the share, and of no other", async () => {
  await asBob("MKCOL", `${mine}/Elsewhere`);
  const places = ["", "/Box", "/Box/deep", "/Box/deep/Anna", "/Elsewhere", "/Box/deep/Anna/2024"];
  const before = await Promise.all(places.map(etagAt));
  expect((await asAlice("PUT", `${files}/Other/Pictures/three.txt`, {}, "3")).status).toBe(201);
  const after = await Promise.all(places.map(etagAt));
  expect(after.map((etag, at) => etag !== before[at])).toEqual([true, true, true, true, false, false]);
});

test("the folder moves, the share goes along; the folder goes, the share stands at the top, and nothing of the owner is lost", async () => {
  expect(await moved("Box", "Chest")).toBe(201);
  expect(await names("Chest/deep/")).toEqual(["/Chest/deep/", "/Chest/deep/Anna/"]);
  const top = await etagAt("");
  expect((await asBob("DELETE", `${mine}/Chest`)).status).toBe(204);
  expect(await etagAt("")).not.toBe(top as string);
  expect(await names()).toEqual(["/", "/Elsewhere/", "/Anna/"]);
  expect(await (await asAlice("GET", `${files}/Other/Pictures/one.txt`)).text()).toBe("one");
  const trash = await (await asBob("PROPFIND", "/remote.php/dav/trashbin/bob/trash", { depth: "1" })).text();
  const item = [...trash.matchAll(/<d:href>([^<]+)<\/d:href>/g)][1]?.[1] ?? "";
  const back = { destination: `${hearth.url}/remote.php/dav/trashbin/bob/restore/Chest` };
  expect((await asBob("MOVE", item, back)).status).toBe(201);
  expect(await names("Chest/deep/")).toEqual(["/Chest/deep/", "/Chest/deep/Anna/"]);
  expect(await moved("Chest/deep/Anna", "Anna")).toBe(201);
});

test("what stands in the way, or is no place for a share, is refused and changes nothing", async () => {
  await asAlice("MKCOL", `${files}/Second`);
  await share("Second", ["read"]);
  await asBob("PUT", `${mine}/taken.txt`, {}, "mine");
  expect(await moved("Anna", "taken.txt")).toBe(412);
  expect(await moved("Anna", "Second")).toBe(403);
  expect(await moved("Anna", "Second/Anna")).toBe(403);
  expect(await moved("Anna", "Anna")).toBe(403);
  expect(await moved("Anna", "missing/Anna")).toBe(409);
  expect(await moved("taken.txt", "Anna")).toBe(403);
  expect((await asBob("MKCOL", `${mine}/Anna`)).status).toBe(405);
  expect((await asBob("PUT", `${mine}/Anna`, {}, "x")).status).toBe(405);
  expect(await (await asBob("GET", `${mine}/taken.txt`)).text()).toBe("mine");
  expect(await names()).toEqual(["/", "/Chest/", "/Elsewhere/", "/taken.txt", "/Anna/", "/Second/"]);
  expect(lettersAt(await listed(), `${mine}/Second/`)).toBe("SGDNV");
  // A file of the same name that comes later moves the share aside, not the other way round.
  await asBob("MKCOL", "/dav/home/Second");
  expect(await names()).toContain("/Second%20(2)/");
  await asBob("DELETE", "/dav/home/Second");
});

test("a share that its receiver deletes is declined, and comes back where it was", async () => {
  expect(await moved("Second", "Chest/Second")).toBe(201);
  expect((await asBob("DELETE", `${mine}/Chest/Second`)).status).toBe(204);
  expect(await names("Chest/")).toEqual(["/Chest/", "/Chest/deep/"]);
  expect((await asAlice("PROPFIND", `${files}/Second`, { depth: "0" })).status).toBe(207);
  const page = async (operation: string, input: unknown) => {
    const response = await asBob(
      "POST",
      `/api/${operation}`,
      { "content-type": "application/json" },
      JSON.stringify(input),
    );
    return (await response.json()) as { items: { nodeId: number; name: string; sharedBy: string }[] };
  };
  const { items } = await page("mounts.declined", {});
  expect(items).toMatchObject([{ name: "Second", kind: "folder" }]);
  const nodeId = items[0]?.nodeId ?? 0;
  await page("mounts.accept", { nodeId });
  expect(await names("Chest/")).toEqual(["/Chest/", "/Chest/deep/", "/Chest/Second/"]);
  // Declined, ended and shared anew: that is a new share.
  expect((await asBob("DELETE", `${mine}/Chest/Second`)).status).toBe(204);
  const entryId = await share("Second", ["read"]);
  await alice("access.remove", { id: entryId });
  expect((await page("mounts.declined", {})).items).toEqual([]);
  await Bun.sleep(2);
  await share("Second", ["read"]);
  expect(await names("Chest/")).toEqual(["/Chest/", "/Chest/deep/", "/Chest/Second/"]);
});

test("a shared space can be renamed and placed by each member for themselves", async () => {
  const members = [{ userId: bobId, role: "editor" }];
  await alice("files.createSpace", { name: "family", members, quotaBytes: null });
  expect(await moved("family", "Chest/Us")).toBe(201);
  expect(await names("Chest/")).toEqual(["/Chest/", "/Chest/deep/", "/Chest/Us/", "/Chest/Second/"]);
  expect(await (await asBob("PROPFIND", "/dav/spaces/", { depth: "1" })).text()).toContain("/dav/spaces/Us/");
  expect((await asAlice("PROPFIND", `${files}/family`, { depth: "0" })).status).toBe(207);
  expect((await asBob("PUT", `${mine}/Chest/Us/a.txt`, {}, "a")).status).toBe(201);
  expect(await (await asAlice("GET", `${files}/family/a.txt`)).text()).toBe("a");
});
