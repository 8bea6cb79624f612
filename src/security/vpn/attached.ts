import { networkInterfaces } from "node:os";
import { parseNetwork } from "#security/firewall";

export type Interfaces = ReturnType<typeof networkInterfaces>;

/** Bridges of containers and virtual machines: behind them are programs, not the household's devices. */
const virtual = /^(docker|br-|veth|virbr|podman|cni|lxc|lxd|incus|wg|tun|tap|tailscale)/;
const linkLocal = "fe80:";

/** The networks this machine is plugged into. */
export function attachedNetworks(tunnel: string, interfaces: Interfaces = networkInterfaces()): string[] {
  const networks = Object.entries(interfaces).flatMap(([name, addresses]) => {
    if (name === tunnel || virtual.test(name)) return [];
    return (addresses ?? []).flatMap(({ cidr, internal, address }) => {
      const network = parseNetwork(cidr ?? "");
      if (internal || network === undefined || address.startsWith(linkLocal)) return [];
      return network.text.includes("/") ? [network.text] : [];
    });
  });
  return [...new Set(networks)].toSorted();
}

/** Every address of this machine. */
export function ownAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  return Object.values(interfaces).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}
