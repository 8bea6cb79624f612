import ipaddr from "ipaddr.js";

export type Family = 4 | 6;

/** An address or CIDR network in its shortest form; a network of one address is written as the address. */
export interface Network {
  readonly text: string;
  readonly family: Family;
  readonly prefixLength: number;
}

const fullLength = (family: Family): number => (family === 4 ? 32 : 128);

/** Reads an address or a network and cuts its host bits off. Undefined when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  if (!ipaddr.isValid(text) && !ipaddr.isValidCIDR(text)) return undefined;
  const address = ipaddr.parse(text.split("/")[0] ?? "");
  const family: Family = address.kind() === "ipv4" ? 4 : 6;
  const prefixLength = text.includes("/") ? ipaddr.parseCIDR(text)[1] : fullLength(family);
  const cidr = `${address.toString()}/${prefixLength}`;
  const first = (
    family === 4 ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr)
  ).toString();
  return { text: prefixLength === fullLength(family) ? first : `${first}/${prefixLength}`, family, prefixLength };
}

/** Whether every address of `inner` lies in `outer`. */
export function contains(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || outer.prefixLength > inner.prefixLength) return false;
  return addressOf(inner).match(addressOf(outer), outer.prefixLength);
}

function addressOf({ text }: Network): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.parse(text.split("/")[0] ?? "");
}

/** Of one family, in order, without those that lie in another: CIDR networks nest or are apart, so none overlap any more. */
export function disjoint(networks: readonly string[], family: Family): string[] {
  const kept: Network[] = [];
  const parsed = networks.flatMap((text) => parseNetwork(text) ?? []).filter((network) => network.family === family);
  for (const network of parsed.toSorted((a, b) => a.prefixLength - b.prefixLength)) {
    if (!kept.some((outer) => contains(outer, network))) kept.push(network);
  }
  return kept.map(({ text }) => text).toSorted();
}
