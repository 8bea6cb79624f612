// needs: openssl
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { systemClock } from "#platform/clock";
import type { SocketHandler } from "#platform/http";
import { createLogger } from "#platform/log";
import { startCertificateListener } from "./certificate-listener.ts";
import { startEdgeSocket } from "./edge-socket.ts";
import { startListener } from "./listener.ts";
import type { Handle } from "./serve.ts";

let dir: string;
let keys: { readonly cert: string; readonly key: string };
const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
const handshake = [
  "GET /socket HTTP/1.1",
  "host: home.test",
  "connection: Upgrade",
  "upgrade: websocket",
  "sec-websocket-version: 13",
  "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
  "hearth-edge-address: 192.0.2.7",
  "",
  "",
].join("\r\n");

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "hearth-sockets-"));
  const names = ["-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=home.test", "-days", "2"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const made = Bun.spawnSync(["openssl", "req", "-x509", "-nodes", ...curve, ...names], { cwd: dir, timeout: 10_000 });
  expect(made.exitCode).toBe(0);
  keys = { cert: readFileSync(join(dir, "c.pem"), "utf8"), key: readFileSync(join(dir, "k.pem"), "utf8") };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Says the address it was asked from, and every word back; `ended` counts those that are gone. */
function echo(): { readonly handle: Handle; ended(): number } {
  let ended = 0;
  const handlerFor = (address: string): SocketHandler => ({
    open: (socket) => socket.send(address),
    message: (socket, text) => {
      if (text === "flood") for (let count = 0; count < 4_000; count += 1) socket.send("x".repeat(4_096));
      else socket.send(text);
    },
    close: () => (ended += 1),
  });
  const handle: Handle = async (_request, peer) => {
    const { address } = peer;
    await Bun.sleep(1);
    return peer.upgrade(handlerFor(address)) ? new Response() : new Response("a page", { status: 426 });
  };
  return { handle, ended: () => ended };
}

/** What comes over a connection on which nobody answers, neither words nor pings. */
function rawSocket(socket: TcpSocket) {
  let got = "";
  socket.on("data", (bytes) => (got += bytes.toString("latin1")));
  socket.on("error", () => undefined);
  socket.write(handshake);
  return {
    socket,
    until: async (text: string) => {
      const endMs = Date.now() + 5_000;
      while (!got.includes(text)) {
        if (Date.now() > endMs) throw new Error(`${text} never came, but ${JSON.stringify(got)}`);
        await Bun.sleep(5);
      }
    },
  };
}

async function until(holds: () => boolean, timeoutMs: number): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error("it never came to that");
    await Bun.sleep(20);
  }
}

test("a WebSocket through the plain listener, with TLS, with certificates and behind an edge", async () => {
  const { handle } = echo();
  const base = { hostname: "127.0.0.1", port: 0, log, handle };
  const certificates = { verify: () => undefined, isValid: () => false };
  const path = join(dir, "edge.sock");
  const plain = startListener(base);
  const tls = startListener({ ...base, tls: keys });
  const certified = await startCertificateListener({
    ...base,
    ...certificates,
    keys: { ...keys, clientAuthorities: [] },
  });
  const edge = startEdgeSocket({ path, log, handle, ...certificates });
  const secure = { host: "127.0.0.1", rejectUnauthorized: false };
  const ways: readonly (readonly [TcpSocket, string])[] = [
    [connectTcp({ host: "127.0.0.1", port: plain.port }), "127.0.0.1"],
    [connectTls({ ...secure, port: tls.port }), "127.0.0.1"],
    [connectTls({ ...secure, port: certified.port }), "127.0.0.1"],
    [connectTcp({ path }), "192.0.2.7"],
  ];
  for (const [socket, address] of ways) {
    const way = rawSocket(socket);
    await way.until("101 Switching Protocols");
    await way.until(address);
    // A masked text frame with the word `hi` (RFC 6455 §5.7), and its answer.
    socket.write(Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69));
    await way.until("\x81\x02hi");
    socket.destroy();
  }
  expect((await fetch(plain.url)).status).toBe(426);
  await Promise.all([plain, tls, certified, edge].map((one) => one.stop(200)));
}, 20_000);

test("whoever answers no ping is gone after a while, and whoever does not read at once", async () => {
  const { handle, ended } = echo();
  const listener = startListener({ hostname: "127.0.0.1", port: 0, log, handle, socketIdleSeconds: 8 });
  const address = { host: "127.0.0.1", port: listener.port };
  const slow = rawSocket(connectTcp(address));
  await slow.until("127.0.0.1");
  slow.socket.pause();
  slow.socket.write(Uint8Array.of(0x81, 0x85, 0, 0, 0, 0, ...Buffer.from("flood")));
  await until(() => ended() === 1, 4_000);
  const silent = rawSocket(connectTcp(address));
  await silent.until("127.0.0.1");
  await until(() => ended() === 2, 16_000);
  for (const { socket } of [slow, silent]) socket.destroy();
  await listener.stop(200);
}, 30_000);
