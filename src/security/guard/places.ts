import { createRecentMap } from "#platform/lru";
import {
  type AddressBytes,
  contains,
  lineOf,
  type Network,
  parseAddress,
  parseNetwork,
  renderNetwork,
} from "./addresses.ts";
import type { RuleDocument } from "./contract.ts";

export type Zone = "household" | "vpn" | "outside";

/** What the guard knows of an address. */
export interface Place {
  readonly bytes: AddressBytes;
  /** The address or, for IPv6, its /64: what is counted and banned. */
  readonly line: Network;
  readonly lineText: string;
  readonly zone: Zone;
  /** Household and VPN: never banned. */
  readonly inside: boolean;
  /** False when the connection had gone before its address was asked: there is nobody to ban. */
  readonly known: boolean;
  /** The address sets that hold it. */
  readonly sets: readonly string[];
  /** ISO 3166 code; null when nobody knows. */
  readonly country: string | null;
}

/** Networks of this machine's own interfaces and of the VPN. */
export interface OwnNetworks {
  readonly household: readonly Network[];
  readonly vpn: readonly Network[];
}

export interface Places {
  readonly household: readonly Network[];
  readonly vpn: readonly Network[];
  of(address: string): Place;
}

const maxRemembered = 8192;
const noAddress = new Uint8Array(4);

/** Places of addresses under one version of the sets and one state of the interfaces; answers are remembered. */
export function createPlaces(
  sets: RuleDocument["sets"],
  own: OwnNetworks,
  countryOf: (address: string) => string | null,
): Places {
  const networksOf = (name: string) => (sets[name] ?? []).flatMap((text) => parseNetwork(text) ?? []);
  const household = [...own.household, ...networksOf("household")];
  const vpn = [...own.vpn, ...networksOf("vpn")];
  const named = Object.keys(sets).map((name) => [name, networksOf(name)] as const);
  const remembered = createRecentMap<string, Place>(maxRemembered);
  const holds = (networks: readonly Network[], bytes: AddressBytes) =>
    networks.some((network) => contains(network, bytes));

  const look = (address: string): Place => {
    const parsed = parseAddress(address);
    const bytes = parsed ?? noAddress;
    // A VPN has private addresses too, so it is asked first.
    const zone = holds(vpn, bytes) ? "vpn" : holds(household, bytes) ? "household" : "outside";
    const line = lineOf(bytes);
    let country: string | null | undefined;
    return {
      bytes,
      line,
      lineText: renderNetwork(line),
      zone,
      inside: zone !== "outside",
      known: parsed !== undefined,
      sets: named.flatMap(([name, networks]) => (holds(networks, bytes) ? [name] : [])),
      get country() {
        return (country ??= countryOf(address));
      },
    };
  };
  return {
    household,
    vpn,
    of: (address) => {
      let place = remembered.get(address);
      if (place === undefined) {
        place = look(address);
        remembered.set(address, place);
      }
      return place;
    },
  };
}
