import { z } from "zod";
import type { JobKind } from "#platform/jobs";

/** Looks into the files of the libraries that nobody has looked into yet. */
export const mediaProbe = {
  name: "media.probe",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 50,
  timeoutMs: 7 * 86_400_000,
} satisfies JobKind;
