import { z } from "zod";
import { defineContract } from "#wire";

const PlaceId = z.int().positive();
/** Names joined by `/` below the folder of the place, without a leading slash; empty is the place itself. */
const PlacePath = z.string().max(4096);
const NodeId = z.int().positive();
const Text = z.string().max(1024);

/** What is at the other end. */
export const PlaceKind = z.enum(["webdav", "sftp", "smb", "s3"]);
export type PlaceKind = z.infer<typeof PlaceKind>;

/** How to get there, apart from the secret. What a kind does not need is ignored. */
export const PlaceAddress = z.object({
  kind: PlaceKind,
  /** `https://cloud.example/dav` for WebDAV; `nas.lan` or `nas.lan:2222` for SFTP and SMB; the endpoint for S3, empty for Amazon's. */
  address: Text,
  /** Login name; the access key id for S3. */
  user: Text.default(""),
  /** Share (SMB) or bucket (S3); empty for the others. */
  container: Text.default(""),
  /** Folder there, below the share or bucket; empty is the top. */
  folder: Text.default(""),
  /** Region of S3. */
  region: Text.default(""),
});
export type PlaceAddress = z.infer<typeof PlaceAddress>;

/** Password, or secret key for S3. Absent keeps the one that is known. */
const Secret = z.string().max(4096).optional();
/** `SHA256:…` of the host key of an SFTP server, as the person has seen it. */
const Fingerprint = z.string().max(200).nullish();

const PlaceSubject = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["user", "group"]), id: z.int().positive() }),
  z.object({ kind: z.literal("everyone") }),
]);

/** Who may use a place: a viewer reads, an editor also writes. */
export const PlaceMember = z.object({ subject: PlaceSubject, role: z.enum(["viewer", "editor"]) });
export type PlaceMember = z.infer<typeof PlaceMember>;

/** `unknown` until somebody has looked since the start of the server. */
export const PlaceState = z.object({
  status: z.enum(["online", "offline", "unknown"]),
  /** Since when it is so. */
  sinceMs: z.int(),
  /** When it last answered; null for never. */
  lastSeenMs: z.int().nullable(),
  /** Why it is offline, for a person; null while it is not. */
  reason: z.string().nullable(),
});
export type PlaceState = z.infer<typeof PlaceState>;

export const Place = z.object({
  id: PlaceId,
  name: z.string(),
  kind: PlaceKind,
  /** The place may only be read, by anybody. */
  readOnly: z.boolean(),
  /** The caller may look into it. */
  canRead: z.boolean(),
  /** The caller may change what is there. */
  canWrite: z.boolean(),
  state: PlaceState,
});
export type Place = z.infer<typeof Place>;

export const PlaceEntry = z.object({
  name: z.string(),
  kind: z.enum(["file", "folder"]),
  /** 0 of a folder. */
  sizeBytes: z.int(),
  /** Null where the place knows none. */
  modifiedAtMs: z.int().nullable(),
  mime: z.string(),
  etag: z.string(),
});
export type PlaceEntry = z.infer<typeof PlaceEntry>;

const PlaceSettings = z.object({
  name: z.string().min(1).max(100),
  address: PlaceAddress,
  readOnly: z.boolean(),
  members: z.array(PlaceMember).max(200),
});

/** Why a connection cannot be made; `ok` when it can. */
export const ProbeOutcome = z.enum([
  "ok",
  "wrong-password",
  "host-unknown",
  "refused",
  "timed-out",
  "certificate",
  "host-key",
  "folder-missing",
  "container-missing",
  "forbidden",
  "redirected",
  "unsupported",
]);
export type ProbeOutcome = z.infer<typeof ProbeOutcome>;

/** One end of a copy: entries of a place, or files and folders of Hearth. */
const CarrySource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("place"), placeId: PlaceId, paths: z.array(PlacePath.min(1)).min(1).max(500) }),
  z.object({ kind: z.literal("nodes"), nodeIds: z.array(NodeId).min(1).max(500) }),
]);
const CarryTarget = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("place"), placeId: PlaceId, path: PlacePath }),
  z.object({ kind: z.literal("folder"), folderId: NodeId }),
]);

export const CarryTask = z.object({
  from: CarrySource,
  to: CarryTarget,
  move: z.boolean(),
  onClash: z.enum(["fail", "rename", "skip"]).default("rename"),
});
export type CarryTask = z.infer<typeof CarryTask>;

/** A copy or move that is under way, or has ended within the last days. */
export const Carry = z.object({
  id: z.int(),
  state: z.enum(["queued", "running", "done", "failed", "cancelled"]),
  move: z.boolean(),
  /** What is carried: the first name. */
  name: z.string(),
  /** How many entries were chosen. */
  count: z.int(),
  doneBytes: z.int(),
  /** 0 until it is counted. */
  totalBytes: z.int(),
  startedAtMs: z.int().nullable(),
  /** At the speed so far; null while it is not known. */
  leftMs: z.int().nullable(),
  error: z.string().nullable(),
  /** Names that were taken at the target and were left out. */
  skipped: z.array(z.string()),
});
export type Carry = z.infer<typeof Carry>;

/** False when the other server still works on it after a while: it goes on. */
const Acted = z.object({ done: z.boolean() });

export const placesContract = defineContract({
  "places.list": {
    summary: "Places that the caller may use, in order of name; all of them for whoever looks after the server.",
    input: z.object({}),
    output: z.object({
      places: z.array(Place),
      /** The caller may add, change and forget places. */
      canManage: z.boolean(),
      /** False with the reason where the client program is missing. */
      available: z.boolean(),
      unavailableReason: z.string().nullable(),
    }),
    permission: "files.use",
    effect: "read",
  },
  "places.settings": {
    summary: "How a place is reached and who may use it; never its secret.",
    input: z.object({ id: PlaceId }),
    output: PlaceSettings.extend({ id: PlaceId, hasSecret: z.boolean(), fingerprint: z.string().nullable() }),
    permission: "server.manage",
    effect: "read",
  },
  "places.probe": {
    summary:
      "Try a connection before it is saved. Without a fingerprint, an SFTP server answers `host-key` with the one it shows.",
    input: z.object({
      /** Whose secret is used when none is given. */
      id: PlaceId.optional(),
      address: PlaceAddress,
      secret: Secret,
      fingerprint: Fingerprint,
    }),
    output: z.object({
      outcome: ProbeOutcome,
      /** For a person: what is wrong and what to do. */
      detail: z.string(),
      fingerprint: z.string().nullable(),
    }),
    permission: "server.manage",
    effect: "write",
    stepUp: true,
  },
  "places.add": {
    summary: "Add a place after a connection could be made. Throws what the try of the connection found.",
    input: PlaceSettings.extend({ secret: z.string().max(4096), fingerprint: Fingerprint }),
    output: z.object({ place: Place }),
    permission: "server.manage",
    effect: "write",
    stepUp: true,
  },
  "places.change": {
    summary: "Change how a place is reached, its name, or who may use it; another address needs the secret again.",
    input: PlaceSettings.extend({ id: PlaceId, secret: Secret, fingerprint: Fingerprint }),
    output: z.object({ place: Place }),
    permission: "server.manage",
    effect: "write",
    stepUp: true,
  },
  "places.forget": {
    summary: "Forget a place and its secret. Nothing at the other end is touched.",
    input: z.object({ id: PlaceId }),
    output: z.object({}),
    permission: "server.manage",
    effect: "write",
  },
  "places.browse": {
    summary: "A page of a folder at a place, folders first. An offline place says so and is never an empty folder.",
    input: z.object({
      id: PlaceId,
      path: PlacePath.default(""),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(5000).default(1000),
      sort: z.enum(["name", "size", "modified"]).default("name"),
      descending: z.boolean().default(false),
      /** Ask the place, not the cache of a few seconds. */
      fresh: z.boolean().default(false),
    }),
    output: z.discriminatedUnion("status", [
      z.object({
        status: z.literal("online"),
        place: Place,
        entries: z.array(PlaceEntry),
        total: z.int(),
        /** When the place was asked. */
        seenAtMs: z.int(),
      }),
      z.object({ status: z.literal("offline"), place: Place, retryAfterMs: z.int() }),
    ]),
    permission: "by-resource",
    effect: "read",
  },
  "places.makeFolder": {
    summary: "Make a folder at a place.",
    input: z.object({ id: PlaceId, path: PlacePath.min(1) }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "places.move": {
    summary: "Rename a file or folder, or move it within its place. Never replaces anything.",
    input: z.object({ id: PlaceId, from: PlacePath.min(1), to: PlacePath.min(1) }),
    output: Acted,
    permission: "by-resource",
    effect: "write",
  },
  "places.remove": {
    summary: "Delete a file or folder at a place for good: there is no trash. For a folder its name is given again.",
    input: z.object({ id: PlaceId, path: PlacePath.min(1), confirmName: z.string().max(1024).default("") }),
    output: Acted,
    permission: "by-resource",
    effect: "write",
  },
  "places.carry": {
    summary:
      "Copy or move between a place and Hearth, or between places, as a job. What is moved goes from its source when size, and hash where both know one, agree at the target.",
    input: CarryTask,
    output: z.object({ id: z.int() }),
    permission: "by-resource",
    effect: "write",
  },
  "places.carries": {
    summary: "Copies and moves of the caller, the newest first.",
    input: z.object({}),
    output: z.object({ carries: z.array(Carry) }),
    permission: "files.use",
    effect: "read",
  },
  "places.cancelCarry": {
    summary: "Stop a copy or move of one's own. What has arrived stays; nothing is lost at the source.",
    input: z.object({ id: z.int() }),
    output: z.object({}),
    permission: "files.use",
    effect: "write",
  },
});
