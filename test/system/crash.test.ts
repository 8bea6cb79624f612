import { expect, test } from "bun:test";
import { storm } from "./crash/storm.ts";

test("killed at random moments under writes from several clients, it loses nothing that it acknowledged", async () => {
  const { violations, ...figures } = await storm({
    kills: 12,
    clients: 6,
    seed: Date.now() % 2 ** 31,
    maxLifeMs: 1500,
  });
  expect(violations).toEqual([]);
  expect(figures.acknowledged).toBeGreaterThan(500);
  expect(figures.interrupted).toBeGreaterThan(12);
}, 180_000);
