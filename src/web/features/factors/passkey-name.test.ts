import { expect, test } from "bun:test";
import { suggestPasskeyName } from "./passkey-name.ts";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

test("a passkey is named after the browser, and counted when the name is taken", () => {
  expect(suggestPasskeyName(firefox, [])).toBe("Firefox on Linux");
  expect(suggestPasskeyName(firefox, ["Firefox on Linux", "Firefox on Linux 2"])).toBe("Firefox on Linux 3");
  expect(suggestPasskeyName("curl/8", [])).toBe("Passkey");
});
