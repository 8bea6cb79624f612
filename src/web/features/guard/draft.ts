import type { Conditions, PlainConditions, Rule, RuleDocument } from "#contract/security/guard";
import { periodMs } from "./periods.ts";

/** In the order in which they are offered: from where, for what, who, when, how much. */
export const conditionKeys = [
  "zones",
  "addresses",
  "countries",
  "apps",
  "paths",
  "methods",
  "users",
  "roles",
  "strengths",
  "vias",
  "certificate",
  "times",
  "rate",
  "budget",
  "bodyBytes",
  "contentTypes",
] as const;
export type ConditionKey = (typeof conditionKeys)[number];

/** Conditions that count over several requests; an exception cannot have them. */
export const limitKeys: ReadonlySet<ConditionKey> = new Set(["rate", "budget"]);

const mebibyte = 1024 * 1024;

/** What a condition begins with when it is added; lists begin empty and have to be filled. */
const beginnings: Required<Omit<Conditions, "unless">> = {
  zones: ["outside"],
  addresses: [],
  countries: [],
  apps: [],
  paths: [],
  methods: [],
  users: [],
  roles: [],
  strengths: ["none", "one-factor"],
  vias: [],
  certificate: false,
  times: [{ days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "21:00", to: "06:00" }],
  rate: { requests: 60, perMs: periodMs("minute"), by: "address" },
  budget: { bytes: 1024 * mebibyte, perMs: periodMs("hour"), by: "user" },
  bodyBytes: { min: 100 * mebibyte },
  contentTypes: [],
};

export function withCondition<C extends Conditions>(when: C, key: ConditionKey): C {
  return { ...when, [key]: beginnings[key] };
}

export function withoutCondition<C extends Conditions>(when: C, key: ConditionKey): C {
  const { [key]: _gone, ...rest } = when;
  return rest as C;
}

export const usedKeys = (when: Conditions): readonly ConditionKey[] =>
  conditionKeys.filter((key) => when[key] !== undefined);

/** Conditions that were added but say nothing yet. */
export function missingKeys(when: Conditions | PlainConditions): readonly ConditionKey[] {
  return usedKeys(when).filter((key) => {
    const value = when[key as keyof PlainConditions];
    if (Array.isArray(value))
      return value.length === 0 || (key === "times" && when.times?.some(({ days }) => days.length === 0));
    return key === "bodyBytes" && when.bodyBytes?.min === undefined && when.bodyBytes?.max === undefined;
  });
}

/** Without an exception that says nothing. */
export function tidied(when: Conditions): Conditions {
  const { unless, ...rest } = when;
  return unless === undefined || usedKeys(unless).length === 0 ? rest : when;
}

/** What is filled in so far, for the sentence. */
export function filled(when: Conditions): Conditions {
  const { unless, ...plain } = when;
  const kept = missingKeys(plain).reduce(withoutCondition, plain);
  return tidied(
    unless === undefined ? kept : { ...kept, unless: missingKeys(unless).reduce(withoutCondition, unless) },
  );
}

const maxIdLength = 63;

/** An id made of the title that no other rule has: `no-films-at-night`, `no-films-at-night-2`. */
export function ruleIdFor(title: string, taken: readonly string[]): string {
  const stem =
    title
      .normalize("NFKD")
      .toLowerCase()
      .replaceAll(/\p{M}/gu, "")
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, maxIdLength - 5)
      .replace(/-+$/, "") || "rule";
  let id = stem;
  for (let n = 2; taken.includes(id); n += 1) id = `${stem}-${n}`;
  return id;
}

export type Mode = "off" | "shadow" | "on";
export const modes = ["off", "shadow", "on"] as const;

export const modeOf = ({ enabled, shadow }: Pick<Rule, "enabled" | "shadow">): Mode =>
  enabled ? (shadow ? "shadow" : "on") : "off";

/** Off keeps whether it was in shadow, as it may be switched back. */
export const withMode = (rule: Rule, mode: Mode): Rule =>
  mode === "off" ? { ...rule, enabled: false } : { ...rule, enabled: true, shadow: mode === "shadow" };

/** The rule with this id put in place, or at the end when there is none. */
export function withRule(document: RuleDocument, rule: Rule): RuleDocument {
  const isKnown = document.rules.some(({ id }) => id === rule.id);
  const rules = isKnown ? document.rules.map((old) => (old.id === rule.id ? rule : old)) : [...document.rules, rule];
  return { ...document, rules };
}

/** Tests that name a rule cannot stay when it goes. */
export function withoutRule(document: RuleDocument, id: string): RuleDocument {
  const names = ({ request, expect }: RuleDocument["tests"][number]): boolean =>
    expect.ruleId === id || request.usedUp.includes(id);
  return {
    ...document,
    rules: document.rules.filter((rule) => rule.id !== id),
    tests: document.tests.filter((test) => !names(test)),
  };
}

/** One place up (-1) or down (1); unchanged at the ends. */
export function moved(document: RuleDocument, id: string, by: -1 | 1): RuleDocument {
  const from = document.rules.findIndex((rule) => rule.id === id);
  const rule = document.rules[from];
  const other = document.rules[from + by];
  if (!rule || !other) return document;
  const rules = [...document.rules];
  rules[from] = other;
  rules[from + by] = rule;
  return { ...document, rules };
}
