import { z } from "zod";
import { defineContract } from "#wire";

export const GuardState = z.object({ asOfMs: z.int() });

export const guardContract = defineContract({
  "guard.read": {
    summary: "The state of guard.",
    input: z.object({}),
    output: GuardState,
    permission: "self",
    effect: "read",
  },
});
