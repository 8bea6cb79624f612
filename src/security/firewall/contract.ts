import { z } from "zod";
import { defineContract } from "#wire";

/** An address or network whose packets the kernel drops. */
const KernelBan = z.object({ network: z.string(), untilMs: z.int() });

export const FirewallStatus = z.object({
  /**
   * `off`: nothing asks for the table; `applied`: the kernel has it; `files-only`: this process may not write it; `failed`: the
   * kernel refused it.
   */
  state: z.enum(["off", "applied", "files-only", "failed"]),
  /** One plain sentence about the state. */
  message: z.string(),
  /** The line that mends it. */
  remedy: z.string().nullable(),
  appliedAtMs: z.int().nullable(),
  /** Whether bans reach the kernel (`security.network.firewall.dropBanned`). */
  dropsBanned: z.boolean(),
  bans: z.array(KernelBan),
});
export type FirewallStatus = z.infer<typeof FirewallStatus>;

export const firewallContract = defineContract({
  "firewall.status": {
    summary: "Our table in the kernel's packet filter: whether it holds, and who is banned there.",
    input: z.object({}),
    output: FirewallStatus,
    permission: "security.read",
    effect: "read",
  },
  "firewall.table": {
    summary: "The text of our table, as `nft -f` takes it.",
    input: z.object({}),
    output: z.object({ fileName: z.string(), text: z.string() }),
    permission: "security.read",
    effect: "read",
  },
});
