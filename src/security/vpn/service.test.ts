import { afterEach, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newKeyPair } from "./keys.ts";
import { type Bench, createBench } from "./testing.ts";

let bench: Bench;
afterEach(() => bench.close());

const anna = 1;
const ben = 2;
const keys = () => newKeyPair({ bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "allowed",
    (error: Error) => error.message,
  );

async function enabled(options?: Parameters<typeof createBench>[0]) {
  bench = createBench(options);
  await bench.call(anna, "vpn.enable");
}

test("off until it is switched on: nothing is made, and a device cannot be added", async () => {
  bench = createBench();
  expect(await bench.call(ben, "vpn.status")).toMatchObject({ enabled: false, state: "off", publicKey: null });
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "phone" }))).toContain("switched on first");
  expect(readdirSync(bench.folder)).not.toContain("vpn");
  expect(await refusal(bench.call(ben, "vpn.enable"))).toContain("security.manage");
});

test("without the right to touch the network it says so, says what mends it, and offers the files", async () => {
  await enabled();
  const status = await bench.call(anna, "vpn.status");
  expect(status).toMatchObject({ enabled: true, state: "files-only", backend: null });
  expect(status.findings).toContainEqual({
    id: "right",
    state: "warning",
    message: "this process has no right to change the network",
    remedy: "run Hearth as root, or give its systemd unit AmbientCapabilities=CAP_NET_ADMIN",
  });
  const { config, peer } = await bench.call(ben, "vpnPeer.create", { device: "Ben's phone", zones: ["hearth", "lan"] });
  expect(config.text).toContain("Endpoint = home.example.org:51820\nAllowedIPs = 10.");
  expect(config.text).toContain("192.168.1.0/24");
  const { files } = await bench.call(anna, "vpn.files");
  const [table, server] = files;
  expect(table.text).toContain(`elements = { ${peer.addressV4} }`);
  expect(server).toMatchObject({ fileName: "hearth0.conf" });
  expect(server.text).toContain(`AllowedIPs = ${peer.addressV4}/32, ${peer.addressV6}/128`);
  expect(server.text).toMatch(
    /^\[Interface\]\nAddress = 10\.\d+\.\d+\.1\/24, fd[0-9a-f:]+::1\/64\nPreUp = nft -f \/etc\/wireguard\/hearth.nft\n/,
  );
  expect(server.text).toContain(
    "PreUp = sysctl -q -w net.ipv4.ip_forward=1\nPostDown = nft delete table inet hearth\nPrivateKey = ",
  );
});

test("keys: the device's own is never asked back, a made one is in one answer, the server's file is for its owner", async () => {
  await enabled();
  const own = keys();
  const first = await bench.call(ben, "vpnPeer.create", { device: "laptop", publicKey: own.publicKey });
  expect(first.config).toMatchObject({
    fileName: "hearth-laptop.conf",
    privateKey: "placeholder",
    presharedKey: "in-text",
  });
  expect(first.config.text).toContain("PrivateKey = <private key of this device>\n");
  const second = await bench.call(ben, "vpnPeer.create", { device: "phone", keepalive: true });
  expect(second.config).toMatchObject({ privateKey: "in-text", presharedKey: "in-text" });
  expect(second.config.text).toContain("PersistentKeepalive = 25\n");
  expect(first.config.text).not.toContain("PersistentKeepalive");
  const again = await bench.call(ben, "vpnPeer.configText", { id: second.peer.id });
  expect(again.config).toMatchObject({ privateKey: "placeholder", presharedKey: "placeholder" });
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "twin", publicKey: own.publicKey }))).toContain(
    "exists",
  );
  const server = (await bench.call(ben, "vpn.status")).publicKey;
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "x", publicKey: server }))).toContain("bad-request");
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "x", publicKey: "AAAA" }))).toContain(
    "44 characters",
  );
  expect(statSync(join(bench.folder, "vpn/interface.key")).mode & 0o777).toBe(0o600);
});

test("a person sees and changes their own devices; those who look after security everybody's", async () => {
  await enabled();
  const { peer } = await bench.call(anna, "vpnPeer.create", { device: "anna's" });
  expect((await bench.call(ben, "vpnPeer.list")).peers).toEqual([]);
  for (const name of ["vpnPeer.revoke", "vpnPeer.rotate", "vpnPeer.configText"]) {
    expect(await refusal(bench.call(ben, name, { id: peer.id }))).toContain("not-found");
  }
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "x", personId: anna }))).toContain("forbidden");
  expect(await refusal(bench.call(ben, "vpnZone.list", { personId: anna }))).toContain("forbidden");
  const bens = await bench.call(anna, "vpnPeer.create", { device: "ben's", personId: ben });
  expect((await bench.call(ben, "vpnPeer.list")).peers).toMatchObject([{ id: bens.peer.id, personName: "Ben" }]);
  expect(await refusal(bench.call(anna, "vpnPeer.create", { device: "x", personId: 3 }))).toContain(
    "may not use the VPN",
  );
  expect(await refusal(bench.call(anna, "vpnPeer.create", { device: "x", personId: 4 }))).toContain(
    "may not use the VPN",
  );
  await bench.call(anna, "vpnPeer.revoke", { id: bens.peer.id });
  expect((await bench.call(ben, "vpnPeer.list")).peers).toEqual([]);
});

test("a device is given at most what its person reaches; what is taken from the person goes from the device", async () => {
  await enabled();
  bench.denied.add("2 lan");
  const refused = await refusal(bench.call(ben, "vpnPeer.create", { device: "x", zones: ["lan"] }));
  expect(refused).toBe("forbidden: Not the zone lan: so the test says");
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "x", zones: ["moon"] }))).toContain("no zone moon");
  const { peer } = await bench.call(ben, "vpnPeer.create", { device: "x", zones: ["hearth", "internet"] });
  bench.denied.add("2 internet");
  expect((await bench.call(ben, "vpnPeer.list")).peers[0]).toMatchObject({
    zones: ["hearth", "internet"],
    effectiveZones: ["hearth"],
    state: "active",
  });
  // A zone it had may stay in the list, or go.
  await bench.call(ben, "vpnPeer.update", { id: peer.id, zones: ["internet"], device: "y" });
  const question = { id: peer.id, address: "8.8.8.8", protocol: "udp", port: 53 };
  expect(await bench.call(ben, "vpnPeer.explain", question)).toMatchObject({ allowed: false, zone: null });
  bench.denied.clear();
  expect(await bench.call(ben, "vpnPeer.explain", question)).toMatchObject({ allowed: true, zone: "internet" });
  expect(await refusal(bench.call(ben, "vpnPeer.explain", { ...question, port: undefined }))).toContain("Name a port");
});

test("zones: the built-in ones stay, a named one that goes is taken from devices, full tunnels need the internet", async () => {
  await enabled();
  const nas = {
    id: "nas",
    label: "NAS",
    targets: [{ network: "192.168.1.50", protocol: "tcp", ports: [{ first: 445, last: 445 }] }],
  };
  const { zones } = await bench.call(anna, "vpnZone.set", { zones: [nas] });
  expect(zones.map((zone: { id: string; reaches: string[] }) => [zone.id, zone.reaches[0]])).toEqual([
    ["hearth", "the page, files and apps of this server"],
    ["lan", "192.168.1.0/24"],
    ["internet", "everything but private networks"],
    ["nas", "192.168.1.50 tcp 445"],
  ]);
  expect(await refusal(bench.call(anna, "vpnZone.set", { zones: [{ ...nas, id: "lan" }] }))).toContain("always there");
  expect(await refusal(bench.call(anna, "vpnZone.set", { zones: [nas, nas] }))).toContain("same id");
  const { peer } = await bench.call(ben, "vpnPeer.create", { device: "x", zones: ["nas"] });
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "y", tunnel: "full" }))).toContain(
    "needs the zone internet",
  );
  const full = await bench.call(ben, "vpnPeer.create", { device: "y", zones: ["internet"], tunnel: "full" });
  expect(full.config.text).toContain("AllowedIPs = 0.0.0.0/0, ::/0\n");
  expect((await bench.call(ben, "vpnPeer.list")).peers).toHaveLength(2);
  await bench.call(anna, "vpnZone.set", { zones: [] });
  expect((await bench.call(ben, "vpnPeer.list")).peers[0]).toMatchObject({ id: peer.id, zones: [] });
  expect(bench.removed).toEqual(["nas"]);
});

test("expiry lies ahead; addresses are given again; a range that is full says so", async () => {
  await enabled({ config: "rangeV4: 10.9.8.0/29, rangeV6: 'fd00:9::/64'" });
  const past = { device: "x", expiresAtMs: Date.now() - 1 };
  expect(await refusal(bench.call(ben, "vpnPeer.create", past))).toContain("in the past");
  const made = [];
  for (let i = 0; i < 5; i++) made.push((await bench.call(ben, "vpnPeer.create", { device: `d${i}` })).peer);
  expect(made.map(({ addressV4, addressV6 }) => [addressV4, addressV6])).toEqual(
    [2, 3, 4, 5, 6].map((host) => [`10.9.8.${host}`, `fd00:9::${host}`]),
  );
  expect(await refusal(bench.call(ben, "vpnPeer.create", { device: "x" }))).toContain("All addresses");
  await bench.call(ben, "vpnPeer.revoke", { id: made[1].id });
  expect((await bench.call(ben, "vpnPeer.create", { device: "new" })).peer.addressV4).toBe("10.9.8.3");
});

test("a lost key of secrets leaves out the devices it sealed and says how to mend it, nothing else", async () => {
  await enabled();
  const { peer } = await bench.call(ben, "vpnPeer.create", { device: "phone" });
  const stored = bench.vpn.repository.peer(peer.id);
  if (stored === undefined) throw new Error("not stored");
  bench.vpn.repository.updatePeer({ ...stored, presharedKeySealed: "1.other.AAAA" });
  await bench.vpn.commit();
  const { state, findings } = await bench.call(anna, "vpn.status");
  expect(state).toBe("files-only");
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);
  expect(ids(findings)).toContain(`preshared.${peer.id}`);
  await bench.call(ben, "vpnPeer.rotate", { id: peer.id });
  expect(ids((await bench.call(anna, "vpn.status")).findings)).not.toContain(`preshared.${peer.id}`);
});

test("switching off and on keeps the server's key; a file that holds none is named and not written over", async () => {
  await enabled();
  const path = join(bench.folder, "vpn/interface.key");
  const before = readFileSync(path, "utf8");
  await bench.call(anna, "vpn.disable");
  await bench.call(anna, "vpn.enable");
  expect(readFileSync(path, "utf8")).toBe(before);
  await bench.close();

  bench = createBench();
  const other = join(bench.folder, "vpn/interface.key");
  mkdirSync(join(bench.folder, "vpn"));
  writeFileSync(other, "no key\n");
  expect(await refusal(bench.call(anna, "vpn.enable"))).toContain(`The file ${other} holds no WireGuard key.`);
  expect(readFileSync(other, "utf8")).toBe("no key\n");
  rmSync(other);
});
