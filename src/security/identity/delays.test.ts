import { expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "#platform/errors";
import { accountRule, addressRule, createLoginDelays, delayMs, networkOf, pairRule } from "./delays.ts";
import { createHandClock } from "./testing.ts";

const rules = [pairRule, addressRule, accountRule];
const minuteMs = 60_000;

test("waiting never shrinks with failures, is bounded, and the first failures are free", () => {
  const failures = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(failures, failures, fc.constantFrom(...rules), (a, b, rule) => {
      const [few, many] = [Math.min(a, b), Math.max(a, b)];
      expect(delayMs(few, rule)).toBeLessThanOrEqual(delayMs(many, rule));
      expect(delayMs(many, rule)).toBeLessThanOrEqual(rule.capMs);
      expect(delayMs(few, rule) === 0).toBe(few < rule.freeFailures);
    }),
  );
});

function tryOnce(delays: ReturnType<typeof createLoginDelays>, account: string, address: string): boolean {
  try {
    delays.begin(account, address);
    return true;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AppError);
    expect((thrown as AppError).code).toBe("too-many-requests");
    return false;
  }
}

test("guessing at one account from one address gets fewer and fewer tries", () => {
  const clock = createHandClock();
  const delays = createLoginDelays(clock);
  let tries = 0;
  for (let second = 0; second < 3600; second++) {
    if (tryOnce(delays, "alice", "192.0.2.1")) tries++;
    clock.advance(1000);
  }
  expect(tries).toBeLessThan(25);
  expect(tries).toBeGreaterThanOrEqual(pairRule.freeFailures);
});

test("parallel guesses count before they are answered", () => {
  const delays = createLoginDelays(createHandClock());
  const allowed = Array.from({ length: 100 }, () => tryOnce(delays, "alice", "192.0.2.1")).filter(Boolean);
  expect(allowed.length).toBe(pairRule.freeFailures);
});

test("others cannot lock a person out: not at a known address, and elsewhere only for seconds", () => {
  const clock = createHandClock();
  const delays = createLoginDelays(clock);
  delays.begin("owner", "192.0.2.1").succeed();
  for (let i = 0; i < 5000; i++) {
    tryOnce(delays, "owner", `198.51.${i % 100}.${Math.floor(i / 100)}`);
    clock.advance(40);
  }
  expect(tryOnce(delays, "owner", "192.0.2.1")).toBe(true);
  expect(tryOnce(delays, "owner", "203.0.113.9")).toBe(false);
  clock.advance(accountRule.capMs);
  expect(tryOnce(delays, "owner", "203.0.113.9")).toBe(true);
});

test("success forgives one's own failures and nobody else's", () => {
  const delays = createLoginDelays(createHandClock());
  for (let i = 0; i < 4; i++) delays.begin("alice", "192.0.2.1");
  for (let i = 0; i < 5; i++) delays.begin("bob", "192.0.2.1");
  delays.begin("alice", "192.0.2.1").succeed();
  for (let i = 0; i < pairRule.freeFailures; i++) expect(tryOnce(delays, "alice", "192.0.2.1")).toBe(true);
  expect(tryOnce(delays, "bob", "192.0.2.1")).toBe(false);
});

test("what was withdrawn does not count", () => {
  const delays = createLoginDelays(createHandClock());
  for (let i = 0; i < 100; i++) delays.begin("alice", "192.0.2.1").withdraw();
  expect(tryOnce(delays, "alice", "192.0.2.1")).toBe(true);
});

test("one address cannot go through many accounts", () => {
  const delays = createLoginDelays(createHandClock());
  const allowed = Array.from({ length: 100 }, (_, i) => tryOnce(delays, `user${i}`, "2001:db8::1")).filter(Boolean);
  expect(allowed.length).toBe(addressRule.freeFailures);
});

test("failures are forgotten after a while", () => {
  const clock = createHandClock();
  const delays = createLoginDelays(clock);
  for (let i = 0; i < 5; i++) delays.begin("alice", "192.0.2.1");
  expect(tryOnce(delays, "alice", "192.0.2.1")).toBe(false);
  clock.advance(121 * minuteMs);
  for (let i = 0; i < 5; i++) expect(tryOnce(delays, "alice", "192.0.2.1")).toBe(true);
});

test("an IPv6 line is one address however it is written", () => {
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:0DB8:1:2::9")).toBe("2001:db8:1:2::/64");
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  expect(networkOf("::1")).toBe("0:0:0:0::/64");
  expect(networkOf("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(typeof networkOf(text)).toBe("string");
    }),
  );
});
