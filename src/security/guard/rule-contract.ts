import { z } from "zod";
import { roles } from "#wire";

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
export const RuleId = Slug;

/** An address or a range: `192.168.1.7`, `10.0.0.0/8`, `2001:db8::/32`. */
export const AddressRange = z.string().trim().min(2).max(49);

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
export const Strength = z.enum(strengths);
const vias = ["session", "app-password", "password", "link", "none"] as const;
export const Via = z.enum(vias).describe("How the caller is known; none is nobody.");

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

export const actionKinds = ["allow", "deny", "challenge", "throttle", "ban", "log"] as const;
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
