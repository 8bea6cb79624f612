import { expect, test } from "bun:test";
import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { protectionOf } from "./protection.ts";

const t = strings.security.protection;
const passkey = { id: "p", name: "Phone", createdAtMs: 1, lastUsedAtMs: null, synced: true, host: "home.example" };
const bare: Output<"factors.status"> = {
  totpAddedAtMs: null,
  passkeys: [],
  recoveryCodesLeft: null,
  recoveryCodesMadeAtMs: null,
  secondFactorNeeded: false,
  mustSetUp: false,
  passkeysPossible: { possible: true, reason: null },
};

test("the sentence follows what is set up", () => {
  const withCodes = { ...bare, recoveryCodesLeft: 10, recoveryCodesMadeAtMs: 1 };
  expect(protectionOf(bare)).toEqual({ level: "soon", sentence: t.password });
  expect(protectionOf({ ...bare, mustSetUp: true }).level).toBe("now");
  expect(protectionOf({ ...withCodes, totpAddedAtMs: 1 })).toEqual({ level: "good", sentence: t.totp });
  expect(protectionOf({ ...withCodes, passkeys: [passkey] })).toEqual({ level: "good", sentence: t.passkeys });
  expect(protectionOf({ ...withCodes, totpAddedAtMs: 1, passkeys: [passkey] }).sentence).toBe(t.both);
});

test("few recovery codes are said, and none at all", () => {
  const left = (recoveryCodesLeft: number | null) => protectionOf({ ...bare, totpAddedAtMs: 1, recoveryCodesLeft });
  expect(left(3).level).toBe("good");
  expect(left(2)).toEqual({ level: "soon", sentence: t.fewCodes(2) });
  expect(left(null)).toEqual({ level: "soon", sentence: t.fewCodes(0) });
});
