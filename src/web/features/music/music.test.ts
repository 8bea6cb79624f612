import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { gainFactor } from "./gain.ts";
import { insert, move, nextIndex, queueOf, removeAt, shuffle, unshuffle } from "./queue.ts";
import { parseMusicSearch } from "./url-state.ts";
import { clockText } from "./use-position.ts";

const items = (queue: { readonly entries: readonly { readonly item: number }[] }) =>
  queue.entries.map(({ item }) => item);
const list = fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 });

describe("the queue", () => {
  test("whatever is done to it, the song that is heard stays the one that is heard", () => {
    fc.assert(
      fc.property(list, fc.nat(29), fc.nat(29), fc.nat(29), (songs, at, from, to) => {
        const queue = queueOf(songs, at);
        const current = queue.entries[queue.index];
        const mixed = shuffle(queue, Math.random);
        expect(mixed.entries[mixed.index]).toBe(current as never);
        expect(items(mixed).toSorted()).toEqual([...songs].toSorted());
        expect(items(unshuffle(mixed))).toEqual(songs);
        const moved = move(queue, from % songs.length, to % songs.length);
        expect(moved.entries[moved.index]).toBe(current as never);
        const more = insert(queue, [7, 8], "next");
        expect(more.entries[more.index]).toBe(current as never);
        expect(items(more).slice(more.index + 1, more.index + 3)).toEqual([7, 8]);
        if (from % songs.length !== queue.index) {
          const less = removeAt(queue, from % songs.length);
          expect(less.entries[less.index]).toBe(current as never);
        }
      }),
    );
  });
  test("what follows: the next, the first again, the same, or nothing", () => {
    const end = queueOf([1, 2], 1);
    expect([nextIndex(end, "off"), nextIndex(end, "all"), nextIndex(end, "one")]).toEqual([null, 0, 1]);
    expect(nextIndex(queueOf([1, 2], 0), "off")).toBe(1);
    expect(nextIndex(queueOf<number>([], 0), "all")).toBeNull();
  });
});

test("a gain never cuts samples off, and makes nothing louder whose peak nobody knows", () => {
  const decibels = fc.option(fc.double({ min: -40, max: 40, noNaN: true }));
  const peaks = fc.option(fc.double({ min: 0.001, max: 2, noNaN: true }));
  fc.assert(
    fc.property(decibels, peaks, decibels, peaks, (trackDb, trackPeak, albumDb, albumPeak) => {
      const gain = { trackDb, trackPeak, albumDb, albumPeak };
      expect(gainFactor({ gain }, "off")).toBe(1);
      const track = gainFactor({ gain }, "track");
      if (trackDb !== null && trackPeak !== null) expect(track * trackPeak).toBeLessThanOrEqual(Math.max(1, 1.000001));
      if (trackPeak === null) expect(track).toBeLessThanOrEqual(1);
    }),
  );
});

test("times and addresses", () => {
  expect([clockText(0), clockText(187_900), clockText(3_729_000)]).toEqual(["0:00", "3:07", "1:02:09"]);
  expect(parseMusicSearch({ q: 1999, sort: "newest", genre: " " })).toEqual({ q: "1999", sort: "newest" });
  expect(parseMusicSearch({ sort: "title", q: "" })).toEqual({});
});
