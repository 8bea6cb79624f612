import { z } from "zod";
import { defineContract } from "#wire";

const AccessAction = z.enum(["read", "write", "share", "manage"]);

/** Whom an entry concerns. `everyone` is everybody with an account here; visitors of a link are only that link. */
export const AccessSubject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), id: z.int().positive() }),
  z.object({ kind: z.literal("group"), id: z.int().positive() }),
  z.object({ kind: z.literal("link"), id: z.string().min(1).max(64) }),
  z.object({ kind: z.literal("everyone") }),
]);
export type AccessSubject = z.infer<typeof AccessSubject>;

/** What an entry stands on: a file or folder, or one of the things without a tree. */
export const AccessResource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("node"), id: z.int().positive() }),
  z.object({ kind: z.enum(["vpn-zone", "library", "repository", "plan", "place"]), id: z.string().min(1).max(200) }),
]);
export type AccessResource = z.infer<typeof AccessResource>;

/** Names for the usual sets of actions: read; read, write and share; everything. */
const AccessRole = z.enum(["viewer", "editor", "manager"]);

const AccessEffect = z.enum(["allow", "deny"]);

export const AccessEntry = z.object({
  id: z.int(),
  resource: AccessResource,
  /** Name of the file or folder that the entry stands on; empty when the caller may not read it. */
  resourceName: z.string(),
  subject: AccessSubject,
  subjectName: z.string(),
  effect: AccessEffect,
  /** What is allowed or denied. A deny of `read` denies everything. */
  actions: z.array(AccessAction),
  /** The role that has exactly these actions; null for any other set. */
  role: AccessRole.nullable(),
  expiresAtMs: z.int().nullable(),
  createdAtMs: z.int(),
  createdByName: z.string().nullable(),
  /** Whether the caller may remove or replace it. */
  canRemove: z.boolean(),
});
export type AccessEntry = z.infer<typeof AccessEntry>;

/** Somebody who can do something with a resource, and the rule that says so, as a sentence. */
const PersonRight = z.object({ userId: z.int(), name: z.string(), actions: z.array(AccessAction), reason: z.string() });
const LinkRight = z.object({
  linkId: z.string(),
  name: z.string(),
  actions: z.array(AccessAction),
  reason: z.string(),
});

const inputs = {
  set: z
    .object({
      resource: AccessResource,
      subject: AccessSubject,
      effect: AccessEffect,
      /** For an allow: this or `actions`. */
      role: AccessRole.optional(),
      /** An allow always holds `read` too. A deny without any denies everything. */
      actions: z.array(AccessAction).min(1).optional(),
      /** Null is for ever; from then on the entry does not count. */
      expiresAtMs: z.int().nullable().default(null),
    })
    .refine(({ effect, role, actions }) => effect === "deny" || role !== undefined || actions !== undefined, {
      error: "An allow needs a role or actions.",
    })
    .refine(({ effect, role }) => effect === "allow" || role === undefined, { error: "A deny has no role." }),
};

export const accessContract = defineContract({
  "access.panel": {
    summary:
      "Who can do what with a file, folder or other resource, and why; its own entries and the inherited ones. Whoever may neither share it nor see who is here is told of themselves alone.",
    input: z.object({ resource: AccessResource }),
    output: z.object({
      resource: AccessResource,
      name: z.string(),
      /** Entries on the resource itself. */
      entries: z.array(AccessEntry),
      /** Entries on folders above it, the nearest first. */
      inherited: z.array(AccessEntry),
      /** Everybody with any right, in order of name. */
      people: z.array(PersonRight),
      links: z.array(LinkRight),
      /** What the caller may do here. */
      own: z.array(AccessAction),
      /** The caller may set and remove any entry here. */
      canManage: z.boolean(),
      /** The caller may add allow entries that do not exceed their own actions. */
      canShare: z.boolean(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "access.set": {
    summary:
      "Add an entry, or replace the one of the same subject. Needs `manage`; with `share`, allow entries up to one's own rights. A fresh factor for all but files and folders.",
    input: inputs.set,
    output: z.object({ entry: AccessEntry }),
    permission: "by-resource",
    effect: "write",
  },
  "access.remove": {
    summary: "Remove an entry; a fresh factor for all but files and folders.",
    input: z.object({ id: z.int() }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "access.explain": {
    summary: "Whether a person may do something with a resource, and the rule that decides, as a sentence.",
    input: z.object({ userId: z.int(), action: AccessAction, resource: AccessResource }),
    output: z.object({ allowed: z.boolean(), reason: z.string() }),
    permission: "by-resource",
    effect: "read",
  },
  "access.reach": {
    summary:
      "What a person can reach and why: spaces, and files and folders through entries. Own, or with people.manage.",
    input: z.object({ userId: z.int() }),
    output: z.object({
      spaces: z.array(
        z.object({ spaceId: z.int(), name: z.string(), actions: z.array(AccessAction), reason: z.string() }),
      ),
      nodes: z.array(
        z.object({
          nodeId: z.int(),
          spaceId: z.int(),
          /** Names from the space down, joined by `/`; null when the caller may not read it. */
          path: z.string().nullable(),
          /** Empty where the person is kept out of something in a space of theirs. */
          actions: z.array(AccessAction),
          reason: z.string(),
        }),
      ),
      others: z.array(z.object({ resource: AccessResource, actions: z.array(AccessAction), reason: z.string() })),
    }),
    permission: "by-resource",
    effect: "read",
  },
});
