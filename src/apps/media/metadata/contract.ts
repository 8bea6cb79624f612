import { z } from "zod";
import { defineContract } from "#wire";

const libraryId = z.int().positive();

/** Writing all NFO files of a library: under way, or the last time. */
const NfoRun = z.object({
  state: z.enum(["waiting", "running", "done", "cancelled", "failed"]),
  doneCount: z.int(),
  totalCount: z.int(),
  /** Null while it cannot be told, and when nothing runs. */
  secondsLeft: z.int().nullable(),
  /** Files that were written; those that said all of it already are none. */
  writtenCount: z.int(),
  /** Files that are there, are not understood, and were left as they are. */
  refusedCount: z.int(),
});
export type NfoRun = z.infer<typeof NfoRun>;

const NfoStatus = z.object({
  /** What is edited on the page of a film is written into the NFO file beside it. */
  isOn: z.boolean(),
  run: NfoRun.nullable(),
});

/** Something in an NFO file that was passed over, or why it was not written. */
const NfoProblem = z.object({
  itemId: z.int(),
  nodeId: z.int(),
  libraryId: z.int(),
  /** Below the folder of the library. */
  path: z.string(),
  /** From 1. */
  line: z.int(),
  /** For a person. */
  message: z.string(),
});

export const metadataContract = defineContract({
  "nfo.status": {
    summary: "Whether NFO files are written in a library; for whoever may write in its folder.",
    input: z.object({ libraryId }),
    output: NfoStatus,
    permission: "by-resource",
    effect: "read",
  },
  "nfo.setOn": {
    summary: "Write what people set on films and episodes into NFO files beside them from now on, or no more.",
    input: z.object({ libraryId, isOn: z.boolean() }),
    output: NfoStatus,
    permission: "by-resource",
    effect: "write",
  },
  "nfo.writeAll": {
    summary: "Write the NFO files of all that is known in a library now, in the background, as the caller.",
    input: z.object({ libraryId }),
    output: NfoStatus,
    permission: "by-resource",
    effect: "write",
  },
  "nfo.cancel": {
    summary: "Stop writing NFO files; what is written stays.",
    input: z.object({ libraryId }),
    output: NfoStatus,
    permission: "by-resource",
    effect: "write",
  },
  "nfo.problems": {
    summary:
      "NFO files that the caller can see and that are not well-formed, or could not be written, with what is wrong.",
    input: z.object({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) }),
    output: z.object({ problems: z.array(NfoProblem), total: z.int() }),
    permission: "files.use",
    effect: "read",
  },
});
