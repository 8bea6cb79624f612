import { expect, test } from "bun:test";
import { isOutsidePage, safeNext } from "./next.ts";

test("only paths of this site are followed after the login", () => {
  expect(safeNext({ next: "/files/3?sort=size" })).toEqual({ next: "/files/3?sort=size" });
  for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "/login?next=/", "", 7, undefined]) {
    expect(safeNext({ next })).toEqual({});
  }
});

test("what the server draws itself needs a new document", () => {
  expect(isOutsidePage("/oidc/interaction/abc")).toBe(true);
  expect(isOutsidePage("/oidcs")).toBe(false);
  expect(isOutsidePage("/files/3")).toBe(false);
});
