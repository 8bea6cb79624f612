import { z } from "zod";
import { defineContract } from "#wire";

export const subsonicContract = defineContract({
  "subsonic.createPassword": {
    summary:
      "Make an app password for a music app: it may hear, star and keep playlists, and changes no file. Its secret is in this answer and nowhere else.",
    input: z.object({ label: z.string().trim().min(1).max(100) }),
    output: z.object({
      /** Of the app password; it is listed and withdrawn among them. */
      id: z.string(),
      user: z.string(),
      secret: z.string(),
    }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
});
