import { z } from "zod";
import { defineContract, factors } from "#wire";

/** How an act ended: it was done, somebody might not do it, or it was tried and did not work. */
export const AuditOutcome = z.enum(["allowed", "refused", "failed"]);
export type AuditOutcome = z.infer<typeof AuditOutcome>;

export const AuditEntry = z.object({
  /** 1, 2, 3 … without gaps. */
  seq: z.int(),
  /** When it was written; never less than that of the entry before, also when the clock was set back. */
  atMs: z.int(),
  /** What the clock showed at the (first) act. */
  firstAtMs: z.int(),
  /** How many acts of one kind this entry stands for: uploads of one second, refusals of one storm. */
  count: z.int(),
  who: z.object({
    /** 0 is nobody with an account. For a refused login it is the account that was tried. */
    userId: z.int(),
    name: z.string(),
    /** `visitor` is whoever has not proved who they are. */
    kind: z.enum(["person", "visitor", "system"]),
  }),
  /** What spoke for them, as `session`, `app-password`, `link`. */
  via: z.string(),
  factors: z.array(z.enum(factors)),
  /** Session, app password, link or certificate. */
  credentialId: z.string().nullable(),
  address: z.string(),
  userAgent: z.string(),
  /** An operation as `people.update`, a WebDAV verb as `dav.put`, or `server.start`. */
  operation: z.string(),
  /** As `node 42`, `account anna`, `/dav/home/a.txt`. */
  resources: z.array(z.string()),
  outcome: AuditOutcome,
  /** The code of an error, or a sentence. */
  detail: z.string(),
  /** The same in the server's log. */
  requestId: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Every filter given must fit; times are those of writing, `fromMs` included, `untilMs` not. */
export const AuditFilter = z.object({
  /** Anywhere in name, operation, resources, detail, address or user agent; upper and lower case are one. */
  text: z.string().max(200).optional(),
  userId: z.int().min(0).optional(),
  /** `people` finds `people.update`; `dav.put` finds just that. */
  operation: z.string().max(80).optional(),
  outcome: AuditOutcome.optional(),
  /** Begins with this, so `192.168.1.` finds a network. */
  address: z.string().max(64).optional(),
  fromMs: z.int().optional(),
  untilMs: z.int().optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

const paging = {
  /** `nextBeforeSeq` of the page before; the newest entries without it. */
  beforeSeq: z.int().positive().optional(),
  limit: z.int().min(1).max(500).default(100),
};
const page = z.object({
  /** Newest first. May be shorter than `limit`, or empty, though more follow: a search looks at so many entries a call. */
  entries: z.array(AuditEntry),
  /** Null when nothing older is left. */
  nextBeforeSeq: z.int().nullable(),
});

/** What a check of the chain can find; the first one of a part is the one that counts. */
const AuditProblemKind = z.enum([
  "entry-changed",
  "entry-missing",
  "entry-inserted",
  "order-changed",
  "time-backwards",
  "tail-missing",
  "head-forged",
  "head-missing",
  "checkpoint-forged",
  "pins-missing",
  "pin-forged",
  "rewritten",
  "key-missing",
]);

export const AuditProblem = z.object({
  kind: AuditProblemKind,
  /** The entry it was found at; null when it concerns no single one. */
  seq: z.int().nullable(),
  /** One sentence for a person. */
  detail: z.string(),
});
export type AuditProblem = z.infer<typeof AuditProblem>;

export const auditContract = defineContract({
  "audit.search": {
    summary: "Search the audit log, newest first.",
    input: AuditFilter.extend(paging),
    output: page,
    permission: "security.read",
    effect: "read",
  },
  "audit.mine": {
    summary: "What was done with one's own account, and tried against it; newest first.",
    input: AuditFilter.omit({ userId: true }).extend(paging),
    output: page,
    permission: "self",
    effect: "read",
  },
  "audit.verify": {
    summary: "Check the next part of the chain; call again with `cursor` until it is null.",
    input: z.object({
      /** From the answer before; begins anew without it. */
      cursor: z.string().max(2000).nullable().default(null),
    }),
    output: z.object({
      cursor: z.string().nullable(),
      checkedEntries: z.int(),
      totalEntries: z.int(),
      /** Those of this part; the chain holds when no part has any. */
      problems: z.array(AuditProblem),
      /** Oldest entry kept; what is older was cut at a signed checkpoint. */
      firstSeq: z.int(),
    }),
    permission: "security.read",
    effect: "read",
  },
});
