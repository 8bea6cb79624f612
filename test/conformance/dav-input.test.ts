import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { rawHttp, type RawRequest, type RunningHearth, startHearth } from "#kit";

let dir: string;
let hearth: RunningHearth;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hearth-input-"));
  // Stands outside of every space: nothing a client sends may reach it.
  writeFileSync(join(dir, "outside.txt"), "outside");
  hearth = await startHearth({ dataDir: join(dir, "data") });
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

const methods = [
  "GET",
  "HEAD",
  "PUT",
  "DELETE",
  "MKCOL",
  "COPY",
  "MOVE",
  "PROPFIND",
  "PROPPATCH",
  "LOCK",
  "UNLOCK",
  "OPTIONS",
];

const piece = fc.oneof(
  fc.constantFrom(
    ..."/ // . .. %2e%2e ..%2f %2F %5c \\ %00 %0d%0a %ff %c3%28 %e2%80%ae %zz % ? # & < > \" ' ; : ~ home spaces a".split(
      " ",
    ),
  ),
  fc.constantFrom(
    "a".repeat(255),
    "n".repeat(256),
    "CON",
    "aux.txt",
    ".hearth",
    "e%CC%81",
    "%C3%A9",
    "%F0%9F%98%80",
    "..;",
    "a.",
  ),
  fc.string({ maxLength: 8 }).map((text) => encodeURIComponent(text.toWellFormed())),
);
const path = fc
  .array(piece, { maxLength: 8 })
  .map((pieces) => `/dav/home/${pieces.join("")}`.replaceAll(/[^!-~]/g, ""));

const value = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "1",
    "-1",
    "infinity",
    "Infinite",
    "T",
    "F",
    "*",
    '"',
    '""',
    'W/"x"',
    "bytes=0-",
    "bytes=-1",
    "bytes=9-1",
  ),
  fc.constantFrom(
    "(<a>)",
    "</dav/home/> (<a>)",
    "(Not <DAV:no-lock>)",
    "(Not",
    "<opaquelocktoken:x>",
    "Second-1",
    "Second-99999999999999999999",
  ),
  fc.constantFrom(
    "9".repeat(40),
    "1e9",
    "NaN",
    "-5.5",
    "SHA1:zz",
    "Thu, 99 Foo 0000",
    "http://[::1",
    "/dav/home/%00",
    "é",
    "\u00ff\u0080",
  ),
  path,
  fc.stringMatching(/^[ -~]{0,20}$/),
);
const headerNames = [
  ..."Depth Destination Overwrite If If-Match If-None-Match If-Modified-Since If-Unmodified-Since If-Range Range Timeout Lock-Token".split(
    " ",
  ),
  ..."X-OC-Mtime OC-Checksum Content-MD5 Content-Type Content-Range X-Expected-Entity-Length Translate Cookie".split(
    " ",
  ),
];
const header = fc.tuple(fc.constantFrom(...headerNames), value);

const xmlPiece = fc.constantFrom(
  ..."<propfind xmlns='DAV:'> </propfind> <prop> </prop> <allprop/> <propname/> <getetag/> <set> </set> <remove>".split(
    " ",
  ),
  `<propertyupdate xmlns="DAV:">`,
  "</propertyupdate>",
  `<lockinfo xmlns="DAV:">`,
  "</lockinfo>",
  "<lockscope><exclusive/></lockscope>",
  "<locktype><write/></locktype>",
  "<owner>",
  "</owner>",
  "<lastmodified>x</lastmodified>",
  "<!DOCTYPE a>",
  "<![CDATA[",
  "]]>",
  "&amp;",
  "&x;",
  "<!--",
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.array(xmlPiece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  fc.uint8Array({ maxLength: 60 }),
  fc.constantFrom("<a>".repeat(10_000), `<a b${" c='1'".repeat(3000)}/>`),
);

async function send(request: RawRequest): Promise<number> {
  const headers = [["Authorization", hearth.authorization] as const, ...(request.headers ?? [])];
  return (await rawHttp(hearth.url, { ...request, headers })).status;
}

test("whatever is sent gets an answer that is no server error, and nothing outside a space is touched", async () => {
  const request = fc.record({
    method: fc.constantFrom(...methods),
    target: path,
    headers: fc.array(header, { maxLength: 5 }),
    body,
  });
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const status = await send(sent);
      // 502 says that the Destination is another server, 505 and 0 that this is no HTTP: both come before any act.
      expect([502, 505, 507].includes(status) || status < 500, JSON.stringify({ sent, status })).toBe(true);
    }),
    { numRuns: 1500 },
  );
  expect(hearth.log()).not.toContain(`"level":"error"`);
  expect(readdirSync(dir).toSorted()).toEqual(["data", "outside.txt"]);
  expect(await send({ method: "PROPFIND", target: "/dav/home/", headers: [["Depth", "1"]] })).toBe(207);
}, 120_000);

test("a path never leaves the space", async () => {
  const climbs = ["../", "%2e%2e/", "%2e%2e%2f", "..%2f", ".%2e/", "..\\", "..%5c", "%252e%252e/", "..;/", "....//"];
  for (const climb of climbs) {
    for (let count = 1; count <= 6; count += 1) {
      const target = `/dav/home/${climb.repeat(count)}outside.txt`;
      expect(await send({ method: "PUT", target, body: "in" }), target).toBeLessThan(500);
      const reply = await rawHttp(hearth.url, {
        method: "GET",
        target,
        headers: [["Authorization", hearth.authorization]],
      });
      expect(reply.body, target).not.toBe("outside");
    }
  }
  expect(readdirSync(dir).toSorted()).toEqual(["data", "outside.txt"]);
  expect(existsSync(join(hearth.dataDir, "outside.txt"))).toBe(false);
});

test("a body that ends early leaves nothing", async () => {
  const aborted = (name: string, lines: string[], part: string) =>
    new Promise<void>((resolve, reject) => {
      const { hostname, port, host } = new URL(hearth.url);
      void Bun.connect({
        hostname,
        port: Number(port),
        socket: {
          open: (socket) => {
            const head = [
              `PUT /dav/home/${name} HTTP/1.1`,
              `Host: ${host}`,
              `Authorization: ${hearth.authorization}`,
              ...lines,
            ];
            socket.write(`${head.join("\r\n")}\r\n\r\n${part}`);
            setTimeout(() => socket.terminate(), 50);
          },
          data: () => undefined,
          close: () => resolve(),
          error: (_socket, error) => reject(error),
        },
      });
    });
  await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      await aborted(`cut-${index}`, ["Content-Length: 1000000"], "x".repeat(5000));
      await aborted(`cut-chunked-${index}`, ["Transfer-Encoding: chunked"], `1388\r\n${"x".repeat(5000)}\r\n`);
    }),
  );
  const listing = await hearth.fetch("/dav/home/", { method: "PROPFIND", headers: { depth: "1" } });
  expect(await listing.text()).not.toContain("cut-");
  // A client that goes away is no fault of the server.
  expect(hearth.log()).not.toContain(`"level":"error"`);
});
