/** The middle value; the mean of the two middle ones for an even count. Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new RangeError("median of nothing");
  return (lower + upper) / 2;
}

/** Median over the rounds of `ours[i] / base[i]`: both figures of a pair come from the same round. */
export function medianRatio(ours: readonly number[], base: readonly number[]): number {
  if (ours.length !== base.length) throw new RangeError("unpaired samples");
  return median(ours.map((value, round) => value / (base[round] ?? Number.NaN)));
}
