import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rawHttp } from "#kit";
import { answerOf, type House, openHouse, type Person } from "./attacks/house.ts";
import { defectsIn } from "./support.ts";

const canary = "only-for-ben-9f3c";

let house: House;
let ben: Person;
let mallory: Person;
/** The folder in a space of both that mallory may not even see. */
let privateId = 0;
let secretId = 0;
let familyPath = "";
let benPath = "";

const dav = (person: Person, method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  rawHttp(house.url, {
    method,
    target: path,
    headers: [["Authorization", person.authorization], ...Object.entries(headers)],
    ...(body === undefined ? {} : { body }),
  });

beforeAll(async () => {
  house = await openHouse();
  ben = await house.add("ben");
  mallory = await house.add("mallory");
  const members = [
    { userId: ben.id, role: "manager" },
    { userId: mallory.id, role: "editor" },
  ];
  const { space } = await answerOf(house.page(house, "files.createSpace", { name: "Family", members }));
  const vault = { name: "Vault", members: [{ userId: ben.id, role: "manager" }] };
  await answerOf(house.page(house, "files.createSpace", vault));
  for (const folder of ["/dav/spaces/Family/private", "/dav/spaces/Family/geh%C3%ADm", "/dav/spaces/Family/open"]) {
    expect((await dav(ben, "MKCOL", folder)).status).toBe(201);
  }
  const files = ["home/secret.txt", "spaces/Vault/secret.txt", "spaces/Family/private/secret.txt"];
  for (const file of [...files, "spaces/Family/geh%C3%ADm/secret.txt"]) {
    expect((await dav(ben, "PUT", `/dav/${file}`, {}, canary)).status).toBe(201);
  }
  const spaceId = (space as { id: number }).id;
  const idOf = async (path: string) => {
    const { node } = await answerOf(house.page(ben, "files.resolve", { spaceId, path }));
    return (node as { id: number }).id;
  };
  privateId = await idOf("private");
  secretId = await idOf("private/secret.txt");
  for (const id of [privateId, await idOf("gehím")]) {
    const subject = { kind: "user", id: mallory.id };
    await answerOf(house.page(ben, "access.set", { resource: { kind: "node", id }, subject, effect: "deny" }));
  }
  familyPath = join(house.volumePath, readdirSync(house.volumePath).includes("shared") ? "shared" : "spaces", "Family");
  benPath = join(house.volumePath, "home", "ben");
});
afterAll(async () => {
  const log = house.log();
  await house.stop();
  expect(defectsIn(log)).toEqual([]);
});

function expectUntouched(what: string): void {
  for (const path of [join(benPath, "secret.txt"), join(familyPath, "private", "secret.txt")]) {
    expect(`${what}: ${readFileSync(path, "utf8")}`).toBe(`${what}: ${canary}`);
  }
  expect(readdirSync(join(familyPath, "private"))).toEqual(["secret.txt"]);
  expect(readdirSync(benPath)).toEqual(["secret.txt"]);
}

/** Other spellings of a folder's path below `/dav/spaces/Family/`. */
const spellings = [
  "private",
  "private/",
  "PRIVATE",
  "Private",
  "private.",
  "private%20",
  "private%09",
  "%20private",
  "%70rivate",
  "%2570rivate",
  "private%00",
  "private;x",
  "private%3bx",
  "private::$DATA",
  "private%3a%3a$INDEX_ALLOCATION",
  "PRIVAT~1",
  "./private",
  "%2e/private",
  "open/../private",
  "open/%2e%2e/private",
  "open/%2e%2e%2fprivate",
  "open/..%2fprivate",
  "open%2f..%2fprivate",
  "open/%252e%252e/private",
  "open/..;/private",
  "open/..%c0%afprivate",
  "open/%c0%ae%c0%ae/private",
  "open\\..\\private",
  "open%5c..%5cprivate",
  "/private",
  "//private",
  "private%e2%80%8b",
  "%ef%bd%90rivate",
  "pr%c4%b1vate",
  "geh%c3%adm",
  "gehi%cc%81m",
  "GEH%c3%8dM",
  "../Vault",
  "..%2fVault",
  "%2e%2e/Vault",
  "..%252fVault",
  "../../home/ben",
  "..%2f..%2fhome%2fben",
  "../../../home/ben",
  "open/../../../../../../etc",
];

const prefixes = [
  "/dav/spaces/Family/",
  "/DAV/spaces/Family/",
  "/%64av/spaces/Family/",
  "/dav//spaces//Family/",
  "/x/../dav/spaces/Family/",
];

test("no spelling of a path leads around an access rule over WebDAV", async () => {
  for (const spelling of spellings) {
    for (const prefix of prefixes) {
      const folder = `${prefix}${spelling}`.replace(/\/+$/, "");
      const replies = await Promise.all([
        dav(mallory, "GET", `${folder}/secret.txt`),
        dav(mallory, "HEAD", `${folder}/secret.txt`),
        dav(mallory, "PROPFIND", folder, { depth: "1" }),
        dav(mallory, "PUT", `${folder}/secret.txt`, {}, "overwritten"),
        dav(mallory, "PUT", `${folder}/planted.txt`, {}, "planted"),
        dav(mallory, "MKCOL", `${folder}/planted`),
        dav(mallory, "COPY", `${folder}/secret.txt`, { destination: "/dav/home/stolen.txt" }),
        dav(mallory, "MOVE", `${folder}/secret.txt`, { destination: "/dav/home/stolen.txt" }),
        dav(
          mallory,
          "PROPPATCH",
          `${folder}/secret.txt`,
          {},
          '<propertyupdate xmlns="DAV:"><set><prop><x/></prop></set></propertyupdate>',
        ),
        dav(mallory, "LOCK", `${folder}/secret.txt`),
      ]);
      for (const { body, status } of replies) {
        expect(`${folder}: ${body.includes(canary) || body.includes("secret.txt</") || status >= 500}`).toBe(
          `${folder}: false`,
        );
      }
      await dav(mallory, "DELETE", `${folder}/secret.txt`);
    }
    // The whole folder last, and through a destination.
    await dav(mallory, "PUT", "/dav/home/mine.txt", {}, "mine");
    await dav(mallory, "MOVE", "/dav/home/mine.txt", { destination: `/dav/spaces/Family/${spelling}/planted.txt` });
    await dav(mallory, "DELETE", `/dav/spaces/Family/${spelling}`);
    expectUntouched(spelling);
  }
  expect((await dav(mallory, "GET", "/dav/home/stolen.txt")).status).toBe(404);
  // Straight tries and tricks alike are in the log, with the path.
  for (const path of ["/dav/spaces/Family/private/secret.txt", "%252e", "%2f..%2fprivate"]) {
    const tried = await house.audit({ userId: mallory.id, operation: "dav", text: path });
    expect(`${path} ${tried.some(({ outcome }) => outcome !== "allowed")}`).toBe(`${path} true`);
  }
  expect(await house.audited({ userId: mallory.id, operation: "dav", outcome: "refused" })).toBeGreaterThan(100);
}, 120_000);

test("no spelling of a number opens a file, an archive, a preview or an operation", async () => {
  const id = String(secretId);
  const digits = [...id].map((digit) => `%3${digit}`).join("");
  const numbers = [
    id,
    `0${id}`,
    `+${id}`,
    `%20${id}`,
    `${id}%20`,
    `${id}.0`,
    `${id}e0`,
    `0x${secretId.toString(16)}`,
    `${id}/`,
  ];
  numbers.push(
    `${id};x`,
    `${id}%00`,
    `${id}?x`,
    `${id}%2f`,
    digits,
    `1/../${id}`,
    `1%2f..%2f${id}`,
    `-${id}`,
    `${id},1`,
  );
  for (const number of numbers) {
    for (const path of ["/api/files/content/", "/api/files/preview/", "/API/files/content/", "/api//files/content/"]) {
      const { status, body } = await dav(mallory, "GET", `${path}${number}`);
      expect(`${path}${number} ${body.includes(canary) || status >= 500}`).toBe(`${path}${number} false`);
    }
    const { status, body } = await dav(mallory, "GET", `/api/files/archive?ids=${number}`);
    expect(`${number} ${body.includes(canary) || status >= 500}`).toBe(`${number} false`);
  }
  const page = (operation: string, input: unknown) => house.page(mallory, operation, input);
  const writes: [string, object][] = [
    ["files.get", { id: secretId }],
    ["files.list", { folderId: privateId }],
    ["files.rename", { id: secretId, name: "taken.txt" }],
    ["files.move", { ids: [secretId], targetId: privateId }],
    ["files.copy", { ids: [secretId], targetId: privateId }],
    ["files.remove", { ids: [secretId] }],
    ["files.createFolder", { parentId: privateId, name: "planted" }],
    ["links.create", { nodeId: secretId, mode: "view", password: null }],
    [
      "access.set",
      { resource: { kind: "node", id: privateId }, subject: { kind: "everyone" }, effect: "allow", role: "manager" },
    ],
    ["access.panel", { resource: { kind: "node", id: privateId } }],
  ];
  for (const [operation, input] of writes) {
    const response = await page(operation, input);
    const text = await response.text();
    expect(`${operation} ${response.status}`).toMatch(/ (400|403|404)$/);
    expect(text).not.toContain(canary);
  }
  expectUntouched("numbers");
  for (const operation of ["http.get", "files.get", "files.remove", "links.create", "access.set"]) {
    const found = await house.audited({ userId: mallory.id, operation });
    expect(`${operation} ${found > 0}`).toBe(`${operation} true`);
  }
}, 60_000);

test("a link shows what is below it and nothing else, and a guessed one is in the log", async () => {
  await dav(mallory, "MKCOL", "/dav/home/shown");
  await dav(mallory, "PUT", "/dav/home/shown/a.txt", {}, "shown");
  const { spaces } = await answerOf(house.page(mallory, "files.spaces"));
  const home = (spaces as { id: number; kind: string }[]).find(({ kind }) => kind === "home");
  const { node } = await answerOf(house.page(mallory, "files.resolve", { spaceId: home?.id, path: "shown" }));
  const made = await answerOf(
    house.page(mallory, "links.create", { nodeId: (node as { id: number }).id, mode: "view", password: null }),
  );
  const link = made["link"] as { url?: string; token?: string };
  const token = link.url?.split("/s/").at(-1) ?? String(link.token);
  const outside = [
    `content/${secretId}`,
    `content/0${secretId}`,
    `content/1/../${secretId}`,
    `content/%2e%2e/${secretId}`,
    `preview/${secretId}`,
    `archive?ids=${secretId}`,
    `archive?ids=${(node as { id: number }).id},${secretId}`,
    `archive?ids=${privateId}`,
    `../../api/files/content/${secretId}`,
    `..%2f..%2fapi%2ffiles%2fcontent%2f${secretId}`,
  ];
  for (const path of outside) {
    const { status, body } = await rawHttp(house.url, { method: "GET", target: `/s/${token}/${path}` });
    expect(`${path} ${status >= 400 && status < 500 && !body.includes(canary)}`).toBe(`${path} true`);
  }
  for (let i = 0; i < 20; i++) {
    const guess = `${String(i).padStart(2, "0")}${"x".repeat(20)}`;
    expect((await fetch(`${house.url}/s/${guess}/content/1`)).status).toBe(404);
  }
  const visits = await house.audit({ operation: "link", outcome: "refused" });
  expect(visits.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(outside.length - 2 + 20);
  expect(JSON.stringify(visits)).not.toContain(token);
  expectUntouched("link");
});
