import { expect, test } from "bun:test";
import fc from "fast-check";
import { UserName } from "#contract/security/identity";
import { isLoginName, suggestLoginName } from "./login-name.ts";

test("a suggestion is a valid login name or empty", () => {
  expect(suggestLoginName("Änne Müller")).toBe("anne");
  expect(suggestLoginName("  -Dr. No")).toBe("dr.");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const name = suggestLoginName(text);
      expect(name === "" || isLoginName(name)).toBe(true);
    }),
  );
});

test("the rule is the contract's", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => isLoginName(text) === UserName.safeParse(text).success),
  );
});
