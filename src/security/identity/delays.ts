import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createLruMap } from "#platform/lru";

/** How failures turn into waiting: the first ones are free, then one second that doubles up to the cap. */
export interface DelayRule {
  readonly freeFailures: number;
  readonly capMs: number;
}

/** One person from one address: mistyping is free, guessing is slow. */
export const pairRule: DelayRule = { freeFailures: 5, capMs: 15 * 60_000 };
/** All attempts from one address; a household shares one, so more of them are free. */
export const addressRule: DelayRule = { freeFailures: 20, capMs: 15 * 60_000 };
/** All attempts on one account. The cap is low: others must not be able to lock its owner out. */
export const accountRule: DelayRule = { freeFailures: 10, capMs: 30_000 };

const forgetAfterMs = 2 * 3_600_000;
const maxEntries = 10_000;

export interface Attempt {
  /** The credentials were right: the failures of this person at this address were mistakes and are forgiven. */
  succeed(): void;
  /** Nothing was found out, as when the server was too busy: the attempt does not count. */
  withdraw(): void;
}

export interface LoginDelays {
  /**
   * Starts an attempt, which counts as failed until it is said to have succeeded, so that parallel guesses gain nothing.
   * Throws `too-many-requests` with the seconds to wait. An address from which the person has logged in before is
   * held up by its own failures only, never by those of others.
   */
  begin(account: string, address: string): Attempt;
}

/** Time to wait after the last of so many failures. */
export function delayMs(failures: number, rule: DelayRule): number {
  if (failures < rule.freeFailures) return 0;
  return Math.min(rule.capMs, 1000 * 2 ** (failures - rule.freeFailures));
}

interface Tally {
  failures: number;
  lastAtMs: number;
}

/**
 * Growing delays per address, per account and per both; in memory and bounded, so a restart forgives. `perAccount` may be
 * stricter where whoever tries has shown something already and so cannot be just anybody.
 */
export function createLoginDelays(clock: Clock, perAccount: DelayRule = accountRule): LoginDelays {
  const pairs = createTallies(clock, pairRule);
  const addresses = createTallies(clock, addressRule);
  const accounts = createTallies(clock, perAccount);
  const known = createLruMap<string, true>(maxEntries);
  return {
    begin: (accountName, rawAddress) => {
      const account = accountName.toLowerCase().slice(0, 64);
      const address = networkOf(rawAddress);
      const pair = `${address} ${account}`;
      const others = known.get(pair) === true ? [] : [addresses.waitMs(address), accounts.waitMs(account)];
      const waitMs = Math.max(pairs.waitMs(pair), ...others);
      if (waitMs > 0) {
        const retryAfterSeconds = Math.ceil(waitMs / 1000);
        throw new AppError("too-many-requests", `Too many failed attempts. Try again in ${retryAfterSeconds} s.`, {
          retryAfterSeconds,
        });
      }
      pairs.add(pair, 1);
      addresses.add(address, 1);
      accounts.add(account, 1);
      const forgive = (failures: number) => {
        pairs.add(pair, -failures);
        addresses.add(address, -failures);
        accounts.add(account, -failures);
      };
      return {
        succeed: () => {
          forgive(pairs.failures(pair));
          known.set(pair, true);
        },
        withdraw: () => forgive(1),
      };
    },
  };
}

function createTallies(clock: Clock, rule: DelayRule) {
  const tallies = createLruMap<string, Tally>(maxEntries);
  const read = (key: string): Tally => {
    const tally = tallies.get(key);
    const isFresh = tally !== undefined && clock.now() - tally.lastAtMs < forgetAfterMs;
    return isFresh ? tally : { failures: 0, lastAtMs: 0 };
  };
  return {
    failures: (key: string): number => read(key).failures,
    waitMs: (key: string): number => {
      const { failures, lastAtMs } = read(key);
      return Math.max(0, lastAtMs + delayMs(failures, rule) - clock.now());
    },
    add: (key: string, count: number): void => {
      const { failures, lastAtMs } = read(key);
      const next = Math.max(0, failures + count);
      if (next === 0) tallies.delete(key);
      else tallies.set(key, { failures: next, lastAtMs: count > 0 ? clock.now() : lastAtMs });
    },
  };
}

/** What counts as one address: an IPv4 address, or the /64 of an IPv6 one, since one line owns a whole /64. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  const groups = [...left, ...(tail === undefined ? [] : gap), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
