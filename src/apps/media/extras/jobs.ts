import { z } from "zod";
import type { JobKind } from "#platform/jobs";

/** Makes from content what is missing: subtitles, pictures of the seek bar, intros, loudness. */
export const mediaExtras = {
  name: "media.extras",
  lane: "io",
  /** Of one item alone, first. */
  payload: z.object({ itemId: z.int().positive().optional() }),
  maxAttempts: 50,
  timeoutMs: 30 * 86_400_000,
} satisfies JobKind;
