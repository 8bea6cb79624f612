import { z } from "zod";
import { defineContract } from "#wire";

const LibraryKindName = z.enum(["films", "series", "music", "photos", "videos"]);

/** See `ItemState` in `types.ts`; `gone` is never shown. */
const ShownItemState = z.enum(["found", "ready", "broken", "away"]);

/** A scan under way, or the last one. */
const Scan = z.object({
  state: z.enum(["waiting", "running", "done", "cancelled", "failed"]),
  /** Files looked at. */
  doneCount: z.int(),
  totalCount: z.int(),
  /** Null while it cannot be told, and when nothing runs. */
  secondsLeft: z.int().nullable(),
  startedAtMs: z.int().nullable(),
  finishedAtMs: z.int().nullable(),
  /** Why it failed, for a person. */
  reason: z.string().nullable(),
});

export const LibraryView = z.object({
  id: z.int(),
  name: z.string(),
  kind: LibraryKindName,
  spaceId: z.int(),
  spaceKind: z.enum(["home", "shared"]),
  /** Of a home: its person, as people are shown. */
  spaceName: z.string(),
  folderId: z.int(),
  /** Names of the folders above and of the folder itself, below the space, joined by `/`; as far as the caller may know them. */
  folderPath: z.string(),
  isOn: z.boolean(),
  /** Made because of the folder's name. */
  isAutomatic: z.boolean(),
  /** Removed, and when it is forgotten with everything known about it: until then it can be brought back whole. Null for all others. */
  forgottenAtMs: z.int().nullable(),
  /** `ok`, or why nothing of it can be played now: its disk, or its folder, is not there. */
  state: z.enum(["ok", "disk-away", "folder-gone"]),
  /** Media files that the caller can see, by what they are. */
  counts: z.object({ video: z.int(), audio: z.int(), image: z.int(), sidecar: z.int() }),
  /** Of these: not probed yet, and files that no program here can read. */
  foundCount: z.int(),
  brokenCount: z.int(),
  sizeBytes: z.int(),
  /** Null for whoever may not look after it. */
  scan: Scan.nullable(),
  /** May be changed, scanned and removed by the caller. */
  canManage: z.boolean(),
  /** Metadata of what is in it may be edited by the caller. */
  canEdit: z.boolean(),
});
export type LibraryView = z.infer<typeof LibraryView>;

export const LibraryItem = z.object({
  id: z.int(),
  libraryId: z.int(),
  nodeId: z.int(),
  kind: z.enum(["video", "audio", "image", "sidecar"]),
  /** Below the folder of the library. */
  path: z.string(),
  sizeBytes: z.int(),
  modifiedAtMs: z.int(),
  addedAtMs: z.int(),
  state: ShownItemState,
  reason: z.string().nullable(),
});
export type LibraryItem = z.infer<typeof LibraryItem>;

const libraryId = z.int().positive();
const name = z.string().trim().min(1).max(100);

export const libraryContract = defineContract({
  "libraries.list": {
    summary: "Libraries in which the caller can see something or may look after, with counts of what they can see.",
    input: z.object({ kind: LibraryKindName.optional() }),
    output: z.object({ libraries: z.array(LibraryView) }),
    permission: "files.use",
    effect: "read",
  },
  "libraries.get": {
    summary: "One library.",
    input: z.object({ libraryId }),
    output: z.object({ library: LibraryView }),
    permission: "by-resource",
    effect: "read",
  },
  "libraries.create": {
    summary:
      "Make a folder a library; for managers of its space. Refused inside, or around, the folder of a library that is on.",
    input: z.object({ folderId: z.int().positive(), kind: LibraryKindName, name: name.optional() }),
    output: z.object({ library: LibraryView }),
    permission: "by-resource",
    effect: "write",
  },
  "libraries.update": {
    summary:
      "Rename a library, read it as another kind, switch it off (everything known about it stays) or on; that brings back one that was removed.",
    input: z.object({
      libraryId,
      name: name.optional(),
      kind: LibraryKindName.optional(),
      isOn: z.boolean().optional(),
    }),
    output: z.object({ library: LibraryView }),
    permission: "by-resource",
    effect: "write",
  },
  "libraries.remove": {
    summary:
      "Put a library away; the files stay. Everything known about what is in it is kept for 30 days, for when it is brought back or made again of the same folder. One that was made because of its folder's name is switched off instead.",
    input: z.object({ libraryId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "libraries.scan": {
    summary: "Compare a library with its folder; what has not changed costs next to nothing.",
    input: z.object({
      libraryId,
      /** Files that could not be read are tried again. */
      retryBroken: z.boolean().default(false),
    }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "libraries.cancel": {
    summary: "Stop the scan of a library; what it has seen stays.",
    input: z.object({ libraryId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "libraries.items": {
    summary: "Files of a library that the caller can see, in order of their path.",
    input: z.object({
      libraryId,
      state: ShownItemState.optional(),
      kind: z.enum(["video", "audio", "image", "sidecar"]).optional(),
      /** Part of the path, in any case. */
      search: z.string().trim().max(200).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ items: z.array(LibraryItem), total: z.int() }),
    permission: "by-resource",
    effect: "read",
  },
  "libraries.problems": {
    summary: "Files that no program here can read, with the reason; of one library or of all.",
    input: z.object({
      libraryId: libraryId.optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ items: z.array(LibraryItem), total: z.int() }),
    permission: "files.use",
    effect: "read",
  },
});
