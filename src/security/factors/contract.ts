import { z } from "zod";
import { defineContract } from "#wire";

export const FactorsState = z.object({ asOfMs: z.int() });

export const factorsContract = defineContract({
  "factors.read": {
    summary: "The state of factors.",
    input: z.object({}),
    output: FactorsState,
    permission: "self",
    effect: "read",
  },
});
