import { randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { freeHost } from "./addresses.ts";
import type { ParsedInputOf } from "#wire";
import type { vpnContract } from "./contract.ts";
import { newKeyPair, newPresharedKey } from "./keys.ts";
import { currentZones, presharedPurpose } from "./plan.ts";
import type { VpnDeps } from "./ports.ts";
import type { Peer, Repository } from "./repository.ts";

const maxPerPerson = 50;
const idBits = 96;

/** Secrets of a device that was just made or got new keys; nowhere else in plain. */
export interface NewKeys {
  readonly peer: Peer;
  /** Null: the device has it. */
  readonly privateKey: string | null;
  readonly presharedKey: string;
}

type Input<N extends keyof typeof vpnContract> = ParsedInputOf<typeof vpnContract, N>;
export type Peers = ReturnType<typeof createPeers>;

/** The devices as they are stored. Synchronous; whoever changes something syncs the database and reconciles before answering. */
export function createPeers(deps: VpnDeps, repository: Repository, serverKey: () => string | undefined) {
  const { clock, random, secrets } = deps;

  /** Throws `forbidden` for a zone the person may not reach, `bad-request` for one that is not there. */
  const requireZones = (personId: number, ids: readonly string[], had: readonly string[] = []): string[] => {
    const known = new Set(currentZones(deps, repository).map(({ id }) => id));
    for (const id of ids) {
      if (!known.has(id)) throw new AppError("bad-request", `There is no zone ${id}.`);
      const { allowed, reason } = deps.mayReach(personId, id);
      if (!allowed && !had.includes(id)) throw new AppError("forbidden", `Not the zone ${id}: ${reason}`);
    }
    return [...new Set(ids)];
  };
  const requireFuture = (expiresAtMs: number | null): number | null => {
    if (expiresAtMs === null || expiresAtMs > clock.now()) return expiresAtMs;
    throw new AppError("bad-request", "The expiry is in the past.");
  };
  const makeKeys = (id: string, given: string | undefined, own?: Peer) => {
    const pair = given === undefined ? newKeyPair(random) : undefined;
    const publicKey = given ?? pair?.publicKey ?? "";
    const twin = repository.peers().find((peer) => peer.publicKey === publicKey);
    if (publicKey === serverKey()) throw new AppError("bad-request", "This is the key of the server.");
    if (twin !== undefined && twin.id !== own?.id) throw new AppError("exists", "Another device has this key.");
    const presharedKey = newPresharedKey(random);
    const sealed = secrets.seal(new TextEncoder().encode(presharedKey), presharedPurpose(id));
    return {
      secret: { privateKey: pair?.privateKey ?? null, presharedKey },
      stored: { publicKey, keyMadeBy: given === undefined ? "server" : "device", presharedKeySealed: sealed } as const,
    };
  };

  return {
    /** Throws `not-found` also for a device of somebody else that is none of the caller's business. */
    require: (actor: Actor, id: string): Peer => {
      const peer = repository.peer(id);
      const mayManage = actor.kind === "system" || actor.capabilities.has("security.manage");
      if (peer === undefined || (peer.personId !== actor.userId && !mayManage)) {
        throw new AppError("not-found", "There is no such device.");
      }
      return peer;
    },
    create: (personId: number, input: Input<"vpnPeer.create">): NewKeys => {
      const setting = repository.setting();
      if (setting === undefined) throw new AppError("conflict", "The VPN has to be switched on first.");
      const person = deps.findPerson(personId);
      if (person === undefined) throw new AppError("not-found", "There is no such person.");
      if (!person.enabled || !person.mayUse) {
        throw new AppError("forbidden", `${person.displayName} may not use the VPN.`);
      }
      const all = repository.peers();
      if (all.filter((peer) => peer.personId === personId).length >= maxPerPerson) {
        throw new AppError("conflict", `A person can have ${maxPerPerson} devices. Revoke one that is not used.`);
      }
      const id = randomToken(random, idBits);
      const keys = makeKeys(id, input.publicKey);
      const peer: Peer = {
        id,
        personId,
        device: input.device,
        host: freeHost(setting, new Set(all.map(({ host }) => host))),
        ...keys.stored,
        zones: requireZones(personId, input.zones),
        keepalive: input.keepalive,
        createdAtMs: clock.now(),
        expiresAtMs: requireFuture(input.expiresAtMs),
        lastHandshakeAtMs: null,
      };
      repository.insertPeer(peer);
      return { peer, ...keys.secret };
    },
    update: (peer: Peer, { device, zones, expiresAtMs, keepalive }: Omit<Input<"vpnPeer.update">, "id">): Peer => {
      const changed: Peer = {
        ...peer,
        device: device ?? peer.device,
        keepalive: keepalive ?? peer.keepalive,
        zones: zones === undefined ? peer.zones : requireZones(peer.personId, zones, peer.zones),
        expiresAtMs: expiresAtMs === undefined ? peer.expiresAtMs : requireFuture(expiresAtMs),
      };
      repository.updatePeer(changed);
      return changed;
    },
    rotate: (peer: Peer, publicKey: string | undefined): NewKeys => {
      if (publicKey === peer.publicKey) throw new AppError("bad-request", "This is the key that the device has now.");
      const keys = makeKeys(peer.id, publicKey, peer);
      const changed: Peer = { ...peer, ...keys.stored };
      repository.updatePeer(changed);
      return { peer: changed, ...keys.secret };
    },
    revoke: (peer: Peer): void => {
      repository.removePeer(peer.id);
    },
  };
}
