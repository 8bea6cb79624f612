import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { davXml, json, request } from "./hostile/generators.ts";
import { type RawAnswer, type RawRequest, render, sendRaw } from "./hostile/raw.ts";
import { brokenInvariants } from "./invariants.ts";
import { davTree, defectsIn, startSystem, type System, treeDifference, untilNone, times } from "./support.ts";
import { entriesBelow } from "./walk.ts";

const canary = "the canary that nobody may read or change";
let system: System;
let outside: string[];

/** Everything on the volume that is not alice's or Hearth's own. */
const foreign = () =>
  entriesBelow(system.volumePath)
    .map(({ path }) => path)
    .filter((path) => !path.startsWith("home/alice/") && !path.startsWith(".hearth/"));
const canaries = () => [
  join(system.dataDir, "canary.txt"),
  join(system.volumePath, "canary.txt"),
  join(system.volumePath, "home/ben/canary.txt"),
];

beforeAll(async () => {
  system = await startSystem();
  mkdirSync(join(system.volumePath, "home", "ben"), { recursive: true });
  for (const path of canaries()) writeFileSync(path, canary);
  await prepare();
  outside = foreign();
});
afterAll(async () => {
  const log = system.log();
  await system.stop();
  expect(defectsIn(log)).toEqual([]);
});

/** What requests may meet; made anew when one has deleted it. */
async function prepare(): Promise<void> {
  await system.fetch("/dav/home/known.txt", { method: "PUT", body: "known" });
  await system.fetch("/dav/home/folder", { method: "MKCOL" });
  await system.fetch("/dav/home/folder/inner.txt", { method: "PUT", body: "inner" });
}

/** 502 is the standard's answer to a Destination on another server, 505 the one to a request line that is none. */
function expectNoDefect(sent: RawRequest, { status, text }: RawAnswer): void {
  const isDefect = status >= 500 && status !== 505 && !(status === 502 && /^(MOVE|COPY)$/.test(sent.method));
  expect(isDefect ? `${status} for ${JSON.stringify(sent).slice(0, 2000)}: ${text.slice(0, 500)}` : "fine").toBe(
    "fine",
  );
  expect(text.includes(canary)).toBe(false);
}

function expectUntouched(): void {
  for (const path of canaries()) expect(readFileSync(path, "utf8")).toBe(canary);
  expect(foreign()).toEqual(outside);
}

async function expectAlive(): Promise<void> {
  expectUntouched();
  expect((await fetch(`${system.url}/healthz`)).status).toBe(200);
  await prepare();
  expect(defectsIn(system.log())).toEqual([]);
}

/** Sends a few requests at once, as the owner of the home or as nobody. */
async function fuzz(arbitrary: fc.Arbitrary<RawRequest>, numRuns: number): Promise<void> {
  const sent = fc.record({ request: arbitrary, known: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0) });
  const property = fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 8 }), async (batch) => {
    const answers = await Promise.all(
      batch.map(({ request: one, known }) => {
        const authorization: [string, string][] = known ? [["Authorization", system.authorization]] : [];
        return sendRaw(system.url, render({ ...one, headers: [...one.headers, ...authorization] }));
      }),
    );
    for (const [index, answer] of answers.entries())
      expectNoDefect((batch[index] as { request: RawRequest }).request, answer);
    expectUntouched();
    if (!answers.every(({ status }) => status >= 400)) await prepare();
  });
  await fc.assert(property, { numRuns: numRuns * times });
  await expectAlive();
}

test(
  "paths, methods and headers of any kind: no 5xx, nothing outside the space is touched",
  () => fuzz(request, 250),
  120_000,
);

test("XML of any kind", () => fuzz(davXml, 80), 60_000 * times);

test(
  "authorization of any kind",
  async () => {
    const values = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }).map((text) => `Basic ${Buffer.from(text).toString("base64")}`),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => `Basic ${Buffer.from(bytes).toString("base64")}`),
      fc.constantFrom(
        "Basic",
        "Basic ",
        "Basic !!!",
        "Bearer x",
        "Digest username=x",
        `Basic ${"A".repeat(14_000)}`,
        "basic Og==",
        "Basic YWxpY2U6",
        "\u0000",
      ),
    );
    const property = fc.asyncProperty(values, async (value) => {
      const sent: RawRequest = { method: "PROPFIND", target: "/dav/home/", headers: [["Authorization", value]] };
      const answer = await sendRaw(system.url, render(sent));
      expectNoDefect(sent, answer);
      expect([0, 400, 401, 429, 431]).toContain(answer.status);
    });
    await fc.assert(property, { numRuns: 60 * times });
    await expectAlive();
  },
  60_000 * times,
);

test(
  "requests that are not HTTP, or lie about their length",
  async () => {
    const auth = `Authorization: ${system.authorization}\r\n`;
    const put = `PUT /dav/home/lie.txt HTTP/1.1\r\nHost: x\r\n${auth}`;
    const requests = [
      "GET",
      "\r\n\r\n",
      "\u0000\u0001\u0002\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET / HTTP/1.1\r\nHost\r\n\r\n",
      `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\n${"X: y\r\n".repeat(20_000)}\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(200_000)}\r\n\r\n`,
      `${put}Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello`,
      `${put}Content-Length: -5\r\n\r\nhello`,
      `${put}Content-Length: 99999999999999999999\r\n\r\nhello`,
      `${put}Content-Length: 1000\r\n\r\nshort`,
      `${put}Content-Length: 2\r\nConnection: close\r\n\r\nlonger than it said`,
      `${put}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
      `${put}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`,
      `${put}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\nx`,
      `${put}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
      `${put}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
      `POST /api/files.list HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 999999999\r\n\r\n{`,
    ];
    for (const bytes of requests) {
      const { status, text } = await sendRaw(system.url, bytes, 600);
      expect(
        status < 500 || status === 505 ? "fine" : `${status} for ${bytes.slice(0, 200)}: ${text.slice(0, 200)}`,
      ).toBe("fine");
    }
    expect(await untilNone(() => brokenInvariants(system))).toEqual([]);
    await expectAlive();
  },
  60_000 * times,
);

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

test(
  "JSON of any kind for every operation",
  async () => {
    const document = (await (await fetch(`${system.url}/api/openapi.json`)).json()) as {
      paths: Record<string, { post: { requestBody: { content: { "application/json": { schema: Schema } } } } }>;
    };
    const operations = Object.entries(document.paths).filter(([path]) => path !== "/api/session.logout");
    expect(operations.length).toBeGreaterThan(30);
    const ids = fc.constantFrom(system.homeId, system.homeId + 1, system.spaceId, "known.txt");
    const value = fc.oneof({ weight: 3, arbitrary: json }, { weight: 2, arbitrary: ids });
    const call = fc.constantFrom(...operations).chain(([path, { post }]) => {
      const names = Object.keys(post.requestBody.content["application/json"].schema.properties ?? {});
      const shaped = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
      const raw = fc.oneof(
        { weight: 6, arbitrary: shaped.map((input) => JSON.stringify(input)) },
        { weight: 1, arbitrary: json.map((input) => JSON.stringify(input) ?? "") },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "",
            "{",
            "null",
            "[]",
            "\u0000",
            `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
            `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`,
            '{"__proto__":{"isAdmin":true}}',
            '{"constructor":{"prototype":{}}}',
            '{"id":1e999}',
            '{"id":"\\ud800"}',
            '{"id":1,"id":2}',
          ),
        },
      );
      return fc.record({ path: fc.constant(path), body: raw });
    });
    const headers = { cookie: system.cookie, origin: system.url, "content-type": "application/json" };
    const property = fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), async (batch) => {
      await Promise.all(
        batch.map(async ({ path, body }) => {
          const response = await fetch(`${system.url}${path}`, { method: "POST", headers, body });
          const text = await response.text();
          const sent = { method: "POST", target: path, headers: [], body };
          expectNoDefect(sent, { status: response.status, text });
        }),
      );
    });
    await fc.assert(property, { numRuns: 300 * times });
    await expectAlive();
    expect((await system.call("session.current", {})).status).toBe(200);
  },
  120_000 * times,
);

test("after all of it, index and disk agree", async () => {
  expect(await untilNone(async () => treeDifference(system.homePath, await davTree(system)))).toEqual([]);
  expect(await untilNone(() => brokenInvariants(system))).toEqual([]);
  for (const path of canaries()) rmSync(path);
});
