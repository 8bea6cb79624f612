import { z } from "zod";
import { defineContract, roles } from "#wire";

const secondMs = 1000;
const dayMs = 86_400 * secondMs;

/** What a request is for, derived from the route that answers it. `admin` and `login` are operations of `/api/`. */
export const guardApps = [
  "page",
  "api",
  "admin",
  "login",
  "files",
  "uploads",
  "webdav",
  "links",
  "media",
  "oidc",
  "pki",
  "metrics",
  "health",
] as const;
export const GuardApp = z.enum(guardApps);
export type GuardApp = z.infer<typeof GuardApp>;

const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use a-z, 0-9 and dash, at most 63, starting with a letter or digit");
const RuleId = Slug;

/** An address or a range: `192.168.1.7`, `10.0.0.0/8`, `2001:db8::/32`. */
const AddressRange = z.string().trim().min(2).max(49);

const PathPattern = z
  .string()
  .min(1)
  .max(512)
  .regex(/^\//, "a path pattern starts with a slash")
  .describe("`*` is any text inside one segment, `**` as a whole segment is the rest, however deep, also nothing.");

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const Weekday = z.enum(weekdays);
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "write a time as 07:30");

export const TimeWindow = z
  .strictObject({
    days: z.array(Weekday).min(1).max(7),
    from: TimeOfDay,
    /** Not included; earlier than `from` is on the next day, and equal to it the whole day round. */
    to: TimeOfDay,
  })
  .describe("In the time zone of the rules.");
export type TimeWindow = z.infer<typeof TimeWindow>;

const strengths = ["none", "one-factor", "two-factor"] as const;
const Strength = z.enum(strengths);
const vias = ["session", "app-password", "password", "link", "none"] as const;
const Via = z.enum(vias).describe("How the caller is known; none is nobody.");

const CountBy = z
  .enum(["address", "user", "session"])
  .describe(
    "What is counted together: an IPv4 address or IPv6 /64, an account, or one login. Nobody counts by address.",
  );
const periodMs = z.int().min(secondMs).max(dayMs);

export const RateLimit = z
  .strictObject({ requests: z.int().min(1).max(1_000_000), perMs: periodMs, by: CountBy })
  .describe("Holds when there were more requests than that.");
export const ByteBudget = z
  .strictObject({ bytes: z.int().min(1).max(Number.MAX_SAFE_INTEGER), perMs: periodMs, by: CountBy })
  .describe("Holds when more bytes than that were sent to the server; a body without a length counts as 1 MiB.");

const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(500).optional();
const UserName = z.string().trim().min(1).max(64);

/** Conditions that look at one request alone; all that are given must hold, of a list any. */
const plainConditions = {
  methods: list(z.string().regex(/^[A-Z]{1,32}$/, "write methods in capitals")),
  paths: list(PathPattern),
  apps: list(GuardApp),
  roles: list(z.enum(roles)),
  users: list(UserName),
  strengths: list(Strength),
  vias: list(Via),
  certificate: z.boolean().optional().describe("Whether the connection showed a verified device certificate."),
  zones: list(Slug).describe("household, vpn, outside, or an address set of these rules."),
  addresses: list(AddressRange),
  countries: list(z.string().regex(/^[A-Z]{2}$/, "write countries as two capitals, such as DE")),
  times: z.array(TimeWindow).min(1).max(50).optional(),
  bodyBytes: z
    .strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })
    .optional()
    .describe("By Content-Length; a body without one is larger than any size."),
  contentTypes: list(z.string().regex(/^[a-z0-9.+-]+\/(\*|[a-z0-9.+-]+)$/, "write types as image/jpeg or image/*")),
};
export const PlainConditions = z.strictObject(plainConditions);
export type PlainConditions = z.infer<typeof PlainConditions>;

export const Conditions = z.strictObject({
  ...plainConditions,
  rate: RateLimit.optional(),
  budget: ByteBudget.optional(),
  /** The rule does not match when all of these hold. */
  unless: PlainConditions.optional(),
});
export type Conditions = z.infer<typeof Conditions>;

const actionKinds = ["allow", "deny", "challenge", "throttle", "ban", "log"] as const;
export const Action = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("allow") }),
    z.strictObject({ kind: z.literal("deny") }),
    z.strictObject({ kind: z.literal("challenge") }),
    z.strictObject({ kind: z.literal("throttle"), retryAfterMs: z.int().min(secondMs).max(dayMs).default(30_000) }),
    z.strictObject({ kind: z.literal("ban") }),
    z.strictObject({ kind: z.literal("log") }),
  ])
  .describe(
    "allow, deny: ends the rules. challenge: goes on for who has shown two factors, else asks for the second. " +
      "throttle: 429. ban: 403 for the whole network, 1 minute, doubling to 24 hours; in the household and the VPN only this request. " +
      "log: counts, records and goes on.",
  );
export type Action = z.infer<typeof Action>;

export const Rule = z.strictObject({
  id: RuleId,
  title: z.string().trim().min(1).max(200),
  enabled: z.boolean().default(true),
  shadow: z.boolean().default(false).describe("Only counts what it would do."),
  when: Conditions,
  action: Action,
});
export type Rule = z.infer<typeof Rule>;

const outcomes = ["allow", "deny", "challenge", "throttle", "ban"] as const;
export const Outcome = z.enum(outcomes);
export type Outcome = z.infer<typeof Outcome>;

/** A request that never happened, for trying the rules. */
export const MadeUpRequest = z.strictObject({
  method: z
    .string()
    .regex(/^[A-Z]{1,32}$/, "write methods in capitals")
    .default("GET"),
  path: z.string().regex(/^\//, "a path starts with a slash").max(2048),
  address: z.string().max(49).default("192.0.2.1"),
  /** In place of what the address says, as the ranges of a household differ from house to house. */
  zone: z.enum(["household", "vpn", "outside"]).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  user: UserName.optional(),
  /** Of the account `user` when absent. */
  roles: z.array(z.enum(roles)).optional(),
  strength: Strength.optional().describe("one-factor for a user when absent."),
  via: Via.optional().describe("session for a user when absent."),
  certificate: z.boolean().default(false),
  at: z
    .strictObject({ day: Weekday, time: TimeOfDay })
    .optional()
    .describe("When absent: now in guard.test, Wednesday 12:00 in a stored test."),
  bodyBytes: z.int().min(0).nullable().default(0).describe("null is a body without a length."),
  contentType: z.string().max(200).optional(),
  /** Rules whose rate or budget is to count as used up. */
  usedUp: z.array(RuleId).max(100).default([]),
});
export type MadeUpRequest = z.infer<typeof MadeUpRequest>;

const StoredTest = z.strictObject({
  name: z.string().trim().min(1).max(200),
  request: MadeUpRequest,
  expect: z.strictObject({
    outcome: Outcome,
    /** The rule that must have decided; null is none. */
    ruleId: RuleId.nullable().optional(),
  }),
});
export type StoredTest = z.infer<typeof StoredTest>;

const detectorNames = ["path-traversal", "scanner", "injection", "credential-stuffing"] as const;
export const DetectorName = z.enum(detectorNames);
export type DetectorName = z.infer<typeof DetectorName>;
export const DetectorMode = z.enum(["off", "shadow", "throttle", "ban"]);
export type DetectorMode = z.infer<typeof DetectorMode>;
const Detectors = z.strictObject({
  "path-traversal": DetectorMode.default("shadow"),
  scanner: DetectorMode.default("shadow"),
  injection: DetectorMode.default("shadow"),
  "credential-stuffing": DetectorMode.default("shadow"),
});
export type Detectors = z.infer<typeof Detectors>;

/** All the person decides: one document, stored as one version. */
export const RuleDocument = z.strictObject({
  schema: z.literal(1),
  /** IANA name, as Europe/Berlin; the machine's own when null. */
  timeZone: z.string().max(64).nullable().default(null),
  /** Named address sets for `zones`; the sets household and vpn add to what the machine finds by itself. */
  sets: z.record(Slug, z.array(AddressRange).max(500)).default({}),
  detectors: Detectors.prefault({}),
  rules: z.array(Rule).max(2000),
  tests: z.array(StoredTest).max(500).default([]),
});
export type RuleDocument = z.infer<typeof RuleDocument>;

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
