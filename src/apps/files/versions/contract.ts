import { z } from "zod";
import { defineContract } from "#wire";

const NodeId = z.int().positive();
const VersionNumber = z.int().positive();

const Version = z.object({
  /** Grows with every version of the file. */
  number: VersionNumber,
  sizeBytes: z.int(),
  /** When this content was last changed, as the file said. */
  modifiedAtMs: z.int(),
  /** When other content took its place. */
  replacedAtMs: z.int(),
  /** Who wrote this content; null when it was not written through Hearth, or by somebody who is gone. */
  author: z.string().nullable(),
  /** Who replaced it. */
  replacedBy: z.string().nullable(),
});

export const versionsContract = defineContract({
  "versions.list": {
    summary: "Earlier contents of a file, newest first.",
    input: z.object({ nodeId: NodeId }),
    output: z.object({
      versions: z.array(Version),
      /** Of all versions together. */
      sizeBytes: z.int(),
      /** The caller may restore and remove them. */
      canWrite: z.boolean(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "versions.restore": {
    summary: "Make an earlier content the current one; what is current becomes a version first.",
    input: z.object({ nodeId: NodeId, number: VersionNumber }),
    output: z.object({
      etag: z.string(),
      /** Restoring this one takes the act back; null when the content was the same already. */
      undoNumber: VersionNumber.nullable(),
    }),
    permission: "by-resource",
    effect: "write",
  },
  "versions.remove": {
    summary: "Delete earlier contents of a file for good.",
    input: z.object({ nodeId: NodeId, numbers: z.array(VersionNumber).min(1).max(1000) }),
    output: z.object({ removed: z.int() }),
    permission: "by-resource",
    effect: "write",
  },
});
