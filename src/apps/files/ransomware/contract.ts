import { z } from "zod";
import { defineContract } from "#wire";

const IncidentId = z.int().positive();
const RollBackId = z.int().positive();

/** What made the changes. `disk` is whatever writes into a space past Hearth, as through a mounted share. */
const WatchedDevice = z.object({
  kind: z.enum(["app-password", "session", "password", "link", "disk"]),
  /** As `Laptop` for an app password, `Firefox on Linux` for a session, the name of the space for `disk`. */
  label: z.string(),
  /** Whose it is; null for `disk` and for what is withdrawn by now. */
  person: z.string().nullable(),
});
export type WatchedDevice = z.infer<typeof WatchedDevice>;

export const signals = [
  "type-lost",
  "name-broken",
  "broken-new",
  "scrambled",
  "new-ending",
  "renamed",
  "copy-and-delete",
  "locked-beside",
  "packed-away",
  "ransom-note",
  "same-note",
  "canary",
] as const;
export type Signal = (typeof signals)[number];

/** One reason, with what it was counted from. */
const Reason = z.object({
  signal: z.enum(signals),
  /** Files, or folders for notes. */
  count: z.int(),
  points: z.number(),
  /** Names; those that the caller may not see are left out. */
  examples: z.array(z.string()),
  /** The ending that many files got, the name of the note, the type that was lost; empty without one. */
  subject: z.string(),
});
export type Reason = z.infer<typeof Reason>;

const Verdict = z.object({
  points: z.number(),
  /** From how many points on the device is stopped. */
  threshold: z.number(),
  windowMs: z.int(),
  /** So many times more it took, since only few kinds of files in few folders were concerned; 1 else. */
  patience: z.number(),
  reasons: z.array(Reason),
  /** Overwrites, renames and deletions of the last hour, and in the busiest hour of its last two weeks. */
  riskyThisHour: z.int(),
  riskyUsually: z.int(),
});
export type Verdict = z.infer<typeof Verdict>;

const HeldSpace = z.object({
  id: z.int(),
  name: z.string(),
  kind: z.enum(["home", "shared"]),
  /** Nobody may change anything in it; else only clients that sync have to wait. */
  readOnly: z.boolean(),
});

const RollBack = z.object({
  id: RollBackId,
  /** `undoing` and `undone`: it was taken back. */
  state: z.enum(["running", "done", "cancelled", "failed", "undoing", "undone"]),
  momentMs: z.int(),
  startedAtMs: z.int(),
  finishedAtMs: z.int().nullable(),
  done: z.int(),
  total: z.int(),
  /** Files that did not come back; `ransomware.items` says why. */
  failed: z.int(),
  /** Guessed from its pace so far; null while that is not known. */
  leftMs: z.int().nullable(),
  by: z.string(),
});
export type RollBack = z.infer<typeof RollBack>;

const Incident = z.object({
  id: IncidentId,
  state: z.enum(["open", "closed"]),
  device: WatchedDevice,
  /** First change that counted, and when the device was stopped. */
  beganAtMs: z.int(),
  stoppedAtMs: z.int(),
  closedAtMs: z.int().nullable(),
  closedBy: z.string().nullable(),
  /** How it ended: `was-me` taught the device's threshold. */
  outcome: z.enum(["was-me", "released", "withdrawn"]).nullable(),
  /** The device is refused until somebody releases it. */
  frozen: z.boolean(),
  spaces: z.array(HeldSpace),
  /** Files that were spoiled, as far as is known. */
  files: z.int(),
  /** The caller may roll back, release and say that it was them. */
  canAct: z.boolean(),
  /** It is the caller's own device or space. */
  isMine: z.boolean(),
  rollBack: RollBack.nullable(),
});
export type Incident = z.infer<typeof Incident>;

const TimelineEntry = z.object({
  fromMs: z.int(),
  /** Changes of the device in this span. */
  changes: z.int(),
  /** Those that counted. */
  spoiled: z.int(),
});

export const outcomes = [
  "version",
  "older-version",
  "untrash",
  "rename-back",
  "remove-new",
  "lost",
  "changed-since",
  "same",
] as const;
export type Outcome = (typeof outcomes)[number];

const RollBackItem = z.object({
  nodeId: z.int(),
  /** Path as it is now; null for what the caller may not see. */
  path: z.string().nullable(),
  /** Path as it will be; null when it goes to the trash, cannot return, or may not be seen. */
  targetPath: z.string().nullable(),
  kind: z.enum(["file", "folder"]),
  /** What comes back of it: its content by `version`, its place by `untrash` or `rename-back`; several can be true of one. */
  outcomes: z.array(z.enum(outcomes)),
  sizeBytes: z.int(),
  /** When the content that comes back was current last. */
  versionAtMs: z.int().nullable(),
  /** In words, when something cannot return. */
  reason: z.string().nullable(),
});
export type RollBackItem = z.infer<typeof RollBackItem>;

const Totals = z.object({
  /** Files and folders that change, and those that cannot return. */
  returns: z.int(),
  removes: z.int(),
  cannot: z.int(),
  bytes: z.int(),
});

const Canaries = z.object({
  spaceId: z.int(),
  spaceName: z.string(),
  enabled: z.boolean(),
  files: z.int(),
});

export const ransomwareContract = defineContract({
  "ransomware.status": {
    summary: "Whether the guard watches, and the incidents that concern the caller, open ones first.",
    input: z.object({}),
    output: z.object({
      enabled: z.boolean(),
      /** Devices that changed something within two weeks; null for who does not look after the server. */
      devices: z.int().nullable(),
      lastLookAtMs: z.int().nullable(),
      /** Changes that have not been looked at yet; null for who does not look after the server. */
      waiting: z.int().nullable(),
      looksAfter: z.boolean(),
      incidents: z.array(Incident),
    }),
    permission: "self",
    effect: "read",
  },
  "ransomware.incident": {
    summary: "Why a device was stopped: reasons with counts and examples, and what it did when.",
    input: z.object({ id: IncidentId }),
    output: z.object({ incident: Incident, verdict: Verdict, timeline: z.array(TimelineEntry) }),
    permission: "self",
    effect: "read",
  },
  "ransomware.preview": {
    summary: "What a roll-back of a device's changes would do, file by file.",
    input: z.object({
      id: IncidentId,
      /** Back to before this moment; the beginning of the incident without it. */
      momentMs: z.int().optional(),
      /** Only paths that contain it. */
      search: z.string().max(200).default(""),
      only: z.enum(["all", "returns", "removes", "cannot"]).default("all"),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({
      momentMs: z.int(),
      totals: Totals,
      items: z.array(RollBackItem),
      /** Of those that match. */
      count: z.int(),
      /** There are more changes than one roll-back takes; those beyond are left as they are. */
      isCut: z.boolean(),
    }),
    permission: "self",
    effect: "read",
  },
  "ransomware.rollBack": {
    summary: "Take the changes of a device back to before a moment, in the background; new files go to the trash.",
    input: z.object({
      id: IncidentId,
      momentMs: z.int(),
      /** Nodes that stay as they are. */
      except: z.array(z.int()).max(10_000).default([]),
    }),
    output: z.object({ rollBack: RollBack }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "ransomware.cancel": {
    summary: "Stop a roll-back; what it has done so far stays and can be undone.",
    input: z.object({ rollBackId: RollBackId }),
    output: z.object({ rollBack: RollBack }),
    permission: "self",
    effect: "write",
  },
  "ransomware.resume": {
    summary: "Go on with a roll-back that was cancelled or failed.",
    input: z.object({ rollBackId: RollBackId }),
    output: z.object({ rollBack: RollBack }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "ransomware.undo": {
    summary: "Take a roll-back back, file by file, in the background.",
    input: z.object({ rollBackId: RollBackId }),
    output: z.object({ rollBack: RollBack }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "ransomware.items": {
    summary: "What a roll-back did with each file, those that failed first.",
    input: z.object({
      rollBackId: RollBackId,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({
      items: z.array(
        z.object({
          nodeId: z.int(),
          path: z.string().nullable(),
          state: z.enum(["waiting", "done", "failed", "undone", "skipped"]),
          reason: z.string().nullable(),
        }),
      ),
      count: z.int(),
    }),
    permission: "self",
    effect: "read",
  },
  "ransomware.release": {
    summary: "Let the device and the spaces go on. With `wasMe` the device's threshold learns that this was no attack.",
    input: z.object({ id: IncidentId, wasMe: z.boolean() }),
    output: z.object({ incident: Incident }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "ransomware.canaries": {
    summary: "In which spaces decoys lie, of those whose members the caller manages.",
    input: z.object({}),
    output: z.object({ spaces: z.array(Canaries) }),
    permission: "self",
    effect: "read",
  },
  "ransomware.setCanaries": {
    summary: "Place decoys in a space, or take them away.",
    input: z.object({ spaceId: z.int(), enabled: z.boolean() }),
    output: z.object({ spaces: z.array(Canaries) }),
    permission: "by-resource",
    effect: "write",
    stepUp: true,
  },
});
