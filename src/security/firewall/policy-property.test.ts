import { expect, test } from "bun:test";
import fc from "fast-check";
import { decide, type Packet, type Reach, type TunnelPolicy } from "./policy.ts";
import { renderTable } from "./table.ts";
import { createInterpreter, type SeenPacket } from "./testing.ts";

const nowMs = 1_800_000_000_000;
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
const source = fc
  .record({ host: fc.integer({ min: 2, max: 6 }), expiresInMs: fc.constantFrom(null, -1, 0, 1, 60_000) })
  .map(({ host, expiresInMs }) => ({
    addressV4: `10.86.0.${host}`,
    addressV6: `fd86::${host}`,
    expiresAtMs: expiresInMs === null ? null : nowMs + expiresInMs,
  }));
const sources = fc.uniqueArray(source, { maxLength: 4, selector: ({ addressV4 }) => addressV4 });
const policy: fc.Arbitrary<TunnelPolicy> = fc.array(fc.record({ sources, reach }), { maxLength: 5 }).map((zones) => ({
  interface: "hearth0",
  rangeV4: "10.86.0.0/24",
  rangeV6: "fd86::/64",
  unmasked: [],
  zones: zones.map((zone, index) => ({ id: `zone-${index}`, ...zone })),
}));
const packet: fc.Arbitrary<Packet> = fc
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

const firstPacket = ({ from, to, toServer, protocol, port: number }: Packet): SeenPacket => ({
  hook: toServer ? "input" : "forward",
  iif: "hearth0",
  oif: toServer ? "" : to.startsWith("10.86.") || to.startsWith("fd86:") ? "hearth0" : "eth0",
  from,
  to,
  protocol: protocol === "icmp" && to.includes(":") ? "icmpv6" : protocol,
  sourcePort: 50_000,
  port: number,
  state: "new",
  direction: "original",
});

test("the text of the table and the truth table agree for any device, zone and port", () => {
  fc.assert(
    fc.property(policy, fc.array(packet, { minLength: 5, maxLength: 30 }), (tunnel, packets) => {
      const run = createInterpreter(renderTable({ bans: [], tunnel }, nowMs));
      for (const one of packets) {
        const expected = decide(tunnel, one, nowMs) === undefined ? "drop" : "accept";
        const first = firstPacket(one);
        expect([one, run(first)]).toEqual([one, expected]);
        // A right that was taken away ends what runs: a later packet of the same conversation is judged alike.
        expect([one, run({ ...first, state: "established" })]).toEqual([one, expected]);
      }
    }),
    { numRuns: 400 },
  );
});

test("answers come back exactly where the question may go; nobody begins a conversation with a device", () => {
  fc.assert(
    fc.property(policy, fc.array(packet, { minLength: 5, maxLength: 30 }), (tunnel, packets) => {
      const run = createInterpreter(renderTable({ bans: [], tunnel }, nowMs));
      for (const one of packets.filter(({ toServer }) => !toServer)) {
        const first = firstPacket(one);
        const back = {
          ...first,
          iif: first.oif,
          oif: first.iif,
          from: first.to,
          to: first.from,
          port: first.sourcePort,
        };
        const answer = run({ ...back, sourcePort: first.port, state: "established", direction: "reply" });
        expect([one, answer]).toEqual([one, run(first)]);
        if (first.oif === "eth0") expect(run({ ...back, state: "new" })).toBe("drop");
      }
    }),
    { numRuns: 200 },
  );
});

test("what is not of the tunnel is none of our business", () => {
  const run = createInterpreter(
    renderTable(
      {
        bans: [],
        tunnel: { interface: "hearth0", rangeV4: "10.86.0.0/24", rangeV6: "fd86::/64", unmasked: [], zones: [] },
      },
      nowMs,
    ),
  );
  const foreign = firstPacket({ from: "192.168.1.7", to: "192.168.1.10", toServer: true, protocol: "tcp", port: 22 });
  expect(run({ ...foreign, iif: "eth0" })).toBe("accept");
  expect(run({ ...foreign, hook: "forward", iif: "docker0", oif: "eth0" })).toBe("accept");
  expect(run(foreign)).toBe("drop");
});
