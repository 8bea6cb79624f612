import { z } from "zod";
import { PasskeyAssertion, PasskeyRequestOptions, RecoveryCode, Ticket, TotpCode } from "#contract/security/factors";
import { Person } from "#contract/security/identity";
import { capabilities, defineContract, factors } from "#wire";

const FactorName = z.enum(factors);
const password = z.string().max(1024);

const Session = z.object({
  id: z.string(),
  createdAtMs: z.int(),
  lastSeenAtMs: z.int(),
  address: z.string(),
  userAgent: z.string(),
  /** As `Firefox on Linux`. */
  device: z.string(),
  /** What was shown for it. */
  factors: z.array(FactorName),
  factorAtMs: z.int(),
  /** The device whose certificate was shown, if one was. */
  deviceId: z.string().nullable(),
  current: z.boolean(),
  /** Begun from a device and network never seen before with this person, and not dismissed yet. */
  isNew: z.boolean(),
});

const secondFactors = ["totp", "passkey", "recovery-code", "certificate"] as const;

/** A login is done, or asks for a second factor within five minutes and five tries. */
const PendingLogin = z.object({
  step: z.literal("second-factor"),
  ticket: Ticket,
  offers: z.array(z.enum(secondFactors)),
  /** For `startAuthentication` when `offers` has `passkey`; else null. */
  passkey: PasskeyRequestOptions.nullable(),
});
export type PendingLogin = z.infer<typeof PendingLogin>;
const LoginStep = z.discriminatedUnion("step", [z.object({ step: z.literal("done"), person: Person }), PendingLogin]);
export type LoginStep = z.infer<typeof LoginStep>;

/** `certificate` is the one of the connection: nothing to send, reload after choosing it in the browser. */
const SecondFactor = z.discriminatedUnion("method", [
  z.object({ method: z.literal("totp"), ticket: Ticket, code: TotpCode }),
  z.object({ method: z.literal("recovery-code"), ticket: Ticket, code: RecoveryCode }),
  z.object({ method: z.literal("passkey"), ticket: Ticket, response: PasskeyAssertion }),
  z.object({ method: z.literal("certificate"), ticket: Ticket }),
]);
export type SecondFactor = z.infer<typeof SecondFactor>;

const StepUp = z.discriminatedUnion("method", [
  z.object({ method: z.literal("password"), password }),
  z.object({ method: z.literal("totp"), password, code: TotpCode }),
  z.object({ method: z.literal("recovery-code"), password, code: RecoveryCode }),
  z.object({ method: z.literal("certificate"), password }),
  z.object({ method: z.literal("passkey"), ticket: Ticket, response: PasskeyAssertion }),
]);
export type StepUp = z.infer<typeof StepUp>;
const stepUpMethods = ["password", "totp", "recovery-code", "certificate", "passkey"] as const;

const Notice = z.object({
  id: z.int(),
  kind: z.enum([
    "new-device",
    "second-factor-refused",
    "recovery-code-used",
    "factor-added",
    "factor-removed",
    "factors-reset",
    "password-changed",
    "ransomware-suspected",
  ]),
  atMs: z.int(),
  address: z.string(),
  /** As `Firefox on Linux`. */
  device: z.string(),
  /** The factor or passkey it is about; empty without one. */
  subject: z.string(),
  /** Ends what is told of, when it still goes on. */
  sessionId: z.string().nullable(),
});
export type Notice = z.infer<typeof Notice>;

/** What an app password may do: change files and make links; the same and let people and groups in; reading only. */
export const AppPasswordScope = z.enum(["files", "files:share", "files:read"]);
export type AppPasswordScope = z.infer<typeof AppPasswordScope>;

/** What speaks with an app password, as far as it says so itself; `unknown` until it was used. */
export const clientKinds = ["desktop", "android", "ios", "rclone", "webdav", "other", "unknown"] as const;
export type ClientKind = (typeof clientKinds)[number];

export const AppPassword = z.object({
  id: z.string(),
  label: z.string(),
  scope: AppPasswordScope,
  client: z.enum(clientKinds),
  createdAtMs: z.int(),
  lastUsedAtMs: z.int().nullable(),
  lastAddress: z.string().nullable(),
  /** Refused for now, because of what was done with it; not withdrawn. */
  isFrozen: z.boolean().optional(),
});
export type AppPassword = z.infer<typeof AppPassword>;

export const sessionsContract = defineContract({
  "session.login": {
    summary: "Log in with name and password; sets the session cookie, or asks for the second factor.",
    input: z.object({ name: z.string().max(64), password }),
    output: LoginStep,
    permission: "public",
    effect: "write",
  },
  "session.secondFactor": {
    summary: "Show the second factor of a login; sets the session cookie. `gone` means: begin again with the password.",
    input: SecondFactor,
    output: LoginStep,
    permission: "public",
    effect: "write",
  },
  "session.pendingLogin": {
    summary:
      "The login of this browser that a provider has vouched for and that still asks for a second factor, if there is one.",
    input: z.object({}),
    output: z.object({ pending: PendingLogin.nullable() }),
    permission: "public",
    effect: "read",
  },
  "session.passkeyOptions": {
    summary: "Begin to log in with a passkey, without a name.",
    input: z.object({}),
    output: z.object({ ticket: Ticket, options: PasskeyRequestOptions }),
    permission: "public",
    effect: "read",
  },
  "session.passkeyLogin": {
    summary: "Log in with a passkey alone, which counts as two factors; sets the session cookie.",
    input: z.object({ ticket: Ticket, response: PasskeyAssertion }),
    output: LoginStep,
    permission: "public",
    effect: "write",
  },
  "session.stepUpOptions": {
    summary: "How one can confirm that it is oneself, best way first.",
    input: z.object({}),
    output: z.object({
      methods: z.array(z.enum(stepUpMethods)),
      /** This session began at a provider: logging in there again confirms as well, also for who knows no password here. */
      byProvider: z.boolean(),
      /** When `methods` has `passkey`; else null. */
      passkey: z.object({ ticket: Ticket, options: PasskeyRequestOptions }).nullable(),
    }),
    permission: "self",
    effect: "read",
    duringFactorSetup: true,
  },
  "session.stepUp": {
    summary: "Confirm that it is oneself: opens what `step-up-required` refused, for five minutes.",
    input: StepUp,
    output: z.object({ untilMs: z.int() }),
    permission: "self",
    effect: "write",
    duringFactorSetup: true,
  },
  "session.logout": {
    summary: "End this session.",
    input: z.object({}),
    output: z.object({}),
    permission: "self",
    effect: "write",
    duringFactorSetup: true,
  },
  "session.current": {
    summary: "Who is logged in, and what they may do; person is null when nobody is.",
    input: z.object({}),
    output: z.object({
      person: Person.nullable(),
      capabilities: z.array(z.enum(capabilities)),
      /** What was shown for this session. */
      factors: z.array(FactorName),
      /** A role needs a second factor and there is none: only its set-up works until then. */
      mustSetUpFactor: z.boolean(),
      /** Until when acts that ask for a fresh factor go through; null for none. */
      stepUpUntilMs: z.int().nullable(),
    }),
    permission: "public",
    effect: "read",
  },
  "session.list": {
    summary: "One's own sessions, newest first.",
    input: z.object({}),
    output: z.object({ sessions: z.array(Session) }),
    permission: "self",
    effect: "read",
    duringFactorSetup: true,
  },
  "session.revoke": {
    summary: "End one of one's own sessions, or with `others` every one but this.",
    input: z.union([z.object({ id: z.string() }), z.object({ others: z.literal(true) })]),
    output: z.object({ ended: z.int() }),
    permission: "self",
    effect: "write",
    duringFactorSetup: true,
  },
  "notices.list": {
    summary: "What happened to one's account and was not dismissed yet, newest first.",
    input: z.object({}),
    output: z.object({ notices: z.array(Notice) }),
    permission: "self",
    effect: "read",
  },
  "notices.dismiss": {
    summary: "Put a notice away, or with `all` every one.",
    input: z.union([z.object({ id: z.int() }), z.object({ all: z.literal(true) })]),
    output: z.object({}),
    permission: "self",
    effect: "write",
  },
  "appPassword.list": {
    summary: "One's own app passwords.",
    input: z.object({}),
    output: z.object({ appPasswords: z.array(AppPassword) }),
    permission: "self",
    effect: "read",
  },
  "appPassword.create": {
    summary: "Make an app password; its secret is in this answer and nowhere else.",
    input: z.object({ label: z.string().trim().min(1).max(100), scope: AppPasswordScope.default("files") }),
    output: z.object({ appPassword: AppPassword, secret: z.string() }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "appPassword.setScope": {
    summary: "Change what an app password may do; what uses it goes on with it.",
    input: z.object({ id: z.string(), scope: AppPasswordScope }),
    output: z.object({ appPassword: AppPassword }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "appPassword.revoke": {
    summary: "Withdraw an app password; what uses it is logged out at once.",
    input: z.object({ id: z.string() }),
    output: z.object({}),
    permission: "self",
    effect: "write",
  },
});
