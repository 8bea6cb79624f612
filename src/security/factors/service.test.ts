import { expect, test } from "bun:test";
import { createFactors } from "./service.ts";

test("factors.read says as of when", () => {
  expect(createFactors({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
