import { z } from "zod";
import type { Exec } from "#platform/exec";
import { tableName } from "./table.ts";

const Chains = z.object({
  nftables: z.array(
    z.object({
      chain: z
        .object({ family: z.string(), table: z.string(), hook: z.string().optional(), policy: z.string().optional() })
        .optional(),
    }),
  ),
});

const timeoutMs = 5_000;
const maxOutputBytes = 4 * 1024 * 1024;

/** Tables of others, as `ip filter`, that drop by default what passes through this machine (libnftables-json(5)). Only read. */
export async function foreignForwardDrops(exec: Exec): Promise<string[]> {
  const { exitCode, stdout } = await exec.run(["nft", "-j", "list", "chains"], { timeoutMs, maxOutputBytes });
  const text = new TextDecoder().decode(stdout);
  if (exitCode !== 0 || text === "") return [];
  const parsed = Chains.safeParse(JSON.parse(text));
  const chains = parsed.success ? parsed.data.nftables.flatMap(({ chain }) => chain ?? []) : [];
  const drops = chains.filter(({ hook, policy }) => hook === "forward" && policy === "drop");
  const names = drops.map(({ family, table }) => `${family} ${table}`);
  return [...new Set(names)].filter((name) => name !== tableName);
}
