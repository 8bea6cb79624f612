import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";

const windowMs = 60_000;
/** Nobody sorts out films faster; the catalogues of the internet give a household about one answer a second. */
const mostInWindow = 30;

/** How often each person has catalogues asked. */
export function createAsks(clock: Clock) {
  const times = new Map<number, number[]>();
  /** Counts one. Throws `too-many-requests` with the seconds to wait. */
  return ({ userId }: Actor): void => {
    const nowMs = clock.now();
    const recent = (times.get(userId) ?? []).filter((atMs) => atMs > nowMs - windowMs && atMs <= nowMs);
    const [first = nowMs] = recent;
    if (recent.length >= mostInWindow) {
      throw new AppError(
        "too-many-requests",
        `The catalogues were asked ${mostInWindow} times for you within a minute. Wait a moment and try again.`,
        { retryAfterSeconds: Math.ceil((first + windowMs - nowMs) / 1000) },
      );
    }
    times.set(userId, [...recent, nowMs]);
  };
}
