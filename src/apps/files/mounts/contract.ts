import { z } from "zod";
import { defineContract } from "#wire";

const NodeId = z.int().positive();

export const mountsContract = defineContract({
  "mounts.rename": {
    summary: "Call a share or a shared space something else, for the caller alone.",
    input: z.object({
      nodeId: NodeId,
      name: z.string().min(1).max(255),
    }),
    output: z.object({ name: z.string() }),
    permission: "files.use",
    effect: "write",
  },
  "mounts.place": {
    summary: "Let a share or a shared space stand in a folder of the caller's home for sync clients; null is the top.",
    input: z.object({ nodeId: NodeId, folderId: NodeId.nullable() }),
    output: z.object({}),
    permission: "files.use",
    effect: "write",
  },
  "mounts.decline": {
    summary: "Take a share out of the caller's tree; nobody's rights change, and it can be taken back.",
    input: z.object({ nodeId: NodeId }),
    output: z.object({}),
    permission: "files.use",
    effect: "write",
  },
  "mounts.accept": {
    summary: "Take back a share that was declined.",
    input: z.object({ nodeId: NodeId }),
    output: z.object({}),
    permission: "files.use",
    effect: "write",
  },
  "mounts.declined": {
    summary: "Shares that the caller has declined and could take back.",
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          nodeId: NodeId,
          name: z.string(),
          kind: z.enum(["file", "folder"]),
          /** Who let the caller in; empty when that person is gone. */
          sharedBy: z.string(),
          sharedAtMs: z.int(),
          declinedAtMs: z.int(),
        }),
      ),
    }),
    permission: "files.use",
    effect: "read",
  },
});
