import type { z } from "zod";
import type { Reach } from "#security/firewall";
import type { NamedZone, VpnZone } from "./contract.ts";

export interface Verdict {
  readonly allowed: boolean;
  /** A sentence for a person. */
  readonly reason: string;
}

/** A zone with what it reaches today. */
export interface Zone extends Pick<NamedZone, "id" | "label"> {
  readonly kind: z.infer<typeof VpnZone>["kind"];
  readonly reach: Reach;
}

const builtInIds = ["hearth", "lan", "internet"] as const;
export const isBuiltIn = (id: string): boolean => builtInIds.some((builtIn) => builtIn === id);

interface Surroundings {
  readonly serverPorts: readonly number[];
  readonly lanNetworks: readonly string[];
  readonly named: readonly NamedZone[];
}

/** All zones, the ones that are always there first. */
export function zonesOf({ serverPorts, lanNetworks, named }: Surroundings): Zone[] {
  return [
    { id: "hearth", kind: "hearth", label: "This server", reach: { kind: "server", tcpPorts: serverPorts } },
    { id: "lan", kind: "lan", label: "Home network", reach: { kind: "lan", networks: lanNetworks } },
    { id: "internet", kind: "internet", label: "Internet", reach: { kind: "internet", except: lanNetworks } },
    ...named.map(({ id, label, targets }): Zone => ({ id, kind: "named", label, reach: { kind: "targets", targets } })),
  ];
}

export function describeZone({ id, kind, label, reach }: Zone, verdict: Verdict): VpnZone {
  const targets =
    reach.kind === "targets" ? reach.targets.map(({ ports, ...rest }) => ({ ...rest, ports: [...ports] })) : [];
  return { id, kind, label, reaches: reachesOf(reach), targets, ...verdict };
}

function reachesOf(reach: Reach): string[] {
  switch (reach.kind) {
    case "server":
      return ["the page, files and apps of this server"];
    case "lan":
      return [...reach.networks];
    case "internet":
      return ["everything but private networks"];
    case "targets":
      return reach.targets.map(({ network, protocol, ports }) => {
        const list = ports.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
        if (protocol === "any") return network;
        return `${network} ${protocol.replace("+", " and ")}${list === "" ? "" : ` ${list}`}`;
      });
  }
}
