import { z } from "zod";
import { defineContract } from "#wire";

export const FirewallState = z.object({ asOfMs: z.int() });

export const firewallContract = defineContract({
  "firewall.read": {
    summary: "The state of firewall.",
    input: z.object({}),
    output: FirewallState,
    permission: "self",
    effect: "read",
  },
});
