import { expect, test } from "bun:test";
import fc from "fast-check";
import { isAtHome, requireSafeAddress } from "./redirects.ts";

const isSafe = (address: string): boolean => {
  try {
    requireSafeAddress(address);
    return true;
  } catch {
    return false;
  }
};

test("names and addresses of the house, and those that only look like it", () => {
  const home = ["localhost", "nas", "nas.local", "box.lan", "a.home.arpa", "127.0.0.1", "10.1.2.3", "172.16.0.1"];
  const more = ["192.168.1.5", "100.64.0.1", "[::1]", "[fd00::1]", "[fe80::1]"];
  expect([...home, ...more].filter((host) => !isAtHome(host))).toEqual([]);
  const outside = [
    "example.org",
    "local.example.org",
    "10.example.org",
    "127.0.0.1.example.org",
    "8.8.8.8",
    "172.32.0.1",
  ];
  expect([...outside, "100.128.0.1", "[2001:db8::1]", "lan.", "nas.local.evil"].filter(isAtHome)).toEqual([]);
});

test("plain HTTP never leaves the house, whatever the address looks like", () => {
  fc.assert(
    fc.property(fc.webUrl({ validSchemes: ["http"], withQueryParameters: true }), (address) => {
      fc.pre(!isAtHome(new URL(address).hostname));
      expect(isSafe(address)).toBe(false);
    }),
    { numRuns: 30 },
  );
});

test("no user part, fragment, wildcard or other scheme", () => {
  const refused = ["https://a@b.example/", "https://b.example/#x", "https://b.example/#", "https://*.b.example/"];
  expect([...refused, "ftp://b.example/", "javascript:alert(1)", "data:text/html,x"].filter(isSafe)).toEqual([]);
  expect(["https://b.example/cb?x=1", "http://nas.local:8080/cb"].filter((address) => !isSafe(address))).toEqual([]);
});
