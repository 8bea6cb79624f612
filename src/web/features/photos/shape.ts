import type { Output } from "#web/client.ts";

/** As the server writes them: `src/apps/media/photos/columns.ts`. */
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const valueOf = new Uint8Array(128);
for (const [value, char] of [...digits].entries()) valueOf[char.charCodeAt(0)] = value;
const octaves = 4;
const ratioOf = Float32Array.from({ length: 64 }, (_, step) => 2 ** ((step / 63) * octaves - octaves / 2));
export const flag = { video: 1, motion: 2, favourite: 4, stack: 8, problem: 16, archived: 32 } as const;
const hashChars = 32;

/** All pictures of a view by their number in it, without their ids. */
export interface Shape {
  readonly version: string;
  readonly total: number;
  /** Width by height. */
  readonly ratios: Float32Array;
  readonly months: readonly Month[];
  /** 1 for the first picture of a day. */
  readonly startsDay: Uint8Array;
  /** Day of the month of each picture; 0 in a view without days. */
  readonly dayOf: Uint8Array;
}

export interface Month {
  /** Months since the year 0. */
  readonly month: number;
  readonly start: number;
  readonly end: number;
}

export function shapeOf({ version, total, months }: Output<"photos.timeline">): Shape {
  const ratios = new Float32Array(total);
  const startsDay = new Uint8Array(total);
  const dayOf = new Uint8Array(total);
  const placed: Month[] = [];
  let at = 0;
  for (const { month, days, counts, ratios: chars } of months ?? []) {
    const start = at;
    for (let index = 0; index < chars.length; index += 1) {
      ratios[at + index] = ratioOf[valueOf[chars.charCodeAt(index)] ?? 0] ?? 1;
    }
    for (const [index, count] of counts.entries()) {
      const day = days[index] ?? 0;
      if (day > 0) startsDay[at] = 1;
      dayOf.fill(day, at, at + count);
      at += count;
    }
    placed.push({ month, start, end: at });
  }
  return { version, total, ratios, months: placed, startsDay, dayOf };
}

/** The month that a picture of the view lies in. */
export function monthAt({ months }: Shape, index: number): Month | undefined {
  let low = 0;
  let high = months.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((months[middle]?.end ?? 0) <= index) low = middle + 1;
    else high = middle;
  }
  return months[low];
}

/** One picture of a month. */
export interface Cell {
  readonly id: number;
  /** Base64 of its thumbhash; null when it has none. */
  readonly hash: string | null;
  readonly flags: number;
  readonly revision: string;
}

export function cellsOf({ idSteps, hashes, marks, revisions }: Output<"photos.bucket">): Cell[] {
  let id = 0;
  return idSteps.map((step, index) => {
    id += step;
    const hash = hashes.slice(index * hashChars, (index + 1) * hashChars);
    return {
      id,
      hash: hash.startsWith("AAAAAA") ? null : hash,
      flags: valueOf[marks.charCodeAt(index)] ?? 0,
      revision: revisions.slice(index * 2, index * 2 + 2),
    };
  });
}
