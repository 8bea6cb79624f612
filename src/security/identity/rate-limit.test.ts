import { expect, test } from "bun:test";
import { createRateLimit } from "./rate-limit.ts";

test("an address that asks too often waits for the next minute, and nobody else does", () => {
  let nowMs = 0;
  const limit = createRateLimit({ now: () => nowMs }, 3);
  for (let i = 0; i < 3; i++) limit("192.0.2.1");
  nowMs = 20_000;
  expect(() => limit("192.0.2.1")).toThrow(/Try again in 40 s/);
  limit("192.0.2.2");
  for (let i = 0; i < 3; i++) limit(`2001:db8::${i}`);
  expect(() => limit("2001:db8::ffff")).toThrow("Too many requests");
  nowMs = 60_000;
  limit("192.0.2.1");
});
