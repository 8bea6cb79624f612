import { expect, test } from "bun:test";
import { headlineOf, type Known, openPoints } from "./points.ts";

type Person = NonNullable<Known["people"]>[number];
type Factors = NonNullable<Known["factors"]>[number];

const person = (id: number, part: Partial<Person> = {}): Person =>
  ({ id, name: `p${id}`, displayName: `P ${id}`, roles: ["member"], disabled: false, ...part }) as Person;
const factors = (personId: number, part: Partial<Factors> = {}): Factors => ({
  personId,
  totp: false,
  passkeys: 0,
  recoveryCodesLeft: null,
  mustSetUp: false,
  ...part,
});
const textOf = (known: Omit<Known, "nowMs">): string => headlineOf(openPoints({ nowMs: 0, ...known })).text;

test("nothing open is said as such", () => {
  expect(headlineOf(openPoints({ nowMs: 0 }))).toEqual({ level: "good", text: "Everything is in order." });
});

test("people without a second factor are counted, programs and disabled accounts are not", () => {
  const people = [person(1), person(2), person(3, { roles: ["service"] }), person(4, { disabled: true }), person(5)];
  const given = [factors(1), factors(2), factors(3), factors(4), factors(5, { passkeys: 1 })];
  expect(textOf({ people, factors: given })).toBe("2 people have no second factor.");
  expect(textOf({ people: [person(1)], factors: [factors(1)] })).toBe("1 person has no second factor.");
});

test("what is urgent comes first", () => {
  const people = [person(1), person(2)];
  const points = openPoints({ nowMs: 0, people, factors: [factors(1), factors(2, { mustSetUp: true })] });
  expect(points.map(({ level, text }) => `${level}: ${text}`)).toEqual([
    "now: 1 person needs a second factor and has none yet.",
    "soon: 1 person has no second factor.",
  ]);
});
