import { z } from "zod";
import { defineContract, roles } from "#wire";
import {
  actionKinds,
  AddressRange,
  DetectorName,
  GuardApp,
  MadeUpRequest,
  Outcome,
  RuleDocument,
  RuleId,
  Strength,
  Via,
} from "./rule-contract.ts";

export {
  type Action,
  type ByteBudget,
  type Conditions,
  type DetectorMode,
  DetectorName,
  type GuardApp,
  guardApps,
  MadeUpRequest,
  Outcome,
  type PlainConditions,
  type RateLimit,
  type Rule,
  RuleDocument,
  type TimeWindow,
  weekdays,
} from "./rule-contract.ts";

const dayMs = 86_400_000;

const CurrentRules = z.object({
  /** 0 while the set that came with the program is in force. */
  version: z.int(),
  document: RuleDocument,
  changedAtMs: z.int().nullable(),
  changedBy: z.string().nullable(),
  /** True while the emergency switch holds: nothing is refused. */
  off: z.boolean(),
  /** The zone in which the dates of `times` are read. */
  timeZone: z.string(),
  /** What counts as inside, from the machine and the sets together. */
  household: z.array(z.string()),
  vpn: z.array(z.string()),
});

export const TestResult = z.object({
  name: z.string(),
  passed: z.boolean(),
  expected: z.string(),
  outcome: Outcome,
  ruleId: RuleId.nullable(),
});
export type TestResult = z.infer<typeof TestResult>;

/** Why a change would be refused: a wrong rule, a failing test, or that it would lock its author out. */
export const RuleProblem = z.object({
  kind: z.enum(["rule", "test", "lockout"]),
  ruleId: RuleId.nullable(),
  testName: z.string().nullable(),
  message: z.string(),
});
export type RuleProblem = z.infer<typeof RuleProblem>;

const RuleStep = z.object({
  ruleId: RuleId,
  title: z.string(),
  shadow: z.boolean(),
  action: z.enum(actionKinds),
  matched: z.boolean(),
  /** The first condition that did not hold, or what the rule did. */
  why: z.string(),
});
export type RuleStep = z.infer<typeof RuleStep>;

const Explanation = z.object({
  outcome: Outcome,
  /** The rule that decided; null when none did and the request passes. */
  ruleId: RuleId.nullable(),
  sentence: z.string(),
  /** How the request was understood. */
  facts: z.object({
    app: GuardApp,
    path: z.string(),
    zone: z.string(),
    sets: z.array(z.string()),
    country: z.string().nullable(),
    time: z.string(),
    roles: z.array(z.enum(roles)),
    strength: Strength,
    via: Via,
  }),
  /** Every rule that was looked at, in order, up to the one that decided. */
  steps: z.array(RuleStep),
  /** Detectors that would notice it. */
  detectors: z.array(DetectorName),
});
export type Explanation = z.infer<typeof Explanation>;

export const Ban = z.object({
  /** An IPv4 address or range, or an IPv6 range, /64 when it was made from an address. */
  network: z.string(),
  sinceMs: z.int(),
  untilMs: z.int(),
  /** How many times in a row; the time doubles with each. */
  strikes: z.int(),
  why: z.string(),
  /** The rule or detector that banned; null is a person. */
  ruleId: z.string().nullable(),
  by: z.string().nullable(),
  /** Requests refused by it since the program started. */
  refused: z.int(),
});
export type Ban = z.infer<typeof Ban>;

const RuleCounter = z.object({
  ruleId: RuleId,
  /** Requests the rule decided or logged. */
  matches: z.int(),
  /** Requests it would have decided, were it not in shadow. */
  wouldHave: z.int(),
  lastMatchAtMs: z.int().nullable(),
});
export type RuleCounter = z.infer<typeof RuleCounter>;

/** What a detector noticed, folded per network. */
export const Detection = z.object({
  detector: DetectorName,
  network: z.string(),
  zone: z.string(),
  /** A sentence without the query of the request. */
  what: z.string(),
  count: z.int(),
  firstAtMs: z.int(),
  lastAtMs: z.int(),
  did: z.enum(["counted", "throttled", "banned"]),
});
export type Detection = z.infer<typeof Detection>;

export const Notice = z.object({
  id: z.enum([
    "guard-off",
    "rules-unreadable",
    "country-file-missing",
    "country-file-unreadable",
    "country-file-old",
    "shadow-rules",
  ]),
  severity: z.enum(["info", "warning", "error"]),
  message: z.string(),
});
export type Notice = z.infer<typeof Notice>;

const Version = z.object({
  version: z.int(),
  atMs: z.int(),
  by: z.string(),
  note: z.string(),
  ruleCount: z.int(),
  current: z.boolean(),
});
export type Version = z.infer<typeof Version>;

const expectedVersion = z.int().min(0).describe("The version the change was made from; another one is a conflict.");
const note = z.string().trim().max(200).default("");
const Changed = z.object({ version: z.int(), tests: z.array(TestResult) });

const read = { permission: "security.read", effect: "read" } as const;
const write = { permission: "security.manage", effect: "write", stepUp: true } as const;

export const guardContract = defineContract({
  "guard.rules": {
    summary: "The rules in force, their tests, address sets and detectors.",
    input: z.object({}),
    output: CurrentRules,
    ...read,
  },
  "guard.setRules": {
    summary:
      "Replace the rules. Refused when a rule is wrong or a test fails (bad-request, named), when it would lock its author out " +
      "(conflict, the rule named), or when somebody else changed them meanwhile (conflict).",
    input: z.object({ version: expectedVersion, document: RuleDocument, note }),
    output: Changed,
    ...write,
  },
  "guard.check": {
    summary: "Everything that would refuse this change, without making it.",
    input: z.object({ document: RuleDocument }),
    output: z.object({ problems: z.array(RuleProblem), tests: z.array(TestResult) }),
    ...read,
  },
  "guard.runTests": {
    summary: "Run the tests stored beside the rules in force.",
    input: z.object({}),
    output: z.object({ tests: z.array(TestResult) }),
    ...read,
  },
  "guard.test": {
    summary: "Which rule would decide a made-up request, and why each earlier one did not match.",
    input: z.object({ request: MadeUpRequest, document: RuleDocument.optional().describe("A draft to try instead.") }),
    output: Explanation,
    ...read,
  },
  "guard.counters": {
    summary: "How often each rule matched, or would have in shadow.",
    input: z.object({}),
    output: z.object({ sinceMs: z.int(), asOfMs: z.int(), rules: z.array(RuleCounter) }),
    ...read,
  },
  "guard.findings": {
    summary: "What the detectors noticed, and what is wrong with the guard itself.",
    input: z.object({}),
    output: z.object({ notices: z.array(Notice), detections: z.array(Detection) }),
    ...read,
  },
  "guard.bans": {
    summary: "Networks that are banned now, the latest first.",
    input: z.object({}),
    output: z.object({ bans: z.array(Ban) }),
    ...read,
  },
  "guard.ban": {
    summary: "Ban an address or range. The household and the VPN cannot be banned (conflict).",
    input: z.object({
      network: AddressRange,
      durationMs: z
        .int()
        .min(60_000)
        .max(365 * dayMs),
      why: z.string().trim().min(1).max(200),
    }),
    output: z.object({ ban: Ban }),
    ...write,
  },
  "guard.unban": {
    summary: "Lift a ban and forget its earlier strikes.",
    input: z.object({ network: AddressRange }),
    output: z.object({}),
    ...write,
  },
  "guard.history": {
    summary: "Versions of the rules, newest first.",
    input: z.object({}),
    output: z.object({ versions: z.array(Version) }),
    ...read,
  },
  "guard.undo": {
    summary: "Go back to the version before the one in force, as a new version; checked like any change.",
    input: z.object({ version: expectedVersion }),
    output: Changed,
    ...write,
  },
  "guard.export": {
    summary: "The rules in force as text; schema is the JSON Schema of that text, for editors.",
    input: z.object({ format: z.enum(["yaml", "json", "schema"]).default("yaml") }),
    output: z.object({ text: z.string(), fileName: z.string() }),
    ...read,
  },
  "guard.import": {
    summary: "Replace the rules by exported text (YAML or JSON); checked like any change.",
    input: z.object({ version: expectedVersion, text: z.string().min(1).max(900_000), note }),
    output: Changed,
    ...write,
  },
});
