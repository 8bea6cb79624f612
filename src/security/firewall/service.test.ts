import { expect, test } from "bun:test";
import { createFirewall } from "./service.ts";

test("firewall.read says as of when", () => {
  expect(createFirewall({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
