import { expect, test } from "bun:test";
import { createOidc } from "./service.ts";

test("oidc.read says as of when", () => {
  expect(createOidc({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
