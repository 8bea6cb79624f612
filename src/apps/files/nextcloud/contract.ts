import { z } from "zod";
import { defineContract } from "#wire";

const Wipe = z.object({
  /** Of the app password that was withdrawn. */
  appPasswordId: z.string(),
  /** Its label. */
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
  "sync.restoreState": {
    summary: "When sync clients were last told that files have been restored; null is never.",
    input: z.object({}),
    output: z.object({ announcedAtMs: z.int().nullable() }),
    permission: "server.manage",
    effect: "read",
  },
  "sync.announceRestore": {
    summary:
      "Tell every sync client that files of the server have been restored: what is newer on a device is kept beside them, not replaced.",
    input: z.object({}),
    output: z.object({ announcedAtMs: z.int() }),
    permission: "server.manage",
    effect: "write",
    stepUp: true,
  },
});
