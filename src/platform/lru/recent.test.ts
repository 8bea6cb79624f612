import { expect, test } from "bun:test";
import fc from "fast-check";
import { createRecentMap } from "./index.ts";

const step = fc.record({ act: fc.constantFrom("get", "set", "delete"), key: fc.nat(40), value: fc.nat() });

test("it never answers anything but the last value set, and keeps what was used lately", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 2, max: 20 }), (steps, maxEntries) => {
      const map = createRecentMap<number, number>(maxEntries);
      const truth = new Map<number, number>();
      let used: number[] = [];
      for (const { act, key, value } of steps) {
        if (act === "set") {
          map.set(key, value);
          truth.set(key, value);
        } else if (act === "delete") {
          map.delete(key);
          truth.delete(key);
        } else {
          const found = map.get(key);
          if (found !== undefined) expect(found).toBe(truth.get(key) as number);
          if (truth.has(key) && used.includes(key)) expect(found).toBe(truth.get(key) as number);
          if (found === undefined) continue;
        }
        used = [...used.filter((other) => other !== key), key].slice(-Math.floor(maxEntries / 2));
      }
    }),
  );
});

test("deletes by value, in both generations", () => {
  const map = createRecentMap<string, number>(4);
  for (const n of [1, 2, 3, 4]) map.set(`k${n}`, n);
  map.deleteWhere((n) => n % 2 === 0);
  expect([map.get("k1"), map.get("k2"), map.get("k3"), map.get("k4")]).toEqual([1, undefined, 3, undefined]);
});

test("it holds at most as many entries as it was told", () => {
  const map = createRecentMap<number, string>(10);
  for (let key = 0; key < 1000; key++) map.set(key, "x");
  let held = 0;
  for (let key = 990; key < 1000; key++) if (map.get(key) !== undefined) held++;
  expect(held).toBeGreaterThanOrEqual(5);
  for (let key = 0; key < 980; key++) expect(map.get(key)).toBeUndefined();
});
