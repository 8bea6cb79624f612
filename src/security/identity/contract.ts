import { z } from "zod";
import { defineContract, roles } from "#wire";

/** Lower-case login name: safe in URLs, in `nc://` links and as a folder name. */
export const UserName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,31}$/,
    "use 1 to 32 of a-z, 0-9, dot, dash or underscore, starting with a letter or digit",
  );
export const Password = z.string().min(10, "use at least 10 characters").max(1024);
const RoleName = z.enum(roles);

export const Person = z.object({
  id: z.int(),
  name: UserName,
  displayName: z.string(),
  roles: z.array(RoleName),
  groups: z.array(z.string()),
  disabled: z.boolean(),
  /** Null is unlimited. */
  quotaBytes: z.int().nullable(),
  createdAtMs: z.int(),
  lastSeenAtMs: z.int().nullable(),
});
export type Person = z.infer<typeof Person>;

export const Group = z.object({ id: z.int(), name: z.string(), memberIds: z.array(z.int()) });
export type Group = z.infer<typeof Group>;

/** What a password is worth, found without a network. */
const PasswordQuality = z.object({
  /** 0 (guessed at once) to 4 (out of reach); 3 is asked for. */
  score: z.int().min(0).max(4),
  good: z.boolean(),
  /** What is wrong with it, as a sentence. */
  warning: z.string().nullable(),
  suggestions: z.array(z.string()),
});
export type PasswordQuality = z.infer<typeof PasswordQuality>;

export const identityContract = defineContract({
  "setup.status": {
    summary: "Whether the first owner still has to be created.",
    input: z.object({}),
    output: z.object({ needed: z.boolean() }),
    permission: "public",
    effect: "read",
  },
  "setup.createOwner": {
    summary: "Create the first owner with the one-time set-up code; starts a session.",
    input: z.object({
      code: z.string().min(1).max(64),
      name: UserName,
      displayName: z.string().trim().min(1).max(100),
      password: Password,
    }),
    output: z.object({ person: Person }),
    permission: "public",
    effect: "write",
  },
  "people.list": {
    summary: "Everybody with an account.",
    input: z.object({}),
    output: z.object({ people: z.array(Person), groups: z.array(Group) }),
    permission: "people.read",
    effect: "read",
  },
  "people.create": {
    summary: "Create an account; its home folder is made at once.",
    input: z.object({
      name: UserName,
      displayName: z.string().trim().min(1).max(100),
      password: Password,
      roles: z.array(RoleName).min(1),
      quotaBytes: z.int().positive().nullable().default(null),
    }),
    output: z.object({ person: Person }),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "people.update": {
    summary: "Change name, roles, quota or the disabled state of an account.",
    input: z.object({
      id: z.int(),
      displayName: z.string().trim().min(1).max(100).optional(),
      roles: z.array(RoleName).min(1).optional(),
      quotaBytes: z.int().positive().nullable().optional(),
      disabled: z.boolean().optional(),
    }),
    output: z.object({ person: Person }),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "people.resetPassword": {
    summary: "Give an account a new password and end its sessions, and its app passwords too unless they are to stay.",
    input: z.object({ id: z.int(), password: Password, endAppPasswords: z.boolean().default(true) }),
    output: z.object({}),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "people.createGroup": {
    summary: "Create a group.",
    input: z.object({ name: z.string().trim().min(1).max(64), memberIds: z.array(z.int()) }),
    output: z.object({ group: Group }),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "people.updateGroup": {
    summary: "Rename a group or set its members.",
    input: z.object({
      id: z.int(),
      name: z.string().trim().min(1).max(64).optional(),
      memberIds: z.array(z.int()).optional(),
    }),
    output: z.object({ group: Group }),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "people.removeGroup": {
    summary: "Remove a group; its members stay.",
    input: z.object({ id: z.int() }),
    output: z.object({}),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "password.check": {
    summary: "What a password would be worth; counted per address.",
    input: z.object({
      password: z.string().max(1024),
      /** Words somebody would guess first. */
      name: z.string().max(64).optional(),
      displayName: z.string().max(100).optional(),
    }),
    output: PasswordQuality,
    permission: "public",
    effect: "read",
  },
  "me.changePassword": {
    summary: "Change one's own password and end all other sessions.",
    input: z.object({ current: z.string().max(1024), next: Password }),
    output: z.object({}),
    permission: "self",
    effect: "write",
    duringFactorSetup: true,
  },
  "me.update": {
    summary: "Change one's own display name.",
    input: z.object({ displayName: z.string().trim().min(1).max(100) }),
    output: z.object({ person: Person }),
    permission: "self",
    effect: "write",
  },
});
