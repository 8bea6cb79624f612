import type { Outcome, RuleStep } from "./contract.ts";
import type { Facts } from "./facts.ts";
import { type CompiledRule, spare, whyNot } from "./rules.ts";

export interface Walk {
  readonly outcome: Outcome;
  readonly rule: CompiledRule | undefined;
  readonly steps: readonly RuleStep[];
}

/**
 * The rules one after the other, without any index: the meaning of the rules, and why each one did or did not match. The actor
 * of the facts is known.
 */
export function walkRules(rules: readonly CompiledRule[], facts: Facts): Walk {
  const steps: RuleStep[] = [];
  for (const compiled of rules) {
    const { rule } = compiled;
    const step = { ruleId: rule.id, title: rule.title, shadow: rule.shadow, action: rule.action.kind };
    const reason = rule.enabled ? whyNot(compiled, facts) : "it is switched off";
    if (reason !== undefined) {
      steps.push({ ...step, matched: false, why: reason });
      continue;
    }
    const effect = spare(rule.action, compiled.hasLimit, facts);
    if (effect !== "log" && !rule.shadow) {
      const spared = rule.action.kind === "ban" && effect !== "ban";
      steps.push({
        ...step,
        matched: true,
        why: spared ? `it decides: ${effect}, as nobody inside is banned` : `it decides: ${effect}`,
      });
      return { outcome: effect, rule: compiled, steps };
    }
    steps.push({
      ...step,
      matched: true,
      why: rule.shadow ? `it would ${effect}, were it not in shadow` : "it is logged",
    });
  }
  return { outcome: "allow", rule: undefined, steps };
}
