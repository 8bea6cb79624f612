import { z } from "zod";
import { defineContract } from "#wire";

const TrashItem = z.object({
  id: z.string(),
  spaceId: z.int(),
  name: z.string(),
  kind: z.enum(["file", "folder"]),
  sizeBytes: z.int(),
  /** Where it was, as a path in its space. */
  originalPath: z.string(),
  deletedAtMs: z.int(),
  deletedBy: z.string().nullable(),
});

export const trashContract = defineContract({
  "trash.list": {
    summary: "What is in the trash of a space, newest first.",
    input: z.object({
      spaceId: z.int(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.object({
      items: z.array(TrashItem),
      total: z.int(),
      sizeBytes: z.int(),
      /** Days until an item is gone for good. */
      keepDays: z.int(),
      /** When the trash takes more, what is older than a week goes sooner, the oldest first. */
      budgetBytes: z.int(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "trash.restore": {
    summary: "Put items back where they were; a taken name gets a number, a missing folder is made again.",
    input: z.object({ ids: z.array(z.string()).min(1).max(1000) }),
    output: z.object({ restoredIds: z.array(z.int()) }),
    permission: "by-resource",
    effect: "write",
  },
  "trash.purge": {
    summary: "Delete items for good.",
    input: z.object({ ids: z.array(z.string()).min(1).max(1000) }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "trash.empty": {
    summary: "Delete everything in the trash of a space for good.",
    input: z.object({ spaceId: z.int() }),
    output: z.object({ removed: z.int() }),
    permission: "by-resource",
    effect: "write",
  },
});
