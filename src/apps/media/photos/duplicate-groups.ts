import type { HashColumns } from "./duplicates-protocol.ts";

/** So many of 64 bits may differ. */
export const maxDistance = 6;
/** With one band more than bits may differ, at least one band of two such hashes is the same (pigeonhole). */
const bands = maxDistance + 1;
const bandBits = Math.ceil(64 / bands);
const maxRatioStep = 2;

/**
 * Groups of pictures that look the same: each joins the best one it is within `maxDistance` of, so that no chain of small steps leads
 * from one picture to quite another. Given from the best to the worst. Of every group the best comes first.
 */
export function groupDuplicates({ hashes, ratios }: HashColumns): number[][] {
  const count = ratios.length;
  const words = new Uint32Array(hashes.slice().buffer, 0, count * 2);
  const leaders = Array.from({ length: bands }, () => new Map<number, number[]>());
  const groups = new Map<number, number[]>();
  for (let index = 0; index < count; index += 1) {
    const low = words[index * 2] ?? 0;
    const high = words[index * 2 + 1] ?? 0;
    let nearest = -1;
    let distance = maxDistance + 1;
    for (let band = 0; band < bands; band += 1) {
      for (const other of leaders[band]?.get(bandOf(low, high, band)) ?? []) {
        if (Math.abs((ratios[other] ?? 0) - (ratios[index] ?? 0)) > maxRatioStep) continue;
        const differing = bitsOf(low ^ (words[other * 2] ?? 0)) + bitsOf(high ^ (words[other * 2 + 1] ?? 0));
        if (differing < distance || (differing === distance && other < nearest)) {
          nearest = other;
          distance = differing;
        }
      }
    }
    if (nearest !== -1) {
      const group = groups.get(nearest);
      if (group === undefined) groups.set(nearest, [nearest, index]);
      else group.push(index);
      continue;
    }
    for (let band = 0; band < bands; band += 1) {
      const key = bandOf(low, high, band);
      const known = leaders[band]?.get(key);
      if (known === undefined) leaders[band]?.set(key, [index]);
      else known.push(index);
    }
  }
  return [...groups.values()];
}

/** Ten bits of the 64, also across the middle. */
function bandOf(low: number, high: number, band: number): number {
  const from = band * bandBits;
  if (from >= 32) return (high >>> (from - 32)) & ((1 << bandBits) - 1);
  const part = low >>> from;
  return (from + bandBits > 32 ? part | (high << (32 - from)) : part) & ((1 << bandBits) - 1);
}

function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
