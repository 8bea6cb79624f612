/** Numbers as ffprobe writes them. */
export const seconds = (value: number): string => value.toFixed(6);

/** In lowest terms. */
export function ratio(over: number, under: number): string {
  let [a, b] = [over, under];
  while (b > 0) [a, b] = [b, a % b];
  return a > 0 ? `${over / a}/${under / a}` : "0/0";
}

/** The nearest fraction whose numbers are not above `most` (as `av_reduce`), by continued fractions. */
export function nearestRatio(over: number, under: number, most: number): string {
  let [a, b] = [over, under];
  while (b > 0) [a, b] = [b, a % b];
  let [num, den] = [over / a, under / a];
  if (num <= most && den <= most) return `${num}/${den}`;
  let [before, at] = [
    [0, 1],
    [1, 0],
  ] as [readonly [number, number], readonly [number, number]];
  while (den > 0) {
    let times = Math.floor(num / den);
    const rest = num - den * times;
    const next = [times * at[0] + before[0], times * at[1] + before[1]] as const;
    if (next[0] > most || next[1] > most) {
      if (at[0] > 0) times = Math.floor((most - before[0]) / at[0]);
      if (at[1] > 0) times = Math.min(times, Math.floor((most - before[1]) / at[1]));
      if (den * (2 * times * at[1] + before[1]) > num * at[1])
        at = [times * at[0] + before[0], times * at[1] + before[1]];
      break;
    }
    [before, at] = [at, next];
    [num, den] = [den, rest];
  }
  return `${at[0]}/${at[1]}`;
}
