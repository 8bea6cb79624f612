import { z } from "zod";
import type { JobKind } from "#platform/jobs";

/** Reads pictures that are new or have changed. */
export const photosRead = {
  name: "photos.read",
  lane: "cpu",
  payload: z.object({}),
  maxAttempts: 5,
  timeoutMs: 24 * 60 * 60_000,
} satisfies JobKind;
