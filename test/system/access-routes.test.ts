import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Belongings, type Credentials, type Household, marker, openHousehold } from "./access/household.ts";
import { guess, inputs } from "./access/operations.ts";
import { davProbe, type Probe, probes, syncProbes } from "./access/routes.ts";

interface Post {
  readonly operationId: string;
  readonly "x-permission": string;
  readonly requestBody: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

let house: Household;
let things: Belongings;
let operations: readonly Post[] = [];
let attackers: Readonly<Record<string, Credentials>> = {};
/** Alice's own, so that it may read; it must change nothing. */
let reader: Credentials = {};
let before = "";
const slowMachineMs = 60_000;
const refusals = [401, 403, 404];

beforeAll(async () => {
  house = await openHousehold();
  things = await house.furnish();
  const mallory = await house.login("mallory");
  attackers = {
    nobody: {},
    "a stranger": mallory,
    "an app password of a stranger": await house.appPassword(mallory, "mallory", "files"),
    "a reading app password of a stranger": await house.appPassword(mallory, "mallory", "files:read"),
  };
  reader = await house.appPassword(house.alice, "alice", "files:read");
  const { paths } = (await (await house.send({}, "GET", "/api/openapi.json")).json()) as {
    paths: Readonly<Record<string, { readonly post: Post }>>;
  };
  operations = Object.values(paths).map(({ post }) => post);
  before = await house.snapshot();
}, slowMachineMs);
afterAll(() => house.close());

/** Nothing of alice's was changed, and nothing of hers stands in the answer or in the home of the other. */
async function requireHarmless(what: string, response: Response): Promise<void> {
  const text = `${JSON.stringify([...response.headers])}${await response.text()}`;
  expect([what, text.includes(marker)]).toEqual([what, false]);
  expect([what, await house.snapshot()]).toEqual([what, before]);
  expect([what, house.loot()]).toEqual([what, []]);
}

const byResource = () => operations.filter((operation) => operation["x-permission"] === "by-resource");

test("every operation that decides by the resource is tried here", () => {
  expect(byResource().length).toBeGreaterThan(15);
  for (const { operationId } of byResource()) expect(Object.keys(inputs)).toContain(operationId);
});

test(
  "no operation by resource lets a stranger read or change what is alice's, and a reading credential changes nothing",
  async () => {
    for (const { operationId } of byResource()) {
      const input = inputs[operationId]?.(things) ?? null;
      if (input === null) continue;
      for (const [who, credentials] of Object.entries(attackers)) {
        const response = await house.call(credentials, operationId, input);
        expect([operationId, who, refusals.includes(response.status)]).toEqual([operationId, who, true]);
        await requireHarmless(`${operationId} by ${who}`, response);
      }
      await house.call(reader, operationId, input);
      expect([operationId, await house.snapshot()]).toEqual([operationId, before]);
    }
  },
  slowMachineMs,
);

test(
  "no other operation does, whatever ids of alice's it is given",
  async () => {
    for (const { operationId, requestBody } of operations.filter((one) => one["x-permission"] !== "by-resource")) {
      const input = guess(requestBody.content["application/json"]?.schema ?? {}, things);
      for (const [who, credentials] of Object.entries(attackers)) {
        await requireHarmless(`${operationId} by ${who}`, await house.call(credentials, operationId, input));
      }
      const stillIn = await house.call(attackers["a stranger"] ?? {}, "files.spaces", {});
      if (!stillIn.ok) attackers = { ...attackers, "a stranger": await house.login("mallory") };
    }
  },
  slowMachineMs,
);

test("every prefix that answers over HTTP is tried here", () => {
  const known = Object.keys(probes);
  for (const prefix of house.hearth.routePrefixes) {
    // Logging in with other services knows no files.
    if (prefix.startsWith("/oidc") || prefix.startsWith("/.well-known") || prefix.startsWith("/login")) continue;
    expect(known).toContain(prefix);
  }
});

const probe = (credentials: Credentials, { method, path, headers, body }: Probe) =>
  house.send(credentials, method, path, { origin: house.url, ...headers }, body);

test(
  "no route gives a stranger anything of alice's",
  async () => {
    for (const [prefix, make] of Object.entries(probes)) {
      for (const one of make(things)) {
        const what = `${one.method} ${one.path}`;
        for (const [who, credentials] of Object.entries(attackers)) {
          const response = await probe(credentials, one);
          expect([what, who, refusals.includes(response.status)]).toEqual([what, who, true]);
          await requireHarmless(`${what} by ${who}`, response);
        }
        if (prefix === "/s/") continue;
        const own = await probe(reader, one);
        if (one.reads !== true) expect([what, refusals.includes(own.status)]).toEqual([what, true]);
        await own.body?.cancel();
        expect([what, await house.snapshot()]).toEqual([what, before]);
      }
    }
  },
  slowMachineMs,
);

test(
  "no WebDAV verb does, at any place of alice's, and none of them writes with a reading credential",
  async () => {
    const verbs = (await house.send({}, "OPTIONS", "/dav/")).headers.get("allow")?.split(/,\s*/) ?? [];
    expect(verbs.length).toBeGreaterThanOrEqual(12);
    const space = encodeURIComponent(things.spaceName);
    const places = [
      `/dav/spaces/${space}/`,
      `/dav/spaces/${space}/new.txt`,
      `/dav/shared/${things.homeName}/`,
      `/dav/shared/${things.homeName}/file.png`,
      `/dav/spaces/alice/${things.homeName}/file.png`,
      `/dav/home/../alice/${things.homeName}/file.png`,
    ];
    for (const method of verbs.filter((verb) => verb !== "OPTIONS")) {
      for (const path of places) {
        for (const [who, credentials] of Object.entries(attackers)) {
          const what = `${method} ${path} by ${who}`;
          const response = await probe(credentials, davProbe(method, path, "/dav/home/loot"));
          expect([what, response.status >= 400 && response.status < 500]).toEqual([what, true]);
          await requireHarmless(what, response);
        }
      }
      for (const path of [`/dav/home/${things.homeName}/file.png`, `/dav/home/${things.homeName}/new.txt`]) {
        const one = davProbe(method, path, `/dav/home/${things.homeName}/copy.png`);
        const response = await probe(reader, one);
        await response.body?.cancel();
        if (one.reads !== true) expect([method, path, response.status >= 400]).toEqual([method, path, true]);
        expect([method, await house.snapshot()]).toEqual([method, before]);
      }
    }
    const stolen = davProbe("MOVE", "/dav/home/loot", `/dav/spaces/${space}/new.txt`);
    for (const credentials of Object.values(attackers)) {
      expect((await probe(credentials, stolen)).status).toBeGreaterThanOrEqual(400);
    }
  },
  slowMachineMs,
);

test(
  "no request of a sync client does, whosever name its address has",
  async () => {
    for (const [who, credentials] of Object.entries(attackers)) {
      for (const one of syncProbes(things, "mallory")) {
        const what = `${one.method} ${one.path} by ${who}`;
        const response = await probe(credentials, one);
        expect([what, response.status >= 400 && response.status < 500]).toEqual([what, true]);
        await requireHarmless(what, response);
      }
    }
  },
  slowMachineMs,
);

test("the events of a stranger's page tell nothing of alice's changes", async () => {
  const controller = new AbortController();
  const response = await fetch(`${house.url}/api/events`, {
    headers: attackers["a stranger"] ?? {},
    signal: controller.signal,
  });
  expect(response.status).toBe(200);
  let text = "";
  const reading = (async () => {
    for await (const part of response.body ?? []) text += new TextDecoder().decode(part);
  })().catch(() => undefined);
  const made = await house.call(house.alice, "files.createFolder", { parentId: things.folderId, path: "told" });
  expect(made.status).toBe(200);
  await Bun.sleep(300);
  controller.abort();
  await reading;
  expect(text).not.toContain("files.changed");
  expect((await house.send({}, "GET", "/api/events")).status).toBe(401);
});

test(
  "what strangers were refused alice may do herself: the requests were sound",
  async () => {
    for (const { operationId } of byResource()) {
      const own = await house.furnish();
      const input = inputs[operationId]?.(own) ?? null;
      if (input === null) continue;
      const response = await house.call(house.alice, operationId, input);
      expect([operationId, response.status, response.ok ? "" : await response.text()]).toEqual([operationId, 200, ""]);
    }
    for (const make of Object.values(probes)) {
      for (const one of make(await house.furnish())) {
        if (one.isAbsent === true || one.path.startsWith("/s/") || one.path.includes("/preview/")) continue;
        const response = await probe(house.alice, one);
        expect([one.method, one.path, response.ok]).toEqual([one.method, one.path, true]);
        await response.body?.cancel();
      }
    }
  },
  slowMachineMs,
);
