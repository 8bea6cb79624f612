import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Handlers, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import { decide, parseNetwork } from "#security/firewall";
import { addressesOf } from "./addresses.ts";
import { ownAddresses } from "./attached.ts";
import { vpnContract } from "./contract.ts";
import type { NewKeys } from "./peers.ts";
import { currentZones, makePlan, stateOf } from "./plan.ts";
import type { VpnDeps } from "./ports.ts";
import type { Peer } from "./repository.ts";
import type { TunnelKind, Vpn } from "./service.ts";
import { describeZone, isBuiltIn } from "./zones.ts";

type All = Handlers<typeof vpnContract>;

export function vpnUseCases(deps: VpnDeps, vpn: Vpn): Implementation[] {
  return implement(vpnContract, {
    ...switchHandlers(vpn),
    ...peerHandlers(deps, vpn),
    ...keyHandlers(deps.db, vpn),
    ...zoneHandlers(deps, vpn),
  });
}

const mayManage = ({ actor }: UseCaseContext): boolean =>
  actor.kind === "system" || actor.capabilities.has("security.manage");

/** Oneself, or somebody else for those who look after security. */
function personOf(context: UseCaseContext, personId: number | undefined): number {
  if (personId === undefined || personId === context.actor.userId) return context.actor.userId;
  if (!mayManage(context)) throw new AppError("forbidden", "This is for those who look after security.");
  return personId;
}

/** The caller's device, or anybody's for those who look after security; named for the audit. */
function peerOf(vpn: Vpn, context: UseCaseContext, id: string): Peer {
  const peer = vpn.peers.require(context.actor, id);
  context.checked(`vpn-peer ${peer.id}`);
  return peer;
}

async function describeOne(vpn: Vpn, peer: Peer) {
  const [described] = await vpn.describe([peer]);
  if (described === undefined) throw new AppError("not-found", "There is no such device.");
  return described;
}

function switchHandlers(vpn: Vpn): Pick<All, "vpn.status" | "vpn.enable" | "vpn.disable" | "vpn.files"> {
  return {
    "vpn.status": () => vpn.status(),
    "vpn.enable": async () => {
      await vpn.enable();
      return vpn.status();
    },
    "vpn.disable": async () => {
      await vpn.disable();
      return vpn.status();
    },
    "vpn.files": () => ({ files: vpn.files() }),
  };
}

function peerHandlers(
  deps: VpnDeps,
  vpn: Vpn,
): Pick<All, "vpnPeer.list" | "vpnPeer.update" | "vpnPeer.revoke" | "vpnPeer.explain"> {
  return {
    "vpnPeer.list": async (context) => {
      const all = vpn.repository.peers();
      const own = all.filter(({ personId }) => personId === context.actor.userId);
      return { peers: await vpn.describe(mayManage(context) ? all : own) };
    },
    "vpnPeer.update": async (context, { id, ...change }) => {
      const peer = vpn.peers.update(peerOf(vpn, context, id), change);
      await vpn.commit();
      return { peer: await describeOne(vpn, peer) };
    },
    "vpnPeer.revoke": async (context, { id }) => {
      vpn.peers.revoke(peerOf(vpn, context, id));
      await vpn.commit();
      return {};
    },
    "vpnPeer.explain": (context, { id, address, protocol, port }) => {
      const peer = peerOf(vpn, context, id);
      if (protocol !== "icmp" && port === undefined) throw new AppError("bad-request", "Name a port.");
      return explain(deps, vpn, peer, { to: parseNetwork(address)?.text ?? address, protocol, port: port ?? 0 });
    },
  };
}

interface Question {
  readonly to: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly port: number;
}

function explain(deps: VpnDeps, vpn: Vpn, peer: Peer, question: Question) {
  const setting = vpn.repository.setting();
  if (setting === undefined) return { allowed: false, zone: null, reason: "The VPN was never switched on." };
  const state = stateOf(deps, peer);
  if (state !== "active") return { allowed: false, zone: null, reason: `The device is cut off: ${state}.` };
  const server = addressesOf(setting, 1);
  const own = [server.addressV4, server.addressV6, ...ownAddresses(deps.interfaces?.())];
  const toServer = own.some((address) => parseNetwork(address)?.text === question.to);
  const { addressV4, addressV6 } = addressesOf(setting, peer.host);
  const from = question.to.includes(":") ? addressV6 : addressV4;
  const zone = decide(
    makePlan(deps, vpn.repository, setting).policy,
    { from, toServer, ...question },
    deps.clock.now(),
  );
  if (zone === undefined) return { allowed: false, zone: null, reason: "None of its zones reaches that." };
  return { allowed: true, zone, reason: `The zone ${zone} reaches it.` };
}

function keyHandlers(db: Db, vpn: Vpn): Pick<All, "vpnPeer.create" | "vpnPeer.rotate" | "vpnPeer.configText"> {
  /** Nothing is kept of a device whose configuration cannot be written. */
  const make = async (work: () => NewKeys, tunnel: TunnelKind) => {
    const made = db.transaction(() => {
      const keys = work();
      return { keys, config: vpn.clientConfig(keys.peer, tunnel, keys) };
    });
    await vpn.commit();
    return { peer: await describeOne(vpn, made.keys.peer), config: made.config };
  };
  return {
    "vpnPeer.create": (context, input) => {
      const personId = personOf(context, input.personId);
      return make(() => {
        const keys = vpn.peers.create(personId, input);
        context.checked(`vpn-peer ${keys.peer.id}`);
        return keys;
      }, input.tunnel);
    },
    "vpnPeer.rotate": (context, { id, publicKey, tunnel }) => {
      const peer = peerOf(vpn, context, id);
      return make(() => vpn.peers.rotate(peer, publicKey), tunnel);
    },
    "vpnPeer.configText": (context, { id, tunnel }) => ({
      config: vpn.clientConfig(peerOf(vpn, context, id), tunnel),
    }),
  };
}

function zoneHandlers(deps: VpnDeps, vpn: Vpn): Pick<All, "vpnZone.list" | "vpnZone.set"> {
  const list = (personId: number) => ({
    zones: currentZones(deps, vpn.repository).map((zone) => describeZone(zone, deps.mayReach(personId, zone.id))),
  });
  return {
    "vpnZone.list": (context, { personId }) => list(personOf(context, personId)),
    "vpnZone.set": async (context, { zones }) => {
      const ids = new Set(zones.map(({ id }) => id));
      if (ids.size !== zones.length) throw new AppError("bad-request", "Two zones have the same id.");
      const taken = zones.find(({ id }) => isBuiltIn(id));
      if (taken !== undefined) throw new AppError("exists", `The zone ${taken.id} is always there.`);
      deps.db.transaction(() => {
        for (const { id } of vpn.repository.zones()) if (!ids.has(id)) deps.onZoneRemoved(id);
        vpn.repository.setZones(zones);
        for (const peer of vpn.repository.peers()) {
          const kept = peer.zones.filter((id) => isBuiltIn(id) || ids.has(id));
          if (kept.length < peer.zones.length) vpn.repository.updatePeer({ ...peer, zones: kept });
        }
      });
      await vpn.commit();
      return list(context.actor.userId);
    },
  };
}
