import { z } from "zod";
import { defineContract } from "#wire";

const Wipe = z.object({
  /** Label of the app password. */
  label: z.string(),
  askedAtMs: z.int(),
  /** When the app said that its files are gone; null before. */
  doneAtMs: z.int().nullable(),
});

export const syncContract = defineContract({
  "sync.wipe": {
    summary: "Withdraw an app password and have its app delete the files it holds when it next connects.",
    input: z.object({ appPasswordId: z.string() }),
    output: z.object({}),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "sync.wipes": {
    summary: "Devices that were told to delete their files, newest first.",
    input: z.object({}),
    output: z.object({ wipes: z.array(Wipe) }),
    permission: "self",
    effect: "read",
  },
});
