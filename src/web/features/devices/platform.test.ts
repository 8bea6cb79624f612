import { expect, test } from "bun:test";
import { formatFor, suggestDeviceName } from "./platform.ts";

test("Apple's systems get a profile, all others a file", () => {
  expect(formatFor("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15")).toBe(
    "apple-profile",
  );
  expect(formatFor("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Firefox/144.0")).toBe("apple-profile");
  expect(formatFor("Mozilla/5.0 (Linux; Android 16) Chrome/142.0 Mobile")).toBe("pkcs12");
  expect(formatFor("")).toBe("pkcs12");
});

test("a device is named after its system, as far as that is known", () => {
  expect(suggestDeviceName("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0")).toBe(
    "Linux computer",
  );
  expect(suggestDeviceName("curl/8")).toBe("");
});
