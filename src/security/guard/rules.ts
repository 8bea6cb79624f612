import { strengthOf } from "#platform/usecase";
import { contains, type Network, parseNetwork } from "./addresses.ts";
import { isOpenToChallenge } from "./apps.ts";
import type { Action, Outcome, PlainConditions, Rule } from "./contract.ts";
import type { Facts } from "./facts.ts";
import { compilePattern } from "./paths.ts";
import type { Place } from "./places.ts";
import { inWindows } from "./time-windows.ts";

/** One condition, ready to be asked. */
interface Test {
  /** For the explanation: `the method is not GET`. */
  readonly otherwise: (facts: Facts) => string;
  readonly holds: (facts: Facts) => boolean;
}

/** Cheapest first: what the indexes know, what else the request says, then the address, then who it is. */
interface Tests {
  /** Method, app and time. */
  readonly head: readonly Test[];
  readonly request: readonly Test[];
  readonly place: readonly Test[];
  readonly actor: readonly Test[];
}

export interface CompiledRule {
  readonly index: number;
  readonly rule: Rule;
  readonly tests: Tests;
  readonly unless: Tests | undefined;
  readonly needsActor: boolean;
  readonly hasLimit: boolean;
}

export function compileRule(rule: Rule, index: number): CompiledRule {
  const { unless } = rule.when;
  const tests = compileConditions(rule.when);
  const unlessTests = unless === undefined ? undefined : compileConditions(unless);
  const limits = [rule.when.rate, rule.when.budget].filter((limit) => limit !== undefined);
  return {
    index,
    rule,
    tests,
    unless: unlessTests,
    needsActor:
      rule.action.kind === "challenge" ||
      limits.some(({ by }) => by !== "address") ||
      tests.actor.length > 0 ||
      (unlessTests !== undefined && unlessTests.actor.length > 0),
    hasLimit: limits.length > 0,
  };
}

const listed = (values: readonly string[]) =>
  values.length > 3 ? `${values.slice(0, 3).join(", ")} or ${values.length - 3} more` : values.join(", ");

function compileConditions(when: PlainConditions): Tests {
  return { head: headTests(when), request: requestTests(when), place: placeTests(when), actor: actorTests(when) };
}

/** A test of a list that may be absent. */
function oneOf<Value extends string>(
  what: string,
  values: readonly Value[] | undefined,
  of: (facts: Facts) => string,
): Test[] {
  if (values === undefined) return [];
  const set: ReadonlySet<string> = new Set(values);
  return [
    {
      holds: (facts) => set.has(of(facts)),
      otherwise: (facts) => `the ${what} is ${of(facts) === "" ? "none" : of(facts)}, not ${listed(values)}`,
    },
  ];
}

function headTests(when: PlainConditions): Test[] {
  const tests = [
    ...oneOf("method", when.methods, ({ method }) => method),
    ...oneOf("app", when.apps, ({ app }) => app),
  ];
  if (when.times === undefined) return tests;
  const isIn = inWindows(when.times);
  return [...tests, { holds: ({ minute }) => isIn(minute), otherwise: () => "it is not the time" }];
}

function requestTests(when: PlainConditions): Test[] {
  const tests: Test[] = [];
  if (when.paths !== undefined) {
    const { paths } = when;
    const patterns = paths.map(compilePattern);
    tests.push({
      holds: ({ path }) => patterns.some((fits) => fits(path)),
      otherwise: () => `the path does not fit ${listed(paths)}`,
    });
  }
  if (when.bodyBytes !== undefined) {
    const { min = 0, max = Infinity } = when.bodyBytes;
    tests.push({
      holds: ({ bodyBytes }) => bodyBytes >= min && (bodyBytes <= max || max === Infinity),
      otherwise: ({ bodyBytes }) => `the body has ${bodyBytes === Infinity ? "no length" : `${bodyBytes} bytes`}`,
    });
  }
  if (when.contentTypes !== undefined) {
    const types = when.contentTypes;
    const exact = new Set(types);
    tests.push({
      holds: ({ contentType }) => exact.has(contentType) || exact.has(contentType.replace(/\/.*/, "/*")),
      otherwise: ({ contentType }) => `the body is ${contentType === "" ? "of no type" : contentType}`,
    });
  }
  if (when.certificate !== undefined) {
    const wanted = when.certificate;
    tests.push({
      holds: ({ hasCertificate }) => hasCertificate === wanted,
      otherwise: () => (wanted ? "no certificate was shown" : "a certificate was shown"),
    });
  }
  return tests;
}

function placeTests(when: PlainConditions): Test[] {
  const tests: Test[] = [];
  if (when.zones !== undefined) {
    const zones: ReadonlySet<string> = new Set(when.zones);
    tests.push({
      holds: ({ place }) => zones.has(place.zone) || place.sets.some((name) => zones.has(name)),
      otherwise: ({ place }) => `the address is in ${[place.zone, ...place.sets].join(", ")}`,
    });
  }
  if (when.addresses !== undefined) {
    const texts = when.addresses;
    const networks: Network[] = texts.flatMap((text) => parseNetwork(text) ?? []);
    tests.push({
      holds: ({ place }) => networks.some((network) => contains(network, place.bytes)),
      otherwise: () => `the address is not in ${listed(texts)}`,
    });
  }
  tests.push(...oneOf("country", when.countries, ({ place }) => place.country ?? ""));
  return tests;
}

/** Authentication is over when these are asked. */
function actorTests(when: PlainConditions): Test[] {
  const tests = [
    ...oneOf("kind of login", when.vias, ({ actor }) => actor?.via ?? "none"),
    ...oneOf("strength", when.strengths, ({ actor }) => (actor === undefined ? "none" : strengthOf(actor))),
    ...oneOf(
      "user",
      when.users?.map((name) => name.toLowerCase()),
      ({ actor }) => actor?.name ?? "",
    ),
  ];
  if (when.roles === undefined) return tests;
  const wanted = when.roles;
  const roles: ReadonlySet<string> = new Set(wanted);
  const holds = ({ actor }: Facts) => actor?.roles.some((role) => roles.has(role)) ?? false;
  return [...tests, { holds, otherwise: () => `the role is not ${listed(wanted)}` }];
}

const allHold = (tests: readonly Test[], facts: Facts) => {
  for (const test of tests) if (!test.holds(facts)) return false;
  return true;
};

/** What is left to ask of the request itself, once the indexes have found the rule. */
export const fitsRequest = ({ tests }: CompiledRule, facts: Facts): boolean => allHold(tests.request, facts);

/**
 * What a rule does whose own conditions hold, but for rate and budget; undefined when its exception holds, when it is a
 * challenge that was met, or when nothing is used up.
 */
export function effectOf(compiled: CompiledRule, facts: Facts): Outcome | "log" | undefined {
  const { unless, rule } = compiled;
  if (unless !== undefined && holdWhole(unless, facts)) return undefined;
  if (rule.action.kind === "challenge" && isMet(facts)) return undefined;
  if (compiled.hasLimit && !facts.isUsedUp(compiled)) return undefined;
  return spare(rule.action, compiled.hasLimit, facts);
}

const holdWhole = ({ head, request, place, actor }: Tests, facts: Facts) =>
  allHold(head, facts) && allHold(request, facts) && allHold(place, facts) && allHold(actor, facts);

/** Why a rule does not match; undefined when it does. */
export function whyNot(compiled: CompiledRule, facts: Facts): string | undefined {
  const { tests, unless, rule } = compiled;
  const failed = [...tests.head, ...tests.request, ...tests.place, ...tests.actor].find((test) => !test.holds(facts));
  if (failed !== undefined) return failed.otherwise(facts);
  if (unless !== undefined && holdWhole(unless, facts)) return "its exception holds";
  if (rule.action.kind === "challenge" && isMet(facts)) {
    return isOpenToChallenge(facts.app) ? `${facts.app} stays open for the challenge` : "two factors were shown";
  }
  return compiled.hasLimit && !facts.isUsedUp(compiled) ? "its rate or budget is not used up" : undefined;
}

function isMet({ app, actor }: Facts): boolean {
  return isOpenToChallenge(app) || (actor !== undefined && strengthOf(actor) === "two-factor");
}

/** Nobody inside is ever banned: a rate slows them down, anything else refuses the one request. */
export function spare(action: Action, hasLimit: boolean, facts: { readonly place: Place }): Outcome | "log" {
  if (action.kind !== "ban" || !facts.place.inside) return action.kind;
  return hasLimit ? "throttle" : "deny";
}
