import { z } from "zod";
import { defineContract } from "#wire";

const NodeId = z.int().positive();
const StoreName = z.string().max(64);

/** `disk` is a folder on another disk, `s3` a bucket. */
const TierKind = z.enum(["disk", "s3"]);
/** `cold` takes content away from the main volume; `fast` keeps a second copy of what is opened often. */
const TierRole = z.enum(["cold", "fast"]);

export const Tier = z.object({
  name: StoreName,
  kind: TierKind,
  role: TierRole,
  /** Folder or bucket, for a person. */
  place: z.string(),
  online: z.boolean(),
  /** Why it is offline, or that it is missing in the configuration; null while it is online. */
  reason: z.string().nullable(),
  /** False of a store that holds content and is not in the configuration any more. */
  configured: z.boolean(),
  files: z.int(),
  sizeBytes: z.int(),
  /** Null for a bucket. */
  freeBytes: z.int().nullable(),
});
export type Tier = z.infer<typeof Tier>;

/** All that is given must hold. Times count from the last change or the last open, whichever is later for `notOpenedDays`. */
export const TierRule = z.object({
  id: z.string().min(1).max(64),
  enabled: z.boolean(),
  /** Where files that match go. */
  tier: StoreName,
  /** Only below this folder; everywhere without it. */
  folderId: NodeId.nullable(),
  /** Not opened and not changed for so long. */
  notOpenedDays: z.int().min(0).max(36_500).nullable(),
  /** Last changed at least so long ago. */
  olderThanDays: z.int().min(0).max(36_500).nullable(),
  largerThanBytes: z.int().min(0).nullable(),
  /** Opened at least so often within the last 30 days; for a fast store. */
  opensAtLeast: z.int().min(1).max(1_000_000).nullable(),
});
export type TierRule = z.infer<typeof TierRule>;

export const TierSettings = z.object({
  rules: z.array(TierRule).max(50),
  /** Apply the rules every night. */
  nightly: z.boolean(),
  /** `fetch` brings a file back when it is read as a whole; `stream` serves it from where it is. */
  onOpen: z.enum(["fetch", "stream"]),
});
export type TierSettings = z.infer<typeof TierSettings>;

/** `auto` follows the rules. `pin` keeps content here and brings it back; `never` leaves it where it is, out of the rules. */
export const TierPlacement = z.enum(["auto", "pin", "never"]);
export type TierPlacement = z.infer<typeof TierPlacement>;

const PlanFile = z.object({
  /** Null of a file that the caller may not see; it is counted all the same. */
  nodeId: NodeId.nullable(),
  /** Space and folders, joined by `/`. */
  path: z.string().nullable(),
  sizeBytes: z.int(),
  tier: StoreName,
  ruleId: z.string(),
  lastOpenedAtMs: z.int().nullable(),
  modifiedAtMs: z.int(),
});

const Plan = z.object({
  files: z.int(),
  sizeBytes: z.int(),
  byTier: z.array(z.object({ tier: StoreName, files: z.int(), sizeBytes: z.int(), freeBytes: z.int().nullable() })),
  /** How long it may take, from what was measured before; null while nothing was. */
  estimatedMs: z.int().nullable(),
  page: z.array(PlanFile),
  total: z.int(),
});

export const TierRun = z.object({
  id: z.int(),
  act: z.enum(["apply", "bring-back", "fetch"]),
  state: z.enum(["queued", "running", "done", "failed", "cancelled"]),
  doneBytes: z.int(),
  totalBytes: z.int(),
  doneFiles: z.int(),
  totalFiles: z.int(),
  /** Left out because they changed, were open or are pinned by now. */
  skippedFiles: z.int(),
  failedFiles: z.int(),
  /** Time left; null while unknown. */
  leftMs: z.int().nullable(),
  startedAtMs: z.int().nullable(),
  error: z.string().nullable(),
});
export type TierRun = z.infer<typeof TierRun>;

/** Where the content of one file is. */
export const TierFileState = z.object({
  nodeId: NodeId,
  where: z.enum(["here", "cold", "fast"]),
  tier: StoreName.nullable(),
  /** Coming back right now: bytes here. */
  fetchedBytes: z.int().nullable(),
});
export type TierFileState = z.infer<typeof TierFileState>;

export const tiersContract = defineContract({
  "tiers.list": {
    summary: "The stores beside the main volumes, and how much is in them.",
    input: z.object({}),
    output: z.object({ tiers: z.array(Tier), settings: TierSettings, canManage: z.boolean() }),
    permission: "server.read",
    effect: "read",
  },
  "tiers.setRules": {
    summary: "Set the rules by which content moves. Nothing moves by that alone, apart from the nightly run.",
    input: TierSettings,
    output: TierSettings,
    permission: "server.manage",
    effect: "write",
  },
  "tiers.plan": {
    summary: "What the rules would move now: bytes, count and names. Moves nothing.",
    input: z.object({
      settings: TierSettings.optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: Plan,
    permission: "server.manage",
    effect: "read",
  },
  "tiers.apply": {
    summary: "Move what the rules say, in the background.",
    input: z.object({}),
    output: z.object({ runId: z.int() }),
    permission: "server.manage",
    effect: "write",
  },
  "tiers.bringBack": {
    summary: "Bring everything back to the main volumes, or all of one store.",
    input: z.object({ tier: StoreName.optional() }),
    output: z.object({ runId: z.int(), files: z.int(), sizeBytes: z.int() }),
    permission: "server.manage",
    effect: "write",
  },
  "tiers.runs": {
    summary: "Runs that are under way, and the last ones.",
    input: z.object({}),
    output: z.object({ runs: z.array(TierRun) }),
    permission: "server.manage",
    effect: "read",
  },
  "tiers.cancel": {
    summary: "End a run; what it has moved stays moved.",
    input: z.object({ runId: z.int() }),
    output: z.object({ cancelled: z.boolean() }),
    permission: "server.manage",
    effect: "write",
  },
  "tiers.states": {
    summary:
      "Where the content of these files is; files the caller may not see, and those that are here, are left out.",
    input: z.object({ nodeIds: z.array(NodeId).max(2000) }),
    output: z.object({
      states: z.array(TierFileState),
      /** There are stores at all, so that asking makes sense. */
      available: z.boolean(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "tiers.get": {
    summary: "Where a file's content is, or how much below a folder is elsewhere, and what was decided for it.",
    input: z.object({ nodeId: NodeId }),
    output: z.object({
      state: TierFileState.nullable(),
      /** Of a folder: what of it is elsewhere, as far as the caller sees. */
      coldFiles: z.int(),
      coldBytes: z.int(),
      placement: TierPlacement,
      /** What counts here: its own, or that of the nearest folder above. */
      effective: TierPlacement,
      /** The folder it comes from when that is not this node and the caller may see it. */
      inheritedFrom: z.object({ nodeId: NodeId, name: z.string() }).nullable(),
      /** Why it cannot be read now; null while it can. */
      reason: z.string().nullable(),
      canWrite: z.boolean(),
      /** There is a store to move to, or something is in one. */
      available: z.boolean(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "tiers.setPlacement": {
    summary: "Pin a file or folder here, keep it out of the rules, or leave it to them again.",
    input: z.object({ nodeId: NodeId, placement: TierPlacement }),
    output: z.object({ placement: TierPlacement, runId: z.int().nullable() }),
    permission: "by-resource",
    effect: "write",
  },
  "tiers.fetch": {
    summary: "Bring the content of a file, or of all files below a folder, back to the main volume now.",
    input: z.object({ nodeId: NodeId }),
    output: z.object({ runId: z.int(), files: z.int(), sizeBytes: z.int() }),
    permission: "by-resource",
    effect: "write",
  },
});
