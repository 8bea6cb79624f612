import { z } from "zod";
import { defineContract } from "#wire";

export const CertificatesState = z.object({ asOfMs: z.int() });

export const certificatesContract = defineContract({
  "certificates.read": {
    summary: "The state of certificates.",
    input: z.object({}),
    output: CertificatesState,
    permission: "self",
    effect: "read",
  },
});
