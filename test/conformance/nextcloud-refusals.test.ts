import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

// Whole programs start, on a machine that may be busy.
setDefaultTimeout(60_000);

let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
const password = "quite a long password";
const small = basic("small", password);
const quotaBytes = 10_000;
const files = "/remote.php/dav/files/small";
const uploads = "/remote.php/dav/uploads/small";

beforeAll(async () => {
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
  await page("people.create", { name: "small", displayName: "Small", password, roles: ["member"], quotaBytes });
  expect((await ask("PUT", `${files}/six.bin`, {}, "x".repeat(6_000))).status).toBe(201);
});
afterAll(() => hearth.stop());

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const response = await hearth.fetch(path, {
    method,
    headers: { authorization: small, ...headers },
    body: body ?? null,
  });
  const { status } = response;
  return { status, headers: response.headers, text: await response.text() };
}
const at = (path: string) => `${hearth.url}${files}/${path}`;
const names = async () => {
  const { text } = await ask("PROPFIND", `${files}/`, { depth: "1" });
  return [...text.matchAll(/<d:displayname>([^<]*)/g)].map(([, name]) => name).slice(1);
};

/** As every client reads it: the exception by its name, and a sentence for the person. */
function expectRefusal(answer: { status: number; text: string; headers: Headers }, status: number, exception: string) {
  expect([answer.status, answer.text]).toEqual([status, expect.any(String)]);
  expect(answer.headers.get("content-type")).toBe("application/xml; charset=utf-8");
  expect(answer.text).toStartWith('<?xml version="1.0" encoding="utf-8"?>');
  expect(answer.text).toContain('<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">');
  expect(answer.text).toContain(`<s:exception>Sabre\\DAV\\Exception\\${exception}</s:exception>`);
  expect(/<s:message>[^<]{5,}<\/s:message>/.test(answer.text)).toBe(true);
}

describe("507: the quota is full", () => {
  test("a new file, a larger one in its place, and a copy", async () => {
    const before = await names();
    expectRefusal(await ask("PUT", `${files}/new.bin`, {}, "x".repeat(6_000)), 507, "InsufficientStorage");
    expectRefusal(await ask("COPY", `${files}/six.bin`, { destination: at("copy.bin") }), 507, "InsufficientStorage");
    expectRefusal(await ask("PUT", `${files}/six.bin`, {}, "x".repeat(11_000)), 507, "InsufficientStorage");
    expect(await names()).toEqual(before);
    expect((await ask("GET", `${files}/six.bin`)).text).toHaveLength(6_000);
    // What fits still goes in, and the room is told.
    expect((await ask("PUT", `${files}/three.bin`, {}, "x".repeat(3_000))).status).toBe(201);
    const query = `<d:propfind xmlns:d="DAV:"><d:prop><d:quota-available-bytes/></d:prop></d:propfind>`;
    const { text } = await ask("PROPFIND", `${files}/`, { depth: "0" }, query);
    expect(Number(/available-bytes>(\d+)/.exec(text)?.[1])).toBe(1_000);
    const user = await ask("GET", "/ocs/v2.php/cloud/user?format=json");
    expect(JSON.parse(user.text).ocs.data.quota).toMatchObject({ quota: quotaBytes, free: 1_000, used: 9_000 });
  });

  test("in chunks: at the start, at a chunk and at the end", async () => {
    const total = (bytes: number) => ({ "oc-total-length": String(bytes), destination: at("chunked.bin") });
    expectRefusal(await ask("MKCOL", `${uploads}/1`, total(5_000)), 507, "InsufficientStorage");
    // A client that does not say how much comes.
    const { destination } = total(0);
    expect((await ask("MKCOL", `${uploads}/2`, { destination })).status).toBe(201);
    expect((await ask("PUT", `${uploads}/2/00001`, { destination }, "x".repeat(600))).status).toBe(201);
    expectRefusal(await ask("PUT", `${uploads}/2/00002`, { destination }, "x".repeat(600)), 507, "InsufficientStorage");
    // Somebody else has taken the room meanwhile.
    expect((await ask("PUT", `${files}/taken.bin`, {}, "x".repeat(700))).status).toBe(201);
    expectRefusal(await ask("MOVE", `${uploads}/2/.file`, { destination }), 507, "InsufficientStorage");
    expect(await names()).not.toContain("chunked.bin");
    expect((await ask("DELETE", `${files}/taken.bin`, { "x-nc-skip-trashbin": "true" })).status).toBe(204);
    expect((await ask("MOVE", `${uploads}/2/.file`, { destination })).status).toBe(201);
  });
});

describe("what else is refused, and nothing is changed by it", () => {
  test("400: a sum that is not that of the content, whole and in chunks", async () => {
    const wrong = { "oc-checksum": `SHA1:${"1".repeat(40)}` };
    expectRefusal(await ask("PUT", `${files}/sum.bin`, wrong, "content"), 400, "BadRequest");
    const destination = at("sum.bin");
    await ask("MKCOL", `${uploads}/3`, { destination, "oc-total-length": "7" });
    await ask("PUT", `${uploads}/3/00001`, { destination }, "content");
    expectRefusal(await ask("MOVE", `${uploads}/3/.file`, { destination, ...wrong }), 400, "BadRequest");
    expectRefusal(await ask("PUT", `${files}/sum.bin`, { "oc-checksum": "SHA1:no hex" }, "content"), 400, "BadRequest");
    expect(await names()).not.toContain("sum.bin");
    expectRefusal(await ask("PUT", `${files}/a%00b`, {}, "content"), 400, "BadRequest");
  });

  test("412: changed in the meantime", async () => {
    await ask("PUT", `${files}/mine.txt`, {}, "first");
    await ask("PUT", `${files}/other.txt`, {}, "x");
    const stale = '"0123456789"';
    for (const method of ["PUT", "DELETE"]) {
      const answer = await ask(method, `${files}/mine.txt`, { "if-match": stale }, method === "PUT" ? "x" : undefined);
      expectRefusal(answer, 412, "PreconditionFailed");
    }
    const destination = at("mine.txt");
    for (const method of ["MOVE", "COPY"]) {
      const answer = await ask(method, `${files}/other.txt`, { destination, overwrite: "F" });
      expectRefusal(answer, 412, "PreconditionFailed");
    }
    await ask("MKCOL", `${uploads}/4`, { destination, "oc-total-length": "1" });
    await ask("PUT", `${uploads}/4/00001`, { destination }, "x");
    const guard = { if: `<${new URL(destination).pathname}> ([${stale}])` };
    expectRefusal(await ask("MOVE", `${uploads}/4/.file`, { destination, ...guard }), 412, "PreconditionFailed");
    expect((await ask("GET", `${files}/mine.txt`)).text).toBe("first");
  });

  test("423: locked by somebody else's program, for every way to change it", async () => {
    await ask("PUT", `${files}/locked.txt`, {}, "first");
    const body = `<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype></d:lockinfo>`;
    const lock = await ask("LOCK", `${files}/locked.txt`, { timeout: "Second-600" }, body);
    expect(lock.status).toBe(200);
    const destination = at("locked.txt");
    await ask("MKCOL", `${uploads}/5`, { "oc-total-length": "1" });
    await ask("PUT", `${uploads}/5/00001`, { "oc-chunk-offset": "0" }, "x");
    const tries: [string, string, Record<string, string>, string?][] = [
      ["PUT", `${files}/locked.txt`, {}, "second"],
      ["DELETE", `${files}/locked.txt`, {}],
      ["MOVE", `${files}/locked.txt`, { destination: at("moved.txt") }],
      ["COPY", `${files}/mine.txt`, { destination }],
      ["MKCOL", `${uploads}/7`, { destination, "oc-total-length": "1" }],
      ["MOVE", `${uploads}/5/.file`, { destination }],
    ];
    for (const [method, path, headers, text] of tries) {
      expectRefusal(await ask(method, path, headers, text), 423, "Locked");
    }
    const token = lock.headers.get("lock-token") ?? "";
    expect((await ask("UNLOCK", `${files}/locked.txt`, { "lock-token": token })).status).toBe(204);
    expect((await ask("GET", `${files}/locked.txt`)).text).toBe("first");
  });

  test("403, 404, 405 and 409 as clients know them", async () => {
    expectRefusal(await ask("PROPFIND", `${files}/`, { depth: "infinity" }), 403, "Forbidden");
    expectRefusal(await ask("GET", `${files}/nothing`), 404, "NotFound");
    expectRefusal(await ask("PROPFIND", "/remote.php/dav/files/alice/", { depth: "0" }), 404, "NotFound");
    await ask("MKCOL", `${files}/folder`);
    expectRefusal(await ask("MKCOL", `${files}/folder`), 405, "MethodNotAllowed");
    expectRefusal(await ask("PUT", `${files}/nowhere/a.txt`, {}, "x"), 409, "Conflict");
    expectRefusal(await ask("MOVE", `${files}/mine.txt`, { destination: at("nowhere/b.txt") }), 409, "Conflict");
  });

  test("503: the disk is not there, for reading and for writing, and no whole sync stops for it", async () => {
    const volume = join(hearth.dataDir, "volumes", "main");
    renameSync(volume, `${volume}.away`);
    mkdirSync(volume);
    try {
      for (const [method, path, headers, body] of [
        ["PROPFIND", `${files}/`, { depth: "1" }],
        ["GET", `${files}/mine.txt`, {}],
        ["PUT", `${files}/offline.txt`, {}, "x"],
        ["MKCOL", `${files}/offline`, {}],
        ["DELETE", `${files}/mine.txt`, {}],
        ["MOVE", `${files}/mine.txt`, { destination: at("m.txt") }],
        ["MKCOL", `${uploads}/6`, { destination: at("c.txt"), "oc-total-length": "1" }],
      ] as [string, string, Record<string, string>, string?][]) {
        const answer = await ask(method, path, headers, body);
        expectRefusal(answer, 503, "ServiceUnavailable");
        expect([method, answer.text]).toEqual([
          method,
          expect.stringContaining("Storage is temporarily not available"),
        ]);
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      }
    } finally {
      rmSync(volume, { recursive: true });
      renameSync(`${volume}.away`, volume);
    }
    const endMs = Date.now() + 20_000;
    while ((await ask("GET", `${files}/mine.txt`)).status !== 200 && Date.now() < endMs) await Bun.sleep(100);
    expect((await ask("GET", `${files}/mine.txt`)).text).toBe("first");
  }, 30_000);
});
