import { expect, test } from "bun:test";
import fc from "fast-check";
import { flagChar, hashChars32, ratioChar, ratioStep, stepsOf } from "./columns.ts";
import { differenceHash } from "./difference-hash.ts";
import { groupDuplicates, maxDistance } from "./duplicate-groups.ts";
import { dayOf, monthOf, noWords, readMoment, takenOf, type TimeWords } from "./moment.ts";
import { motionIn } from "./motion.ts";
import { boundsOf, cellOf, readIso6709, shiftOf } from "./place.ts";
import { type Member, placeStack } from "./stacks.ts";
import { wishesOf, wordsOf } from "./words.ts";

const around = { fileMs: Date.UTC(2026, 4, 1), nowMs: Date.UTC(2026, 10, 23), homeOffset: () => 60 };
const taken = (words: Partial<TimeWords>) => {
  const { localMs, offsetMinutes, from } = takenOf({ ...noWords, ...words }, around);
  return `${new Date(localMs).toISOString().slice(0, 19)} ${offsetMinutes} ${from}`;
};

test("the date is that of the surest witness", () => {
  const all = {
    camera: "2024:01:31 12:30:05",
    zone: "+02:00",
    embedded: "2023-05-05T05:05:05+01:00",
    gps: "2024:01:31 10:30:04",
    changed: "2025:01:01 00:00:00",
    name: "2020-02-02",
  };
  expect(taken({ ...all, sidecar: "2019-09-09T09:09:09" })).toBe("2019-09-09T09:09:09 null sidecar");
  expect(taken(all)).toBe("2024-01-31T12:30:05 120 zoned");
  expect(taken({ ...all, zone: null })).toBe("2024-01-31T12:30:05 120 zoned");
  expect(taken({ ...all, zone: null, gps: null })).toBe("2024-01-31T12:30:05 null camera");
  expect(taken({ ...all, camera: null })).toBe("2023-05-05T05:05:05 60 zoned");
  expect(taken({ gps: all.gps, name: all.name })).toBe("2024-01-31T11:30:04 60 gps");
  expect(taken({ utc: "2024-07-01T10:00:00Z", name: "2024-07-01T12:00:00.000" })).toBe("2024-07-01T12:00:00 120 zoned");
  expect(taken({ utc: "2024-07-01T10:00:00Z" })).toBe("2024-07-01T11:00:00 60 camera");
  expect(taken({ name: "2020-02-02" })).toBe("2020-02-02T12:00:00 null name");
  expect(taken({ changed: "2025:01:01 00:00:00" })).toBe("2025-01-01T00:00:00 null camera");
  expect(taken({})).toBe("2026-05-01T01:00:00 60 file");
});

test("what is no date, or lies in the future or before photography, is passed over", () => {
  for (const camera of [
    "0000:00:00 00:00:00",
    "    :  :     :  :  ",
    "2031:01:01 00:00:00",
    "1700:01:01 00:00:00",
    "2024:02:31 10:00:00",
    "x",
  ]) {
    expect(taken({ camera })).toBe("2026-05-01T01:00:00 60 file");
  }
  fc.assert(
    fc.property(fc.string(), fc.string(), (camera, embedded) => {
      const { localMs } = takenOf({ ...noWords, camera, embedded }, around);
      expect(Number.isSafeInteger(localMs)).toBe(true);
      expect(String(dayOf(localMs))).toMatch(/^\d{8}$/);
    }),
  );
  expect(readMoment("2024-03-10T01:02:03.5+05:30")).toEqual({
    localMs: Date.UTC(2024, 2, 10, 1, 2, 3, 500),
    offsetMinutes: 330,
    hasTime: true,
  });
  expect(monthOf(20_240_131)).toBe(2024 * 12);
});

const member = (itemId: number, more: Partial<Member> = {}): Member => ({
  ...{ itemId, isFilm: false, rank: 0, durationMs: null, contentId: null, path: `${itemId}` },
  ...more,
});

test("one of a stack is shown; a short film of the same name is the moment of a picture, a long one a film of its own", () => {
  const shown = (members: readonly Member[]) =>
    placeStack(members)
      .filter(({ isShown }) => isShown)
      .map(({ itemId, motionItemId }) => [itemId, motionItemId]);
  expect(shown([member(1, { rank: 1 }), member(2, { rank: 2 })])).toEqual([[2, null]]);
  expect(shown([member(1), member(2, { isFilm: true, durationMs: 2800 })])).toEqual([[1, 2]]);
  expect(shown([member(1), member(2, { isFilm: true, durationMs: 60_000 })])).toEqual([
    [1, null],
    [2, null],
  ]);
  expect(shown([member(1), member(2, { isFilm: true })])).toEqual([
    [1, null],
    [2, null],
  ]);
  const live = { contentId: "A" };
  expect(shown([member(1, live), member(2, { ...live, isFilm: true, durationMs: 60_000 })])).toEqual([[1, 2]]);
  expect(shown([member(1, { isFilm: true }), member(2, { isFilm: true })])).toEqual([
    [1, null],
    [2, null],
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.record({ isFilm: fc.boolean(), rank: fc.nat(3), durationMs: fc.option(fc.nat(9000)) })),
      (all) => {
        const members = all.map((one, index) => member(index + 1, one));
        const placed = placeStack(members);
        expect(placed.map(({ itemId }) => itemId).toSorted((a, b) => a - b)).toEqual(
          members.map(({ itemId }) => itemId),
        );
        for (const { stackId, isShown, itemId } of placed) {
          expect(isShown).toBe(stackId === itemId);
          expect(placed.some((top) => top.itemId === stackId && top.isShown)).toBe(true);
        }
      },
    ),
  );
});

test("pictures within six bits are found, whatever bits they are, and the best of them leads", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      fc.uniqueArray(fc.nat(63), { maxLength: 9 }),
      (hash, flipped) => {
        const other = Uint8Array.from(hash);
        for (const bit of flipped) other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const groups = groupDuplicates({ hashes: Uint8Array.of(...hash, ...other), ratios: Uint8Array.of(30, 31) });
        expect(groups).toEqual(flipped.length <= maxDistance ? [[0, 1]] : []);
      },
    ),
  );
  const same = Uint8Array.from({ length: 24 }, () => 7);
  expect(groupDuplicates({ hashes: same, ratios: Uint8Array.of(30, 30, 45) })).toEqual([[0, 1]]);
  expect(differenceHash(new Uint8Array(72).fill(128))).toBeNull();
  expect(differenceHash(Uint8Array.from({ length: 72 }, (_, at) => (at % 9) * 20))).toEqual(
    new Uint8Array(8).fill(255),
  );
});

test("columns, places and words", () => {
  for (const [width, height] of [
    [4000, 3000],
    [1, 1],
    [100, 9999],
    [0, 0],
  ] as const) {
    const ratio = width > 0 ? Math.max(0.25, Math.min(4, width / height)) : 4 / 3;
    const read = 2 ** ((ratioStep(ratioChar(width, height)) / 63) * 4 - 2);
    expect(Math.abs(Math.log2(read / ratio))).toBeLessThan(0.04);
  }
  expect(hashChars32(new Uint8Array(24).fill(255))).toBe("/".repeat(32));
  expect(hashChars32(new Uint8Array(20).fill(255))).toHaveLength(32);
  expect([flagChar(0), flagChar(63)]).toEqual(["A", "_"]);
  expect(stepsOf([5, 3, 9])).toEqual([5, -2, 6]);
  fc.assert(
    fc.property(
      fc.double({ min: -84, max: 84, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      (latitude, longitude, level) => {
        const { x, y } = cellOf(latitude, longitude);
        const bounds = boundsOf({ x: x >> shiftOf(level), y: y >> shiftOf(level) }, level);
        expect(latitude).toBeGreaterThanOrEqual(bounds.south - 1e-3);
        expect(latitude).toBeLessThanOrEqual(bounds.north + 1e-3);
        expect(longitude).toBeGreaterThanOrEqual(bounds.west - 1e-3);
        expect(longitude).toBeLessThanOrEqual(bounds.east + 1e-3);
      },
    ),
  );
  expect(readIso6709("+41.2203-096.0716+351.2/")).toEqual({ latitude: 41.2203, longitude: -96.0716 });
  expect(readIso6709("+00.0000+000.0000/")).toBeNull();
  expect(wishesOf("March 2024 Zürich 2023-07 video")).toEqual([
    { kind: "month", month: 3, word: "march" },
    { kind: "year", year: 2024, word: "2024" },
    { kind: "word", word: "zurich" },
    { kind: "day", from: 20_230_700, to: 20_230_799 },
    { kind: "video" },
  ]);
  expect(wordsOf(["Fête/IMG.jpg", null, "Canon"])).toBe("fete/img.jpg \n canon");
});

test("the film inside a motion photo is found where XMP, a box or Samsung's trailer says, and nowhere else", () => {
  const film = new Uint8Array(4000);
  film.set(new TextEncoder().encode("\0\0\0\u0018ftypmp42"));
  const source = (bytes: Uint8Array, xmp = "") => ({
    ...{ head: bytes.subarray(0, 1000), sizeBytes: bytes.length, xmp },
    read: (at: number, length: number) => bytes.subarray(at, at + length),
  });
  const behind = Uint8Array.of(...new Uint8Array(3000).fill(9), ...film);
  const item = '<Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="4000"/>';
  expect(motionIn(source(behind, item))).toEqual({ offset: 3000, bytes: 4000 });
  expect(motionIn(source(behind, 'GCamera:MicroVideoOffset="4000"'))).toEqual({ offset: 3000, bytes: 4000 });
  expect(motionIn(source(behind, 'GCamera:MicroVideoOffset="3999"'))).toBeNull();
  expect(motionIn(source(behind, 'GCamera:MicroVideoOffset="999999999"'))).toBeNull();
  expect(motionIn(source(behind))).toBeNull();
  const text = (words: string) => new TextEncoder().encode(words);
  const samsung = Uint8Array.of(...new Uint8Array(500), ...text("MotionPhoto_Data"), ...film, ...text("SEFH....SEFT"));
  expect(motionIn(source(samsung))).toEqual({ offset: 516, bytes: 4000 });
  const box = Uint8Array.of(
    ...text("\0\0\0\u0018ftypheic"),
    ...new Uint8Array(12),
    ...[0, 0, 0x0f, 0xa8],
    ...text("mpvd"),
    ...film,
  );
  expect(motionIn(source(box))).toEqual({ offset: 32, bytes: 4000 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.string(), (bytes, xmp) => void motionIn(source(bytes, xmp))),
  );
});
