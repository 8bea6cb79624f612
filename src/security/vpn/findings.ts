import type { z } from "zod";
import type { VpnFinding } from "./contract.ts";
import { type Control, obstaclesOf } from "./control.ts";
import { forwardingRemedy } from "./forwarding.ts";
import type { VpnDeps } from "./ports.ts";

type Finding = z.infer<typeof VpnFinding>;

export const noEndpoint = {
  message: "devices do not know where to dial",
  remedy: "set security.network.vpn.endpoint in hearth.yaml to the name or address of this household on the internet",
};

/** What is missing or in the way, the worst first. */
export async function findingsOf(deps: VpnDeps, control: Control): Promise<Finding[]> {
  const findings: Finding[] = obstaclesOf(deps).map((obstacle) => ({ ...obstacle, state: "warning" }));
  if (control.failure !== null) {
    findings.unshift({ id: "failure", state: "error", message: control.failure, remedy: null });
  }
  for (const { id, device } of control.unreadable) {
    const message = `${device} is left out: its preshared key cannot be read`;
    const remedy = "bring security/secrets.key back from the backup, or make new keys for the device";
    findings.push({ id: `preshared.${id}`, state: "error", message, remedy });
  }
  if (control.forwardingRefused) {
    const message = "the kernel does not pass packets on: devices reach this server only";
    findings.push({ id: "forwarding", state: "warning", message, remedy: forwardingRemedy });
  }
  if (deps.config.endpoint === undefined) findings.push({ id: "endpoint", state: "warning", ...noEndpoint });
  return [...findings, ...(control.state === "running" && control.forwards ? await foreignDrops(deps) : [])];
}

/** Docker and ufw drop by default what is passed on, and a packet has to please every table. */
async function foreignDrops({ firewall, config }: VpnDeps): Promise<Finding[]> {
  const tables = await firewall.foreignForwardDrops();
  const name = config.interface;
  return tables.map((table) => ({
    id: `foreign.${table.replaceAll(" ", ".")}`,
    state: "warning",
    message: `the table ${table} of another program drops what is passed on, unless it was told about ${name}: devices may reach this server only`,
    remedy: `for ufw: sudo ufw route allow in on ${name}; for Docker: sudo iptables -I DOCKER-USER -i ${name} -j ACCEPT && sudo iptables -I DOCKER-USER -o ${name} -j ACCEPT`,
  }));
}
