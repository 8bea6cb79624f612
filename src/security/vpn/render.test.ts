import { expect, test } from "bun:test";
import { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { systemRandom } from "#platform/clock";
import { WireGuardKey } from "./contract.ts";
import { parseDump } from "./dump.ts";
import { newKeyPair } from "./keys.ts";
import { renderClient, renderServer, splitNetworks } from "./render.ts";

const peer = { publicKey: "PUB=", presharedKey: "PSK=", addressV4: "10.86.0.2", addressV6: "fd86::2" };

test("the server's configuration, word by word", () => {
  expect(renderServer({ key: { privateKey: "KEY=", publicKey: "" }, port: 51_820, peers: [peer] })).toBe(
    "[Interface]\nPrivateKey = KEY=\nListenPort = 51820\n\n[Peer]\nPublicKey = PUB=\nPresharedKey = PSK=\nAllowedIPs = 10.86.0.2/32, fd86::2/128\n",
  );
});

test("a device's configuration, word by word; its file name fits an interface", () => {
  const client = {
    ...peer,
    device: "Zoë’s   Phone (new)",
    serverName: "hearth",
    privateKey: "KEY=",
    presharedKey: "PSK=",
    serverKey: "SRV=",
    endpoint: "home.example.org:51820",
    dns: ["10.86.0.1"],
    allowed: ["10.86.0.1/32"],
    keepalive: true,
  };
  expect(renderClient(client)).toEqual({
    fileName: "hearth-zoe-s-ph.conf",
    privateKey: "in-text",
    presharedKey: "in-text",
    text: [
      "[Interface]",
      "PrivateKey = KEY=",
      "Address = 10.86.0.2/32, fd86::2/128",
      "DNS = 10.86.0.1",
      "",
      "[Peer]",
      "PublicKey = SRV=",
      "PresharedKey = PSK=",
      "Endpoint = home.example.org:51820",
      "AllowedIPs = 10.86.0.1/32",
      "PersistentKeepalive = 25",
      "",
    ].join("\n"),
  });
  expect(renderClient({ ...client, device: "日本" }).fileName).toBe("hearth.conf");
});

test("a split tunnel carries the server, the name servers and what zones name, none of it twice", () => {
  const server = { addressV4: "10.86.0.1", addressV6: "fd86::1" };
  const networks = splitNetworks(
    server,
    ["192.168.1.1"],
    [
      { kind: "server", tcpPorts: [8420] },
      { kind: "lan", networks: ["192.168.1.0/24"] },
      { kind: "targets", targets: [{ network: "192.168.1.50", protocol: "tcp", ports: [] }] },
      { kind: "targets", targets: [{ network: "2001:db8::5", protocol: "any", ports: [] }] },
      { kind: "internet", except: [] },
    ],
  );
  expect(networks).toEqual(["10.86.0.1/32", "192.168.1.0/24", "2001:db8::5/128", "fd86::1/128"]);
});

test("a dump gives traffic by public key and drops the secret columns", () => {
  const text = [
    "PRIVATE\tSERVER\t51820\toff",
    "A=\tSECRET\t203.0.113.7:51820\t10.86.0.2/32\t1800000000\t10\t20\toff",
    "B=\t(none)\t(none)\t10.86.0.3/32\t0\t0\t0\toff",
    "short\tline",
    "",
  ].join("\n");
  const dump = parseDump(text);
  expect([...dump]).toEqual([
    ["A=", { endpoint: "203.0.113.7:51820", lastHandshakeAtMs: 1_800_000_000_000, receivedBytes: 10, sentBytes: 20 }],
    ["B=", { endpoint: null, lastHandshakeAtMs: null, receivedBytes: 0, sentBytes: 0 }],
  ]);
  expect(JSON.stringify([...dump])).not.toMatch(/PRIVATE|SECRET/);
});

test("a key pair is one of X25519: its public half is the private one times the base point (RFC 7748 §6.1)", () => {
  const { privateKey, publicKey } = newKeyPair(systemRandom);
  const key = (raw: Uint8Array, head: string) => Buffer.concat([Buffer.from(head, "hex"), raw]);
  const basePoint = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 9 : 0));
  const shared = diffieHellman({
    privateKey: createPrivateKey({
      key: key(Buffer.from(privateKey, "base64"), "302e020100300506032b656e04220420"),
      format: "der",
      type: "pkcs8",
    }),
    publicKey: createPublicKey({ key: key(basePoint, "302a300506032b656e032100"), format: "der", type: "spki" }),
  });
  expect(publicKey).toBe(shared.toString("base64"));
  expect(WireGuardKey.parse(publicKey)).toBe(publicKey);
  const [first = 0] = Buffer.from(privateKey, "base64");
  expect(first % 8).toBe(0);
});
