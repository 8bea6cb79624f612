import type { Clock } from "#platform/clock";
import type { AuditEvent } from "./event.ts";

const firstWindowMs = 10_000;
const maxWindowMs = 3_600_000;
const maxSamples = 20;
const maxTogether = 200;
/** How many refusals that differ are written one by one, and how often one more; the rest is counted together. */
interface Budget {
  readonly burst: number;
  readonly refillMs: number;
}
/** For whoever is not known, and for each account: guessing one person's password hides nothing of the others. */
const strangers: Budget = { burst: 600, refillMs: 10_000 };
const eachAccount: Budget = { burst: 200, refillMs: 30_000 };

interface Storm {
  readonly event: AuditEvent;
  count: number;
  firstAtMs: number;
  untilMs: number;
  windowMs: number;
  readonly samples: Set<string>;
}

/** Refusals that were counted, to be written as one entry. */
export interface Folded {
  readonly event: AuditEvent;
  readonly resources: readonly string[];
  readonly count: number;
  readonly firstAtMs: number;
}

export interface Storms {
  /** True for a refusal that gets an entry of its own; every other one is counted. */
  admit(event: AuditEvent): boolean;
  /** Takes what was counted: in windows that have ended, or in all of them. */
  take(which: "ended" | "all"): Folded[];
  /** Whether something is counted that no entry tells of. */
  isCounting(): boolean;
}

/**
 * A storm of like refusals from one address becomes one entry at its begin and one with the number at the end of a window, which
 * doubles while the storm lasts. Refusals that all differ are written one by one as far as a budget allows, and counted together
 * beyond it: nobody can fill the disk, and nothing is hidden.
 */
export function createStorms(clock: Clock): Storms {
  const storms = new Map<string, Storm>();
  const rest = new Map<string, Storm>();
  const purses = new Map<number, { tokens: number; refilledAtMs: number }>();

  const spend = (userId: number, nowMs: number): boolean => {
    const { burst, refillMs } = userId === 0 ? strangers : eachAccount;
    const purse = purses.get(userId) ?? { tokens: burst, refilledAtMs: nowMs };
    purses.set(userId, purse);
    const gained = Math.max(0, Math.floor((nowMs - purse.refilledAtMs) / refillMs));
    if (gained > 0 || nowMs < purse.refilledAtMs) purse.refilledAtMs = nowMs;
    purse.tokens = Math.min(burst, purse.tokens + gained);
    if (purse.tokens === 0) return false;
    purse.tokens -= 1;
    return true;
  };
  const add = (storm: Storm, nowMs: number, samples: readonly string[]): void => {
    if (storm.count === 0) storm.firstAtMs = nowMs;
    storm.count += 1;
    for (const sample of samples) if (storm.samples.size < maxSamples) storm.samples.add(sample);
  };
  const begin = (event: AuditEvent, nowMs: number): Storm => ({
    event,
    count: 0,
    firstAtMs: nowMs,
    untilMs: nowMs + firstWindowMs,
    windowMs: firstWindowMs,
    samples: new Set(),
  });
  const countTogether = (event: AuditEvent, nowMs: number): void => {
    const wanted = `${event.operation}\n${userIdOf(event)}`;
    // Operations and accounts are bounded, but so many names tell enough.
    const key = rest.has(wanted) || rest.size < maxTogether ? wanted : "";
    const storm = rest.get(key) ?? begin(together(event), nowMs);
    rest.set(key, storm);
    add(storm, nowMs, [event.address ?? "", ...(event.resources ?? [])]);
  };
  const takeFrom = (from: Map<string, Storm>, which: "ended" | "all", nowMs: number): Folded[] => {
    const folded: Folded[] = [];
    for (const [key, storm] of from) {
      const ended = nowMs >= storm.untilMs;
      if (!ended && which === "ended") continue;
      if (storm.count === 0) {
        if (ended) from.delete(key);
        continue;
      }
      const { event, count, firstAtMs } = storm;
      folded.push({ event, count, firstAtMs, resources: [...storm.samples] });
      if (ended) storm.windowMs = Math.min(maxWindowMs, storm.windowMs * 2);
      storm.untilMs = nowMs + storm.windowMs;
      storm.count = 0;
      storm.samples.clear();
    }
    return folded;
  };

  return {
    admit: (event) => {
      const nowMs = clock.now();
      const key = keyOf(event);
      const storm = storms.get(key);
      if (storm !== undefined) {
        add(storm, nowMs, event.resources ?? []);
        return false;
      }
      if (spend(userIdOf(event), nowMs)) {
        storms.set(key, begin(event, nowMs));
        return true;
      }
      countTogether(event, nowMs);
      return false;
    },
    take: (which) => {
      const nowMs = clock.now();
      return [...takeFrom(storms, which, nowMs), ...takeFrom(rest, which, nowMs)];
    },
    isCounting: () => storms.size > 0 || rest.size > 0,
  };
}

function userIdOf({ actor, account }: AuditEvent): number {
  return account?.id ?? actor.userId;
}

function keyOf(event: AuditEvent): string {
  const { operation, outcome, actor, address, error, detail } = event;
  const who = `${userIdOf(event)}\n${actor.credentialId ?? ""}\n${address ?? ""}`;
  return `${operation}\n${outcome}\n${who}\n${error?.code ?? detail ?? ""}`;
}

/** The entry for many addresses: it names none in particular; its resources are examples. */
function together({ operation, outcome, actor, account }: AuditEvent): AuditEvent {
  const nobody = { ...actor, via: "none" as const, credentialId: null };
  return {
    operation,
    outcome,
    actor: nobody,
    account,
    detail: "many different refusals, counted together; examples follow",
  };
}
