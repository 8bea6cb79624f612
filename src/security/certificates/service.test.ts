import { expect, test } from "bun:test";
import { createCertificates } from "./service.ts";

test("certificates.read says as of when", () => {
  expect(createCertificates({ clock: { now: () => 5 } }).read()).toEqual({ asOfMs: 5 });
});
