import { type Actor, anonymous } from "#platform/usecase";
import type { AppOf } from "./apps.ts";
import type { CompiledRules } from "./compile.ts";
import type { Rule, RuleProblem } from "./contract.ts";
import type { Facts } from "./facts.ts";
import type { Place } from "./places.ts";
import type { CompiledRule } from "./rules.ts";
import { renderMinute, turningMinutes } from "./time-windows.ts";

/** Who is about to change the rules, and over which connection. */
export interface Present {
  readonly actor: Actor;
  readonly place: Place;
  readonly hasCertificate: boolean;
}

export interface Step {
  readonly method: string;
  readonly path: string;
  readonly bodyBytes: number;
}

const page = (path: string): Step => ({ method: "GET", path, bodyBytes: 0 });
const operation = (name: string, bodyBytes = 200): Step => ({ method: "POST", path: `/api/${name}`, bodyBytes });

/** What it takes to come in again and to put the rules right. */
export const loginSteps = [
  page("/"),
  page("/assets/page.js"),
  operation("session.current"),
  operation("session.login"),
  operation("session.secondFactor"),
];
export const repairSteps = [
  page("/"),
  operation("session.current"),
  operation("session.stepUpOptions"),
  operation("session.stepUp"),
  operation("guard.rules"),
  operation("guard.setRules", 100_000),
  operation("guard.undo"),
  operation("guard.bans"),
  operation("guard.unban"),
];
/** A limit lets the repair through when it allows so much and forgets within an hour. */
const enoughRequests = 30;
const enoughBytes = 1024 * 1024;
const soonMs = 3_600_000;

/**
 * The rules that would keep the present administrator from logging in or from putting the rules right: at any time of the week,
 * and whenever a rate or budget may be used up.
 */
export function findLockouts(compiled: CompiledRules, present: Present, appOf: AppOf): RuleProblem[] {
  const windows = compiled.rules.flatMap(({ rule: { when } }) => [
    ...(when.times ?? []),
    ...(when.unless?.times ?? []),
  ]);
  const minutes = turningMinutes(windows);
  const found = new Map<string, RuleProblem>();
  const walk = (steps: readonly Step[], actor: Actor) => {
    // Minute by minute: what holds at a time is worked out once for each.
    for (const minute of minutes) {
      for (const step of steps) {
        const decision = compiled.decide(factsOf(step, minute, actor, present, appOf), () => undefined);
        if ("pendingAt" in decision || decision.rule === undefined || decision.outcome === "allow") continue;
        const { rule } = decision.rule;
        if (!found.has(rule.id)) found.set(rule.id, problemOf(rule, step, minute, minutes.length > 1));
      }
    }
  };
  walk(repairSteps, present.actor);
  walk(loginSteps, anonymous);
  return [...found.values()];
}

function factsOf(step: Step, minute: number, actor: Actor, { place, hasCertificate }: Present, appOf: AppOf): Facts {
  return {
    ...step,
    app: appOf(step.path),
    place,
    actor,
    hasCertificate,
    minute,
    contentType: step.method === "POST" ? "application/json" : "",
    isUsedUp: (compiled) => mayHinder(compiled, place),
  };
}

/** Whether a used-up limit of the rule is to be counted with; one that only slows a repair down is not. */
function mayHinder({ rule: { action, when } }: CompiledRule, place: Place): boolean {
  if (action.kind === "allow" || action.kind === "log") return false;
  if (action.kind !== "throttle" && !(action.kind === "ban" && place.inside)) return true;
  const { rate, budget } = when;
  return (
    (rate !== undefined && (rate.requests < enoughRequests || rate.perMs > soonMs)) ||
    (budget !== undefined && (budget.bytes < enoughBytes || budget.perMs > soonMs))
  );
}

function problemOf(rule: Rule, { method, path }: Step, minute: number, depends: boolean): RuleProblem {
  const when = depends ? ` on ${renderMinute(minute)}` : "";
  const limit = rule.when.rate !== undefined || rule.when.budget !== undefined ? ", once its limit is used up" : "";
  const isChallenge = rule.action.kind === "challenge";
  const what = isChallenge
    ? "would ask for a second factor that your present login has not shown"
    : "would lock you out";
  const remedy = isChallenge ? "Log in with two factors first." : "Add an exception for yourself under “unless”.";
  const message = `The rule ${rule.id} (“${rule.title}”) ${what}: ${method} ${path}${when}${limit}. ${remedy}`;
  return { kind: "lockout", ruleId: rule.id, testName: null, message };
}
