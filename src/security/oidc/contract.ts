import { z } from "zod";
import { defineContract } from "#wire";

export const OidcState = z.object({ asOfMs: z.int() });

export const oidcContract = defineContract({
  "oidc.read": {
    summary: "The state of oidc.",
    input: z.object({}),
    output: OidcState,
    permission: "self",
    effect: "read",
  },
});
