import { z } from "zod";
import type { JobKind } from "#platform/jobs";

/** Makes the copies that wait, one after the other. */
export const offlineMake = {
  name: "offline.make",
  lane: "cpu",
  payload: z.object({}),
  maxAttempts: 50,
  timeoutMs: 30 * 86_400_000,
} satisfies JobKind;
