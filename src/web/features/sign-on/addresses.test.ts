import { expect, test } from "bun:test";
import { issuerOf, linesOf, providerIdFor, wrongAddress } from "./addresses.ts";

test("addresses are read one a line, and the first wrong one is found", () => {
  expect(linesOf(" https://a.example/cb \n\n app://b ")).toEqual(["https://a.example/cb", "app://b"]);
  expect(wrongAddress(["https://a.example", "a.example"])).toBe("a.example");
  expect(wrongAddress([])).toBeUndefined();
});

test("a provider's id is made of its name, and no other has it", () => {
  expect(providerIdFor("Müller & Co", [])).toBe("muller-co");
  expect(providerIdFor("Google", ["google"])).toBe("google-2");
  expect(providerIdFor("?", [])).toBe("provider");
  expect(providerIdFor("y".repeat(80), []).length).toBeLessThanOrEqual(32);
});

test("the issuer stands below the public address", () => {
  expect(issuerOf(null, "https://cloud.example")).toBe("https://cloud.example/oidc");
  expect(issuerOf("https://out.example", "https://in.example")).toBe("https://out.example/oidc");
});
