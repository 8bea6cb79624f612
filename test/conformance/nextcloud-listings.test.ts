import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { basic, type RunningHearth, startHearth } from "#kit";
import { desktopQuery } from "./nextcloud-support.ts";
import { openPage } from "./oidc-support.ts";

const password = "quite a long password";
const shares = "/ocs/v2.php/apps/files_sharing/api/v1/shares";
const prefixes = 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"';
/** What clients of different kinds ask for; the last also for properties that somebody has set. */
const queries = [
  desktopQuery,
  `<d:propfind ${prefixes}><d:prop><d:getetag/><d:getlastmodified/><oc:size/><oc:permissions/><oc:favorite/><oc:share-types/>
<oc:owner-id/><oc:owner-display-name/><nc:mount-type/><oc:checksums/></d:prop></d:propfind>`,
  `<d:propfind ${prefixes}><d:prop><d:getetag/><oc:share-types/><oc:permissions/><x:mood xmlns:x="urn:x"/></d:prop></d:propfind>`,
  `<d:propfind ${prefixes}><d:allprop/></d:propfind>`,
];

let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
let home: string;
let bobId = 0;
let aliceId = 0;
let spaceId = 0;
let bob: string;
let unlikeAny = 0;

beforeAll(async () => {
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
  home = join(hearth.dataDir, "volumes", "main", "home", "alice");
  const made = await page("people.create", { name: "bob", displayName: "Bob", password, roles: ["member"] });
  bobId = made.answer.person.id;
  bob = basic("bob", password);
  aliceId = (await page("session.current", {})).answer.person.id;
  const space = await page("files.createSpace", {
    name: "family",
    members: [{ userId: bobId, role: "viewer" }],
    quotaBytes: null,
  });
  spaceId = space.answer.space.id;
});
afterAll(() => hearth.stop());

/** What the acts work on; an earlier run may have taken some of it away. */
async function plant(): Promise<void> {
  for (const folder of folders) await ask("alice", "MKCOL", folder);
  for (const folder of folders) await ask("alice", "PUT", `${folder}/f0`, {}, folder);
}

type Name = "alice" | "bob";

function fetchAs(name: Name, path: string, init: RequestInit): Promise<Response> {
  return hearth.fetch(path, {
    ...init,
    headers: { ...init.headers, ...(name === "bob" ? { authorization: bob } : {}) },
  });
}

function ask(name: Name, method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  return fetchAs(name, `/remote.php/dav/files/${name}/${path}`, { method, headers, body: body ?? null });
}

async function listing(name: Name, href: string, query: string): Promise<string> {
  const response = await fetchAs(name, href, { method: "PROPFIND", headers: { depth: "1" }, body: query });
  // Free space and the time that is left to a lock change by themselves.
  return `${response.status} ${(await response.text()).replaceAll(/(available-bytes>|Second-)\d+/g, "$1")}`;
}

/** The same question in words never used before: nothing is kept for it. */
function asNew(query: string): string {
  unlikeAny += 1;
  return `${query}<!-- ${unlikeAny} -->`;
}

/** Walks all a person can come to, and asks for each folder in both ways. */
async function compareAll(name: Name, why: string): Promise<void> {
  const top = `/remote.php/dav/files/${name}/`;
  const queue = [top];
  for (let href = queue.shift(); href !== undefined; href = queue.shift()) {
    for (const query of queries) {
      const kept = await listing(name, href, query);
      const fresh = await listing(name, href, asNew(query));
      // What another program has just changed may come between the two.
      const isEqual =
        kept === fresh || (await listing(name, href, query)) === (await listing(name, href, asNew(query)));
      if (!isEqual) expect(kept, `${why}: ${href} of ${name}`).toBe(fresh);
      if (query !== desktopQuery) continue;
      const found = [...fresh.matchAll(/<d:href>([^<]+\/)<\/d:href>/g)].flatMap(([, folder]) => folder ?? []);
      queue.push(...found.filter((folder) => folder !== href && folder.startsWith(href)));
    }
  }
}

async function idOf(path: string): Promise<number | undefined> {
  const response = await ask("alice", "PROPFIND", path, { depth: "0" }, queries[0]?.replace("<oc:size />", ""));
  const id = /<oc:fileid>(\d+)/.exec(await response.text())?.[1];
  return id === undefined ? undefined : Number(id);
}

const update = (xml: string) =>
  `<d:propertyupdate ${prefixes} xmlns:x="urn:x"><d:set><d:prop>${xml}</d:prop></d:set></d:propertyupdate>`;
const locked = `<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype></d:lockinfo>`;

interface Step {
  readonly act: keyof typeof acts;
  readonly at: string;
  readonly other: string;
  readonly number: number;
}

/** Whatever can change what a listing shows. One that is refused, as a write under a lock, changes nothing, which is fine too. */
const acts = {
  put: ({ at, number }: Step) => ask("alice", "PUT", `${at}/f${number % 2}`, {}, "z".repeat(number)),
  putByBob: ({ at, number }: Step) =>
    ask("bob", "PUT", `${at.split("/").at(-1)}/f${number % 2}`, {}, "b".repeat(number)),
  remove: ({ at, number }: Step) => ask("alice", "DELETE", `${at}/f${number % 2}`),
  makeFolder: ({ at, number }: Step) => ask("alice", "MKCOL", `${at}/new${number % 2}`),
  move: ({ at, other, number }: Step) =>
    ask("alice", "MOVE", `${at}/f${number % 2}`, {
      destination: `/remote.php/dav/files/alice/${other}/f${number % 2}`,
    }),
  moveMount: ({ at, number }: Step) =>
    ask("bob", "MOVE", at.split("/").at(-1) ?? "", { destination: `/remote.php/dav/files/bob/mount${number % 2}` }),
  favorite: ({ at, number }: Step) =>
    ask("alice", "PROPPATCH", at, {}, update(`<oc:favorite>${number % 2}</oc:favorite>`)),
  favoriteOfBob: ({ at, number }: Step) =>
    ask("bob", "PROPPATCH", at.split("/").at(-1) ?? "", {}, update(`<oc:favorite>${number % 2}</oc:favorite>`)),
  deadProperty: ({ at, number }: Step) => ask("alice", "PROPPATCH", at, {}, update(`<x:mood>${number}</x:mood>`)),
  time: ({ at, number }: Step) =>
    ask("alice", "PROPPATCH", `${at}/f${number % 2}`, {}, update(`<d:lastmodified>${1e9 + number}</d:lastmodified>`)),
  lock: ({ at }: Step) => ask("alice", "LOCK", `${at}/f0`, { timeout: "Second-900", depth: "0" }, locked),
  unlock: async ({ at }: Step) => {
    const text = await (await ask("alice", "PROPFIND", `${at}/f0`, { depth: "0" }, queries[3])).text();
    const token = /<d:locktoken><d:href>([^<]+)/.exec(text)?.[1];
    if (token !== undefined) await ask("alice", "UNLOCK", `${at}/f0`, { "lock-token": `<${token}>` });
  },
  share: async ({ at, number }: Step) => {
    const id = await idOf(at);
    const actions = number % 2 === 0 ? ["read"] : ["read", "write"];
    const [resource, subject] = [
      { kind: "node", id },
      { kind: "user", id: bobId },
    ];
    const effect = number % 5 === 0 ? "deny" : "allow";
    await page("access.set", { resource, subject, effect, actions, expiresAtMs: null });
  },
  endShare: async ({ at }: Step) => {
    const list = await hearth.fetch(`${shares}?path=/${at}&format=json`, {
      headers: { authorization: alicePassword() },
    });
    for (const { id } of JSON.parse(await list.text()).ocs.data ?? []) {
      await hearth.fetch(`${shares}/${id}`, { method: "DELETE", headers: { authorization: alicePassword() } });
    }
  },
  link: async ({ at, number }: Step) => {
    const nodeId = await idOf(number % 2 === 0 ? at : `${at}/f0`);
    if (nodeId !== undefined) await page("links.create", { nodeId });
  },
  endLink: async () => {
    const [link] = (await page("links.list", {})).answer.links;
    if (link !== undefined) await page("links.remove", { id: link.id });
  },
  displayName: ({ number }: Step) => page("people.update", { id: aliceId, displayName: `Alice ${number}` }),
  role: ({ number }: Step) => {
    const role = number % 2 === 0 ? "viewer" : "editor";
    const members = [{ userId: aliceId, role: "manager" }, ...(number % 3 === 0 ? [] : [{ userId: bobId, role }])];
    return page("files.setSpaceMembers", { spaceId, members });
  },
  quota: ({ number }: Step) => page("people.update", { id: aliceId, quotaBytes: 1e9 + number }),
  elsewhere: ({ at, number }: Step) => {
    if (at === "family") return;
    mkdirSync(join(home, at), { recursive: true });
    writeFileSync(join(home, at, `f${number % 2}`), "e".repeat(number));
  },
  goneElsewhere: ({ at, number }: Step) => rmSync(join(home, at, `f${number % 2}`), { force: true }),
  movedElsewhere: ({ at, number }: Step) => {
    mkdirSync(join(home, "b"), { recursive: true });
    if (at === "a/x") renameSync(join(home, "a"), join(home, `a${number}`));
    if (at === "a/x") renameSync(join(home, `a${number}`), join(home, "a"));
  },
};

function alicePassword(): string {
  return basic(hearth.user, hearth.password);
}

const folders = ["a", "a/x", "a/y", "b", "family"];
const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(...(Object.keys(acts) as (keyof typeof acts)[])),
  at: fc.constantFrom(...folders),
  other: fc.constantFrom(...folders),
  number: fc.nat(30),
});

test("whatever happens, a listing that was kept says what a new one says, to each person", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 12 }), async (steps) => {
      await plant();
      for (const one of steps) {
        await acts[one.act](one);
        const why = JSON.stringify(one);
        await compareAll("alice", why);
        await compareAll("bob", why);
      }
    }),
    { numRuns: Number(process.env["HEARTH_LISTING_RUNS"] ?? 4), endOnFailure: true },
  );
}, 120_000);

test("what is kept is also used: a large folder that has not changed comes many times as fast", async () => {
  const folder = join(home, "large");
  mkdirSync(folder);
  for (let index = 0; index < 1500; index += 1) writeFileSync(join(folder, `file ${index}.txt`), "");
  const href = "/remote.php/dav/files/alice/large/";
  const fastestMs = async (body: () => string) => {
    let fastest = Number.POSITIVE_INFINITY;
    for (let count = 0; count < 8; count += 1) {
      const startedAt = performance.now();
      await fetchAs("alice", href, { method: "PROPFIND", headers: { depth: "1" }, body: body() }).then((r) => r.text());
      fastest = Math.min(fastest, performance.now() - startedAt);
    }
    return fastest;
  };
  const fresh = await fastestMs(() => asNew(desktopQuery));
  const kept = await fastestMs(() => desktopQuery);
  expect(kept).toBeLessThan(fresh / 2);
});
