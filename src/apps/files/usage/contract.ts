import { z } from "zod";
import { defineContract, fillLevels } from "#wire";

const Fill = z.object({
  /** `soon` also when it will be full within 30 days. */
  level: z.enum(fillLevels),
  /** By the last 30 days; null while a week is not known, and when it does not grow. */
  growthBytesPerDay: z.int().nullable(),
  /** When it is full if it goes on like this; null when that is never, or further away than ten years. */
  fullAtMs: z.int().nullable(),
  /** One figure a day, the oldest first, at most 90. */
  history: z.array(z.object({ atMs: z.int(), usedBytes: z.int() })),
});

const PlaceUsage = z.object({
  spaceId: z.int(),
  kind: z.enum(["home", "shared"]),
  /** Of a home: how its person is called. */
  name: z.string(),
  /** Of a home: whose it is, when that account is there. */
  personId: z.int().nullable(),
  /** Null when the caller may not open it. */
  rootId: z.int().nullable(),
  online: z.boolean(),
  usedBytes: z.int(),
  trashBytes: z.int(),
  versionBytes: z.int(),
  /** Used and trash count together; null is unlimited. */
  quotaBytes: z.int().nullable(),
  byKind: z.array(
    z.object({ kind: z.enum(["image", "video", "audio", "document", "other"]), sizeBytes: z.int(), count: z.int() }),
  ),
  fill: Fill,
});
export type PlaceUsage = z.infer<typeof PlaceUsage>;

const DiskUsage = z.object({
  name: z.string(),
  online: z.boolean(),
  sizeBytes: z.int(),
  freeBytes: z.int(),
  fill: Fill,
});
export type DiskUsage = z.infer<typeof DiskUsage>;

export const usageContract = defineContract({
  "usage.overview": {
    summary:
      "How full places are, by kind of file, and when they will be full; disks for whoever looks after the server.",
    input: z.object({
      /** Also those of others; ignored for whoever may not see them. */
      everyone: z.boolean().default(false),
    }),
    output: z.object({
      /** The caller's home first unless everyone is asked for, then the fullest. */
      places: z.array(PlaceUsage),
      disks: z.array(DiskUsage),
      /** Whether there are more than the caller's, to be asked for with `everyone`. */
      seesEveryone: z.boolean(),
    }),
    permission: "files.use",
    effect: "read",
  },
  "usage.largest": {
    summary: "The largest files of a space that the caller may see, the largest first.",
    input: z.object({ spaceId: z.int(), limit: z.int().min(1).max(100).default(20) }),
    output: z.object({
      files: z.array(
        z.object({
          id: z.int(),
          parentId: z.int(),
          name: z.string(),
          /** Names of the folders above it, joined by `/`. */
          folderPath: z.string(),
          sizeBytes: z.int(),
          modifiedAtMs: z.int(),
        }),
      ),
      /** False when there were too many folders to look into all that could hold one. */
      complete: z.boolean(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "usage.setQuota": {
    summary: "Set the quota of a shared space; that of a home belongs to its person.",
    input: z.object({ spaceId: z.int(), quotaBytes: z.int().positive().nullable() }),
    output: z.object({}),
    permission: "people.manage",
    effect: "write",
  },
});
