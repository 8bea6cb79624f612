import { z } from "zod";
import { defineContract } from "#wire";

export const cameraContract = defineContract({
  "camera.check": {
    summary: "Which of these files are below a folder already.",
    input: z.object({
      folderId: z.int().positive(),
      files: z
        .array(
          z.object({
            name: z.string().min(1).max(255),
            sizeBytes: z.int().min(0),
            modifiedAtMs: z.int(),
            /** Hex; null when it was not computed. */
            sha1: z
              .string()
              .regex(/^[0-9a-f]{40}$/)
              .nullable(),
          }),
        )
        .max(500),
    }),
    /** Positions in `files`. */
    output: z.object({ known: z.array(z.int()) }),
    permission: "by-resource",
    effect: "read",
  },
});
