import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Chunk, chunkOffset, coverage, inOrder } from "./chunk-names.ts";

const layouts = fc
  .record({ sizeBytes: fc.integer({ min: 1, max: 50 }), count: fc.integer({ min: 1, max: 30 }) })
  .chain(({ sizeBytes, count }) =>
    fc.record({
      sizeBytes: fc.constant(sizeBytes),
      count: fc.constant(count),
      last: fc.integer({ min: 1, max: sizeBytes }),
    }),
  );

/** The chunks of a file as a client cuts it: of one size, the last one shorter. */
function cut({ sizeBytes, count, last }: { sizeBytes: number; count: number; last: number }) {
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    offset: index * sizeBytes,
    size: index === count - 1 ? last : sizeBytes,
  }));
}

test("chunks without an offset find their place in order, whatever their numbers are written like", () => {
  fc.assert(
    fc.property(layouts, fc.constantFrom(1, 5, 6, 16), (layout, digits) => {
      const received: Chunk[] = [];
      for (const { number, offset, size } of cut(layout)) {
        const name = String(number).padStart(digits, "0");
        const found = chunkOffset({ name, offsetHeader: null, sizeBytes: size }, received);
        expect(found).toBe(offset);
        received.push({ name, offsetBytes: found, sizeBytes: size });
      }
      expect(coverage(received)).toEqual({
        sizeBytes: (layout.count - 1) * layout.sizeBytes + layout.last,
        isWhole: true,
      });
    }),
  );
});

test("the offset in the header or in rclone's name counts, and a gap is seen", () => {
  expect(chunkOffset({ name: "00002", offsetHeader: "17", sizeBytes: 3 }, [])).toBe(17);
  expect(chunkOffset({ name: "000000000000100-000000000000200", offsetHeader: null, sizeBytes: 100 }, [])).toBe(100);
  const chunks = [0, 20].map((offsetBytes) => ({ name: String(offsetBytes), offsetBytes, sizeBytes: 10 }));
  expect(coverage(chunks)).toEqual({ sizeBytes: 10, isWhole: false });
  expect(coverage([])).toEqual({ sizeBytes: 0, isWhole: true });
});

test("ten comes after nine", () => {
  const chunks = ["10", "9", "1"].map((name) => ({ name, offsetBytes: 0, sizeBytes: 1 }));
  expect(inOrder(chunks).map(({ name }) => name)).toEqual(["1", "9", "10"]);
});

test.each(["", "x", "-1", "1-", "../1", "1.5", "99999999999999999999"])("%p is no name of a chunk", (name) => {
  expect(() => chunkOffset({ name, offsetHeader: null, sizeBytes: 1 }, [])).toThrow("bad-request");
});
