/**
 * Age classes by what films and series are marked with, in capitals without blanks, hyphens, dots and colons. Of the FSK, MPA, BBFC, TV
 * Parental Guidelines, CNC, PEGI-like numbers and their neighbours; where a mark leaves it to parents, the age at which it does not.
 */
const marks: Readonly<Record<string, number>> = {
  G: 0,
  U: 0,
  UC: 0,
  TP: 0,
  AL: 0,
  TVY: 0,
  TVG: 0,
  E: 0,
  A: 0,
  ATP: 0,
  T: 0,
  TVY7: 7,
  TVY7FV: 7,
  PG: 10,
  TVPG: 10,
  PG12: 12,
  "12A": 12,
  PG13: 13,
  TV14: 14,
  "14A": 14,
  M: 15,
  MA15: 15,
  MA15PLUS: 15,
  R15PLUS: 15,
  R: 17,
  TVMA: 17,
  R18PLUS: 18,
  NC17: 18,
  X: 18,
  R18: 18,
  "18A": 18,
};

const numbers = Array.from({ length: 22 }, (_, age) => age);
/** Before a number: "FSK 12", "ab 12", "DE:12", "12+". */
const prefixes = [
  "",
  "FSK",
  "AB",
  "DE",
  "GB",
  "UK",
  "US",
  "FR",
  "NL",
  "ES",
  "IT",
  "AT",
  "CH",
  "DK",
  "SE",
  "FI",
  "NO",
  "AU",
];

/** Every mark that is known, for the table that listings join. */
export function certificateRows(): (readonly [mark: string, age: number])[] {
  const rows = new Map<string, number>();
  for (const age of numbers) for (const prefix of prefixes) rows.set(`${prefix}${age}`, age);
  for (const age of numbers) rows.set(`${age}PLUS`, age);
  for (const [mark, age] of Object.entries(marks)) {
    for (const prefix of ["", "RATED", "US", "GB", "UK", "AU", "FR"]) rows.set(`${prefix}${mark}`, age);
  }
  return [...rows];
}

/** SQL that brings a mark into the form of the table. */
export function normalizedMark(sql: string): string {
  const without = [" ", "-", ".", ":", "_", "/"].reduce((inner, sign) => `replace(${inner}, '${sign}', '')`, sql);
  return `replace(upper(${without}), '+', 'PLUS')`;
}
