import type { MsRange } from "./repository.ts";

/** One item of a fingerprint of Chromaprint: its frames overlap by two thirds at 11,025 samples a second. */
export const itemMs = ((4096 / 3) * 1000) / 11_025;
/**
 * An item looks at sixteen frames of a filter over a window, some 2.2 s from its own time on; what is at the edges of these hardly
 * counts. Measured: an item is told by new sound from here on, and by old sound up to there.
 */
const [onsetMs, reachMs] = [400, 1700];

/** Bits of 32 in which the same sound may differ after two encodings; different sounds differ in half of them, tones in a quarter. */
const maxDifference = 6;
/** A part begins and ends with items that differ less. */
const edgeDifference = 3;
/** So many items in a row may be worse, as under a voice. */
const maxGap = 8;
const minCommonMs = 12_000;
const longestCommonMs = 180_000;
const candidates = 12;

/** The longest part that two fingerprints have in common, as times from the beginning of each; null when there is none worth a name. */
export function commonPart(a: Uint32Array, b: Uint32Array): { a: MsRange; b: MsRange } | null {
  let best: { at: number; length: number; shift: number } | undefined;
  for (const shift of likelyShifts(a, b)) {
    const run = longestRun(a, b, shift);
    if (run !== undefined && run.length > (best?.length ?? 0)) best = { ...run, shift };
  }
  if (best === undefined) return null;
  const range = (from: number): MsRange => {
    const lastMs = (from + best.length - 1) * itemMs;
    return { startMs: Math.round(from * itemMs + onsetMs), endMs: Math.round(lastMs + reachMs) };
  };
  const found = range(best.at);
  const lengthMs = found.endMs - found.startMs;
  return lengthMs < minCommonMs || lengthMs > longestCommonMs ? null : { a: found, b: range(best.at + best.shift) };
}

/** Shifts at which many items are the same in their upper bits. */
function likelyShifts(a: Uint32Array, b: Uint32Array): number[] {
  const places = new Map<number, number[]>();
  for (const [at, item] of b.entries()) {
    const key = item >>> 12;
    const known = places.get(key);
    if (known === undefined) places.set(key, [at]);
    // Silence is the same everywhere.
    else if (known.length < 50) known.push(at);
  }
  const votes = new Map<number, number>();
  for (const [at, item] of a.entries()) {
    for (const other of places.get(item >>> 12) ?? []) votes.set(other - at, (votes.get(other - at) ?? 0) + 1);
  }
  return [...votes]
    .toSorted((one, other) => other[1] - one[1])
    .slice(0, candidates)
    .map(([shift]) => shift);
}

function longestRun(a: Uint32Array, b: Uint32Array, shift: number): { at: number; length: number } | undefined {
  let best: { at: number; length: number } | undefined;
  let start = -1;
  let lastGood = -1;
  const close = () => {
    const length = lastGood - start + 1;
    if (start >= 0 && length > (best?.length ?? 0)) best = { at: start, length };
    start = -1;
  };
  for (let at = Math.max(0, -shift); at < Math.min(a.length, b.length - shift); at += 1) {
    const difference = bitsOf((a[at] ?? 0) ^ (b[at + shift] ?? 0));
    if (difference <= edgeDifference) {
      if (start < 0) start = at;
      lastGood = at;
    } else if (start >= 0 && difference > maxDifference && at - lastGood > maxGap) close();
  }
  close();
  return best;
}

function bitsOf(value: number): number {
  let rest = value - ((value >>> 1) & 0x5555_5555);
  rest = (rest & 0x3333_3333) + ((rest >>> 2) & 0x3333_3333);
  return (((rest + (rest >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24;
}
