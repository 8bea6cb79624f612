import { expect, test } from "bun:test";
import { createGuard } from "./service.ts";

test("guard.read says as of when", () => {
  expect(createGuard({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
