import type { Clock } from "#platform/clock";
import { createRecentMap, type RecentMap } from "#platform/lru";

const windowMs = 10 * 60_000;
/** So many different accounts failing from one network is no household that forgot its passwords. */
const maxAccounts = 6;
/** So many networks failing on one account is no traveller. */
const maxNetworks = 10;
const maxTracked = 8192;

interface Tally {
  startMs: number;
  readonly seen: Set<string>;
}

export interface Stuffing {
  /** Notes a failed login; says in a sentence when it is part of credential stuffing. */
  failed(account: string, network: string): string | undefined;
}

/** Credential stuffing: many accounts tried from one network, or one account from many networks. In memory and bounded. */
export function createStuffing(clock: Clock): Stuffing {
  const accountsOf = createRecentMap<string, Tally>(maxTracked);
  const networksOf = createRecentMap<string, Tally>(maxTracked);
  const note = (tallies: RecentMap<string, Tally>, key: string, value: string, most: number): number => {
    const nowMs = clock.now();
    let tally = tallies.get(key);
    if (tally === undefined || nowMs - tally.startMs > windowMs) {
      tally = { startMs: nowMs, seen: new Set() };
      tallies.set(key, tally);
    }
    if (tally.seen.size <= most) tally.seen.add(value);
    return tally.seen.size;
  };
  return {
    failed: (account, network) => {
      const name = account.toLowerCase().slice(0, 64);
      const accounts = note(accountsOf, network, name, maxAccounts);
      const networks = note(networksOf, name, network, maxNetworks);
      if (accounts > maxAccounts) return `logins to more than ${maxAccounts} accounts failed from this network`;
      if (networks > maxNetworks) return `logins to one account failed from more than ${maxNetworks} networks`;
      return undefined;
    },
  };
}
