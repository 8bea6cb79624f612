import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PgsError, parsePgs } from "./pgs.ts";

const word = (value: number): number[] => [(value >> 8) & 255, value & 255];

function segment(ms: number, type: number, body: readonly number[]): number[] {
  const ticks = (ms * 90) % 2 ** 32;
  return [
    0x50,
    0x47,
    ...word(Math.floor(ticks / 65_536)),
    ...word(ticks),
    0,
    0,
    0,
    0,
    type,
    ...word(body.length),
    ...body,
  ];
}

const end = (ms: number) => segment(ms, 0x80, []);
const palette = (ms: number, colours: readonly (readonly number[])[]) =>
  segment(ms, 0x14, [0, 0, ...colours.flatMap(([index = 0, y = 0, alpha = 0]) => [index, y, 128, 128, alpha])]);

/** A screen of 100 × 50 with one picture of two by two at 10, 20; `state`: 0x80 begins anew, 0 goes on. */
const composition = (
  ms: number,
  state: number,
  placed: readonly number[] = [...word(7), 0, 0, ...word(10), ...word(20)],
) => segment(ms, 0x16, [...word(100), ...word(50), 0x10, 0, 1, state, 0, 0, placed.length === 0 ? 0 : 1, ...placed]);

/** One line of colour 1 twice, one of colour 2 and nothing. */
const runs = [1, 1, 0, 0, 2, 0, 1, 0, 0];
const picture = (ms: number, data: readonly number[] = runs, flags = 0xc0) =>
  segment(ms, 0x15, [
    ...word(7),
    0,
    flags,
    ...((flags & 0x80) === 0 ? data : [0, ...word(data.length + 4), ...word(2), ...word(2), ...data]),
  ]);

const shown = (ms: number) => [
  ...composition(ms, 0x80),
  ...palette(ms, [
    [1, 235, 255],
    [2, 16, 128],
  ]),
  ...picture(ms),
  ...end(ms),
];
const cleared = (ms: number) => [...composition(ms, 0, []), ...end(ms)];
const bytes = (...parts: number[][]) => Uint8Array.from(parts.flat());
const pixels = (ms: number, ...parts: number[][]) => {
  const [first] = parsePgs(bytes(...parts))
    .at(ms, 0)
    .compose();
  return [...(first?.rgba ?? [])];
};

describe("pictures of discs", () => {
  test("are shown from their time to the next, with their colours, at their place", () => {
    const track = parsePgs(bytes(shown(1000), cleared(2000), shown(3000)));
    expect([999, 1000, 1999, 2000, 3000, 9999].map((ms) => track.at(ms, 0).compose().length)).toEqual([
      0, 1, 1, 0, 1, 1,
    ]);
    const { screen, compose } = track.at(1500, 0);
    expect(screen).toEqual({ width: 100, height: 50 });
    const rgba = Uint8ClampedArray.of(255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 128, 0, 0, 0, 0);
    expect(compose()).toEqual([{ x: 10, y: 20, width: 2, height: 2, rgba }]);
  });

  test("fade by their palette alone, and go on after a seek into the middle", () => {
    const fade = [...composition(1500, 0), ...palette(1500, [[1, 235, 100]]), ...end(1500)];
    for (const ms of [1500, 1600]) expect(pixels(ms, shown(1000), fade)[3]).toBe(100);
    const track = parsePgs(bytes(shown(1000), fade, cleared(2000)));
    expect([1700, 1200, 1700, 2100].map((ms) => track.at(ms, 0).compose()[0]?.rgba[3])).toEqual([
      100,
      255,
      100,
      undefined,
    ]);
  });

  test("come in several parts, and cut out", () => {
    const parts = [...picture(1000, runs.slice(0, 3), 0x80), ...picture(1000, runs.slice(3), 0x40)];
    const head = [...composition(1000, 0x80), ...palette(1000, [[1, 235, 255]])];
    expect(pixels(1000, head, parts, end(1000)).slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 255));
    const crop = [...word(7), 0, 0x80, ...word(10), ...word(20), ...word(1), ...word(0), ...word(1), ...word(9)];
    const cut = parsePgs(
      bytes(composition(1000, 0x80, crop), palette(1000, [[1, 235, 255]]), picture(1000), end(1000)),
    );
    expect(cut.at(1000, 0).compose()[0]).toMatchObject({ width: 1, height: 2 });
  });

  test("of a clock that turns over, and of a film that began before it did", () => {
    const turnMs = 2 ** 32 / 90;
    const track = parsePgs(bytes(shown(turnMs - 1000), cleared(turnMs + 1000)));
    const count = (ms: number, fromMs: number) => track.at(ms, fromMs).compose().length;
    for (const turn of [0, turnMs]) {
      const fromMs = turn + turnMs - 5000;
      const seen = [-1500, -500, 500, 1001].map((ms) => count(turn + turnMs + ms, fromMs));
      expect(seen).toEqual([0, 1, 1, 0]);
    }
    expect(count(-500, -2000)).toBe(1);
  });

  test("at every hour of a film of thirty, wherever its clock begins", () => {
    const hourMs = 3_600_000;
    const hours = [1, 2, 6.7, 7, 13, 14, 22, 29];
    for (const fromMs of [0, 600, 8 * hourMs, 13 * hourMs, 26.4 * hourMs]) {
      const at = (hour: number) => Math.round(fromMs + hour * hourMs);
      const track = parsePgs(bytes(...hours.map((hour) => [...shown(at(hour)), ...cleared(at(hour) + 2000)])));
      const seen = hours.map((hour) =>
        [-60_000, -10, 10, 1990, 2010, 60_000].map((ms) => track.at(at(hour) + ms, fromMs).compose().length),
      );
      expect(seen).toEqual(hours.map(() => [0, 0, 1, 1, 0, 0]));
    }
  });

  test("whatever is damaged says so, or is drawn within the bounds of the screen, and soon", () => {
    const whole = bytes(shown(1000), [...composition(1500, 0), ...end(1500)], cleared(2000), shown(3000));
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(whole.length), (changes, cut) => {
        const damaged = whole.slice(0, cut === 0 ? undefined : whole.length - (cut % 40));
        for (const { at, value } of changes) if (at < damaged.length) damaged[at] = value;
        try {
          const track = parsePgs(damaged);
          for (const ms of [0, 1200, 1700, 2500, 3500, 1100]) {
            for (const { width, height, rgba } of track.at(ms, 0).compose())
              expect(rgba.length).toBe(width * height * 4);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(PgsError);
        }
      }),
    );
  });

  test("an endless chain of changes is refused", () => {
    const chain = Array.from({ length: 2_500 }, (_, at) => [...composition(1000 + at, 0), ...end(1000 + at)]);
    const track = parsePgs(bytes(shown(900), ...chain));
    expect(() => track.at(3_400, 0)).toThrow(PgsError);
    expect(track.at(950, 0).compose()).toHaveLength(1);
  });
});
