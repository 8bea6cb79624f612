import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { createNetworkMap, lineOf, type Network, overlap, parseNetwork, renderNetwork } from "./addresses.ts";
import type { Ban } from "./contract.ts";
import type { Place } from "./places.ts";
import type { Repository } from "./repository.ts";

const minuteMs = 60_000;
const longestMs = 24 * 60 * minuteMs;
/** How long after its end a ban counts as the one before. */
const rememberMs = 7 * 24 * 60 * minuteMs;
/** Bans at a time; the one that ends first makes room. */
const maxBans = 10_000;

/** 1 minute, doubling with each ban in a row, up to 24 hours. */
export function banMs(strikes: number): number {
  return Math.min(longestMs, minuteMs * 2 ** Math.min(30, strikes - 1));
}

/** Where bans go beside the gate, as into the kernel's packet filter. Never called for the household or the VPN. */
export interface BanPort {
  onBan(network: string, untilMs: number): void;
  onUnban(network: string): void;
}

export interface BansDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly repository: Repository;
  readonly port: BanPort;
  /** Networks that are never banned, as they are now. */
  readonly spared: () => readonly Network[];
}

export interface Bans {
  /** 0 is the common case, in which a request need not ask for its address. */
  readonly count: number;
  /** The ban that holds for an address now; counts the request for it. Nobody inside is ever held. */
  refusing(place: Place): Ban | undefined;
  /** Bans the line of a place, longer each time. Undefined, and nothing happens, inside and without an address. */
  strike(place: Place, why: string, ruleId: string): Ban | undefined;
  /** Throws `bad-request` for what is no network or too wide, `conflict` when it holds addresses that are spared. */
  add(text: string, durationMs: number, why: string, by: string): Ban;
  /** Throws `not-found`. */
  lift(text: string): void;
  list(): Ban[];
  /** Gives all bans that hold to the port, or takes them from it: for the emergency switch. */
  announce(hold: boolean): void;
  /** Takes out what has ended. */
  sweep(): void;
}

type Entry = { -readonly [K in keyof Ban]: Ban[K] } & { readonly place: Network };

/** Bans that hold and those that count for the next one, in memory and in the database. */
export function createBans(deps: BansDeps): Bans {
  const { clock, repository } = deps;
  const entries = createNetworkMap<Entry>();
  let holding = load(deps, entries);

  const save = (entry: Entry, wasHolding: boolean) => {
    entries.set(entry.place, entry);
    if (!wasHolding) holding += 1;
    deps.port.onBan(entry.network, entry.untilMs);
    try {
      repository.saveBan(rowOf(entry));
      if (entries.size > maxBans) dropFirst();
    } catch (cause) {
      // It holds all the same, until the program ends.
      deps.log.warn("a ban could not be written", { cause });
    }
  };
  const drop = (entry: Entry) => {
    entries.delete(entry.place);
    repository.removeBan(entry.network);
    if (entry.untilMs > clock.now()) deps.port.onUnban(entry.network);
    holding = countHolding(entries, clock.now());
  };
  const dropFirst = () => {
    const first = [...entries.values()].reduce((least, entry) => (entry.untilMs < least.untilMs ? entry : least));
    drop(first);
  };
  return {
    get count() {
      return holding;
    },
    refusing: (place) => {
      if (holding === 0 || place.inside) return undefined;
      const nowMs = clock.now();
      const entry = entries.holding(place.bytes).find(({ untilMs }) => untilMs > nowMs);
      if (entry !== undefined) entry.refused += 1;
      return entry;
    },
    strike: (place, why, ruleId) => {
      if (place.inside || !place.known) return undefined;
      const nowMs = clock.now();
      const before = entries.get(place.line);
      if (before !== undefined && before.untilMs > nowMs) return before;
      const strikes = before === undefined || nowMs - before.untilMs > rememberMs ? 1 : before.strikes + 1;
      const times = { sinceMs: nowMs, untilMs: nowMs + banMs(strikes) };
      const entry = {
        place: place.line,
        network: place.lineText,
        ...times,
        strikes,
        why,
        ruleId,
        by: null,
        refused: 0,
      };
      save(entry, false);
      return entry;
    },
    add: (text, durationMs, why, by) => {
      const network = requireNetwork(text);
      if (deps.spared().some((spared) => overlap(spared, network))) {
        throw new AppError("conflict", "The household and the VPN are never banned. Write a rule that denies instead.");
      }
      const nowMs = clock.now();
      const before = entries.get(network);
      const strikes = before?.strikes ?? 1;
      const times = { sinceMs: nowMs, untilMs: nowMs + durationMs };
      const entry = {
        place: network,
        network: renderNetwork(network),
        ...times,
        strikes,
        why,
        ruleId: null,
        by,
        refused: 0,
      };
      save(entry, before !== undefined && before.untilMs > nowMs);
      return entry;
    },
    lift: (text) => {
      const entry = entries.get(requireNetwork(text));
      if (entry === undefined) throw new AppError("not-found", "There is no such ban.");
      drop(entry);
    },
    list: () => {
      const nowMs = clock.now();
      const held = [...entries.values()].filter(({ untilMs }) => untilMs > nowMs);
      return held.toSorted((a, b) => b.sinceMs - a.sinceMs).map(viewOf);
    },
    announce: (hold) => {
      for (const { network, untilMs } of entries.values()) {
        if (untilMs <= clock.now()) continue;
        if (hold) deps.port.onBan(network, untilMs);
        else deps.port.onUnban(network);
      }
    },
    sweep: () => {
      const nowMs = clock.now();
      for (const entry of [...entries.values()]) {
        if (nowMs - entry.untilMs > rememberMs) entries.delete(entry.place);
      }
      repository.removeBansUntil(nowMs - rememberMs);
      holding = countHolding(entries, nowMs);
    },
  };
}

function load({ repository, clock }: BansDeps, entries: ReturnType<typeof createNetworkMap<Entry>>): number {
  for (const row of repository.bans()) {
    const place = parseNetwork(row.network);
    if (place === undefined) continue;
    const { network, since_ms: sinceMs, until_ms: untilMs, strikes, why } = row;
    entries.set(place, {
      place,
      network,
      sinceMs,
      untilMs,
      strikes,
      why,
      ruleId: row.rule_id,
      by: row.by_name,
      refused: 0,
    });
  }
  return countHolding(entries, clock.now());
}

function countHolding(entries: { values(): IterableIterator<Entry> }, nowMs: number): number {
  let count = 0;
  for (const { untilMs } of entries.values()) if (untilMs > nowMs) count += 1;
  return count;
}

function viewOf({ network, sinceMs, untilMs, strikes, why, ruleId, by, refused }: Entry): Ban {
  return { network, sinceMs, untilMs, strikes, why, ruleId, by, refused };
}

function rowOf({ network, sinceMs, untilMs, strikes, why, ruleId, by }: Entry) {
  return { network, since_ms: sinceMs, until_ms: untilMs, strikes, why, rule_id: ruleId, by_name: by };
}

/** Wider than that is half a continent. */
const widest = { 4: 8, 16: 16 } as const;

function requireNetwork(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new AppError("bad-request", `${text} is no address or range.`);
  if (network.prefix < widest[network.bytes.length === 4 ? 4 : 16]) {
    throw new AppError("bad-request", "That range is too wide to ban.");
  }
  // One line has a whole /64 of IPv6, so an address alone would be no hindrance.
  return network.bytes.length === 16 && network.prefix > 64 ? lineOf(network.bytes) : network;
}
