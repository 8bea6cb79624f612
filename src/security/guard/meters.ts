import { createRecentMap, type RecentMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { ByteBudget, RateLimit } from "./contract.ts";
import type { Place } from "./places.ts";
import type { CompiledRule } from "./rules.ts";
import type { z } from "zod";

type CountBy = z.infer<typeof RateLimit>["by"];

interface Meter {
  level: number;
  atMs: number;
}

/** So many callers are counted apart for each rule; whoever was not seen for longest starts anew. */
const maxCallers = 4096;

/** Who or what is counted. Throws never; somebody without an account or login counts by address. */
export interface Counted {
  readonly place: Place;
  readonly actor: Actor | undefined;
  readonly bodyBytes: number;
}

/** A body without a length counts as so many bytes: nothing is read to find out. */
const assumedBodyBytes = 1024 * 1024;

export interface Meters {
  /** Counts the request and says whether the rate and the budget of the rule, as far as it has them, are used up. */
  isUsedUp(rule: CompiledRule, counted: Counted, nowMs: number): boolean;
}

/**
 * Leaky buckets: each request raises a level that sinks by the limit in each period. What is refused does not raise it
 * further, so that whoever goes on asking is let in again at the allowed pace.
 */
export function createMeters(): Meters {
  const rates = new Map<string, RecentMap<string | number, Meter>>();
  const budgets = new Map<string, RecentMap<string | number, Meter>>();
  return {
    isUsedUp: ({ rule }, counted, nowMs) => {
      const { rate, budget } = rule.when;
      const tooMany = rate === undefined || pour(rates, rule.id, rate, rate.requests, 1, counted, nowMs);
      if (budget === undefined) return tooMany;
      const bytes = counted.bodyBytes === Infinity ? assumedBodyBytes : counted.bodyBytes;
      return pour(budgets, rule.id, budget, budget.bytes, bytes, counted, nowMs) && tooMany;
    },
  };
}

function pour(
  all: Map<string, RecentMap<string | number, Meter>>,
  ruleId: string,
  { by, perMs }: Pick<z.infer<typeof RateLimit> | z.infer<typeof ByteBudget>, "by" | "perMs">,
  limit: number,
  amount: number,
  counted: Counted,
  nowMs: number,
): boolean {
  let callers = all.get(ruleId);
  if (callers === undefined) {
    callers = createRecentMap(maxCallers);
    all.set(ruleId, callers);
  }
  const key = keyOf(by, counted);
  let meter = callers.get(key);
  if (meter === undefined) {
    meter = { level: 0, atMs: nowMs };
    callers.set(key, meter);
  }
  const sunk = (Math.max(0, nowMs - meter.atMs) * limit) / perMs;
  const level = Math.max(0, meter.level - sunk) + amount;
  const isOver = level > limit;
  meter.level = isOver ? level - amount : level;
  meter.atMs = nowMs;
  return isOver;
}

function keyOf(by: CountBy, { actor, place }: Counted): string | number {
  if (by === "user" && actor?.kind === "person") return actor.userId;
  if (by === "session" && actor?.credentialId != null) return actor.credentialId;
  return place.lineText;
}
