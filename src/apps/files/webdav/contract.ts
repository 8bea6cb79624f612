import { z } from "zod";
import { defineContract } from "#wire";

const NodeId = z.int().positive();

const Lock = z.object({
  nodeId: NodeId,
  /** Taken by a person for themselves, or by a program that shows its token. */
  by: z.enum(["person", "program"]),
  /** Display name of the person who holds it; empty when that person is gone. */
  holder: z.string(),
  /** The caller holds it. */
  isOwn: z.boolean(),
  /** Everything below the folder is locked too. */
  isDeep: z.boolean(),
  sinceMs: z.int(),
  /** When it ends by itself. */
  untilMs: z.int(),
  /** The caller may end it. */
  canEnd: z.boolean(),
});

export const locksContract = defineContract({
  "locks.list": {
    summary: "Locks on a file or folder that the caller can see, and on the entries of a folder.",
    input: z.object({ nodeId: NodeId }),
    output: z.object({ locks: z.array(Lock) }),
    permission: "by-resource",
    effect: "read",
  },
  "locks.set": {
    summary: "Lock a file for the caller: nobody else can change it. Again, it lasts longer.",
    input: z.object({
      nodeId: NodeId,
      minutes: z
        .int()
        .min(1)
        .max(24 * 60)
        .default(30),
    }),
    output: z.object({ untilMs: z.int() }),
    permission: "by-resource",
    effect: "write",
  },
  "locks.remove": {
    summary: "End the locks on a file or folder: one's own, or as its manager those of others.",
    input: z.object({ nodeId: NodeId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
});
