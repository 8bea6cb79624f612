import { expect, test } from "bun:test";
import { createAudit } from "./service.ts";

test("audit.read says as of when", () => {
  expect(createAudit({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
