import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLanes } from "./lanes.ts";

const limits = { total: 4, big: 2, bigFromBytes: 100 };

test("a big file does not hold up small ones, nor the other way round", () => {
  const lanes = createLanes(limits);
  for (let id = 1; id <= 3; id++) lanes.add(id, 500);
  for (let id = 4; id <= 9; id++) lanes.add(id, 1);
  expect(lanes.take()).toEqual([1, 2, 4, 5]);
  lanes.remove(1);
  expect(lanes.take()).toEqual([3]);
  lanes.remove(4);
  expect(lanes.take()).toEqual([6]);
});

test("limits hold, order holds within a lane, and everything is started once", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 200 }), (sizes, picks) => {
      const lanes = createLanes(limits);
      for (const [id, sizeBytes] of sizes.entries()) lanes.add(id, sizeBytes);
      const isBig = (id: number): boolean => (sizes[id] ?? 0) >= limits.bigFromBytes;
      const running: number[] = [];
      const started: number[] = [];
      for (let step = 0; step <= sizes.length + picks.length; step++) {
        const next = lanes.take();
        running.push(...next);
        started.push(...next);
        expect(running.length).toBeLessThanOrEqual(limits.total);
        expect(running.filter(isBig).length).toBeLessThanOrEqual(limits.big);
        expect(lanes.runningCount()).toBe(running.length);
        if (running.length === 0) break;
        const [ended] = running.splice((picks[step] ?? 0) % running.length, 1);
        lanes.remove(ended ?? -1);
      }
      expect(started.filter(isBig)).toEqual([...sizes.keys()].filter(isBig));
      expect(started.filter((id) => !isBig(id))).toEqual([...sizes.keys()].filter((id) => !isBig(id)));
    }),
  );
});
