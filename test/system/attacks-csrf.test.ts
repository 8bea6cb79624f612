import { afterAll, beforeAll, expect, test } from "bun:test";
import { basic } from "#kit";
import { openHousehold } from "./access/household.ts";
import { probes } from "./access/routes.ts";
import { answerOf, type House, openHouse } from "./attacks/house.ts";
import { defectsIn } from "./support.ts";

let house: House;
let operations: ReadonlyMap<string, string>;
let link = "";

beforeAll(async () => {
  house = await openHouse();
  operations = await house.operations();
  await house.fetch("/dav/home/inbox", { method: "MKCOL" });
  const { node } = await answerOf(house.page(house, "files.resolve", { spaceId: house.spaceId, path: "inbox" }));
  const made = await answerOf(
    house.page(house, "links.create", { nodeId: (node as { id: number }).id, mode: "upload", password: null }),
  );
  const { url } = made["link"] as { url?: string; token?: string };
  link = url?.split("/s/").at(-1) ?? String((made["link"] as { token: string }).token);
});
afterAll(async () => {
  const log = house.log();
  await house.stop();
  expect(defectsIn(log)).toEqual([]);
});

const form = "application/x-www-form-urlencoded";
/** What another site can make a browser send along with the cookie. */
const shapes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a script of another site": { origin: "https://evil.test", "content-type": "application/json" },
  "another port of this host": { origin: "http://127.0.0.1:1", "content-type": "application/json" },
  "a sandboxed frame": { origin: "null", "content-type": "application/json" },
  "an old browser that says nothing": {},
  "a form": { origin: "https://evil.test", "content-type": form },
  "a form with a file": { origin: "https://evil.test", "content-type": "multipart/form-data; boundary=x" },
  "a form as text": { origin: "https://evil.test", "content-type": "text/plain" },
  "a form without an origin": { "content-type": form },
  "a referrer of ours": { referer: "http://127.0.0.1/", "content-type": form },
  "cross-site, whatever the origin says": { "sec-fetch-site": "cross-site", origin: "self" },
  "same-site, from a neighbour": { "sec-fetch-site": "same-site", origin: "self" },
  "an origin that begins like ours": { origin: "self.evil.test" },
};

function headersOf(shape: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, value.replace(/^self/, house.url)]));
}

test("no operation runs for a page of another site, and every try is in the log", async () => {
  expect(operations.size).toBeGreaterThan(100);
  const [newest] = await house.audit({ operation: "server" });
  for (const [what, shape] of Object.entries(shapes)) {
    await Promise.all(
      [...operations.keys()].map(async (operation) => {
        const headers = { ...headersOf(shape), cookie: house.cookie };
        const response = await house.as(headers, operation, { id: 1, name: "csrf", password: "csrf csrf csrf" });
        const { code } = (await response.json()) as { code: string };
        expect(`${what}: ${operation} ${code}`).toBe(`${what}: ${operation} forbidden`);
        expect(response.headers.has("set-cookie")).toBe(false);
      }),
    );
  }
  const since = (await house.audit()).filter(({ seq }) => seq > (newest?.seq ?? 0));
  const counts = new Map<string, number>();
  for (const { operation, outcome, count, who } of since) {
    if (outcome === "refused" && who.name === "alice") counts.set(operation, (counts.get(operation) ?? 0) + count);
  }
  for (const operation of operations.keys()) {
    expect(`${operation} ${counts.get(operation)}`).toBe(`${operation} ${Object.keys(shapes).length}`);
  }
  // The page's own request goes through.
  expect((await house.page(house, "session.list")).status).toBe(200);
}, 120_000);

test("another site logs nobody in, also without a cookie", async () => {
  const given = { name: "alice", password: house.password };
  for (const [what, shape] of Object.entries(shapes)) {
    if (!("origin" in shape) && !("sec-fetch-site" in shape)) continue;
    for (const operation of ["session.login", "setup.createOwner", "publicLink.open"]) {
      const response = await house.as(headersOf(shape), operation, given);
      expect(`${what}: ${response.status}`).toBe(`${what}: 403`);
      expect(response.headers.has("set-cookie")).toBe(false);
    }
  }
});

test("uploads, WebDAV, link uploads and all else that is no operation write nothing for another site", async () => {
  const metadata = `parentId ${btoa(String(house.homeId))},path ${btoa("csrf.txt")}`;
  const tus = { "tus-resumable": "1.0.0", "upload-length": "4", "upload-metadata": metadata };
  const whole = { ...tus, "content-type": "application/offset+octet-stream", "content-length": "4" };
  const tries: readonly (readonly [method: string, path: string, headers: Record<string, string>])[] = [
    ["POST", "/api/uploads", tus],
    ["POST", "/api/uploads", whole],
    ["POST", "/api/uploads/", whole],
    ["PATCH", "/api/uploads/x", { ...tus, "upload-offset": "0" }],
    ["DELETE", "/api/uploads/x", tus],
    ["PUT", "/dav/home/csrf.txt", {}],
    ["POST", "/dav/home/csrf.txt", {}],
    ["DELETE", "/dav/home/inbox", {}],
    ["MKCOL", "/dav/home/csrf", {}],
    ["MOVE", "/dav/home/inbox", { destination: "/dav/home/csrf" }],
    ["PROPPATCH", "/dav/home/inbox", {}],
    ["LOCK", "/dav/home/inbox", {}],
    ["POST", `/s/${link}/uploads`, whole],
    ["POST", "/oidc/consent/x", { "content-type": form }],
    ["POST", "/oidc/logout/confirm", { "content-type": form }],
    ["POST", "/api/events", {}],
    ["POST", "/api/audit/export", {}],
    ["DELETE", "/api/files/content/1", {}],
  ];
  const [newest] = await house.audit();
  for (const [what, shape] of Object.entries(shapes)) {
    for (const [method, path, headers] of tries) {
      const response = await fetch(`${house.url}${path}`, {
        method,
        headers: { ...headersOf(shape), ...headers, cookie: house.cookie },
        body: "csrf",
        redirect: "manual",
      });
      expect(`${what}: ${method} ${path} ${response.status < 400 ? response.status : "refused"}`).toBe(
        `${what}: ${method} ${path} refused`,
      );
    }
  }
  const listing = await (await house.fetch("/dav/home/", { method: "PROPFIND", headers: { depth: "1" } })).text();
  expect(listing).toContain("inbox");
  expect(listing).not.toContain("csrf");
  const since = (await house.audit()).filter(({ seq }) => seq > (newest?.seq ?? 0));
  expect(since.filter(({ outcome }) => outcome === "allowed")).toEqual([]);
  const tried = new Set(since.filter(({ outcome }) => outcome === "refused").map(({ operation }) => operation));
  for (const operation of [
    "uploads.post",
    "uploads.patch",
    "uploads.delete",
    "dav.put",
    "dav.delete",
    "dav.move",
    "dav.lock",
  ]) {
    expect([...tried]).toContain(operation);
  }
  expect([...tried]).toContain("link.uploads");
}, 60_000);

test("no prefix that answers over HTTP takes a write from another site, by whatever method", async () => {
  const household = await openHousehold();
  try {
    const things = await household.furnish();
    const { cookie = "" } = household.alice;
    const before = await household.snapshot();
    const methods = ["POST", "PUT", "PATCH", "DELETE", "MKCOL", "MOVE", "COPY", "PROPPATCH", "LOCK", "UNLOCK"];
    for (const prefix of household.hearth.routePrefixes) {
      const known = probes[prefix]?.(things) ?? [];
      const paths = new Set([prefix, `${prefix}x`, ...known.map(({ path }) => path)]);
      for (const path of paths) {
        for (const method of methods) {
          const origins: Record<string, string>[] = [{ origin: "https://evil.test" }, { origin: "null" }, {}];
          for (const shape of origins) {
            const headers = { ...known.find((one) => one.path === path)?.headers, ...shape, cookie };
            await household.send({}, method, path, headers, "x").then((response) => response.body?.cancel());
          }
          expect(`${method} ${path} ${(await household.snapshot()) === before}`).toBe(`${method} ${path} true`);
        }
      }
    }
    const session = await household.send(
      household.alice,
      "POST",
      "/api/session.current",
      { origin: household.url },
      "{}",
    );
    expect(((await session.json()) as { person: unknown }).person).not.toBeNull();
  } finally {
    await household.close();
  }
}, 120_000);

test("a password that the browser remembers for Basic authentication acts for no other site", async () => {
  const count = async () => ((await answerOf(house.page(house, "appPassword.list")))["appPasswords"] as []).length;
  const before = await count();
  const authorization = basic(house.user, house.password);
  const foreign = { authorization, "ocs-apirequest": "true" };
  const others: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { origin: "https://evil.test" },
    { origin: "null" },
  ];
  for (const shape of others) {
    for (const method of ["GET", "POST"]) {
      const path = "/ocs/v2.php/core/getapppassword";
      const { status } = await fetch(`${house.url}${path}`, { method, headers: { ...foreign, ...shape } });
      expect([method, shape, status]).toEqual([method, shape, 403]);
    }
  }
  expect(await count()).toBe(before);
  const own = await fetch(`${house.url}/ocs/v2.php/cloud/user?format=json`, { headers: foreign });
  expect(own.status).toBe(200);
});

test("no answer lets a page of another site read it", async () => {
  for (const path of ["/", "/api/openapi.json", "/api/session.current", "/dav/home/", "/healthz"]) {
    for (const method of ["GET", "OPTIONS", "POST"]) {
      const response = await fetch(`${house.url}${path}`, {
        method,
        headers: {
          origin: "https://evil.test",
          "access-control-request-method": "PUT",
          "access-control-request-headers": "authorization",
          cookie: house.cookie,
        },
      });
      const names = [...response.headers.keys()].filter((name) => name.startsWith("access-control-"));
      expect(`${method} ${path} ${names.join()}`).toBe(`${method} ${path} `);
    }
  }
});
