import { contains, type Network, parseNetwork, renderNetwork } from "./addresses.ts";
import type { OwnNetworks } from "./places.ts";

/** As `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly { readonly cidr: string | null }[] | undefined>>;

export interface VpnPlace {
  readonly interface: string;
  readonly rangeV4?: string | undefined;
  readonly rangeV6?: string | undefined;
}

const ranges = (texts: readonly string[]) => texts.flatMap((text) => parseNetwork(text) ?? []);
const loopback = ranges(["127.0.0.0/8", "::1"]);
/** RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6. */
const privateRanges = ranges([
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
]);
const tunnel = /^(?:wg|tun|tailscale|zt|nebula)/;

/**
 * The household is loopback and the private networks this machine is on. A machine with a private IPv4 address stands behind
 * a home router, so the public IPv6 /64 of the same interface is the household's too. Networks of tunnels are the VPN.
 */
export function ownNetworksOf(interfaces: Interfaces, vpnPlace: VpnPlace): OwnNetworks {
  const household = new Map(loopback.map((network) => [renderNetwork(network), network]));
  const vpn = new Map(
    ranges([vpnPlace.rangeV4 ?? [], vpnPlace.rangeV6 ?? []].flat()).map((network) => [renderNetwork(network), network]),
  );
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    const networks = ranges(addresses.flatMap(({ cidr }) => cidr ?? []));
    const isBehindRouter = networks.some((network) => network.bytes.length === 4 && isPrivate(network));
    for (const network of networks) {
      if (isLoopback(network)) continue;
      if (name === vpnPlace.interface || tunnel.test(name)) vpn.set(renderNetwork(network), network);
      else if (isPrivate(network) || (isBehindRouter && network.prefix === 64)) {
        household.set(renderNetwork(network), network);
      }
    }
  }
  return { household: [...household.values()], vpn: [...vpn.values()] };
}

const isPrivate = ({ bytes }: Network) => privateRanges.some((range) => contains(range, bytes));
const isLoopback = ({ bytes }: Network) => loopback.some((range) => contains(range, bytes));
