import { contains, parseNetwork } from "./networks.ts";

/** What our table says, as plain data; `table.ts` writes it down for the kernel, `decide` says what it means. */
export interface TablePolicy {
  readonly bans: readonly Ban[];
  readonly tunnel: TunnelPolicy | null;
}

/** A network whose packets are dropped until then. */
export interface Ban {
  readonly network: string;
  readonly untilMs: number;
}

/** Who may do what from behind one WireGuard interface. Everything not named is dropped. */
export interface TunnelPolicy {
  readonly interface: string;
  readonly rangeV4: string;
  readonly rangeV6: string;
  readonly zones: readonly ZonePolicy[];
  /** Networks that see the devices' own addresses; everywhere else this machine stands in as the sender. */
  readonly unmasked: readonly string[];
}

export interface ZonePolicy {
  /** Letters, digits and dash. */
  readonly id: string;
  readonly sources: readonly Source[];
  readonly reach: Reach;
}

/** A device: WireGuard lets no other address through for its key. It has the same end in every zone. */
export interface Source {
  readonly addressV4: string;
  readonly addressV6: string;
  readonly expiresAtMs: number | null;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export type Protocol = "any" | "tcp" | "udp" | "tcp+udp";

export interface Target {
  readonly network: string;
  readonly protocol: Protocol;
  /** Empty is every port. */
  readonly ports: readonly PortRange[];
}

export type Reach =
  /** The ports of this product on this machine, and ping. */
  | { readonly kind: "server"; readonly tcpPorts: readonly number[] }
  /** Other machines in networks of this household, every port. */
  | { readonly kind: "lan"; readonly networks: readonly string[] }
  /** Public addresses but those of the household. */
  | { readonly kind: "internet"; readonly except: readonly string[] }
  /** Networks with ports; those of this machine's addresses lead to this machine. */
  | { readonly kind: "targets"; readonly targets: readonly Target[] };

/** IPv4 addresses that are nobody's on the internet: private, shared, local, multicast and reserved (RFC 6890). */
export const notPublicV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];
/** Global unicast: all that is public in IPv6 (RFC 4291 §2.4). */
export const publicV6 = "2000::/3";

/** The first packet of a conversation that a device begins. */
export interface Packet {
  readonly from: string;
  readonly to: string;
  /** Whether `to` is an address of this machine. */
  readonly toServer: boolean;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** Destination port; 0 for icmp, which is an echo request. */
  readonly port: number;
}

/** The zone that lets a packet through, or undefined when none does: what the rendered table does, said once more in plain. */
export function decide(policy: TunnelPolicy, packet: Packet, nowMs: number): string | undefined {
  const allows = (zone: ZonePolicy) =>
    zone.sources.some((source) => isFrom(source, packet.from, nowMs)) && reaches(zone.reach, packet);
  return policy.zones.find(allows)?.id;
}

function isFrom({ addressV4, addressV6, expiresAtMs }: Source, from: string, nowMs: number): boolean {
  return (isIn(from, addressV4) || isIn(from, addressV6)) && (expiresAtMs === null || expiresAtMs > nowMs);
}

function reaches(reach: Reach, packet: Packet): boolean {
  switch (reach.kind) {
    case "server":
      return packet.toServer && (packet.protocol === "icmp" || isTcpTo(packet, reach.tcpPorts));
    case "lan":
      return !packet.toServer && reach.networks.some((network) => isIn(packet.to, network));
    case "internet":
      return !packet.toServer && isPublic(packet.to) && !reach.except.some((network) => isIn(packet.to, network));
    case "targets":
      return reach.targets.some((target) => hits(target, packet));
  }
}

const isTcpTo = ({ protocol, port }: Packet, ports: readonly number[]): boolean =>
  protocol === "tcp" && ports.includes(port);

function hits({ network, protocol, ports }: Target, packet: Packet): boolean {
  if (!isIn(packet.to, network)) return false;
  if (protocol === "any") return true;
  if (!protocol.split("+").includes(packet.protocol)) return false;
  return ports.length === 0 || ports.some(({ first, last }) => first <= packet.port && packet.port <= last);
}

function isPublic(address: string): boolean {
  return address.includes(":") ? isIn(address, publicV6) : !notPublicV4.some((network) => isIn(address, network));
}

function isIn(address: string, network: string): boolean {
  const [inner, outer] = [parseNetwork(address), parseNetwork(network)];
  return inner !== undefined && outer !== undefined && contains(outer, inner);
}
