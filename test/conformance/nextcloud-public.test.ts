import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

// Whole programs start, on a machine that may be busy.
setDefaultTimeout(60_000);

let hearth: RunningHearth;
let alice: ReturnType<typeof openPage>;
const files = "/remote.php/dav/files/alice";
// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
type Answer = any;

beforeAll(async () => {
  hearth = await startHearth();
  alice = openPage(hearth, hearth.cookie);
  for (const folder of ["album", "album/inner", "drop", "private"]) {
    await hearth.fetch(`${files}/${folder}`, { method: "MKCOL" });
  }
  for (const path of [
    "album/one.txt",
    "album/inner/two.txt",
    "album/page.html",
    "private/secret.txt",
    "drop/old.txt",
  ]) {
    await hearth.fetch(`${files}/${path}`, { method: "PUT", body: `content of ${path}` });
  }
});
afterAll(() => hearth.stop());

async function idOf(path: string): Promise<number> {
  const body = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/></d:prop></d:propfind>`;
  const response = await hearth.fetch(`${files}/${path}`, { method: "PROPFIND", headers: { depth: "0" }, body });
  return Number(/<oc:fileid>(\d+)/.exec(await response.text())?.[1]);
}
async function linkTo(path: string, rules: Record<string, unknown> = {}): Promise<{ id: string; token: string }> {
  const { answer } = await alice("links.create", { nodeId: await idOf(path), ...rules });
  return { id: answer.link.id, token: answer.link.url.replace("/s/", "") };
}
const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(hearth.url + path, { method, headers, body: body ?? null });
const both = (token: string, password = ""): readonly (readonly [string, Record<string, string>])[] => [
  [`/public.php/dav/files/${token}`, password === "" ? {} : { authorization: basic("anonymous", password) }],
  ["/public.php/webdav", { authorization: basic(token, password) }],
];

describe("links over WebDAV", () => {
  test("a link that shows: listed and read at both addresses, and nothing else", async () => {
    const { token } = await linkTo("album");
    for (const [root, headers] of both(token)) {
      const listing = await ask("PROPFIND", `${root}/`, { ...headers, depth: "1" });
      expect(listing.status).toBe(207);
      const text = await listing.text();
      expect([...text.matchAll(/<d:href>([^<]+)/g)].map(([, href]) => href?.slice(root.length))).toEqual([
        "/",
        "/inner/",
        "/one.txt",
        "/page.html",
      ]);
      expect(text).not.toContain("private");
      expect(await (await ask("GET", `${root}/inner/two.txt`, headers)).text()).toBe("content of album/inner/two.txt");
      const part = await ask("GET", `${root}/one.txt`, { ...headers, range: "bytes=0-6" });
      expect([part.status, await part.text()]).toEqual([206, "content"]);
      // What a stranger wrote must not run as a page of this site.
      const page = await ask("GET", `${root}/page.html`, headers);
      expect(page.headers.get("content-type")).toStartWith("text/plain");
      for (const path of ["/../private/secret.txt", "/%2e%2e/private/secret.txt", "/nothing", "/one.txt/x"]) {
        expect((await ask("GET", root + path, headers)).status).toBeGreaterThanOrEqual(400);
      }
      for (const method of ["PUT", "DELETE", "MKCOL", "MOVE", "COPY", "PROPPATCH", "LOCK", "REPORT"]) {
        const answer = await ask(method, `${root}/one.txt`, { ...headers, destination: `${root}/x` });
        expect([method, answer.status]).toEqual([method, 405]);
        expect(await answer.text()).toContain("<s:exception>Sabre\\DAV\\Exception\\MethodNotAllowed</s:exception>");
      }
    }
    expect(await (await hearth.fetch(`${files}/album/one.txt`)).text()).toBe("content of album/one.txt");
  });

  test("a link to one file, and a part of the folder that is denied to the link", async () => {
    const one = await linkTo("album/one.txt");
    for (const path of ["", "/", "/one.txt"]) {
      const answer = await ask("GET", `/public.php/dav/files/${one.token}${path}`);
      expect(await answer.text()).toBe("content of album/one.txt");
    }
    const { id, token } = await linkTo("album");
    const resource = { kind: "node", id: await idOf("album/inner") };
    await alice("access.set", { resource, subject: { kind: "link", id }, effect: "deny", actions: ["read"] });
    const root = `/public.php/dav/files/${token}`;
    expect(await (await ask("PROPFIND", `${root}/`, { depth: "1" })).text()).not.toContain("inner");
    const answers = ["/inner/two.txt", "/nowhere/two.txt"].map(async (path) => (await ask("GET", root + path)).status);
    expect(await Promise.all(answers)).toEqual([404, 404]);
  });

  test("a password is asked for at every request, and the accounts of the house open nothing", async () => {
    const { id, token } = await linkTo("album", { password: "open sesame" });
    for (const [root, right] of both(token, "open sesame")) {
      const wrong = root.endsWith(token) ? basic("anonymous", "wrong one") : basic(token, "wrong one");
      for (const headers of [
        { ...right, authorization: wrong },
        root.endsWith(token) ? {} : { authorization: basic(token, "") },
      ]) {
        const refused = await ask("GET", `${root}/one.txt`, headers as Record<string, string>);
        expect(refused.status).toBe(401);
        expect(refused.headers.get("www-authenticate")).toStartWith("Basic");
      }
      expect((await ask("GET", `${root}/one.txt`, right)).status).toBe(200);
    }
    const account = { authorization: basic("alice", hearth.appPassword) };
    expect((await ask("GET", `/public.php/dav/files/${token}/one.txt`, account)).status).toBe(401);
    expect((await ask("GET", "/public.php/webdav/one.txt", account)).status).toBe(404);
    await alice("links.update", { id, password: "another one" });
    const [[root, old]] = both(token, "open sesame") as [readonly [string, Record<string, string>]];
    expect((await ask("GET", `${root}/one.txt`, old)).status).toBe(401);
  });

  test("downloads are counted, and a link that has ended is gone", async () => {
    const { id, token } = await linkTo("album", { downloadLimit: 2 });
    const path = `/public.php/dav/files/${token}/one.txt`;
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await ask("GET", path)).status);
    expect(statuses).toEqual([200, 200, 410]);
    expect((await ask("PROPFIND", path, { depth: "0" })).status).toBe(410);
    await alice("links.remove", { id });
    expect((await ask("GET", path)).status).toBe(404);
    const soon = await linkTo("album", { expiresAtMs: Date.now() + 1_500 });
    const there = `/public.php/dav/files/${soon.token}/one.txt`;
    expect((await ask("GET", there)).status).toBe(200);
    await Bun.sleep(1_600);
    expect((await ask("GET", there)).status).toBe(410);
  });

  test("a link that takes: files arrive under free names, and nothing is shown", async () => {
    const { token } = await linkTo("drop", { mode: "upload" });
    const root = `/public.php/dav/files/${token}`;
    for (const body of ["first", "second"]) {
      expect((await ask("PUT", `${root}/old.txt`, { "x-oc-mtime": "1500000000" }, body)).status).toBe(201);
    }
    expect((await ask("PUT", `${root}/sub/deep.txt`, {}, "deep")).status).toBe(201);
    const read = async (path: string) => (await hearth.fetch(`${files}/drop/${path}`)).text();
    expect(await read("old.txt")).toBe("content of drop/old.txt");
    expect([await read("old%20(2).txt"), await read("old%20(3).txt")]).toEqual(["first", "second"]);
    expect(await read("sub/deep.txt")).toBe("deep");
    for (const method of ["GET", "HEAD", "PROPFIND"]) expect((await ask(method, `${root}/old.txt`)).status).toBe(403);
    for (const method of ["DELETE", "MOVE", "MKCOL"]) expect((await ask(method, `${root}/old.txt`)).status).toBe(405);
    // A folder that somebody has locked with all that is in it is closed on this way, too.
    const lock = await hearth.fetch("/dav/home/drop", {
      method: "LOCK",
      headers: { depth: "infinity", timeout: "Second-60" },
      body: `<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype></d:lockinfo>`,
    });
    expect((await ask("PUT", `${root}/late.txt`, {}, "late")).status).toBe(423);
    expect((await ask("PUT", `${root}/new/late.txt`, {}, "late")).status).toBe(423);
    const lockToken = lock.headers.get("lock-token") ?? "";
    expect(
      (await hearth.fetch("/dav/home/drop", { method: "UNLOCK", headers: { "lock-token": lockToken } })).status,
    ).toBe(204);
    const wrong = await ask("PUT", `${root}/sum.txt`, { "oc-checksum": `SHA1:${"0".repeat(40)}` }, "text");
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("Sabre\\DAV\\Exception\\BadRequest");
    expect((await hearth.fetch(`${files}/drop/sum.txt`)).status).toBe(404);
  });
});

describe("an address for one file", () => {
  const direct = async (fileId: number, authorization = basic("alice", hearth.appPassword)) => {
    const response = await ask(
      "POST",
      "/ocs/v2.php/apps/dav/api/v1/direct?format=json",
      { authorization, "content-type": "application/x-www-form-urlencoded" },
      `fileId=${fileId}`,
    );
    const { ocs } = (await response.json()) as Answer;
    return { status: response.status, url: String(ocs.data.url) };
  };

  test("opens it without a password, in parts too; errors have no body", async () => {
    const { url } = await direct(await idOf("album/one.txt"));
    expect(url).toMatch(new RegExp(`^${hearth.url}/remote.php/direct/[\\w-]{43}$`));
    expect(await (await fetch(url)).text()).toBe("content of album/one.txt");
    const part = await fetch(url, { headers: { range: "bytes=8-9", authorization: basic("alice", "stale") } });
    expect([part.status, await part.text()]).toEqual([206, "of"]);
    const missing = await fetch(`${hearth.url}/remote.php/direct/${"x".repeat(43)}`);
    expect([missing.status, await missing.text()]).toEqual([404, ""]);
  });

  test("is made by whoever may read it, and ends with their right and their app password", async () => {
    const password = "quite a long password";
    const { answer } = await alice("people.create", { name: "bob", displayName: "Bob", password, roles: ["member"] });
    const bob = basic("bob", password);
    const id = await idOf("album/one.txt");
    expect((await direct(id, bob)).status).toBe(404);
    expect((await direct(9_999_999, bob)).status).toBe(404);
    const resource = { kind: "node", id };
    const subject = { kind: "user", id: answer.person.id };
    const made = await alice("access.set", { resource, subject, effect: "allow", role: "viewer" });
    const { url } = await direct(id, bob);
    expect((await fetch(url)).status).toBe(200);
    await alice("access.remove", { id: made.answer.entry.id });
    expect((await fetch(url)).status).toBe(404);

    const phone = (await alice("appPassword.create", { label: "phone", scope: "files" })).answer;
    const own = await direct(id, basic("alice", phone.secret));
    expect((await fetch(own.url)).status).toBe(200);
    await alice("appPassword.revoke", { id: phone.appPassword.id });
    expect((await fetch(own.url)).status).toBe(404);
  });
});
