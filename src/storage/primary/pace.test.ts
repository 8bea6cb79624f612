import { expect, test } from "bun:test";
import { createPace } from "./pace.ts";

const overwrite = async (pace: ReturnType<typeof createPace>, device: string): Promise<number> => {
  const startedAt = performance.now();
  await pace.wait(device);
  pace.note(device, "write");
  return performance.now() - startedAt;
};

test("while nobody looks, a device slows down evenly: no change waits for long, and few get through", async () => {
  const pace = createPace();
  pace.begin();
  for (let index = 0; index < 24; index++) {
    expect(pace.wait("laptop")).toBeUndefined();
    pace.note("laptop", "write");
  }
  const startedAt = performance.now();
  const later: number[] = [];
  for (let index = 0; index < 8; index++) later.push(await overwrite(pace, "laptop"));
  // Two seconds is the longest; each of these waits for its own turn only.
  expect(Math.max(...later)).toBeLessThan(1_900);
  expect(performance.now() - startedAt).toBeGreaterThan(600);
  expect(pace.wait("phone")).toBeUndefined();
  pace.end();
});

test("changes that come at once go on one by one, none after more than two seconds, and all of them once somebody looked", async () => {
  const pace = createPace();
  pace.begin();
  for (let index = 0; index < 24; index++) pace.note("laptop", "trash");
  const startedAt = performance.now();
  let gone = 0;
  const all = Array.from({ length: 200 }, () => pace.wait("laptop")?.then(() => gone++));
  await Promise.race(all);
  expect(gone).toBe(1);
  await Bun.sleep(300);
  expect(gone).toBeLessThan(24);
  pace.looked("laptop", 12);
  await Promise.all(all);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(pace.wait("laptop")).toBeUndefined();

  for (let index = 0; index < 24; index++) pace.note("laptop", "trash");
  const again = performance.now();
  await Promise.all(Array.from({ length: 200 }, () => pace.wait("laptop")));
  expect(performance.now() - again).toBeGreaterThan(1_900);
  expect(performance.now() - again).toBeLessThan(4_000);
  pace.end();
});
