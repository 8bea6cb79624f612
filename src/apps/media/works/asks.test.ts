import { expect, test } from "bun:test";
import { anonymous } from "#platform/usecase";
import { createAsks } from "./asks.ts";

test("each person has catalogues asked thirty times within a minute, and is told how long to wait", () => {
  let nowMs = 1_000_000;
  const count = createAsks({ now: () => nowMs });
  const [anna, ben] = [1, 2].map((userId) => ({ ...anonymous, userId }));
  if (anna === undefined || ben === undefined) throw new Error("nobody");
  for (let times = 0; times < 30; times += 1) {
    count(anna);
    nowMs += 1000;
  }
  expect(() => count(anna)).toThrow(expect.objectContaining({ code: "too-many-requests", retryAfterSeconds: 30 }));
  count(ben);
  nowMs += 30_500;
  count(anna);
  expect(() => count(anna)).toThrow("too-many-requests");
  // A clock that was set back locks nobody out.
  nowMs -= 86_400_000;
  count(anna);
});
