import type { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** One address of this machine in a network of the home. */
export interface HomeAddress {
  readonly address: string;
  /** `192.168.1.10/24`. */
  readonly cidr: string;
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/** Bridges of containers and tunnels: behind them are programs and strangers, not televisions. */
const virtual = /^(docker|br-|veth|virbr|podman|cni|lxc|lxd|incus|wg|tun|tap|tailscale)/;
const homeRanges = new Set(["private", "linkLocal", "loopback"]);

/**
 * IPv4 addresses to answer at: of the interfaces named, or of all that lead into a network of private addresses. An address that the
 * internet reaches is never one of them.
 */
export function homeAddresses(names: readonly string[] | undefined, interfaces: Interfaces): HomeAddress[] {
  return Object.entries(interfaces).flatMap(([name, addresses]) => {
    if (names === undefined ? virtual.test(name) : !names.includes(name)) return [];
    return (addresses ?? []).flatMap(({ family, internal, address, cidr }) => {
      if (family !== "IPv4" || cidr === null || (internal && names === undefined)) return [];
      return homeRanges.has(ipaddr.parse(address).range()) ? [{ address, cidr }] : [];
    });
  });
}

/** Whether somebody speaks from the network of this address. */
export function isNeighbour(peer: string, { cidr }: HomeAddress): boolean {
  if (!ipaddr.isValid(peer)) return false;
  const parsed = ipaddr.process(peer);
  return parsed.kind() === "ipv4" && parsed.match(ipaddr.parseCIDR(cidr));
}
