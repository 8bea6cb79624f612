import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLruMap } from "./index.ts";

test("keeps the most recently used entries and never more than its bound", () => {
  const key = fc.integer({ min: 0, max: 12 });
  const step = fc.record({ act: fc.constantFrom("get", "set", "delete"), key });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 6 }), (steps, bound) => {
      const lru = createLruMap<number, string>(bound);
      let model: number[] = [];
      for (const { act, key: k } of steps) {
        const known = model.includes(k);
        if (act === "get") expect(lru.get(k)).toBe(known ? `v${k}` : undefined);
        if (act === "set") lru.set(k, `v${k}`);
        if (act === "delete") lru.delete(k);
        const touched = act === "set" || (act === "get" && known);
        model = model.filter((other) => other !== k || (act === "get" && !known));
        if (touched) model = [...model, k].slice(-bound);
        expect(lru.size).toBe(model.length);
      }
      expect(model.every((k) => lru.get(k) === `v${k}`)).toBe(true);
    }),
  );
});

test("deletes by value", () => {
  const lru = createLruMap<string, number>(10);
  for (const n of [1, 2, 3, 4]) lru.set(`k${n}`, n);
  lru.deleteWhere((n) => n % 2 === 0);
  expect([lru.get("k1"), lru.get("k2"), lru.get("k3"), lru.get("k4")]).toEqual([1, undefined, 3, undefined]);
});
