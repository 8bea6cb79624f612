import { expect, test } from "bun:test";
import { factorsInWords } from "./factors-in-words.ts";

test("second factors in words", () => {
  expect(factorsInWords({ totp: false, passkeys: 0 })).toBeNull();
  expect(factorsInWords({ totp: true, passkeys: 0 })).toBe("Authenticator app");
  expect(factorsInWords({ totp: true, passkeys: 2 })).toBe("Authenticator app, 2 passkeys");
  expect(factorsInWords({ totp: false, passkeys: 1 })).toBe("1 passkey");
});
