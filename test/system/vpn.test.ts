// needs: ip, wg, wireguard-go, nft, /dev/net/tun, /root/.
// Network namespaces are for root alone.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dial, eventually, type Lab, newKeys, openLab, type Program, raise, startProgram } from "./vpn-support.ts";

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
afterEach(() => lab.hangUp());
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
  const redial = async () => {
    await client.hangUp();
    await dial(lab, lab[place], text, ++numbers);
  };
  return { name: client.name, redial, publicKey: keys.publicKey, place: lab[place], peer: made.peer };
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

test("revoking cuts a device within a second; another keeps its connection, its session and its keys", async () => {
  const stays = await join("near", { zones: ["lan"] });
  const goes = await join("away", { zones: ["lan"] });
  await stays.place.stream("stays", "192.168.50.20", 80);
  await goes.place.stream("goes", "192.168.50.20", 80);
  await Bun.sleep(300);
  const handshakes = () => lab.server.run(["wg", "show", lab.interface, "latest-handshakes"]);
  const ofStays = (text: string) => text.split("\n").find((line) => line.startsWith(stays.publicKey));
  const before = ofStays(await handshakes());

  const calledAtMs = Date.now();
  await hearth.call("vpnPeer.revoke", { id: goes.peer.id });
  const answeredAtMs = Date.now();
  await Bun.sleep(1500);
  const { lastHeardAtMs } = await goes.place.heard("goes");
  expect(lastHeardAtMs - calledAtMs).toBeLessThan(1000);
  expect(lastHeardAtMs - answeredAtMs).toBeLessThan(500);
  expect(await goes.place.greeting("192.168.50.20", 80)).toBeNull();
  expect(await handshakes()).not.toContain(goes.publicKey);

  const heard = await stays.place.heard("stays");
  // One that was cut would have been silent for as long as was waited.
  expect(Date.now() - heard.lastHeardAtMs).toBeLessThan(1400);
  expect(heard.longestGapMs).toBeLessThan(1400);
  expect(heard.closed).toBe(false);
  expect(ofStays(await handshakes())).toBe(before);
  expect(before).not.toEndWith("\t0");

  // Taking a zone away ends what runs through it, and leaves the device connected.
  await hearth.call("vpnPeer.update", { id: stays.peer.id, zones: ["hearth"] });
  const narrowedAtMs = Date.now();
  await Bun.sleep(700);
  expect((await stays.place.heard("stays")).lastHeardAtMs - narrowedAtMs).toBeLessThan(500);
  expect(await stays.place.greeting("10.86.0.1", 22)).toBeNull();
  expect(await peerOf(stays.peer.id)).toMatchObject({ online: true, state: "active", effectiveZones: ["hearth"] });
  await hearth.call("vpnPeer.revoke", { id: stays.peer.id });
});

test("a device's time ends to the second, also when the program was away meanwhile", async () => {
  const { place, peer, redial } = await join("near", { zones: ["lan"] });
  await place.stream("expires", "192.168.50.20", 80);
  const expiresAtMs = Date.now() + 2000;
  await hearth.call("vpnPeer.update", { id: peer.id, expiresAtMs });
  await Bun.sleep(expiresAtMs - Date.now() + 1500);
  const { lastHeardAtMs } = await place.heard("expires");
  expect(lastHeardAtMs).toBeGreaterThan(expiresAtMs - 500);
  expect(lastHeardAtMs).toBeLessThan(expiresAtMs + 1000);
  expect(await peerOf(peer.id)).toMatchObject({ state: "expired", online: false });
  expect(await lab.server.run(["wg", "show", lab.interface, "peers"])).not.toContain(peer.publicKey);

  // Killed before the end: the kernel itself ends the rights, and the next start leaves the device out.
  const laterMs = Date.now() + 4000;
  await hearth.call("vpnPeer.update", { id: peer.id, expiresAtMs: laterMs });
  await redial();
  expect(await place.greeting("192.168.50.20", 80)).not.toBeNull();
  await hearth.end("SIGKILL");
  expect(await place.greeting("192.168.50.20", 80)).not.toBeNull();
  await Bun.sleep(laterMs - Date.now() + 1100);
  expect(await place.greeting("192.168.50.20", 80)).toBeNull();
  hearth = await startProgram(lab);
  await eventually(async () => (await hearth.call("vpn.status")).state === "running");
  expect(await peerOf(peer.id)).toMatchObject({ state: "expired" });
  expect(await lab.server.run(["wg", "show", lab.interface, "peers"])).not.toContain(peer.publicKey);
  await hearth.call("vpnPeer.revoke", { id: peer.id });
});

test("the preshared key counts: with another one there is no handshake, and new keys shut the old ones out", async () => {
  const keys = await newKeys();
  const made = await hearth.call("vpnPeer.create", { device: "psk", publicKey: keys.publicKey, zones: ["lan"] });
  const text: string = made.config.text.replace("<private key of this device>", keys.privateKey);
  const wrong = text.replace(/^PresharedKey = .*$/m, `PresharedKey = ${(await newKeys()).privateKey}`);
  const client = await dial(lab, lab.near, wrong, ++numbers);
  expect(await lab.near.greeting("192.168.50.20", 80, 1500)).toBeNull();
  expect(await peerOf(made.peer.id)).toMatchObject({ online: false, lastHandshakeAtMs: null });
  await client.hangUp();
  await dial(lab, lab.near, text, ++numbers);
  await eventually(async () => (await lab.near.greeting("192.168.50.20", 80)) !== null);

  const rotated = await hearth.call("vpnPeer.rotate", { id: made.peer.id });
  expect(rotated.peer.addressV4).toBe(made.peer.addressV4);
  expect(rotated.config).toMatchObject({ privateKey: "in-text", presharedKey: "in-text" });
  expect(await lab.near.greeting("192.168.50.20", 80)).toBeNull();
  expect(await lab.server.run(["wg", "show", lab.interface, "peers"])).not.toContain(keys.publicKey);
  await hearth.call("vpnPeer.revoke", { id: made.peer.id });
});

test("a device that moves to another network stays connected", async () => {
  const { name, place, peer } = await join("near", { zones: ["lan"] });
  await place.stream("roams", "192.168.50.20", 80);
  await eventually(async () => (await peerOf(peer.id)).endpoint?.startsWith("203.0.113.2:") === true);
  await place.run(["ip", "address", "delete", "203.0.113.2/24", "dev", "to-server"]);
  await place.run(["ip", "address", "add", "203.0.113.77/24", "dev", "to-server"]);
  // As an app does when the network changes: a socket that knows nothing of the old address.
  await place.run(["wg", "set", name, "listen-port", "45678"]);
  await eventually(async () => (await peerOf(peer.id)).endpoint === "203.0.113.77:45678");
  const movedAtMs = Date.now();
  await eventually(async () => (await place.heard("roams")).lastHeardAtMs > movedAtMs);
  expect((await place.heard("roams")).closed).toBe(false);
  await place.run(["ip", "address", "delete", "203.0.113.77/24", "dev", "to-server"]);
  await place.run(["ip", "address", "add", "203.0.113.2/24", "dev", "to-server"]);
  await hearth.call("vpnPeer.revoke", { id: peer.id });
});

test("a person who is disabled is cut off at once, and may be given no more than they reach", async () => {
  const password = "another long password for ben";
  const draft = { name: "ben", displayName: "Ben", roles: ["member"], quotaBytes: null, password };
  const { person } = await hearth.call("people.create", draft);
  const ben = await hearth.login("ben", password);
  const keys = await newKeys();
  const input = { device: "Ben's phone", publicKey: keys.publicKey };
  await expect(hearth.call("vpnPeer.create", { ...input, zones: ["lan"] }, ben)).rejects.toThrow("forbidden");
  const resource = { kind: "vpn-zone", id: "lan" };
  const everyone = { kind: "everyone" };
  await hearth.call("access.set", {
    resource,
    subject: everyone,
    effect: "allow",
    actions: ["read"],
    expiresAtMs: null,
  });
  const { peer, config } = await hearth.call("vpnPeer.create", { ...input, zones: ["hearth", "lan"] }, ben);
  const text = config.text.replace("<private key of this device>", keys.privateKey);
  const others = await newKeys();
  await hearth.call("vpnPeer.create", { device: "alice's", publicKey: others.publicKey });
  const own = await hearth.call("vpnPeer.list", {}, ben);
  expect(own.peers.map((one: { id: string }) => one.id)).toEqual([peer.id]);

  const client = await dial(lab, lab.away, text, ++numbers);
  await lab.away.stream("ben", "192.168.50.20", 80);
  await Bun.sleep(200);
  await hearth.call("people.update", { id: person.id, disabled: true });
  const disabledAtMs = Date.now();
  await Bun.sleep(1200);
  expect((await lab.away.heard("ben")).lastHeardAtMs - disabledAtMs).toBeLessThan(1000);
  expect(await peerOf(peer.id)).toMatchObject({ state: "person-disabled", effectiveZones: [] });
  await hearth.call("people.update", { id: person.id, disabled: false });
  await client.hangUp();
  await dial(lab, lab.away, text, ++numbers);
  await eventually(async () => (await lab.away.greeting("192.168.50.20", 80)) !== null);
  await hearth.call("vpnPeer.revoke", { id: peer.id });
});

test("whoever flushes all rules takes ours along: they are back at once; foreign tables are never touched", async () => {
  const foreign = () => lab.server.run(["nft", "list", "table", "inet", "foreign"]);
  const { place, peer } = await join("near", { zones: ["hearth"] });
  expect(await place.greeting("192.168.50.20", 80)).toBeNull();
  expect(await foreign()).toContain("priority filter + 10");
  await lab.server.run(["nft", "flush", "ruleset"]);
  const flushedAtMs = Date.now();
  await eventually(async () => (await lab.server.run(["nft", "list", "tables"])).includes("table inet hearth"), 3000);
  expect(Date.now() - flushedAtMs).toBeLessThan(3000);
  expect(await place.greeting("192.168.50.20", 80)).toBeNull();
  await lab.server.run(["nft", "-f", "-"], foreignTable);
  await hearth.call("vpnPeer.revoke", { id: peer.id });
  expect(await foreign()).toContain("priority filter + 10");
});

test("a WireGuard process that dies is started again, and devices come back", async () => {
  const { place, peer, redial } = await join("near", { zones: ["lan"] });
  for (const pid of await lab.server.pids()) {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`wireguard-go\0-f\0${lab.interface}\0`)) {
      process.kill(pid, "SIGKILL");
    }
  }
  await eventually(async () => {
    const { state, backend } = await hearth.call("vpn.status");
    return state === "running" && backend === "wireguard-go";
  });
  await redial();
  await eventually(async () => (await place.greeting("192.168.50.20", 80)) !== null);
  await hearth.call("vpnPeer.revoke", { id: peer.id });
});

test("a stopped program leaves no interface and no rules; the next start has the devices again", async () => {
  const { place, peer, redial } = await join("near", { zones: ["lan"] });
  expect(await place.greeting("192.168.50.20", 80)).not.toBeNull();
  await hearth.end("SIGTERM");
  expect(await lab.server.run(["nft", "list", "tables"])).toBe("table inet foreign\n");
  await expect(lab.server.run(["ip", "link", "show", lab.interface])).rejects.toThrow("does not exist");
  hearth = await startProgram(lab);
  await eventually(async () => (await hearth.call("vpn.status")).state === "running");
  expect((await peerOf(peer.id)).lastHandshakeAtMs).toBeGreaterThan(Date.now() - 60_000);
  await redial();
  await eventually(async () => (await place.greeting("192.168.50.20", 80)) !== null);
  await hearth.call("vpnPeer.revoke", { id: peer.id });
});

test("keys are nowhere but where they belong; switched off, nothing is left on the machine", async () => {
  const { peer, config } = await hearth.call("vpnPeer.create", { device: "shown once", zones: ["hearth"] });
  const secrets = [...config.text.matchAll(/^(?:PrivateKey|PresharedKey) = (.*)$/gm)].map(([, value]) => value ?? "");
  const serverKey = (await lab.server.run(["wg", "show", lab.interface, "private-key"])).trim();
  expect(secrets).toHaveLength(2);
  const again = await hearth.call("vpnPeer.configText", { id: peer.id });
  const { entries } = await hearth.call("audit.search", { limit: 100 });
  await hearth.call("vpn.disable");
  for (const secret of [...secrets, serverKey]) {
    expect(hearth.log().includes(secret)).toBe(false);
    expect(JSON.stringify([again, entries]).includes(secret)).toBe(false);
  }
  // -F: a key is no pattern; an exit code of 1 is nothing found.
  for (const secret of secrets)
    await expect(lab.server.run(["grep", "-rqF", "--", secret, lab.dataDir])).rejects.toThrow();
  const holders = await lab.server.run(["grep", "-rlF", "--", serverKey, lab.dataDir]);
  expect(holders.trim()).toBe(`${lab.dataDir}/security/vpn/interface.key`);
  expect((await lab.server.run(["stat", "-c", "%a", holders.trim()])).trim()).toBe("600");

  expect(await lab.server.run(["nft", "list", "tables"])).toBe("table inet foreign\n");
  await expect(lab.server.run(["ip", "link", "show", lab.interface])).rejects.toThrow("does not exist");
  expect(await hearth.call("vpn.status")).toMatchObject({ enabled: false, state: "off", backend: null });
});

test("without the right to change the network everything else works, and the files are there", async () => {
  await hearth.end("SIGTERM");
  const powerless = await startProgram(lab, ["setpriv", "--bounding-set", "-net_admin"]);
  const status = await powerless.call("vpn.enable");
  expect(status).toMatchObject({ enabled: true, state: "files-only", backend: null });
  expect(status.findings).toMatchObject([{ id: "right" }]);
  const keys = await newKeys();
  const made = await powerless.call("vpnPeer.create", { device: "by hand", publicKey: keys.publicKey, zones: ["lan"] });
  const { files } = await powerless.call("vpn.files");
  expect(await powerless.call("firewall.status")).toMatchObject({ state: "files-only" });
  // What a person does with them: rules first, then the interface.
  const [rules, server] = files;
  await lab.server.run(["nft", "-f", "-"], rules.text);
  await raise(lab, lab.server, lab.interface, server.text);
  await dial(lab, lab.near, made.config.text.replace("<private key of this device>", keys.privateKey), ++numbers);
  await eventually(async () => (await lab.near.greeting("192.168.50.20", 80)) !== null);
  expect(await lab.near.greeting("192.168.60.20", 80)).toBeNull();
});
