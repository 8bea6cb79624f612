import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createLruMap } from "#platform/lru";
import { networkOf } from "./delays.ts";

const windowMs = 60_000;
const maxAddresses = 10_000;

/** Throws `too-many-requests` when an address, or the /64 of an IPv6 one, asks more often than so many times a minute. */
export function createRateLimit(clock: Clock, maxPerMinute: number): (address: string) => void {
  const windows = createLruMap<string, { readonly beganAtMs: number; count: number }>(maxAddresses);
  return (address) => {
    const nowMs = clock.now();
    const network = networkOf(address);
    const known = windows.get(network);
    const isRunning = known !== undefined && nowMs - known.beganAtMs < windowMs;
    const current = isRunning ? known : { beganAtMs: nowMs, count: 0 };
    if (!isRunning) windows.set(network, current);
    current.count += 1;
    if (current.count <= maxPerMinute) return;
    const retryAfterSeconds = Math.ceil((current.beganAtMs + windowMs - nowMs) / 1000);
    throw new AppError("too-many-requests", `Too many requests. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  };
}
