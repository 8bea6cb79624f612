import fc from "fast-check";
import type { Packet, Reach, TunnelPolicy } from "./policy.ts";

export const nowMs = 1_800_000_000_000;
const serverAddresses = ["192.168.1.10", "10.86.0.1", "2001:db8:1::10", "fd86::1"];
/** Addresses at and around the edges of the networks below. */
const addresses = [
  ...serverAddresses,
  "192.168.1.50",
  "192.168.2.1",
  "10.86.0.3",
  "10.9.0.1",
  "100.64.0.1",
  "203.0.113.9",
  "8.8.8.8",
  "224.0.0.251",
  "255.255.255.255",
  "2001:db8:1::50",
  "2001:db8:2::1",
  "2606:4700::1111",
  "fd86::3",
  "fd00::1",
  "fe80::1",
  "ff02::fb",
];
const networks = [
  "192.168.1.0/24",
  "192.168.0.0/16",
  "192.168.1.50",
  "0.0.0.0/0",
  "10.86.0.0/24",
  "2001:db8:1::/64",
  "::/0",
  "203.0.113.9/32",
];

const network = fc.constantFrom(...networks);
const port = fc.constantFrom(22, 53, 80, 443, 445, 8420);
const range = fc.tuple(port, port).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const target = fc
  .record({
    network,
    protocol: fc.constantFrom("any" as const, "tcp" as const, "udp" as const, "tcp+udp" as const),
    ports: fc.array(range, { maxLength: 3 }),
  })
  .map((value) => (value.protocol === "any" ? { ...value, ports: [] } : value));
const reach: fc.Arbitrary<Reach> = fc.oneof(
  fc.record({ kind: fc.constant("server" as const), tcpPorts: fc.uniqueArray(port, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant("lan" as const), networks: fc.array(network, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant("internet" as const), except: fc.array(network, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant("targets" as const), targets: fc.array(target, { minLength: 1, maxLength: 3 }) }),
);
const hosts = [2, 3, 4, 5, 6];
const sourceOf = (host: number, expiresInMs: number | null) => ({
  addressV4: `10.86.0.${host}`,
  addressV6: `fd86::${host}`,
  expiresAtMs: expiresInMs === null ? null : nowMs + expiresInMs,
});
const zones = fc.array(fc.record({ members: fc.subarray(hosts), reach }), { maxLength: 5 });
const ends = fc.array(fc.constantFrom(null, -1, 0, 1, 60_000, 9e12), { minLength: 5, maxLength: 5 });
/** Zones of every kind, with networks that nest and devices whose time is over or will be. */
export const anyPolicy: fc.Arbitrary<TunnelPolicy> = fc.record({ zones, ends }).map((drawn) => ({
  interface: "hearth0",
  rangeV4: "10.86.0.0/24",
  rangeV6: "fd86::/64",
  unmasked: [],
  zones: drawn.zones.map(({ members, reach: zoneReach }, index) => ({
    id: `zone-${index}`,
    reach: zoneReach,
    sources: members.map((host) => sourceOf(host, drawn.ends[hosts.indexOf(host)] ?? null)),
  })),
}));
/** From a device, known or not, to an address at or near the edge of a network. */
export const anyPacket: fc.Arbitrary<Packet> = fc
  .record({
    host: fc.integer({ min: 2, max: 7 }),
    to: fc.constantFrom(...addresses),
    protocol: fc.constantFrom("tcp" as const, "udp" as const, "icmp" as const),
    port,
  })
  .map(({ host, to, protocol, port: number }) => ({
    from: to.includes(":") ? `fd86::${host}` : `10.86.0.${host}`,
    to,
    toServer: serverAddresses.includes(to),
    protocol,
    port: protocol === "icmp" ? 0 : number,
  }));
