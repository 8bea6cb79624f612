import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { basic, type RunningHearth, startHearth } from "#kit";

const dataDir = mkdtempSync(join(tmpdir(), "hearth-chunks-"));
let hearth: RunningHearth;
const files = "/remote.php/dav/files/alice";
const uploads = "/remote.php/dav/uploads/alice";

beforeAll(async () => {
  hearth = await startHearth({ dataDir });
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const content = Array.from({ length: 40 }, (_, index) => `line ${index} of the file that is sent in chunks\n`).join("");
const chunkLength = 500;
const parts = Array.from({ length: Math.ceil(content.length / chunkLength) }, (_, index) => ({
  index,
  offset: index * chunkLength,
  text: content.slice(index * chunkLength, (index + 1) * chunkLength),
}));
const total = { "oc-total-length": String(content.length) };
const sha1 = `SHA1:${new Bun.CryptoHasher("sha1").update(content).digest("hex")}`;

const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
  const response = await hearth.fetch(path, { method, headers, body: body ?? null });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const read = async (name: string) => (await ask("GET", `${files}/${name}`)).text;
const finish = (id: string, name: string, headers: Record<string, string> = {}) =>
  ask("MOVE", `${uploads}/${id}/.file`, { destination: `${hearth.url}${files}/${name}`, ...headers });

describe("each client's way", () => {
  test("desktop 3.7: a number, sixteen digits from zero, offsets, no destination before the end", async () => {
    expect((await ask("MKCOL", `${uploads}/4711`, total)).status).toBe(201);
    for (const { index, offset, text } of parts) {
      const name = String(index).padStart(16, "0");
      const put = await ask("PUT", `${uploads}/4711/${name}`, { "oc-chunk-offset": String(offset) }, text);
      expect(put.status).toBe(201);
    }
    const done = await finish("4711", "d37.txt", { ...total, "oc-checksum": sha1, "x-oc-mtime": "1600000000" });
    expect(done.status).toBe(201);
    expect(done.headers.get("oc-fileid")).toMatch(/^\d{8,}[a-z]/);
    expect(done.headers.get("oc-etag")).toBe(done.headers.get("etag"));
    expect(done.headers.get("x-oc-mtime")).toBe("accepted");
    expect(await read("d37.txt")).toBe(content);
    const listed = await ask("PROPFIND", `${files}/d37.txt`, { depth: "0" });
    expect(listed.text).toContain("Sun, 13 Sep 2020 12:26:40 GMT");
  });

  test("desktop 3.10 and later: five digits from one, the destination from the start, several chunks at once", async () => {
    const destination = `${hearth.url}${files}/d310.txt`;
    expect((await ask("MKCOL", `${uploads}/99`, { ...total, destination })).status).toBe(201);
    const puts = parts.toReversed().map(({ index, offset, text }) => {
      const headers = { destination, "oc-chunk-offset": String(offset), ...total };
      return ask("PUT", `${uploads}/99/${String(index + 1).padStart(5, "0")}`, headers, text);
    });
    for (const put of await Promise.all(puts)) expect(put.status).toBe(201);
    expect((await finish("99", "d310.txt", { ...total, "oc-checksum": sha1 })).status).toBe(201);
    expect(await read("d310.txt")).toBe(content);
  });

  test("Android: MKCOL that may be there already, a listing to go on from, six digits from one", async () => {
    const id = "5d41402abc4b2a76b9719d911017c592";
    const destination = `${hearth.url}${files}/android.txt`;
    expect((await ask("MKCOL", `${uploads}/${id}`, { destination })).status).toBe(201);
    const put = ({ index, text }: (typeof parts)[number]) =>
      ask("PUT", `${uploads}/${id}/${String(index + 1).padStart(6, "0")}`, { destination }, text);
    for (const part of parts.slice(0, 2)) expect((await put(part)).status).toBe(201);
    // The app was ended and begins again.
    expect((await ask("MKCOL", `${uploads}/${id}`, { destination })).status).toBe(405);
    const listing = await ask("PROPFIND", `${uploads}/${id}/`, { depth: "1" });
    expect(listing.status).toBe(207);
    const sizes = [...listing.text.matchAll(/<d:getcontentlength>(\d+)</g)].map(([, size]) => Number(size));
    expect(sizes).toEqual([chunkLength, chunkLength]);
    for (const part of parts.slice(2)) expect((await put(part)).status).toBe(201);
    expect((await finish(id, "android.txt", { "x-oc-mtime": "1600000000" })).status).toBe(201);
    expect(await read("android.txt")).toBe(content);
    // The same file once more has the same id.
    expect((await ask("MKCOL", `${uploads}/${id}`, { destination })).status).toBe(201);
  });

  test("iOS: asks first, numbers without zeros in front, the etag it replaces", async () => {
    const id = "0E6C1B3A-6E0A-4E7F";
    const destination = `${hearth.url}${files}/ios.mov`;
    await ask("PUT", `${files}/ios.mov`, {}, "earlier");
    const { headers } = await ask("HEAD", `${files}/ios.mov`);
    expect((await ask("PROPFIND", `${uploads}/${id}`, { depth: "0" })).status).toBe(404);
    expect((await ask("MKCOL", `${uploads}/${id}`, { ...total, destination })).status).toBe(201);
    for (let index = 0; index < parts.length; index += 1) {
      const text = parts[index]?.text ?? "";
      const put = await ask("PUT", `${uploads}/${id}/${index + 1}`, { ...total, destination }, text);
      expect(put.status).toBe(201);
    }
    const listing = await ask("PROPFIND", `${uploads}/${id}`, { depth: "1" });
    const names = [...listing.text.matchAll(/\/(\d+)<\/d:href>/g)].map(([, name]) => name);
    expect(names).toEqual(parts.map(({ index }) => String(index + 1)));
    const options = { ...total, overwrite: "T", "if-match": headers.get("etag") ?? "" };
    expect((await finish(id, "ios.mov", options)).status).toBe(204);
    expect(await read("ios.mov")).toBe(content);
  });

  test("rclone: clears the folder first, and the names say where each chunk lies", async () => {
    const id = "rclone-chunked-upload-5d41402abc4b2a76b9719d911017c592";
    expect((await ask("DELETE", `${uploads}/${id}`)).status).toBe(404);
    expect((await ask("MKCOL", `${uploads}/${id}`)).status).toBe(201);
    const digits = (value: number) => String(value).padStart(15, "0");
    for (const { offset, text } of parts) {
      const name = `${digits(offset)}-${digits(offset + text.length)}`;
      expect((await ask("PUT", `${uploads}/${id}/${name}`, {}, text)).status).toBe(201);
    }
    expect((await finish(id, "rclone.txt", total)).status).toBe(201);
    expect((await finish(id, "rclone.txt", total)).status).toBe(201);
    expect(await read("rclone.txt")).toBe(content);
  });
});

describe("what can go wrong", () => {
  const open = async (id: string) => {
    expect((await ask("MKCOL", `${uploads}/${id}`, total)).status).toBe(201);
  };
  const put = (id: string, { index, offset, text }: (typeof parts)[number]) =>
    ask("PUT", `${uploads}/${id}/${index}`, { "oc-chunk-offset": String(offset) }, text);

  test("a missing chunk, a wrong length and a wrong sum leave nothing at the destination, and can be mended", async () => {
    await open("11");
    for (const part of parts) if (part.index !== 1) await put("11", part);
    expect((await finish("11", "mended.txt", total)).status).toBe(400);
    await put("11", parts[1] as (typeof parts)[number]);
    expect((await finish("11", "mended.txt", { "oc-total-length": "5" })).status).toBe(400);
    const wrongSum = `SHA1:${"0".repeat(40)}`;
    expect((await finish("11", "mended.txt", { ...total, "oc-checksum": wrongSum })).status).toBe(400);
    expect((await ask("GET", `${files}/mended.txt`)).status).toBe(404);
    expect((await finish("11", "mended.txt", { ...total, "oc-checksum": sha1 })).status).toBe(201);
    expect(await read("mended.txt")).toBe(content);
  });

  test("a chunk sent again replaces itself; one that was deleted is missing", async () => {
    await open("12");
    await ask("PUT", `${uploads}/12/0`, { "oc-chunk-offset": "0" }, "x".repeat(chunkLength + 100));
    for (const part of parts) await put("12", part);
    expect((await ask("DELETE", `${uploads}/12/2`)).status).toBe(204);
    expect((await finish("12", "again.txt", total)).status).toBe(400);
    await put("12", parts[2] as (typeof parts)[number]);
    expect((await finish("12", "again.txt", { ...total, "oc-checksum": sha1 })).status).toBe(201);
  });

  test("a file that changed meanwhile is not overwritten", async () => {
    const { headers } = await ask("PUT", `${files}/guarded.txt`, {}, "first");
    await open("13");
    for (const part of parts) await put("13", part);
    await ask("PUT", `${files}/guarded.txt`, {}, "changed meanwhile");
    const guard = { if: `<${files}/guarded.txt> ([${headers.get("etag")}])` };
    expect((await finish("13", "guarded.txt", guard)).status).toBe(412);
    expect(await read("guarded.txt")).toBe("changed meanwhile");
    const { headers: now } = await ask("HEAD", `${files}/guarded.txt`);
    const current = { if: `<${files}/guarded.txt> ([${now.get("etag")}])` };
    expect((await finish("13", "guarded.txt", current)).status).toBe(204);
  });

  test("nothing is kept of an upload that was taken back, and strange requests are refused", async () => {
    await open("14");
    await put("14", parts[0] as (typeof parts)[number]);
    expect((await ask("DELETE", `${uploads}/14`)).status).toBe(204);
    expect((await ask("PUT", `${uploads}/14/1`, {}, "x")).status).toBe(404);
    expect((await finish("14", "never.txt")).status).toBe(404);
    await open("15");
    expect((await ask("PUT", `${uploads}/15/not-a-number`, {}, "x")).status).toBe(400);
    expect((await ask("PUT", `${uploads}/15/1`, { "oc-chunk-offset": "-5" }, "x")).status).toBe(400);
    expect((await ask("MKCOL", "/remote.php/dav/uploads/bob/1")).status).toBe(404);
    const elsewhere = { destination: "http://other.example/remote.php/dav/files/alice/x" };
    expect((await ask("MOVE", `${uploads}/15/.file`, elsewhere)).status).toBe(502);
    await ask("DELETE", `${uploads}/15`);
    const stored = join(dataDir, "volumes", "main", ".hearth", "uploads");
    expect(existsSync(stored)).toBe(true);
  });

  test("a password for reading sends no chunk and ends no upload", async () => {
    await open("17");
    const made = await fetch(`${hearth.url}/api/appPassword.create`, {
      method: "POST",
      headers: { cookie: hearth.cookie, origin: hearth.url, "content-type": "application/json" },
      body: JSON.stringify({ label: "reader", scope: "files:read" }),
    });
    const { secret } = (await made.json()) as { secret: string };
    const reader = { authorization: basic("alice", secret) };
    expect((await ask("PUT", `${uploads}/17/1`, reader, "x")).status).toBe(403);
    expect((await ask("DELETE", `${uploads}/17`, reader)).status).toBe(403);
    expect((await ask("MKCOL", `${uploads}/18`, reader)).status).toBe(403);
    expect((await ask("PROPFIND", `${uploads}/17`, reader)).status).toBe(207);
    expect((await ask("DELETE", `${uploads}/17`)).status).toBe(204);
  });

  test("the oldest form of chunks is refused rather than taken for a file, and the log has the file once", async () => {
    const old = await ask("PUT", `${files}/old.txt-chunking-123-2-0`, { "oc-chunked": "1" }, "x");
    expect(old.status).toBe(400);
    const found = await fetch(`${hearth.url}/api/audit.search`, {
      method: "POST",
      headers: { cookie: hearth.cookie, origin: hearth.url, "content-type": "application/json" },
      body: JSON.stringify({ text: "d37.txt" }),
    });
    const text = await found.text();
    expect([found.status, text.match(/"dav\.move"/g)?.length, text.match(/"dav\.put"/g)]).toEqual([200, 1, null]);
  });

  test("goes on after the server was killed", async () => {
    await open("16");
    for (const part of parts.slice(0, 3)) await put("16", part);
    const { port } = new URL(hearth.url);
    const before = hearth;
    await hearth.kill();
    hearth = await startHearth({ dataDir, args: ["--listen", `127.0.0.1:${port}`] });
    expect(hearth.url).toBe(before.url);
    const listing = await ask("PROPFIND", `${uploads}/16/`, { depth: "1" });
    expect(listing.text.match(/<d:getcontentlength>/g)).toHaveLength(3);
    for (const part of parts.slice(3)) await put("16", part);
    expect((await finish("16", "after.txt", { ...total, "oc-checksum": sha1 })).status).toBe(201);
    expect(await read("after.txt")).toBe(content);
    const left = readdirSync(join(dataDir, "volumes", "main", ".hearth", "uploads"));
    expect(left.length).toBeLessThanOrEqual(1);
  });
});
