import { expect, test } from "bun:test";
import { readSessionCookie, renderExpiredCookie, renderSessionCookie } from "./cookie.ts";

test("over TLS the cookie has every protection a browser knows", () => {
  expect(renderSessionCookie("abc", 60, true)).toBe(
    "__Host-hearth=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
  );
});

test("without TLS the cookie is plain, and is not believed over TLS", () => {
  expect(renderSessionCookie("abc", 60, false)).toBe("hearth=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
  expect(readSessionCookie("hearth=abc", false)).toBe("abc");
  expect(readSessionCookie("hearth=abc", true)).toBeUndefined();
  expect(readSessionCookie("__Host-hearth=abc", false)).toBeUndefined();
});

test("the cookie is found among others", () => {
  expect(readSessionCookie("a=1; xhearth=2;hearth=abc ; b=3", false)).toBe("abc");
  expect(readSessionCookie("", false)).toBeUndefined();
  expect(readSessionCookie("hearth", false)).toBeUndefined();
  expect(renderExpiredCookie(true)).toContain("Max-Age=0");
});
