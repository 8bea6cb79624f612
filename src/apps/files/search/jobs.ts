import { z } from "zod";
import type { JobKind } from "#platform/jobs";

/** Reads the text of documents that are new or have changed. */
export const searchTexts = {
  name: "search.texts",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 5,
  timeoutMs: 6 * 60 * 60_000,
} satisfies JobKind;
