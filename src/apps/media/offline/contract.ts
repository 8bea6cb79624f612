import { z } from "zod";
import { defineContract } from "#wire";

const ItemId = z.int().positive();
const CopyId = z.int().positive();
/** `1080p`, `720p`, …: as `decide` names them. */
const RungId = z.string().min(1).max(40);

const Quality = z.object({
  rung: RungId,
  width: z.int().positive(),
  height: z.int().positive(),
  estimatedBytes: z.int(),
});

const Sound = z.object({
  /** Stream index in the file. */
  index: z.int().min(0),
  language: z.string().nullable(),
  title: z.string().nullable(),
  codec: z.string(),
  channels: z.int(),
  isDefault: z.boolean(),
});

export const OfflineCopy = z.object({
  id: CopyId,
  itemId: ItemId,
  /** Of the download: `Some film (720p).mp4`. */
  name: z.string(),
  rung: RungId,
  /** Stream index of the sound; null: the film has none. */
  audioIndex: z.int().nullable(),
  /** `paused`: somebody plays something, it goes on afterwards. */
  state: z.enum(["waiting", "making", "paused", "ready", "failed"]),
  /** Why it failed, for a person. */
  reason: z.string().nullable(),
  /** Part that is made, 0 to 1. */
  progress: z.number(),
  /** Null while it is not known. */
  leftMs: z.int().nullable(),
  /** Of the file; before it is ready what it will about be. */
  sizeBytes: z.int(),
  /** Null before it is ready. */
  url: z.string().nullable(),
  requestedAtMs: z.int(),
  /** When it is removed; null before it is ready. */
  expiresAtMs: z.int().nullable(),
});
export type OfflineCopy = z.infer<typeof OfflineCopy>;

export const offlineContract = defineContract({
  "offline.options": {
    summary: "In which qualities a film can be taken along, and how large they are.",
    input: z.object({ itemId: ItemId }),
    output: z.object({
      /** The file as it is; it needs no making. Null where it is above what the person may have sent. */
      original: z.object({ url: z.string(), sizeBytes: z.int() }).nullable(),
      /** The best first. */
      qualities: z.array(Quality),
      /** Why there are none, for a person. */
      reason: z.string().nullable(),
      audio: z.array(Sound),
      /** How long a copy is kept after it is ready. */
      keptMs: z.int(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "offline.request": {
    summary: "Have a copy of a film made for taking along; one that is there already is ready at once.",
    input: z.object({
      itemId: ItemId,
      rung: RungId,
      /** The usual one when left out. */
      audioIndex: z.int().min(0).max(10_000).nullable().default(null),
    }),
    output: OfflineCopy,
    permission: "by-resource",
    effect: "write",
  },
  "offline.list": {
    summary: "One's own copies, the latest first; of what one may still see.",
    input: z.object({}),
    output: z.object({ copies: z.array(OfflineCopy) }),
    permission: "self",
    effect: "read",
  },
  "offline.cancel": {
    summary: "Give up a copy that is not ready yet.",
    input: z.object({ id: CopyId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "offline.remove": {
    summary: "Remove one's copy from the server; it goes for good when nobody else asked for the same.",
    input: z.object({ id: CopyId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
});
