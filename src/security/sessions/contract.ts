import { z } from "zod";
import { capabilities, defineContract } from "#wire";
import { Person } from "#contract/security/identity";

const Session = z.object({
  id: z.string(),
  createdAtMs: z.int(),
  lastSeenAtMs: z.int(),
  address: z.string(),
  userAgent: z.string(),
  current: z.boolean(),
});

/** What an app password may do: everything under files, or reading only. */
export const AppPasswordScope = z.enum(["files", "files:read"]);
export type AppPasswordScope = z.infer<typeof AppPasswordScope>;

export const AppPassword = z.object({
  id: z.string(),
  label: z.string(),
  scope: AppPasswordScope,
  createdAtMs: z.int(),
  lastUsedAtMs: z.int().nullable(),
  lastAddress: z.string().nullable(),
});
export type AppPassword = z.infer<typeof AppPassword>;

export const sessionsContract = defineContract({
  "session.login": {
    summary: "Log in with name and password; sets the session cookie.",
    input: z.object({ name: z.string().max(64), password: z.string().max(1024) }),
    output: z.object({ person: Person }),
    permission: "public",
    effect: "write",
  },
  "session.logout": {
    summary: "End this session.",
    input: z.object({}),
    output: z.object({}),
    permission: "self",
    effect: "write",
  },
  "session.current": {
    summary: "Who is logged in, and what they may do; person is null when nobody is.",
    input: z.object({}),
    output: z.object({ person: Person.nullable(), capabilities: z.array(z.enum(capabilities)) }),
    permission: "public",
    effect: "read",
  },
  "session.list": {
    summary: "One's own sessions, newest first.",
    input: z.object({}),
    output: z.object({ sessions: z.array(Session) }),
    permission: "self",
    effect: "read",
  },
  "session.revoke": {
    summary: "End one of one's own sessions, or with `others` every one but this.",
    input: z.union([z.object({ id: z.string() }), z.object({ others: z.literal(true) })]),
    output: z.object({ ended: z.int() }),
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
  },
  "appPassword.revoke": {
    summary: "Withdraw an app password; what uses it is logged out at once.",
    input: z.object({ id: z.string() }),
    output: z.object({}),
    permission: "self",
    effect: "write",
  },
});
