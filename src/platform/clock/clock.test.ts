import { expect, test } from "bun:test";
import { inTime } from "./in-time.ts";
import { randomToken, systemRandom } from "./index.ts";

test("tokens are URL-safe, as long as asked and differ", () => {
  const tokens = new Set(Array.from({ length: 1000 }, () => randomToken(systemRandom, 120)));
  expect(tokens.size).toBe(1000);
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{20}$/);
  expect(randomToken({ bytes: (count) => new Uint8Array(count) }, 12)).toBe("AAA");
});

test("inTime gives the result, the failure, or the error of being late", async () => {
  const late = () => new Error("late");
  expect(await inTime(Promise.resolve(1), 1000, late)).toBe(1);
  expect(inTime(Promise.reject(new Error("no")), 1000, late)).rejects.toThrow("no");
  expect(inTime(new Promise(() => undefined), 5, late)).rejects.toThrow("late");
});
