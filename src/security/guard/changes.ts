import { AppError } from "#platform/errors";
import type { AppOf } from "./apps.ts";
import { asksCountries, findRuleProblems } from "./checks.ts";
import {
  type RuleDocument,
  type RuleProblem,
  RuleDocument as RuleDocumentSchema,
  type TestResult,
} from "./contract.ts";
import type { Countries } from "./country.ts";
import { defaultDocument } from "./defaults.ts";
import { findLockouts, type Present } from "./lockout.ts";
import { madeUpFacts } from "./made-up.ts";
import type { Policy } from "./policy.ts";
import type { Repository } from "./repository.ts";
import { minuteAt } from "./time-windows.ts";
import type { Role } from "#wire";

/** Version 0 is what came with the program. */
export interface Stored {
  readonly version: number;
  readonly document: RuleDocument;
  readonly changedAtMs: number | null;
  readonly changedBy: string | null;
  /** False when what is stored was not understood, and the rules that came with the program stand in. */
  readonly readable: boolean;
}

const builtIn: Stored = { version: 0, document: defaultDocument, changedAtMs: null, changedBy: null, readable: true };

/** The version in force and the one before it; undefined when there is nothing to go back to. */
export function readStored(repository: Repository): {
  readonly current: Stored;
  readonly previous: Stored | undefined;
} {
  const [current, previous] = repository.latest(2).map((row): Stored => {
    return { version: row.version, ...readDocument(row.document), changedAtMs: row.at_ms, changedBy: row.by_name };
  });
  if (current === undefined) return { current: builtIn, previous: undefined };
  return { current, previous: previous ?? (current.version === 1 ? builtIn : undefined) };
}

/** A house whose rules cannot be read any more is still guarded: what came with the program holds, and a notice says so. */
function readDocument(text: string): Pick<Stored, "document" | "readable"> {
  try {
    return { document: RuleDocumentSchema.parse(JSON.parse(text)), readable: true };
  } catch {
    return { document: defaultDocument, readable: false };
  }
}

export interface JudgeDeps {
  readonly appOf: AppOf;
  readonly rolesOf: (name: string) => readonly Role[] | undefined;
  readonly countries: Countries;
  /** Makes a document ready without putting it in force. */
  readonly prepare: (document: RuleDocument) => Policy;
}

export interface Judgement {
  readonly policy: Policy | undefined;
  readonly problems: readonly RuleProblem[];
  readonly tests: readonly TestResult[];
}

/** Everything that stands against a change. */
export async function judge(deps: JudgeDeps, document: RuleDocument, present: PresentAt): Promise<Judgement> {
  const wrong = findRuleProblems(document);
  if (wrong.length > 0) return { policy: undefined, problems: wrong, tests: [] };
  if (asksCountries(document)) await deps.countries.load();
  const policy = deps.prepare(document);
  const tests = runTests(deps, policy);
  const failed = tests.filter(({ passed }) => !passed).map(failureOf);
  const place = policy.places.of(present.address);
  const lockouts = findLockouts(policy.compiled, { ...present, place }, deps.appOf);
  return { policy, problems: [...failed, ...lockouts], tests };
}

export type PresentAt = Omit<Present, "place"> & { readonly address: string };

/** Throws the first problem; a rule that would lock its author out is a `conflict`, anything else a `bad-request`. */
export function requireSound({ policy, problems }: Judgement): Policy {
  const [first] = problems;
  if (first !== undefined) {
    const more = problems.length > 1 ? ` And ${problems.length - 1} more: guard.check names them all.` : "";
    throw new AppError(first.kind === "lockout" ? "conflict" : "bad-request", `${first.message}${more}`);
  }
  if (policy === undefined) throw new AppError("internal");
  return policy;
}

/** Stored tests run at Wednesday noon unless they say when, so that they never depend on the hour. */
const testMinute = minuteAt("wed", "12:00");

export function runTests({ appOf, rolesOf }: Pick<JudgeDeps, "appOf" | "rolesOf">, policy: Policy): TestResult[] {
  return policy.document.tests.map(({ name, request, expect }) => {
    const facts = madeUpFacts(request, { appOf, rolesOf, places: policy.places, minute: testMinute });
    const decision = policy.compiled.decide(facts, () => undefined);
    if ("pendingAt" in decision) throw new Error("the caller of a test is known");
    const { outcome } = decision;
    const ruleId = decision.rule?.rule.id ?? null;
    const passed = outcome === expect.outcome && (expect.ruleId === undefined || expect.ruleId === ruleId);
    return { name, passed, expected: expectation(expect.outcome, expect.ruleId), outcome, ruleId };
  });
}

const expectation = (outcome: string, ruleId: string | null | undefined) =>
  ruleId === undefined ? outcome : `${outcome} by ${ruleId ?? "no rule"}`;

function failureOf({ name, expected, outcome, ruleId }: TestResult): RuleProblem {
  const message = `The test “${name}” fails: expected ${expected}, but it is ${expectation(outcome, ruleId)}.`;
  return { kind: "test", ruleId, testName: name, message };
}
