import { z } from "zod";
import type { JobKind } from "#platform/jobs";

/** Compares one library with the storage index. */
export const libraryScan = {
  name: "libraries.scan",
  lane: "io",
  payload: z.object({
    libraryId: z.int(),
    /** Also what has not changed, as when the library is read as another kind. */
    isFull: z.boolean().default(false),
  }),
  maxAttempts: 50,
  timeoutMs: 86_400_000,
} satisfies JobKind;

/** Reads the identity of the content of items that have none yet. */
export const libraryKeys = {
  name: "libraries.keys",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 50,
  timeoutMs: 7 * 86_400_000,
} satisfies JobKind;

/** Forgets what has been gone for long; to be scheduled daily. */
export const libraryForget = {
  name: "libraries.forget",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 3,
  timeoutMs: 3_600_000,
} satisfies JobKind;
