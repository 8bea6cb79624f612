import { z } from "zod";
import { defineContract } from "#wire";

export const VpnState = z.object({ asOfMs: z.int() });

export const vpnContract = defineContract({
  "vpn.read": {
    summary: "The state of vpn.",
    input: z.object({}),
    output: VpnState,
    permission: "self",
    effect: "read",
  },
});
