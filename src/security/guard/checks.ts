import { parseNetwork } from "./addresses.ts";
import type { PlainConditions, Rule, RuleDocument, RuleProblem } from "./contract.ts";
import { patternProblem } from "./paths.ts";
import { isTimeZone } from "./time-windows.ts";

const zones: ReadonlySet<string> = new Set(["household", "vpn", "outside"]);

/** What is wrong with a document that its schema cannot say. */
export function findRuleProblems(document: RuleDocument): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const report = (ruleId: string | null, message: string) =>
    void problems.push({ kind: "rule", ruleId, testName: null, message });
  if (document.timeZone !== null && !isTimeZone(document.timeZone)) {
    report(null, `There is no time zone ${document.timeZone}; write one as Europe/Berlin.`);
  }
  for (const [name, ranges] of Object.entries(document.sets)) {
    if (name === "outside") report(null, "The set outside cannot be written: it is whatever is not household or VPN.");
    for (const text of wrongRanges(ranges)) report(null, `${text} in the set ${name} is no address or range.`);
  }
  const ids = new Set<string>();
  for (const rule of document.rules) {
    if (ids.has(rule.id)) report(rule.id, `Two rules are called ${rule.id}.`);
    ids.add(rule.id);
    for (const message of problemsOf(rule, document)) report(rule.id, `The rule ${rule.id}: ${message}.`);
  }
  const names = new Set<string>();
  for (const { name, request, expect } of document.tests) {
    const wrong = (message: string) =>
      void problems.push({ kind: "test", ruleId: null, testName: name, message: `The test “${name}”: ${message}.` });
    if (names.has(name)) wrong("two tests have this name");
    names.add(name);
    for (const id of [...request.usedUp, ...(expect.ruleId == null ? [] : [expect.ruleId])]) {
      if (!ids.has(id)) wrong(`there is no rule ${id}`);
    }
    if (parseNetwork(request.address) === undefined) wrong(`${request.address} is no address`);
  }
  return problems;
}

const wrongRanges = (ranges: readonly string[] = []) => ranges.filter((text) => parseNetwork(text) === undefined);

function problemsOf({ when }: Rule, document: RuleDocument): string[] {
  const own = conditionProblems(when, document);
  return when.unless === undefined ? own : [...own, ...conditionProblems(when.unless, document)];
}

function conditionProblems(when: PlainConditions, { sets }: RuleDocument): string[] {
  const { min = 0, max = Infinity } = when.bodyBytes ?? {};
  return [
    ...wrongRanges(when.addresses).map((text) => `${text} is no address or range`),
    ...(when.zones ?? []).flatMap((name) =>
      zones.has(name) || Object.hasOwn(sets, name) ? [] : [`there is no zone or address set ${name}`],
    ),
    ...(when.paths ?? []).flatMap((pattern) => {
      const problem = patternProblem(pattern);
      return problem === undefined ? [] : [`${pattern}: ${problem}`];
    }),
    ...(min > max ? ["the smallest body is larger than the largest"] : []),
  ];
}

/** Whether any rule asks where an address is. */
export function asksCountries({ rules }: RuleDocument): boolean {
  return rules.some(({ when }) => (when.countries ?? when.unless?.countries) !== undefined);
}
