import { createActorIndex, createPlaceIndex, createRequestIndex, createTimeIndex } from "./indexes.ts";
import { type Bits, bitsWhere, hasBit } from "./bits.ts";
import type { GuardApp, Outcome, Rule } from "./contract.ts";
import type { Facts } from "./facts.ts";
import { createPathIndex } from "./path-index.ts";
import { literalPrefix } from "./paths.ts";
import { type CompiledRule, compileRule, effectOf, fitsRequest } from "./rules.ts";

export interface Decision {
  readonly outcome: Outcome;
  /** Undefined when no rule decided, and the request passes. */
  readonly rule: CompiledRule | undefined;
}

/** Where a decision stopped because it needs to know who calls. */
export interface Pending {
  readonly pendingAt: number;
}

export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  /** False when no rule can match, whatever else the request says: nothing more needs to be found out. */
  mayMatch(app: GuardApp, method: string, path?: string): boolean;
  /**
   * The first rule that decides. `noted` hears of every rule that matches without deciding: those in shadow and those that only
   * log. A pending decision goes on with `from` once the actor is known.
   */
  decide(facts: Facts, noted: (rule: CompiledRule, effect: Outcome | "log") => void, from?: number): Decision | Pending;
}

export const passes: Decision = { outcome: "allow", rule: undefined };

/** Rules as sets of bits by what they ask for, so that a decision looks only at those that can match. */
export function compileRules(rules: readonly Rule[]): CompiledRules {
  const compiled = rules.map(compileRule);
  const count = rules.length;
  const byRequest = createRequestIndex(rules);
  const byPath = createPathIndex(rules.map(({ when }) => when.paths?.map(literalPrefix)));
  const atTime = createTimeIndex(rules);
  const ofPlace = createPlaceIndex(rules);
  const ofActor = createActorIndex(rules);
  const needsPlace = bitsWhere(count, (i) => {
    const when = rules[i]?.when;
    return (when?.zones ?? when?.addresses ?? when?.countries) !== undefined;
  });
  const needsActor = bitsWhere(count, (i) => compiled[i]?.needsActor === true);

  const decide: CompiledRules["decide"] = (facts, noted, from = 0) => {
    const base = byRequest(facts.app, facts.method);
    if (base === undefined) return passes;
    const path = byPath(facts.path);
    const time = atTime?.(facts.minute);
    let place: Bits | undefined;
    let actor: Bits | undefined;
    for (let word = from >>> 5; word < base.length; word += 1) {
      let left = (base[word] ?? 0) & (path[word] ?? 0);
      if (time !== undefined) left &= time[word] ?? 0;
      if (word === from >>> 5) left &= -1 << (from & 31);
      if (place !== undefined) left &= place[word] ?? 0;
      if (actor !== undefined) left &= actor[word] ?? 0;
      while (left !== 0) {
        const lowest = left & -left;
        left ^= lowest;
        const index = (word << 5) + (31 - Math.clz32(lowest));
        const rule = compiled[index];
        if (rule === undefined || !fitsRequest(rule, facts)) continue;
        if (place === undefined && hasBit(needsPlace, index)) {
          place = ofPlace(facts.place);
          left &= place[word] ?? 0;
        }
        if (place !== undefined && !hasBit(place, index)) continue;
        if (actor === undefined && hasBit(needsActor, index)) {
          const who = facts.actor;
          if (who === undefined) return { pendingAt: index };
          actor = ofActor(who);
          left &= actor[word] ?? 0;
        }
        if (actor !== undefined && !hasBit(actor, index)) continue;
        const effect = effectOf(rule, facts);
        if (effect === undefined) continue;
        if (effect === "log" || rule.rule.shadow) noted(rule, effect);
        else return { outcome: effect, rule };
      }
    }
    return passes;
  };
  const mayMatch: CompiledRules["mayMatch"] = (app, method, path) => {
    const base = byRequest(app, method);
    if (base === undefined || path === undefined) return base !== undefined;
    const found = byPath(path);
    for (let word = 0; word < base.length; word += 1) if (((base[word] ?? 0) & (found[word] ?? 0)) !== 0) return true;
    return false;
  };
  return { rules: compiled, mayMatch, decide };
}
