/**
 * Speed and time left. A file costs its bytes plus a fixed effort (request, sync, index), so that the estimate holds
 * for a thousand small files as well as for one film.
 */
export interface Rate {
  readonly atMs: number | null;
  readonly sentBytes: number;
  readonly doneFiles: number;
  readonly bytesPerSecond: number;
  readonly effortPerSecond: number;
  /** Time measured so far; a young estimate is not shown. */
  readonly measuredMs: number;
}

export const emptyRate: Rate = {
  atMs: null,
  sentBytes: 0,
  doneFiles: 0,
  bytesPerSecond: 0,
  effortPerSecond: 0,
  measuredMs: 0,
};

/** What one file costs beside its bytes, in bytes of transfer. */
export const fileEffortBytes = 64 * 1024;
const smoothingMs = 4000;
const minSampleMs = 200;
const trustedAfterMs = 1500;

/** Take a sample; exponential smoothing with a time constant of four seconds, exact for a constant rate. */
export function sampleRate(rate: Rate, nowMs: number, sentBytes: number, doneFiles: number): Rate {
  if (rate.atMs === null) return { ...emptyRate, atMs: nowMs, sentBytes, doneFiles };
  const elapsedMs = nowMs - rate.atMs;
  if (elapsedMs < minSampleMs) return rate;
  const bytes = Math.max(0, sentBytes - rate.sentBytes);
  const effort = bytes + Math.max(0, doneFiles - rate.doneFiles) * fileEffortBytes;
  const measuredMs = rate.measuredMs + elapsedMs;
  // A young average weighs all samples alike; later ones fade the past out.
  const weight = Math.max(1 - Math.exp(-elapsedMs / smoothingMs), elapsedMs / measuredMs);
  return {
    atMs: nowMs,
    sentBytes,
    doneFiles,
    bytesPerSecond: blend(rate.bytesPerSecond, (bytes * 1000) / elapsedMs, weight),
    effortPerSecond: blend(rate.effortPerSecond, (effort * 1000) / elapsedMs, weight),
    measuredMs,
  };
}

function blend(old: number, next: number, weight: number): number {
  return old + (next - old) * weight;
}

/** Time left in milliseconds, or null while nothing honest can be said. */
export function etaMs(rate: Rate, remainingBytes: number, remainingFiles: number): number | null {
  if (remainingFiles <= 0) return 0;
  if (rate.measuredMs < trustedAfterMs || rate.effortPerSecond < 1) return null;
  return (1000 * (remainingBytes + remainingFiles * fileEffortBytes)) / rate.effortPerSecond;
}
