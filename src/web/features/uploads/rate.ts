/**
 * Speed and time left. Bytes say when the films are done, the number of small files per second when the photos' sidecars and
 * documents are: each of those costs a request, whatever its size. Both lanes run side by side, so the longer one counts.
 */
export interface Rate {
  readonly atMs: number | null;
  readonly sentBytes: number;
  readonly doneSmall: number;
  readonly bytesPerSecond: number;
  readonly smallPerSecond: number;
  /** Time measured so far; a young estimate is not shown. */
  readonly measuredMs: number;
}

export const emptyRate: Rate = {
  atMs: null,
  sentBytes: 0,
  doneSmall: 0,
  bytesPerSecond: 0,
  smallPerSecond: 0,
  measuredMs: 0,
};

/** Below this, a file's own bytes hardly count. */
export const smallBelowBytes = 1024 * 1024;
const smoothingMs = 4000;
const minSampleMs = 200;
const trustedAfterMs = 1500;

/** Take a sample; exponential smoothing with a time constant of four seconds, exact for a constant rate. */
export function sampleRate(rate: Rate, nowMs: number, sentBytes: number, doneSmall: number): Rate {
  if (rate.atMs === null) return { ...emptyRate, atMs: nowMs, sentBytes, doneSmall };
  const elapsedMs = nowMs - rate.atMs;
  if (elapsedMs < minSampleMs) return rate;
  const measuredMs = rate.measuredMs + elapsedMs;
  // A young average weighs all samples alike; later ones fade the past out.
  const weight = Math.max(1 - Math.exp(-elapsedMs / smoothingMs), elapsedMs / measuredMs);
  const perSecond = (grown: number): number => (Math.max(0, grown) * 1000) / elapsedMs;
  return {
    atMs: nowMs,
    sentBytes,
    doneSmall,
    bytesPerSecond: blend(rate.bytesPerSecond, perSecond(sentBytes - rate.sentBytes), weight),
    smallPerSecond: blend(rate.smallPerSecond, perSecond(doneSmall - rate.doneSmall), weight),
    measuredMs,
  };
}

function blend(old: number, next: number, weight: number): number {
  return old + (next - old) * weight;
}

/** Time left in milliseconds, or null while nothing honest can be said. `waitingSmall` are small files not yet begun. */
export function etaMs(rate: Rate, remainingBytes: number, waitingSmall: number): number | null {
  if (remainingBytes <= 0 && waitingSmall <= 0) return 0;
  if (rate.measuredMs < trustedAfterMs) return null;
  const forBytes = remainingBytes <= 0 ? 0 : remainingBytes / rate.bytesPerSecond;
  // While only films move, nothing is known of small files yet: the bytes speak for them.
  const forSmall = waitingSmall <= 0 || rate.smallPerSecond <= 0 ? 0 : waitingSmall / rate.smallPerSecond;
  const seconds = Math.max(forBytes, forSmall);
  return seconds > 0 && seconds < longestSeconds ? seconds * 1000 : null;
}

/** A line that stalls is not a line that needs three years. */
const longestSeconds = 14 * 24 * 3600;
