import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseNetwork } from "#security/firewall";
import { addressesOf, freeHost, hostsIn, randomRanges } from "./addresses.ts";

const random = { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

test("drawn ranges are private, whole networks, and apart from what is taken", () => {
  for (let i = 0; i < 50; i++) {
    const { rangeV4, rangeV6 } = randomRanges(random, ["10.128.0.0/10", "192.168.1.0/24"]);
    expect(rangeV4).toMatch(/^10\.(19[2-9]|2[0-5]\d)\.\d+\.0\/24$/);
    expect(rangeV6).toMatch(/^fd[0-9a-f:]+::\/64$/);
    expect(parseNetwork(rangeV6)?.text).toBe(rangeV6);
  }
  expect(() => randomRanges(random, ["10.0.0.0/8"])).toThrow("rangeV4");
});

test("a host has the same place in both ranges, and every place lies in them", () => {
  expect(addressesOf({ rangeV4: "10.86.255.0/16", rangeV6: "fd86::/64" }, 300)).toEqual({
    addressV4: "10.86.1.44",
    addressV6: "fd86::12c",
  });
  expect(hostsIn({ rangeV4: "10.0.0.0/24", rangeV6: "fd86::/64" })).toBe(254);
  expect(hostsIn({ rangeV4: "10.0.0.0/8", rangeV6: "fd86::/125" })).toBe(6);
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 2, max: 30 })), (taken) => {
      const ranges = { rangeV4: "10.0.0.0/27", rangeV6: "fd86::/64" };
      const free = Array.from({ length: 29 }, (_, i) => i + 2).find((host) => !taken.includes(host));
      if (free === undefined) expect(() => freeHost(ranges, new Set(taken))).toThrow("conflict");
      else expect(freeHost(ranges, new Set(taken))).toBe(free);
    }),
  );
});
