import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";
import { attachment, safeContentType } from "./content-headers.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

test("bytes with ranges, etag and conditions", async () => {
  const { id } = cloud.plant("anna", "f.txt", "0123456789");
  const path = `/api/files/content/${id}`;
  const whole = await cloud.fetchAs("anna", path);
  expect(await whole.text()).toBe("0123456789");
  const etag = whole.headers.get("etag") ?? "";
  expect(etag).toMatch(/^".+"$/);
  const part = await cloud.fetchAs("anna", path, { headers: { range: "bytes=2-4" } });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 2-4/10", "234"]);
  expect((await cloud.fetchAs("anna", path, { headers: { range: "bytes=10-" } })).status).toBe(416);
  expect((await cloud.fetchAs("anna", path, { headers: { "if-none-match": etag } })).status).toBe(304);
  const head = await cloud.fetchAs("anna", path, { method: "HEAD" });
  expect([head.headers.get("content-length"), await head.text()]).toEqual(["10", ""]);
  expect((await cloud.fetchAs("anna", path, { method: "DELETE" })).status).toBe(405);
  for (const bad of ["", "x", "0", "-1", "1/2", "99999999999999999999", "%00", String(cloud.homeOf("anna").rootId)]) {
    const { status } = await cloud.fetchAs("anna", `/api/files/content/${bad}`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  }
});

test("content of strangers never runs as a page or script of this site", async () => {
  const page = cloud.plant("anna", "evil.html", "<script>alert(1)</script>");
  const response = await cloud.fetchAs("anna", `/api/files/content/${page.id}`);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("content-security-policy")).toContain("sandbox;");
  const active = /html|xml(?!.*svg)|javascript|ecmascript|css|wasm|x-shockwave|java-archive/;
  const extension = fc.oneof(
    fc.constantFrom(
      "html",
      "HTM",
      "xhtml",
      "js",
      "mjs",
      "cjs",
      "css",
      "xml",
      "xsl",
      "xht",
      "svg",
      "mhtml",
      "shtml",
      "swf",
      "jar",
      "hta",
      "wasm",
      "rdf",
      "atom",
      "json",
    ),
    fc.string({ minLength: 1, maxLength: 5, unit: "grapheme-ascii" }),
  );
  fc.assert(
    fc.property(extension, (ext) => {
      const type = safeContentType(`file.${ext}`);
      if (type !== "image/svg+xml") expect(type).not.toMatch(active);
    }),
    { numRuns: 500 },
  );
  expect(safeContentType("a.jpg")).toBe("image/jpeg");
  expect(safeContentType("a.mp4")).toBe("video/mp4");
  expect(safeContentType("a.pdf")).toBe("application/pdf");
  expect(safeContentType("a.md")).toBe("text/plain; charset=utf-8");
});

test("a download keeps its name, whatever it is", async () => {
  const { id } = cloud.plant("anna", 'Übersicht "50 %" – 日本.pdf', "x");
  const response = await cloud.fetchAs("anna", `/api/files/content/${id}?download=1`);
  const header = response.headers.get("content-disposition") ?? "";
  expect(header).toStartWith("attachment; filename=");
  const encoded = /filename\*=UTF-8''(\S+)$/.exec(header)?.[1] ?? "";
  expect(decodeURIComponent(encoded)).toBe('Übersicht "50 %" – 日本.pdf');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 1, maxLength: 60 }), (codes) => {
      const name = String.fromCharCode(...codes);
      const value = attachment(name);
      expect(value).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*$/);
      expect(new Headers({ "content-disposition": value }).get("content-disposition")).toBe(value);
      expect(decodeURIComponent(/''(.*)$/.exec(value)?.[1] ?? "")).toBe(name.toWellFormed());
    }),
    { numRuns: 200 },
  );
});
