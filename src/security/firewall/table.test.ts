import { expect, test } from "bun:test";
import type { TunnelPolicy } from "./policy.ts";
import { nextRenderMs, renderRemoval, renderTable } from "./table.ts";

const nowMs = 1_800_000_000_000;
const phone = { addressV4: "10.86.0.2", addressV6: "fd86::2", expiresAtMs: null };
const guest = { addressV4: "10.86.0.3", addressV6: "fd86::3", expiresAtMs: nowMs + 3_600_000 };

const tunnel: TunnelPolicy = {
  interface: "hearth0",
  rangeV4: "10.86.0.0/24",
  rangeV6: "fd86::/64",
  unmasked: [],
  zones: [
    { id: "hearth", sources: [phone, guest], reach: { kind: "server", tcpPorts: [8420] } },
    { id: "lan", sources: [phone], reach: { kind: "lan", networks: ["192.168.1.0/24", "2001:db8:1::/64"] } },
    { id: "internet", sources: [phone], reach: { kind: "internet", except: ["192.168.1.0/24", "2001:db8:1::/64"] } },
    {
      id: "the-nas",
      sources: [guest],
      reach: {
        kind: "targets",
        targets: [
          {
            network: "192.168.1.50",
            protocol: "tcp",
            ports: [
              { first: 445, last: 445 },
              { first: 8000, last: 8010 },
            ],
          },
          { network: "2001:db8:1::50", protocol: "tcp+udp", ports: [{ first: 53, last: 53 }] },
        ],
      },
    },
    { id: "unused", sources: [], reach: { kind: "lan", networks: ["172.16.0.0/12"] } },
  ],
};

const golden = new URL("testdata/household.nft", import.meta.url).pathname;

test("the table of a household, word by word", async () => {
  const bans = [
    { network: "203.0.113.0/24", untilMs: nowMs + 60_000 },
    { network: "203.0.113.7", untilMs: nowMs + 30_000 },
    { network: "2001:db8:bad::1", untilMs: nowMs + 90_000 },
    { network: "198.51.100.1", untilMs: nowMs - 1 },
  ];
  expect(renderTable({ bans, tunnel }, nowMs)).toBe(await Bun.file(golden).text());
});

test("without a VPN there are bans only; nothing but our table is named", () => {
  const text = renderTable({ bans: [{ network: "192.0.2.1", untilMs: nowMs + 5 }], tunnel: null }, nowMs);
  expect(text).toContain("elements = { 192.0.2.1 timeout 5ms }");
  expect(text).not.toContain("vpn_");
  expect(text.match(/^(delete )?table .*$/gm)).toEqual([
    "table inet hearth",
    "delete table inet hearth",
    "table inet hearth {",
  ]);
  expect(renderRemoval()).toBe("table inet hearth\ndelete table inet hearth\n");
});

test("whose time is over is in no set; a coming end stands there as the clock will show it", () => {
  const render = (expiresAtMs: number) => {
    const zone = {
      id: "hearth",
      sources: [{ ...phone, expiresAtMs }],
      reach: { kind: "server", tcpPorts: [] },
    } as const;
    return renderTable({ bans: [], tunnel: { ...tunnel, zones: [zone] } }, nowMs);
  };
  expect(render(nowMs)).not.toContain("elements = { 10.86.0.2 }");
  expect(render(nowMs + 1)).toContain("elements = { 10.86.0.2 }");
  expect(render(nowMs + 1)).toContain("ip saddr 10.86.0.2 meta time >= 1800000001 drop\n");
  expect(render(nowMs + 1)).toContain("ip6 daddr fd86::2 meta time >= 1800000001 drop\n");
});

test("the time of a ban is written in units, however long", () => {
  const long = 400 * 86_400_000 + 3_600_000 + 61_005;
  const text = renderTable({ bans: [{ network: "192.0.2.1", untilMs: nowMs + long }], tunnel: null }, nowMs);
  expect(text).toContain("192.0.2.1 timeout 400d1h1m1s5ms }");
});

test("a longer ban inside a shorter one comes into force when that ends", () => {
  const bans = [
    { network: "203.0.113.0/24", untilMs: nowMs + 1000 },
    { network: "203.0.113.7", untilMs: nowMs + 9000 },
  ];
  expect(renderTable({ bans, tunnel: null }, nowMs)).toContain("elements = { 203.0.113.0/24 timeout 1s }");
  expect(nextRenderMs({ bans, tunnel: null }, nowMs)).toBe(nowMs + 1000);
  expect(renderTable({ bans, tunnel: null }, nowMs + 1000)).toContain("elements = { 203.0.113.7 timeout 8s }");
});

test("devices see the household's machines under their own address where the router knows the way", () => {
  const text = renderTable({ bans: [], tunnel: { ...tunnel, unmasked: ["192.168.1.0/24"] } }, nowMs);
  expect(text).toContain('ip saddr 10.86.0.0/24 ip daddr != { 192.168.1.0/24 } oifname != "hearth0" masquerade');
});
