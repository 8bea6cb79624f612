/** How urgent it is that somebody makes room: below 80 %, from 80 %, from 95 %, nothing fits any more. */
export const fillLevels = ["fine", "soon", "nearly", "full"] as const;
export type FillLevel = (typeof fillLevels)[number];

const soonFrom = 0.8;
const nearlyFrom = 0.95;

/** Of `usedBytes` against a limit; null is unlimited. */
export function fillLevelOf(usedBytes: number, limitBytes: number | null): FillLevel {
  if (limitBytes === null) return "fine";
  if (usedBytes >= limitBytes) return "full";
  const share = usedBytes / limitBytes;
  if (share >= nearlyFrom) return "nearly";
  return share >= soonFrom ? "soon" : "fine";
}
