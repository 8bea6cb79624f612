import { z } from "zod";
import { defineContract } from "#wire";

export const AuditState = z.object({ asOfMs: z.int() });

export const auditContract = defineContract({
  "audit.read": {
    summary: "The state of audit.",
    input: z.object({}),
    output: AuditState,
    permission: "self",
    effect: "read",
  },
});
