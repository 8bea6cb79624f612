import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rawHttp } from "#kit";
import { answerOf, type House, openHouse } from "./attacks/house.ts";
import { sendRaw } from "./hostile/raw.ts";
import { defectsIn } from "./support.ts";

let house: House;
let host = "";

const folder = mkdtempSync(join(tmpdir(), "hearth-attacks-"));

beforeAll(async () => {
  const config = join(folder, "hearth.yaml");
  writeFileSync(config, "services: { management: { certificates: { listen: '127.0.0.1:0' } } }\n");
  house = await openHouse({ args: ["--config", config] });
  host = new URL(house.url).host;
});
afterAll(async () => {
  const log = house.log();
  await house.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(defectsIn(log)).toEqual([]);
});

/** Ways to hide a request in another (RFC 9112 §11.2): each takes the hidden one, which would write a file as its owner. */
const shapes: Readonly<Record<string, (hidden: string) => string>> = {
  "length and chunks, the hidden one behind the last chunk": (s) =>
    post(`Content-Length: ${5 + s.length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${s}`),
  "length and chunks, the hidden one in a chunk": (s) =>
    post("Content-Length: 4\r\nTransfer-Encoding: chunked", chunk(s)),
  "chunks before length": (s) => post("Transfer-Encoding: chunked\r\nContent-Length: 4", `0\r\n\r\n${s}`),
  "a coding nobody knows": (s) => post("Transfer-Encoding: xchunked", s),
  "a coding nobody knows, and a length": (s) => post("Transfer-Encoding: xchunked\r\nContent-Length: 0", s),
  identity: (s) => post("Transfer-Encoding: identity", s),
  "chunked, then something else": (s) => post("Transfer-Encoding: chunked, identity", `0\r\n\r\n${s}`),
  "two codings": (s) => post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", `0\r\n\r\n${s}`),
  "a coding behind a space": (s) => post("Transfer-Encoding : chunked", `0\r\n\r\n${s}`),
  "a coding behind a control character": (s) => post("Transfer-Encoding: \u000bchunked", `0\r\n\r\n${s}`),
  "a coding behind a tab": (s) => post("Transfer-Encoding:\tchunked", chunk(s)),
  "a coding on a folded line": (s) => post("Transfer-Encoding:\r\n chunked", `0\r\n\r\n${s}`),
  "two lengths, the shorter first": (s) => post(`Content-Length: 0\r\nContent-Length: ${s.length}`, s),
  "two lengths, the longer first": (s) => post(`Content-Length: ${s.length}\r\nContent-Length: 0`, s),
  "a list of lengths": (s) => post(`Content-Length: 0, ${s.length}`, s),
  "a length with a sign": (s) => post("Content-Length: +0", s),
  "a negative length": (s) => post("Content-Length: -1", s),
  "a hexadecimal length": (s) => post(`Content-Length: 0x${s.length.toString(16)}`, s),
  "an empty length": (s) => post("Content-Length: ", s),
  "a length behind a space": (s) => post(`Content-Length : ${s.length}`, s),
  "a length with a tail": (s) => post(`Content-Length: ${s.length}abc`, s),
  "a length on a folded line": (s) => post(`X: y\r\n Content-Length: ${s.length}`, s),
  "a header behind a bare line feed": (s) => post(`X: y\nContent-Length: ${s.length}`, s),
  "a header behind a bare carriage return": (s) => post(`X: y\rContent-Length: ${s.length}`, s),
  "bare line feeds": (s) => `POST /healthz HTTP/1.1\nHost: ${host}\nContent-Length: ${s.length}\n\n${s}`,
  "headers that end in bare line feeds": (s) => `POST /healthz HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\n\n${s}`,
  "a zero byte in a header": (s) => post(`X: a\0b\r\nContent-Length: ${s.length}`, s),
  "a chunk extension with a line feed": (s) => post("Transfer-Encoding: chunked", `2;\nxx\r\n${chunk(s)}`),
  "a chunk extension without end": (s) => post("Transfer-Encoding: chunked", `0;${"a".repeat(50_000)}\r\n\r\n${s}`),
  "a chunk size of 65 bits": (s) => post("Transfer-Encoding: chunked", `10000000000000000\r\n${s}`),
  "a chunk size of 33 bits": (s) => post("Transfer-Encoding: chunked", `100000000\r\n${s}`),
  "a chunk size with 0x": (s) => post("Transfer-Encoding: chunked", `0x${s.length.toString(16)}\r\n${s}\r\n0\r\n\r\n`),
  "a negative chunk size": (s) => post("Transfer-Encoding: chunked", `-1\r\n${s}\r\n0\r\n\r\n`),
  "a last chunk with line feeds": (s) => post("Transfer-Encoding: chunked", `0\n\n${s}`),
  "a chunk longer than it said": (s) => post("Transfer-Encoding: chunked", `1\r\nxX\r\n0\r\n\r\n${s}`),
  "a trailer that begins it": (s) => post("Transfer-Encoding: chunked", `0\r\nX: y\r\n${s}`),
  "HTTP/1.0 with chunks": (s) =>
    `POST /healthz HTTP/1.0\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${s}`,
  "no host": (s) => `POST /healthz HTTP/1.1\r\nContent-Length: ${s.length}\r\n\r\n${s}`,
  "a line end in the request line": (s) => `GET /healthz\r\n${s} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  "a body of GET": (s) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${s.length}\r\n\r\n${s}`,
  "a body of HEAD": (s) => `HEAD /healthz HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${s.length}\r\n\r\n${s}`,
  "a body of OPTIONS": (s) => `OPTIONS /dav/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${s.length}\r\n\r\n${s}`,
  "a body that is refused unread": (s) =>
    `PUT /dav/home/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${s.length}\r\n\r\n${s}`,
  "chunks that are refused unread": (s) =>
    `PUT /dav/home/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(s)}`,
  "a body that was to wait": (s) =>
    `PUT /dav/home/x HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: ${s.length}\r\n\r\n${s}`,
  "an upgrade to WebSocket": (s) =>
    upgrade("websocket", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", s),
  "an upgrade to HTTP/2": (s) => upgrade("h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", s),
};

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const post = (headers: string, body: string) => `POST /healthz HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n\r\n${body}`;
const upgrade = (to: string, headers: string, body: string) =>
  `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\n${headers}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("a request hidden in another does not run", async () => {
  const before = await house.audited({ operation: "dav.put", outcome: "allowed" });
  const names = Object.keys(shapes);
  const ran: string[] = [];
  await Promise.all(
    Object.entries(shapes).map(async ([name, shape], index) => {
      const hidden = `PUT /dav/home/hidden-${index}.txt HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${house.authorization}\r\nContent-Length: 2\r\n\r\nhi`;
      const { text } = await sendRaw(house.url, shape(hidden), 700);
      // The hidden one would have made a file.
      if (/HTTP\/1\.1 201/.test(text)) ran.push(name);
    }),
  );
  expect(ran).toEqual([]);
  for (const [index, name] of names.entries()) {
    const { status } = await house.fetch(`/dav/home/hidden-${index}.txt`, { method: "HEAD" });
    expect(status === 404 ? "did not run" : name).toBe("did not run");
  }
  expect(await house.audited({ operation: "dav.put", outcome: "allowed" })).toBe(before);
  // What was a request of its own and was refused is in the log; what is none, the listener answers alone.
  expect(await house.audited({ operation: "dav.put", outcome: "refused", text: "/dav/home/x" })).toBeGreaterThanOrEqual(
    3,
  );
  expect((await fetch(`${house.url}/healthz`)).status).toBe(200);
}, 60_000);

/** Sends one request after the other on one connection, each when the one before is answered. */
function conversation(requests: readonly string[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const statuses: number[] = [];
    const socket = connect(Number(new URL(house.url).port), "127.0.0.1", () => socket.write(requests[0] ?? ""));
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer")));
    socket.on("error", reject);
    socket.on("data", (part) => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(part.toString("latin1"))?.[1];
      if (status === undefined) return;
      const next = requests[statuses.push(Number(status))];
      if (next !== undefined) return void socket.write(next);
      socket.destroy();
      resolve(statuses);
    });
  });
}

test("requests one after the other on a connection each carry their own rights", async () => {
  const put = (name: string, headers: string) =>
    `PUT /dav/home/${name} HTTP/1.1\r\nHost: ${host}\r\n${headers}Content-Length: 2\r\n\r\nhi`;
  const own = `Authorization: ${house.authorization}\r\n`;
  const statuses = await conversation([put("mine.txt", own), put("nobodys.txt", ""), put("mine2.txt", own)]);
  expect(statuses).toEqual([201, 401, 201]);
  expect((await house.fetch("/dav/home/nobodys.txt")).status).toBe(404);
  expect(await house.audited({ text: "nobodys.txt", outcome: "refused" })).toBe(1);
});

const body = '{"name":"alice","password":"correct horse battery"}';
const loginRaw = (target: string, headers: string) =>
  sendRaw(
    house.url,
    `POST ${target} HTTP/1.1\r\n${headers}User-Agent: host tricks\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    2000,
  );

test("a Host header that names two hosts, none, or something else than a host is refused, and is in the log", async () => {
  const hosts = [
    `Host: ${host}\r\nHost: evil.test`,
    `Host: evil.test\r\nHost: ${host}`,
    `Host: ${host}, evil.test`,
    "Host: ",
    `Host: ${host}@evil.test`,
    `Host: evil.test/${host}`,
    `Host: http://${host}`,
    `Host: ${host} evil.test`,
    "Host: evil.test?x",
    "Host: evil.test#x",
  ];
  for (const line of hosts) {
    for (const origin of [house.url, "http://evil.test"]) {
      const { status, text } = await loginRaw("/api/session.login", `${line}\r\nOrigin: ${origin}\r\n`);
      expect(`${line} ${status}`).toBe(`${line} 400`);
      expect(text.toLowerCase()).not.toContain("set-cookie");
    }
  }
  expect(await house.audited({ text: "host tricks", outcome: "refused" })).toBe(hosts.length * 2);
  const { status } = await loginRaw("/api/session.login", `Origin: ${house.url}\r\n`);
  expect(status).toBe(400);
});

test("no name from outside gets into an answer, a cookie or what counts as this site", async () => {
  const { text: absolute } = await loginRaw(
    "https://evil.test/api/session.login",
    `Host: ${host}\r\nOrigin: ${house.url}\r\n`,
  );
  // Still a connection without TLS: the cookie is that of one.
  expect(absolute).toMatch(/set-cookie: hearth=/i);
  expect(absolute).not.toMatch(/evil/);
  const foreign = await loginRaw(
    "https://evil.test/api/session.login",
    `Host: ${host}\r\nOrigin: https://evil.test\r\n`,
  );
  expect(foreign.status).toBe(403);
  const { text: listing } = await sendRaw(
    house.url,
    `PROPFIND /dav/home/ HTTP/1.1\r\nHost: evil.test\r\nAuthorization: ${house.authorization}\r\nDepth: 1\r\nConnection: close\r\n\r\n`,
  );
  expect(listing).toMatch(/^HTTP\/1\.1 207/);
  expect(listing).not.toContain("evil");
  const upload = await sendRaw(
    house.url,
    `POST /api/uploads HTTP/1.1\r\nHost: evil.test\r\nAuthorization: ${house.authorization}\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 5\r\nUpload-Metadata: parentId ${Buffer.from(String(house.homeId)).toString("base64")},path ${Buffer.from("up.txt").toString("base64")}\r\nConnection: close\r\n\r\n`,
  );
  expect(upload.text).not.toContain("evil");
});

test("headers that only a front may set say nothing: not the address, not TLS, not a certificate", async () => {
  const forged: readonly (readonly [string, string])[] = [
    ["X-Forwarded-For", "203.0.113.9"],
    ["X-Real-IP", "203.0.113.9"],
    ["Forwarded", 'for="203.0.113.9";proto=https;host=evil.test'],
    ["X-Forwarded-Proto", "https"],
    ["X-Forwarded-Host", "evil.test"],
    ["X-Forwarded-User", "alice"],
    ["Remote-User", "alice"],
    ["X-Remote-User", "alice"],
    ["X-SSL-Client-Verify", "SUCCESS"],
    ["X-SSL-Client-S-DN", "CN=alice"],
    ["X-SSL-Client-Cert", "-----BEGIN CERTIFICATE-----"],
    ["X-SSL-Client-Fingerprint", "a".repeat(64)],
    ["SSL-Client-Cert", "x"],
    ["X-Client-Cert", "x"],
    ["X-Client-Certificate", "x"],
    ["X-ARR-ClientCert", "x"],
    ["X-Forwarded-Client-Cert", `Hash=${"a".repeat(64)};Subject="CN=alice"`],
    ["Client-Cert", ":MIIB:"],
    ["X-Hearth-Certificate", "a".repeat(64)],
    ["X-Original-URL", "/api/people.list"],
    ["X-Rewrite-URL", "/api/people.list"],
    ["X-HTTP-Method-Override", "DELETE"],
  ];
  for (const headers of [...forged.map((one) => [one]), forged]) {
    const reply = await rawHttp(house.url, {
      method: "POST",
      target: "/api/people.list",
      headers: [...headers, ["User-Agent", "forged headers"]],
      body: "{}",
      from: "127.0.5.1",
    });
    expect(reply.status).toBe(401);
  }
  const entries = await house.audit({ text: "forged headers" });
  expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(forged.length + 1);
  expect(new Set(entries.map(({ address, who }) => `${address} ${who.kind} ${who.name}`))).toEqual(
    new Set(["127.0.5.1 visitor "]),
  );
  const status = await house.as(
    { ...Object.fromEntries(forged), cookie: house.cookie, origin: house.url },
    "certificates.status",
  );
  expect((await status.json()) as object).toMatchObject({ connection: null });
  const login = await rawHttp(house.url, {
    method: "POST",
    target: "/api/session.login",
    headers: [...forged, ["Origin", house.url]],
    body,
  });
  expect(login.headers.get("set-cookie")).not.toContain("Secure");
  // Another address in a header does not make the waiting shorter.
  for (let i = 0; i < 12; i++) {
    await rawHttp(house.url, {
      method: "POST",
      target: "/api/session.login",
      headers: [
        ["X-Forwarded-For", `203.0.113.${i}`],
        ["Origin", house.url],
      ],
      body: '{"name":"alice","password":"wrong"}',
      from: "127.0.5.2",
    });
  }
  expect((await house.login("alice", "wrong", "127.0.5.2")).status).toBe(429);
}, 60_000);

test("a certificate that is required is not had by saying so", async () => {
  const ben = await house.add("ben");
  const headers = { authorization: ben.authorization, depth: "0" };
  expect((await fetch(`${house.url}/dav/home/`, { method: "PROPFIND", headers })).status).toBe(207);
  await answerOf(house.page(house, "certificates.createAuthority"));
  await answerOf(house.page(house, "certificates.setPolicy", { rules: [{ personId: ben.id, scope: "dav" }] }));
  for (const name of [
    "X-SSL-Client-Fingerprint",
    "X-Client-Cert",
    "X-ARR-ClientCert",
    "X-Forwarded-Client-Cert",
    "Client-Cert",
  ]) {
    const reply = await rawHttp(house.url, {
      method: "PROPFIND",
      target: "/dav/home/",
      headers: [
        ["Authorization", ben.authorization],
        ["Depth", "0"],
        [name, "a".repeat(64)],
        ["X-SSL-Client-Verify", "SUCCESS"],
      ],
    });
    expect(`${name} ${reply.status}`).toMatch(/ 40[13]$/);
  }
  expect(await house.audited({ operation: "dav.propfind", userId: ben.id, outcome: "refused" })).toBe(5);
});
