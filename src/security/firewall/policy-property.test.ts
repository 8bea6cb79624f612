import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { anyPacket, anyPolicy, nowMs } from "./arbitraries.ts";
import { decide, type Packet } from "./policy.ts";
import { renderTable } from "./table.ts";
import { createInterpreter, type SeenPacket } from "./testing.ts";

setDefaultTimeout(30_000);

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
  atMs: nowMs,
});

test("the text of the table and the truth table agree for any device, zone and port", () => {
  fc.assert(
    fc.property(anyPolicy, fc.array(anyPacket, { minLength: 5, maxLength: 20 }), (tunnel, packets) => {
      const run = createInterpreter(renderTable({ bans: [], tunnel }, nowMs));
      for (const one of packets) {
        const expected = decide(tunnel, one, nowMs) === undefined ? "drop" : "accept";
        const first = firstPacket(one);
        expect([one, run(first)]).toEqual([one, expected]);
        // A right that was taken away ends what runs: a later packet of the same conversation is judged alike.
        expect([one, run({ ...first, state: "established" })]).toEqual([one, expected]);
      }
    }),
    { numRuns: 200 },
  );
});

test("an end holds by the clock alone: the table of then agrees with the truth of later", () => {
  const laterMs = fc.integer({ min: 0, max: 120 }).map((seconds) => nowMs + seconds * 1000);
  fc.assert(
    fc.property(anyPolicy, fc.array(anyPacket, { minLength: 5, maxLength: 10 }), laterMs, (tunnel, packets, atMs) => {
      const run = createInterpreter(renderTable({ bans: [], tunnel }, nowMs));
      for (const one of packets) {
        const expected = decide(tunnel, one, atMs) === undefined ? "drop" : "accept";
        expect([one, run({ ...firstPacket(one), atMs })]).toEqual([one, expected]);
      }
    }),
    { numRuns: 200 },
  );
});

test("answers come back exactly where the question may go; nobody begins a conversation with a device", () => {
  fc.assert(
    fc.property(anyPolicy, fc.array(anyPacket, { minLength: 5, maxLength: 20 }), (tunnel, packets) => {
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
    { numRuns: 150 },
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
