// needs: openssl, curl, ss
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Route } from "#platform/http";
import { type CertificateHouse, openHouse } from "./certificates-support.ts";

const mebibyte = 1024 * 1024;
let house: CertificateHouse;
let pulled = 0;
let aborted = 0;

/** Sends as much as is asked for, no faster than it is read. */
const source: Route["handle"] = (request) => {
  const sizeBytes = Number(new URL(request.url).searchParams.get("size"));
  let left = sizeBytes;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = new Uint8Array(Math.min(left, 64 * 1024)).fill(7);
        left -= chunk.byteLength;
        pulled += chunk.byteLength;
        controller.enqueue(chunk);
        if (left === 0) controller.close();
      },
      cancel: () => void (aborted += 1),
    },
    { highWaterMark: 0 },
  );
  return new Response(body);
};

const sink: Route["handle"] = async (request) => {
  const hash = new Bun.CryptoHasher("sha256");
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return Response.json({ sizeBytes, sha256: hash.digest("hex") });
};

const events: Route["handle"] = (_request, context) => {
  context.setIdleTimeout(0);
  let timer: ReturnType<typeof setInterval>;
  const body = new ReadableStream({
    start: (controller) => {
      timer = setInterval(() => controller.enqueue("event: tick\ndata: {}\n\n"), 20);
    },
    cancel: () => {
      clearInterval(timer);
      aborted += 1;
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
};

beforeAll(async () => {
  house = await openHouse([
    { prefix: "/source", handle: source },
    { prefix: "/sink", handle: sink },
    { prefix: "/events", handle: events },
  ]);
  await house.addDevice("anna", "laptop");
});
afterAll(() => house.close());

async function until(is: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !is(); i++) await Bun.sleep(25);
  expect(is()).toBe(true);
}

const url = (path: string): string => `https://localhost:${house.port()}${path}`;
const curl = (...argv: string[]) =>
  house.run(
    "curl",
    "-sS",
    "--max-time",
    "15",
    "--cacert",
    "root.crt",
    "--cert",
    "laptop.crt",
    "--key",
    "laptop.key",
    ...argv,
  );

async function openTls(): Promise<TLSSocket> {
  const keys = {
    ca: await house.read("root.crt"),
    cert: await house.read("laptop.crt"),
    key: await house.read("laptop.key"),
  };
  const socket = connectTls({ ...keys, host: "127.0.0.1", port: house.port(), servername: "localhost" });
  socket.on("error", () => undefined);
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  return socket;
}

test("an upload with 100-continue arrives whole", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const whole = Buffer.concat(Array.from({ length: 512 }, () => bytes));
  house.save("upload.bin", whole);
  const { out } = await curl("-v", "-T", "upload.bin", "-H", "Expect: 100-continue", url("/sink"));
  expect(out).toContain("100 Continue");
  expect(out).toContain(`{"sizeBytes":${whole.byteLength},"sha256":"${Bun.SHA256.hash(whole, "hex")}"}`);
});

test("a download arrives whole, and one that was broken off ends its source", async () => {
  const { code, out } = await curl("-o", "down.bin", "-w", "%{size_download}", url(`/source?size=${48 * mebibyte}`));
  expect([code, out]).toEqual([0, String(48 * mebibyte)]);
  const before = aborted;
  await curl(
    "-o",
    "part.bin",
    "--max-filesize",
    "100",
    "-r",
    "0-99",
    "--max-time",
    "1",
    "--limit-rate",
    "1k",
    url(`/source?size=${400 * mebibyte}`),
  );
  await until(() => aborted > before);
});

test("a client that does not read holds the source back", async () => {
  pulled = 0;
  const socket = await openTls();
  socket.pause();
  socket.write(`GET /source?size=${2000 * mebibyte} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await Bun.sleep(600);
  const early = pulled;
  await Bun.sleep(400);
  expect(pulled).toBe(early);
  expect(early).toBeLessThan(64 * mebibyte);
  socket.destroy();
});

test("events arrive as they happen, and end when the certificate is revoked", async () => {
  const device = await house.addDevice("anna", "phone");
  const keys = {
    ca: await house.read("root.crt"),
    cert: await house.read("phone.crt"),
    key: await house.read("phone.key"),
  };
  const reply = await fetch(url("/events"), { tls: keys });
  const reader = reply.body?.getReader();
  const first = await reader?.read();
  expect(Buffer.from(first?.value ?? []).toString()).toContain("event: tick");
  const before = aborted;
  await house.call("anna", "certificates.revoke", { deviceId: device.id });
  const end = async () => {
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) return "ended";
    }
  };
  expect(await end().catch(() => "ended")).toBe("ended");
  await until(() => aborted > before);
});

test("a client that begins and then says nothing is let go", async () => {
  const silent = connect({ host: "127.0.0.1", port: house.port() });
  silent.on("error", () => undefined);
  const patient = await openTls();
  await new Promise((resolve) => silent.once("close", resolve));
  expect(patient.destroyed).toBe(false);
  patient.destroy();
});

test("what speaks no TLS, or breaks off half-way, harms nobody", async () => {
  const rude = connect({ host: "127.0.0.1", port: house.port() });
  rude.on("error", () => undefined);
  rude.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await new Promise((resolve) => rude.once("close", resolve));
  for (let i = 0; i < 20; i++) {
    const socket = await openTls();
    socket.write("PUT /sink HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nhalf");
    socket.destroy();
  }
  expect((await curl(url("/who"))).out).toContain('"fingerprint":"');
});

test("no form of a request makes a connection look like plain HTTP or like somebody else's", async () => {
  const shapes = [
    "GET http://evil.example/who HTTP/1.1\r\nHost: localhost\r\n",
    "GET /who HTTP/1.1\r\nHost: http://evil.example\r\n",
    "GET /who HTTP/1.1\r\nHost: localhost:1/who?http:\r\nX-Forwarded-Proto: http\r\n",
    "GET //who/../who HTTP/1.1\r\nHost: localhost\r\n",
  ];
  for (const shape of shapes) {
    const socket = await openTls();
    let text = "";
    socket.on("data", (data) => (text += String(data)));
    socket.write(`${shape}Connection: close\r\n\r\n`);
    await new Promise((resolve) => socket.once("close", resolve));
    expect(text).toStartWith("HTTP/1.1 ");
    if (text.includes('"scheme"')) expect(text).toContain('"scheme":"https:"');
  }
});

test("a request smuggled behind another is refused, or is the same client's own", async () => {
  const fingerprint = (await curl(url("/who"))).out;
  for (const framing of [
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\nContent-Length: 50\r\n",
  ]) {
    const socket = await openTls();
    let text = "";
    socket.on("data", (data) => (text += String(data)));
    socket.write(
      `POST /sink HTTP/1.1\r\nHost: localhost\r\n${framing}\r\n0\r\n\r\nGET /who HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    await Bun.sleep(200);
    socket.destroy();
    for (const [answer] of text.matchAll(/\{"address".*\}/g)) expect(answer).toBe(fingerprint);
    expect(text).toMatch(/^HTTP\/1\.1 (400|200)/);
  }
});

test("the server inside answers nobody but the listener", async () => {
  const { out } = await house.run("ss", "-Hltnp");
  const ours = [...out.matchAll(/127\.0\.0\.1:(\d+).*pid=(\d+)/g)].filter(([, , pid]) => Number(pid) === process.pid);
  const inner = ours.map(([, port]) => Number(port)).filter((port) => port !== house.port());
  expect(inner.length).toBeGreaterThan(0);
  for (const port of inner) {
    const reply = await fetch(`http://127.0.0.1:${port}/who`, { headers: { "x-forwarded-for": "127.0.0.1" } });
    expect(reply.status).toBe(403);
  }
});

test("nothing failed on the side", () => {
  expect(house.failures).toEqual([]);
});
