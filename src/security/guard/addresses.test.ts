import { expect, test } from "bun:test";
import fc from "fast-check";
import { contains, createNetworkMap, lineOf, overlap, parseAddress, parseNetwork, renderNetwork } from "./addresses.ts";
import { ownNetworksOf } from "./own-networks.ts";
import { createPlaces } from "./places.ts";

const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join("."));
const network = fc.oneof(
  fc.tuple(v4, fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`),
  fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, prefix]) => `${address}/${prefix}`),
);

test("networks are written and read alike, and hold what their bits say", () => {
  fc.assert(
    fc.property(network, fc.oneof(v4, fc.ipV6()), (text, address) => {
      const parsed = parseNetwork(text);
      const bytes = parseAddress(address);
      if (parsed === undefined || bytes === undefined) return expect(text).toMatch(/^::ffff:|\//i);
      expect(parseNetwork(renderNetwork(parsed))).toEqual(parsed);
      const bits = (all: Uint8Array) => Array.from(all, (byte) => byte.toString(2).padStart(8, "0")).join("");
      const expected =
        bits(bytes).length === bits(parsed.bytes).length &&
        bits(bytes).startsWith(bits(parsed.bytes).slice(0, parsed.prefix));
      expect(contains(parsed, bytes)).toBe(expected);
      expect(contains(parsed, parsed.bytes)).toBe(true);
      expect(overlap(parsed, lineOf(bytes))).toBe(
        contains(parsed, lineOf(bytes).bytes) || contains(lineOf(bytes), parsed.bytes),
      );
    }),
    { numRuns: 2000 },
  );
});

test("what is no address or network is none; a mapped address is the IPv4 one", () => {
  for (const text of [
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4/33",
    "::/129",
    "::g",
    "1.2.3.4/",
    "a/8",
    "1.2.3.4/-1",
  ]) {
    expect(parseNetwork(text)).toBeUndefined();
  }
  expect(parseAddress("::ffff:1.2.3.4")).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(parseAddress("fe80::1%eth0")?.length).toBe(16);
  for (const [text, rendered] of [
    ["2001:db8:0:0:1::5/64", "2001:db8::/64"],
    ["::1", "::1"],
    ["::/0", "::/0"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["10.1.2.3/8", "10.0.0.0/8"],
  ] as const) {
    const parsed = parseNetwork(text);
    expect(parsed && renderNetwork(parsed)).toBe(rendered);
  }
});

test("a map of networks finds every one that holds an address", () => {
  fc.assert(
    fc.property(
      fc.array(network, { maxLength: 20 }),
      fc.oneof(v4, fc.ipV6()),
      fc.array(fc.nat(19)),
      (texts, address, gone) => {
        const map = createNetworkMap<string>();
        const held = new Map<string, NonNullable<ReturnType<typeof parseNetwork>>>();
        for (const text of texts) {
          const parsed = parseNetwork(text);
          if (parsed === undefined) continue;
          map.set(parsed, renderNetwork(parsed));
          held.set(renderNetwork(parsed), parsed);
        }
        for (const index of gone) {
          const parsed = parseNetwork(texts[index] ?? "");
          if (parsed === undefined) continue;
          map.delete(parsed);
          held.delete(renderNetwork(parsed));
        }
        expect(map.size).toBe(held.size);
        const bytes = parseAddress(address);
        if (bytes === undefined) return;
        const expected = [...held].filter(([, one]) => contains(one, bytes)).map(([text]) => text);
        expect(map.holding(bytes).toSorted()).toEqual(expected.toSorted());
      },
    ),
  );
});

test("the household is what a machine behind a home router is on; tunnels are the VPN, wherever they lie", () => {
  const interfaces = {
    lo: [{ cidr: "127.0.0.1/8" }, { cidr: "::1/128" }],
    eth0: [{ cidr: "192.168.1.2/24" }, { cidr: "2001:db8:5:6::2/64" }, { cidr: "fe80::2/64" }],
    hearth0: [{ cidr: "10.9.0.1/24" }],
    wg1: [{ cidr: "fd12::1/64" }],
    none: undefined,
  };
  const own = ownNetworksOf(interfaces, { interface: "hearth0", rangeV4: "10.77.0.0/24" });
  const places = createPlaces({ household: ["198.51.100.7"], work: ["203.0.113.0/24"] }, own, () => null);
  for (const [address, zone] of [
    ["127.0.0.1", "household"],
    ["::1", "household"],
    ["192.168.1.200", "household"],
    ["::ffff:192.168.1.200", "household"],
    ["2001:db8:5:6:aaaa::1", "household"],
    ["198.51.100.7", "household"],
    ["fe80::99", "household"],
    ["10.9.0.44", "vpn"],
    ["10.77.0.9", "vpn"],
    ["fd12::44", "vpn"],
    ["192.168.2.1", "outside"],
    ["2001:db8:5:7::1", "outside"],
    ["198.51.100.8", "outside"],
    ["", "outside"],
  ] as const)
    expect([address, places.of(address).zone]).toEqual([address, zone]);
  expect(places.of("203.0.113.5").sets).toEqual(["work"]);
  const rented = ownNetworksOf(
    { eth0: [{ cidr: "203.0.113.2/24" }, { cidr: "2001:db8::2/64" }] },
    { interface: "wg0" },
  );
  expect(rented.household.map(renderNetwork)).toEqual(["127.0.0.0/8", "::1"]);
});
