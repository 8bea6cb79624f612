import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type RunningHearth, startHearth } from "#kit";
import { desktopQuery, lettersAt } from "./nextcloud-support.ts";

let hearth: RunningHearth;
const files = "/remote.php/dav/files/alice";

beforeAll(async () => {
  hearth = await startHearth();
});
afterAll(() => hearth.stop());

const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  hearth.fetch(path, { method, headers, body: body ?? null });

async function propfind(path: string, depth: 0 | 1 = 0, body = desktopQuery) {
  const response = await ask("PROPFIND", path, { depth: String(depth) }, body);
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const etagOf = async (path: string) => /<d:getetag>"([^"]+)"/.exec((await propfind(path)).text)?.[1];

describe("discovery", () => {
  test("status.php is open, small, and typed as apps read it", async () => {
    const response = await fetch(`${hearth.url}/status.php`);
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("json");
    expect(text.length).toBeLessThan(4096);
    expect(JSON.parse(text)).toMatchObject({
      installed: true,
      maintenance: false,
      needsDbUpgrade: false,
      extendedSupport: false,
      version: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      productname: "Hearth",
    });
  });

  test("the network check is 204 and nothing else", async () => {
    const response = await fetch(`${hearth.url}/index.php/204`, { redirect: "manual" });
    expect(response.status).toBe(204);
  });

  test("capabilities: open, compact, 100 in the first version and 200 in the second, maps that are maps", async () => {
    for (const [version, code] of [
      [1, 100],
      [2, 200],
    ]) {
      const response = await fetch(`${hearth.url}/ocs/v${version}.php/cloud/capabilities?format=json`);
      const text = await response.text();
      expect(response.status).toBe(200);
      // The desktop client's own pattern.
      expect(/"statuscode":(\d+)/.exec(text)?.[1]).toBe(String(code));
      const { data } = JSON.parse(text).ocs;
      expect(data.version).toMatchObject({ major: expect.any(Number), minor: expect.any(Number), micro: 2 });
      expect(typeof data.version.string).toBe("string");
      expect(data.capabilities.dav.chunking).toBe("1.0");
      expect(data.capabilities.dav.bulkupload).toBeUndefined();
      expect(data.capabilities.core["webdav-root"]).toBe("remote.php/webdav");
      expect(data.capabilities.files.bigfilechunking).toBe(true);
      for (const built of ["end-to-end-encryption", "activity", "user_status"]) {
        expect(data.capabilities[built]).toBeUndefined();
      }
    }
  });

  test("without a format it is XML", async () => {
    const response = await fetch(`${hearth.url}/ocs/v1.php/cloud/capabilities`);
    expect(response.headers.get("content-type")).toContain("xml");
    const text = await response.text();
    expect(text).toContain("<statuscode>100</statuscode>");
    expect(text).toContain("<chunking>1.0</chunking>");
  });

  test("the user is called as in the addresses of their files", async () => {
    const response = await ask("GET", "/ocs/v2.php/cloud/user?format=json");
    const { data } = ((await response.json()) as { ocs: { data: Record<string, unknown> } }).ocs;
    expect(data).toMatchObject({ id: "alice", enabled: true, quota: { quota: -3, used: expect.any(Number) } });
    expect(data["display-name"]).toBe(data["displayname"] as string);
  });

  test("without credentials: 401 with Basic for files and for OCS, and the root asks for none", async () => {
    for (const path of [`${files}/`, "/remote.php/webdav/", "/remote.php/dav/files/"]) {
      const response = await fetch(hearth.url + path, { method: "PROPFIND" });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Basic realm=");
    }
    const ocs = await fetch(`${hearth.url}/ocs/v2.php/cloud/user?format=json`);
    expect(ocs.status).toBe(401);
    expect(await ocs.text()).toContain('"statuscode":997');
    expect((await fetch(`${hearth.url}/`)).status).not.toBe(401);
  });

  test("no terms of service, and what is unknown is no success", async () => {
    for (const path of ["/ocs/v2.php/apps/terms_of_service/terms", "/ocs/v1.php/apps/nothing"]) {
      const response = await ask("GET", `${path}?format=json`);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('"statuscode":998');
    }
    const stub = await ask("GET", "/ocs/v2.php/apps/notifications/api/v2/notifications?format=json");
    expect(await stub.json()).toMatchObject({ ocs: { data: [] } });
  });

  test("a session's cookie opens none of it", async () => {
    const { cookie } = hearth;
    const other = await fetch(`${hearth.url}${files}/`, { method: "PROPFIND", headers: { cookie } });
    expect(other.status).toBe(401);
    expect((await fetch(`${hearth.url}/ocs/v2.php/cloud/user`, { headers: { cookie } })).status).toBe(401);
  });
});

describe("listing", () => {
  test("literal prefixes, found properties first, unknown ones apart, the exact content type", async () => {
    await ask("PUT", `${files}/list%20me.txt`, { "x-oc-mtime": "1500000000" }, "content");
    const { status, headers, text } = await propfind(`${files}/`, 1);
    expect(status).toBe(207);
    expect(headers.get("content-type")).toBe("application/xml; charset=utf-8");
    expect(text).toContain('xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"');
    expect(/<d:href>([^<]+)/.exec(text)?.[1]).toBe(`${files}/`);
    const entry = text.slice(text.indexOf(`${files}/list%20me.txt</d:href>`));
    for (const part of [
      "<d:getcontentlength>7</d:getcontentlength>",
      "<d:getlastmodified>Fri, 14 Jul 2017 02:40:00 GMT</d:getlastmodified>",
      "<oc:permissions>RGDNVW</oc:permissions>",
      "<oc:checksums><oc:checksum>SHA1:",
      "<nc:is-mount-root>false</nc:is-mount-root>",
    ]) {
      expect(entry).toContain(part);
    }
    expect(/<oc:id>(\d{8,}[a-z]\w*)<\/oc:id>/.exec(entry)).not.toBeNull();
    expect(/<oc:fileid>\d+<\/oc:fileid>/.exec(entry)).not.toBeNull();
    expect(entry).not.toContain('"-gzip');
    const found = entry.indexOf("HTTP/1.1 200 OK");
    const missing = entry.indexOf("HTTP/1.1 404 Not Found");
    expect(found).toBeGreaterThan(0);
    expect(missing).toBeGreaterThan(found);
    expect(entry.slice(found)).toContain("<oc:downloadURL/>");
    expect(entry.slice(found)).toContain("<nc:metadata-files-live-photo/>");
    expect(lettersAt(text, `${files}/`)).toBe("RGCK");
  });

  test("both roots, two slashes, no slash at the end", async () => {
    for (const path of ["/remote.php/webdav", "/remote.php/webdav/", `${files}//`, files, `${files}//list%20me.txt`]) {
      const { status, text } = await propfind(path);
      expect(status, path).toBe(207);
      expect(text).toContain("<d:href>/remote.php/");
    }
    expect((await propfind("/remote.php/webdav/list%20me.txt")).text).toContain(
      "<d:href>/remote.php/webdav/list%20me.txt</d:href>",
    );
  });

  test("never all at once, and nobody else's files", async () => {
    expect((await ask("PROPFIND", `${files}/`, { depth: "infinity" })).status).toBe(403);
    expect((await propfind("/remote.php/dav/files/bob/")).status).toBe(404);
    expect((await propfind("/remote.php/dav/files/alicex/")).status).toBe(404);
  });

  test("times that clients refuse are moved to ones they take", async () => {
    await ask("PUT", `${files}/old.txt`, { "x-oc-mtime": "-86400" }, "x");
    await ask("PUT", `${files}/far.txt`, { "x-oc-mtime": "9000000000" }, "x");
    expect((await propfind(`${files}/old.txt`)).text).toContain("Thu, 01 Jan 1970 00:00:01 GMT");
    expect((await propfind(`${files}/far.txt`)).text).toContain("Sun, 07 Feb 2106");
    expect((await propfind(`${files}/`)).text).not.toContain("<d:getlastmodified>Thu, 01 Jan 1970 00:00:00");
  });

  test("a favourite is one person's, and outlives a move", async () => {
    const set = (
      value: string,
    ) => `<?xml version="1.0"?><d:propertyupdate xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">
      <d:set><d:prop><oc:favorite>${value}</oc:favorite></d:prop></d:set></d:propertyupdate>`;
    const query =
      '<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:favorite/></d:prop></d:propfind>';
    await ask("PUT", `${files}/fav.txt`, {}, "x");
    const marked = await ask("PROPPATCH", `${files}/fav.txt`, {}, set("1"));
    expect(marked.status).toBe(207);
    expect(await marked.text()).toContain("<oc:favorite/></d:prop><d:status>HTTP/1.1 200 OK");
    await ask("MOVE", `${files}/fav.txt`, { destination: `${hearth.url}${files}/fav2.txt` });
    expect((await propfind(`${files}/fav2.txt`, 0, query)).text).toContain("<oc:favorite>1</oc:favorite>");
    await ask("PROPPATCH", `${files}/fav2.txt`, {}, set("0"));
    expect((await propfind(`${files}/fav2.txt`, 0, query)).text).toContain("<oc:favorite>0</oc:favorite>");
  });
});

describe("finding", () => {
  const hrefs = (xml: string) => [...xml.matchAll(/<d:href>([^<]+)<\/d:href>/g)].map(([, href]) => href);
  const search = async (where: string, path = "/remote.php/dav/") => {
    const body = `<?xml version="1.0"?><d:searchrequest xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:basicsearch>
      <d:select><d:prop><d:displayname/><oc:fileid/><oc:permissions/><d:getetag/></d:prop></d:select>
      <d:from><d:scope><d:href>/files/alice</d:href><d:depth>infinity</d:depth></d:scope></d:from>
      <d:where>${where}</d:where><d:orderby/><d:limit><d:nresults>50</d:nresults></d:limit></d:basicsearch></d:searchrequest>`;
    const response = await ask("SEARCH", path, { "content-type": "text/xml" }, body);
    return { status: response.status, text: await response.text() };
  };
  const like = (property: string, literal: string) =>
    `<d:like><d:prop><d:${property}/></d:prop><d:literal>${literal}</d:literal></d:like>`;
  const time = (operator: string, literal: string) =>
    `<d:${operator}><d:prop><d:getlastmodified/></d:prop><d:literal>${literal}</d:literal></d:${operator}>`;

  beforeAll(async () => {
    for (const folder of ["find", "find/inner"]) await ask("MKCOL", `${files}/${folder}`);
    await ask("PUT", `${files}/find/inner/Summer photo.JPG`, { "x-oc-mtime": "1500000000" }, "p");
    await ask("PUT", `${files}/find/film.mp4`, { "x-oc-mtime": "1600000000" }, "f");
    await ask("PUT", `${files}/find/report.txt`, { "x-oc-mtime": "1500000000" }, "r");
  });

  test("by a part of the name, by id, by kind and time", async () => {
    const photo = `${files}/find/inner/Summer%20photo.JPG`;
    const film = `${files}/find/film.mp4`;
    const byName = await search(like("displayname", "%summer%"));
    expect(byName.status).toBe(207);
    expect(hrefs(byName.text)).toEqual([photo]);
    expect(byName.text).toContain("<oc:permissions>RGDNVW</oc:permissions>");
    const id = /<oc:fileid>(\d+)/.exec(byName.text)?.[1] ?? "";
    const byId = await search(`<d:eq><d:prop><oc:fileid/></d:prop><d:literal>${id}</d:literal></d:eq>`, `${files}/`);
    expect(hrefs(byId.text)).toEqual([photo]);
    const media = `<d:or>${like("getcontenttype", "image/%")}${like("getcontenttype", "video/%")}</d:or>`;
    expect(hrefs((await search(media)).text)).toEqual(expect.arrayContaining([film, photo]));
    expect(hrefs((await search(media)).text)).not.toContain(`${files}/find/report.txt`);
    const until = time("lt", "2018-01-01T00:00:00Z");
    const old = await search(`<d:and>${media}${until}${time("gt", "1000000000")}</d:and>`);
    expect(hrefs(old.text)).toEqual([photo]);
    expect((await search("<d:contains>x</d:contains>")).status).toBe(400);
  });

  test("what is marked as a favourite; an unknown filter is an empty answer", async () => {
    const mark = `<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop><favorite xmlns="http://owncloud.org/ns">1</favorite></d:prop></d:set></d:propertyupdate>`;
    await ask("PROPPATCH", `${files}/find/inner`, {}, mark);
    const report = async (rule: string) => {
      const body = `<oc:filter-files xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/><oc:favorite/></d:prop>
        <oc:filter-rules>${rule}</oc:filter-rules></oc:filter-files>`;
      const response = await ask("REPORT", `${files}/`, {}, body);
      return { status: response.status, text: await response.text() };
    };
    const marked = await report("<oc:favorite>1</oc:favorite>");
    expect(marked.status).toBe(207);
    expect(hrefs(marked.text)).toEqual([`${files}/find/inner/`]);
    expect(marked.text).toContain("<oc:favorite>1</oc:favorite>");
    const other = await report("<oc:systemtag>7</oc:systemtag>");
    expect([other.status, hrefs(other.text)]).toEqual([207, []]);
  });
});

describe("etags", () => {
  test("a change below changes every folder up to the root, and nothing beside", async () => {
    for (const folder of ["e", "e/f", "e/f/g", "beside"]) await ask("MKCOL", `${files}/${folder}`);
    const paths = ["", "/e", "/e/f", "/e/f/g"].map((path) => `${files}${path}`);
    const before = await Promise.all(paths.map(etagOf));
    const beside = await etagOf(`${files}/beside`);
    await ask("PUT", `${files}/e/f/g/x`, {}, "1");
    const after = await Promise.all(paths.map(etagOf));
    for (const [index, etag] of after.entries()) expect(etag).not.toBe(before[index] as string);
    expect(await etagOf(`${files}/beside`)).toBe(beside as string);
    expect(await Promise.all(paths.map(etagOf))).toEqual(after);
  });

  test("a move keeps id, etag and time of the file, and leaves 404 behind", async () => {
    await ask("PUT", `${files}/from.txt`, { "x-oc-mtime": "1600000000" }, "1");
    const facts = async (path: string) => {
      const { text } = await propfind(path);
      return ["oc:id", "d:getetag", "d:getlastmodified"].map((name) => new RegExp(`<${name}>([^<]+)`).exec(text)?.[1]);
    };
    const before = await facts(`${files}/from.txt`);
    const moved = await ask("MOVE", `${files}/from.txt`, { destination: `${files}/e/to.txt` });
    expect(moved.status).toBe(201);
    expect(await facts(`${files}/e/to.txt`)).toEqual(before);
    expect((await propfind(`${files}/from.txt`)).status).toBe(404);
  });
});

describe("transfer", () => {
  const sha1 = (text: string) => new Bun.CryptoHasher("sha1").update(text).digest("hex");

  test("PUT tells etag, id and time; a wrong sum or a changed file is refused", async () => {
    const put = (content: string, headers: Record<string, string>) => ask("PUT", `${files}/up.txt`, headers, content);
    const made = await put("one", { "oc-checksum": `SHA1:${sha1("one")}`, "x-oc-mtime": "1600000000.5" });
    expect(made.status).toBe(201);
    const etag = made.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(made.headers.get("oc-etag")).toBe(etag);
    expect(made.headers.get("oc-fileid")).toMatch(/^\d{8,}[a-z]/);
    expect(made.headers.get("x-oc-mtime")).toBe("accepted");
    const wrong = await put("two", { "oc-checksum": `SHA1:${sha1("other")}` });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("<s:exception>Sabre\\DAV\\Exception\\BadRequest</s:exception>");
    expect((await put("two", { "if-match": etag })).status).toBe(204);
    const late = await put("three", { "if-match": etag });
    expect(late.status).toBe(412);
    expect((await ask("PUT", `${files}/no/such/folder/x`, {}, "x")).status).toBe(409);
  });

  test("folders on the way are made when the app asks for it", async () => {
    for (const [index, header] of ["x-nc-webdav-auto-mkcol", "x-nc-webdav-automkcol"].entries()) {
      const made = await ask("PUT", `${files}/auto${index}/by/date/x.jpg`, { [header]: "1" }, "x");
      expect(made.status).toBe(201);
    }
    expect((await ask("PUT", `${files}/auto0/by/date/y.jpg`, { "x-nc-webdav-auto-mkcol": "1" }, "y")).status).toBe(201);
  });

  test("GET has etag, sum, exact length and ranges, and is never compressed", async () => {
    await ask("PUT", `${files}/down.txt`, {}, "0123456789");
    const whole = await ask("GET", `${files}/down.txt`, { "accept-encoding": "gzip, br" });
    expect(whole.headers.get("content-encoding")).toBeNull();
    expect(whole.headers.get("content-length")).toBe("10");
    expect(whole.headers.get("oc-checksum")).toBe(`SHA1:${sha1("0123456789")}`);
    expect(whole.headers.get("etag")).toMatch(/^"[^"]+"$/);
    const part = await ask("GET", `${files}/down.txt`, { range: "bytes=7-" });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe("bytes 7-9/10");
    expect(await part.text()).toBe("789");
    expect((await ask("GET", `${files}/down.txt`, { range: "bytes=99-" })).status).toBe(416);
    const again = await ask("PATCH", `${files}/down.txt`, { "x-recalculate-hash": "MD5" });
    expect(again.headers.get("oc-checksum")).toMatch(/^MD5:[0-9a-f]{32}$/);
  });

  test("MKCOL twice is 405, DELETE is 204, a move onto something 204 or 412", async () => {
    const made = await ask("MKCOL", `${files}/made`);
    expect([made.status, made.headers.has("oc-fileid")]).toEqual([201, true]);
    expect((await ask("MKCOL", `${files}/made`)).status).toBe(405);
    await ask("PUT", `${files}/x1`, {}, "1");
    await ask("PUT", `${files}/x2`, {}, "2");
    const to = { destination: `${files}/x2` };
    expect((await ask("MOVE", `${files}/x1`, { ...to, overwrite: "F" })).status).toBe(412);
    expect((await ask("MOVE", `${files}/x1`, to)).status).toBe(204);
    expect((await ask("DELETE", `${files}/x2`)).status).toBe(204);
    expect((await ask("DELETE", `${files}/x2`)).status).toBe(404);
  });

  test("DELETE goes into the trash, unless the client asks for more", async () => {
    const trashed = async () => {
      const listing = await ask("PROPFIND", "/remote.php/dav/trashbin/alice/trash", { depth: "1" });
      return (await listing.text()).match(/\/(kept|spared)\.txt/g) ?? [];
    };
    for (const name of ["kept.txt", "spared.txt"]) await ask("PUT", `${files}/${name}`, {}, "x");
    await ask("DELETE", `${files}/kept.txt`);
    expect((await ask("DELETE", `${files}/spared.txt`, { "x-nc-skip-trashbin": "true" })).status).toBe(204);
    expect(await trashed()).toEqual(["/kept.txt"]);
  });

  test("somebody else's lock is 423 and names itself so", async () => {
    await ask("PUT", `${files}/locked.txt`, {}, "1");
    const lock = await ask("LOCK", `${files}/locked.txt`, {}, lockBody);
    const token = /<(opaquelocktoken:[^>]+)>/.exec(lock.headers.get("lock-token") ?? "")?.[1] ?? "";
    expect(await lock.text()).toContain(`<d:lockroot><d:href>${files}/locked.txt</d:href></d:lockroot>`);
    const refused = await ask("PUT", `${files}/locked.txt`, {}, "2");
    expect(refused.status).toBe(423);
    expect(await refused.text()).toContain("Sabre\\DAV\\Exception\\Locked");
    const withToken = { if: `<${hearth.url}${files}/locked.txt> (<${token}>)` };
    expect((await ask("PUT", `${files}/locked.txt`, withToken, "2")).status).toBe(204);
    expect((await ask("DELETE", "/dav/home/locked.txt", { if: `(<${token}>)` })).status).toBe(204);
  });
});

const lockBody = `<?xml version="1.0"?><d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope>
  <d:locktype><d:write/></d:locktype></d:lockinfo>`;
