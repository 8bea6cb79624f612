import { contains, parseNetwork, type TunnelPolicy } from "#security/firewall";
import { addressesOf, serverHost } from "./addresses.ts";
import { attachedNetworks } from "./attached.ts";
import type { VpnPeer } from "./contract.ts";
import type { VpnDeps } from "./ports.ts";
import { type ServerPeer, withLength } from "./render.ts";
import type { Peer, Repository, VpnSetting } from "./repository.ts";
import { type Zone, zonesOf } from "./zones.ts";

/** What the machine should do now, worked out from what is stored. */
export interface Plan {
  readonly policy: TunnelPolicy;
  readonly peers: readonly ServerPeer[];
  /** With the length of their range. */
  readonly addresses: readonly string[];
  /** Whether packets leave this machine for others. */
  readonly forwards: boolean;
  /** When the next device's time is over. */
  readonly nextExpiryMs: number | null;
  /** Devices left out since their preshared key cannot be read. */
  readonly unreadable: readonly Peer[];
}

export const presharedPurpose = (peerId: string): string => `vpn preshared key ${peerId}`;

export function stateOf(deps: VpnDeps, peer: Peer): VpnPeer["state"] {
  const person = deps.findPerson(peer.personId);
  if (person?.enabled !== true) return "person-disabled";
  if (!person.mayUse) return "no-right";
  return peer.expiresAtMs !== null && peer.expiresAtMs <= deps.clock.now() ? "expired" : "active";
}

/** Of the zones given to a device those that are there and that its person may reach today. */
export function effectiveZones(deps: VpnDeps, zones: readonly Zone[], peer: Peer): string[] {
  if (stateOf(deps, peer) !== "active") return [];
  return peer.zones.filter((id) => zones.some((zone) => zone.id === id) && deps.mayReach(peer.personId, id).allowed);
}

function lanNetworks(deps: VpnDeps, setting: VpnSetting | undefined): readonly string[] {
  const networks = deps.config.lanNetworks ?? attachedNetworks(deps.config.interface, deps.interfaces?.());
  const own = [setting?.rangeV4, setting?.rangeV6].flatMap((text) => parseNetwork(text ?? "") ?? []);
  // An attached network that holds the VPN's own range would let devices reach one another.
  return networks.filter((text) => {
    const network = parseNetwork(text);
    return network !== undefined && !own.some((range) => contains(range, network));
  });
}

export function currentZones(deps: VpnDeps, repository: Repository): Zone[] {
  return zonesOf({
    serverPorts: deps.serverPorts(),
    lanNetworks: lanNetworks(deps, repository.setting()),
    named: repository.zones(),
  });
}

export function makePlan(deps: VpnDeps, repository: Repository, setting: VpnSetting): Plan {
  const zones = currentZones(deps, repository);
  const unreadable: Peer[] = [];
  const active = repository.peers().flatMap((peer) => {
    if (stateOf(deps, peer) !== "active") return [];
    const presharedKey = openPresharedKey(deps, peer);
    if (presharedKey === undefined) unreadable.push(peer);
    return presharedKey === undefined ? [] : [{ ...peer, presharedKey, ...addressesOf(setting, peer.host) }];
  });
  const given = new Map(active.map((peer) => [peer.id, new Set(effectiveZones(deps, zones, peer))]));
  const policies = zones.map(({ id, reach }) => ({
    id,
    reach,
    sources: active.filter((peer) => given.get(peer.id)?.has(id)),
  }));
  const server = addressesOf(setting, serverHost);
  const ends = active.flatMap(({ expiresAtMs }) => expiresAtMs ?? []);
  return {
    policy: {
      interface: deps.config.interface,
      rangeV4: setting.rangeV4,
      rangeV6: setting.rangeV6,
      zones: policies,
      unmasked: deps.config.lanMasquerade ? [] : lanNetworks(deps, setting),
    },
    peers: active,
    addresses: [withLength(server.addressV4, setting.rangeV4), withLength(server.addressV6, setting.rangeV6)],
    forwards: policies.some(({ reach, sources }) => reach.kind !== "server" && sources.length > 0),
    nextExpiryMs: ends.length === 0 ? null : Math.min(...ends),
    unreadable,
  };
}

/** Undefined when the key it was sealed with is gone: only that device is out, and new keys mend it. */
function openPresharedKey({ secrets, log }: VpnDeps, peer: Peer): string | undefined {
  try {
    return new TextDecoder().decode(secrets.open(peer.presharedKeySealed, presharedPurpose(peer.id)));
  } catch (cause) {
    log.warn("the preshared key of a device cannot be read", { peer: peer.id, cause });
    return undefined;
  }
}
