import { expect, test } from "bun:test";
import { createVpn } from "./service.ts";

test("vpn.read says as of when", () => {
  expect(createVpn({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
