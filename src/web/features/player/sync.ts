/** Below this nobody hears or sees a difference. */
const nearMs = 60;
/** Above this a jump is less odd than a long while at another speed. */
const farMs = 700;
const catchUp = 0.08;

/** Where everybody is at a moment of the server's clock. */
export function targetMs(
  { isPlaying, positionMs, atMs }: { isPlaying: boolean; positionMs: number; atMs: number },
  serverMs: number,
): number {
  return isPlaying ? positionMs + Math.max(0, serverMs - atMs) : positionMs;
}

/** How a player that is at `atMs` gets to `target`: by a jump, or by playing a little faster or slower. */
export function correction(
  atMs: number,
  target: number,
  isPlaying: boolean,
): { readonly jumpTo: number | null; readonly rate: number } {
  const behind = target - atMs;
  if (Math.abs(behind) <= nearMs) return { jumpTo: null, rate: 1 };
  if (!isPlaying || Math.abs(behind) > farMs) return { jumpTo: target, rate: 1 };
  return { jumpTo: null, rate: 1 + Math.sign(behind) * catchUp };
}
