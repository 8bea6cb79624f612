// needs: ip, wg, wireguard-go, nft, /dev/net/tun
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dial, eventually, type Lab, newKeys, openLab, type Program, startProgram } from "./vpn-support.ts";

setDefaultTimeout(60_000);

let lab: Lab;
let hearth: Program;
let numbers = 0;

beforeAll(async () => {
  lab = await openLab();
  await lab.server.run(["nft", "-f", "-"], foreignTable);
  hearth = await startProgram(lab);
  await hearth.call("vpn.enable");
});
afterAll(() => lab.close());

const foreignTable =
  "table inet foreign {\n\tchain input {\n\t\ttype filter hook input priority 10; policy accept;\n\t}\n}\n";

/** A device that made its key itself, and dials in. */
async function join(place: "near" | "away", input: Record<string, unknown> = {}) {
  const keys = await newKeys();
  const device = `device ${++numbers}`;
  const made = await hearth.call("vpnPeer.create", { device, publicKey: keys.publicKey, ...input });
  const text: string = made.config.text.replace("<private key of this device>", keys.privateKey);
  const client = await dial(lab, lab[place], text, numbers);
  return { ...client, ...keys, place: lab[place], peer: made.peer, text, device };
}

async function peerOf(id: string) {
  const { peers } = await hearth.call("vpnPeer.list");
  return peers.find((peer: { id: string }) => peer.id === id);
}

test("a device reaches what its zones allow and nothing else, over IPv4 and IPv6", async () => {
  const targets = ["192.168.50.20", "fd50::20"].map((network) => ({
    network,
    protocol: "tcp",
    ports: [{ first: 445, last: 445 }],
  }));
  await hearth.call("vpnZone.set", { zones: [{ id: "nas", label: "The NAS", targets }] });
  const { place, peer } = await join("near", { zones: ["hearth", "nas"] });
  const health = await place.ask<{ text: string }>({ act: "fetch", url: "http://10.86.0.1:8420/healthz" });
  expect(health.text).toBe("ok\n");

  const reaches = async (address: string, port: number) => [
    address,
    port,
    (await place.greeting(address, port)) !== null,
  ];
  const table = (expected: boolean, pairs: readonly (readonly [string, number])[]) =>
    Promise.all(
      pairs.map(async ([address, port]) => expect(await reaches(address, port)).toEqual([address, port, expected])),
    );
  await table(true, [
    ["192.168.50.20", 445],
    ["fd50::20", 445],
  ]);
  await table(false, [
    ["192.168.50.20", 80],
    ["fd50::20", 80],
    ["192.168.60.20", 445],
    ["192.0.2.80", 80],
    ["2001:db8:80::80", 80],
    ["10.86.0.1", 22],
    ["fd86::1", 22],
    ["192.168.50.1", 22],
  ]);

  await hearth.call("vpnPeer.update", { id: peer.id, zones: ["hearth", "internet"] });
  // The internet sees the server, not the device.
  expect(await place.greeting("192.0.2.80", 80)).toBe("hello ::ffff:192.0.2.1");
  expect(await place.greeting("2001:db8:80::80", 80)).toBe("hello 2001:db8:80::1");
  await table(false, [
    ["192.168.50.20", 445],
    ["fd50::20", 445],
    ["192.168.60.20", 80],
  ]);

  await hearth.call("vpnPeer.update", { id: peer.id, zones: ["lan"] });
  await table(true, [
    ["192.168.50.20", 80],
    ["fd50::20", 80],
  ]);
  await table(false, [
    ["192.168.60.20", 80],
    ["192.0.2.80", 80],
    ["10.86.0.1", 8420],
    ["192.168.50.1", 22],
  ]);
  const asked = await hearth.call("vpnPeer.explain", {
    id: peer.id,
    address: "192.168.50.20",
    protocol: "tcp",
    port: 80,
  });
  expect(asked).toMatchObject({ allowed: true, zone: "lan" });
  await hearth.call("vpnPeer.revoke", { id: peer.id });
});
