import { join } from "node:path";
import type { z } from "zod";
import { AppError } from "#platform/errors";
import { addressesOf, type Ranges, randomRanges, serverHost } from "./addresses.ts";
import { attachedNetworks } from "./attached.ts";
import type { ClientConfig, VpnPeer, VpnStatus } from "./contract.ts";
import { createControl } from "./control.ts";
import type { PeerTraffic } from "./dump.ts";
import { findingsOf, noEndpoint } from "./findings.ts";
import { type KeyPair, makeInterfaceKey, readInterfaceKey } from "./keys.ts";
import { createPeers, type NewKeys, type Peers } from "./peers.ts";
import { currentZones, effectiveZones, makePlan, stateOf } from "./plan.ts";
import type { VpnDeps } from "./ports.ts";
import { fullNetworks, renderClient, renderWgQuick, rulesPath, splitNetworks } from "./render.ts";
import { createRepository, type Peer, type Repository, type VpnSetting } from "./repository.ts";

type Config = z.infer<typeof ClientConfig>;
type Status = z.infer<typeof VpnStatus>;
export type TunnelKind = "full" | "split";

export interface Vpn {
  readonly repository: Repository;
  readonly peers: Peers;
  /** Brings the machine to what is stored; never throws for what the machine refuses, `status` tells. */
  start(): Promise<void>;
  /** What a person may do or reach has changed: follow at once. */
  refresh(): void;
  /** Durable and in force when it resolves, or throws `unavailable`. */
  commit(): Promise<void>;
  enable(): Promise<void>;
  disable(): Promise<void>;
  status(): Promise<Status>;
  /** A stored device with what WireGuard knows of it. */
  describe(peers: readonly Peer[]): Promise<VpnPeer[]>;
  /** `keys` when they were just made. Throws `conflict` when there is nothing to dial yet. */
  clientConfig(peer: Peer, kind: TunnelKind, keys?: NewKeys): Config;
  /** With the server's private key. */
  files(): { fileName: string; text: string; use: string }[];
  stop(): Promise<void>;
}

const keyFile = "interface.key";
const onlineMs = 180_000;
/** A session in use shakes hands every two minutes; what is stored may lag that much. */
const noteEveryMs = 60_000;

export function createVpn(deps: VpnDeps): Vpn {
  const { db, clock, log, config } = deps;
  const repository = createRepository(db);
  const keyPath = join(deps.folder, keyFile);
  let kept: KeyPair | undefined;
  const key = () => (kept ??= readInterfaceKey(keyPath));
  const control = createControl(deps, repository, key);
  const peers = createPeers(deps, repository, () => key()?.publicKey);
  let started = false;

  const commit = async () => {
    await db.sync();
    await control.reconcile();
  };
  /** What the configuration names counts; else what was drawn the first time. */
  const rangesOf = (stored: VpnSetting | undefined): Ranges => {
    const random = () => randomRanges(deps.random, attachedNetworks(config.interface, deps.interfaces?.()));
    const drawn = stored ?? random();
    return { rangeV4: config.rangeV4 ?? drawn.rangeV4, rangeV6: config.rangeV6 ?? drawn.rangeV6 };
  };
  const requireSetting = (): VpnSetting => {
    const setting = repository.setting();
    if (setting === undefined) throw new AppError("conflict", "The VPN has to be switched on first.");
    return setting;
  };

  return {
    repository,
    peers,
    start: async () => {
      started = true;
      const stored = repository.setting();
      if (stored !== undefined) repository.setSetting({ ...stored, ...rangesOf(stored) });
      if (stored?.enabled === true) await control.reconcile().catch(() => undefined);
    },
    refresh: () => {
      // The change that calls may still be in its transaction.
      setTimeout(() => started && void control.reconcile().catch(() => undefined), 0);
    },
    commit,
    enable: async () => {
      if (key() === undefined) kept = makeInterfaceKey(keyPath, deps.random);
      repository.setSetting({ enabled: true, ...rangesOf(repository.setting()) });
      await commit();
    },
    disable: async () => {
      const setting = repository.setting();
      if (setting !== undefined) repository.setSetting({ ...setting, enabled: false });
      await commit();
    },
    status: async () => {
      const setting = repository.setting();
      const server = setting && addressesOf(setting, serverHost);
      const described = await describe();
      return {
        enabled: setting?.enabled ?? false,
        state: control.state,
        message: messages[control.state](control.failure),
        findings: await findingsOf(deps, control),
        backend: control.tunnel.backend,
        interface: config.interface,
        listenPort: config.port,
        endpoint: endpointOf(deps) ?? null,
        publicKey: key()?.publicKey ?? null,
        addressV4: server?.addressV4 ?? null,
        addressV6: server?.addressV6 ?? null,
        rangeV4: setting?.rangeV4 ?? null,
        rangeV6: setting?.rangeV6 ?? null,
        peerCount: described.length,
        onlineCount: described.filter(({ online }) => online).length,
      };
    },
    describe: (list) => describe(list),
    clientConfig: (peer, kind, keys) =>
      clientConfig(deps, repository, { peer, kind, keys, serverKey: key()?.publicKey }),
    files: () => {
      const pair = key();
      const setting = requireSetting();
      if (pair === undefined) throw new AppError("conflict", "The VPN has to be switched on first.");
      const plan = makePlan(deps, repository, setting);
      const name = config.interface;
      const server = { key: pair, port: config.port, peers: plan.peers };
      return [
        {
          fileName: "hearth.nft",
          text: deps.firewall.text(),
          use: `sudo install -m 600 hearth.nft ${rulesPath}`,
        },
        {
          fileName: `${name}.conf`,
          text: renderWgQuick(server, plan.addresses, plan.forwards),
          use: `sudo install -m 600 ${name}.conf /etc/wireguard/ && sudo systemctl enable wg-quick@${name} && sudo systemctl restart wg-quick@${name}`,
        },
      ];
    },
    stop: async () => {
      started = false;
      // WireGuard forgets when a device was last here; we do not.
      await describe();
      await control.stop();
    },
  };

  async function describe(list: readonly Peer[] = repository.peers()): Promise<VpnPeer[]> {
    const setting = repository.setting();
    const traffic = await control.tunnel.traffic().catch((cause: unknown) => {
      log.warn("the VPN's traffic could not be read", { cause });
      return new Map<string, PeerTraffic>();
    });
    const zones = currentZones(deps, repository);
    return list.map((peer) => {
      const seen = traffic.get(peer.publicKey);
      const lastHandshakeAtMs = seen?.lastHandshakeAtMs ?? peer.lastHandshakeAtMs;
      if (lastHandshakeAtMs !== null && lastHandshakeAtMs - (peer.lastHandshakeAtMs ?? 0) >= noteEveryMs) {
        repository.setLastHandshake(peer.id, lastHandshakeAtMs);
      }
      return {
        id: peer.id,
        personId: peer.personId,
        personName: deps.findPerson(peer.personId)?.displayName ?? "",
        device: peer.device,
        publicKey: peer.publicKey,
        keyMadeBy: peer.keyMadeBy,
        ...(setting === undefined ? { addressV4: "", addressV6: "" } : addressesOf(setting, peer.host)),
        zones: [...peer.zones],
        effectiveZones: effectiveZones(deps, zones, peer),
        keepalive: peer.keepalive,
        createdAtMs: peer.createdAtMs,
        expiresAtMs: peer.expiresAtMs,
        state: stateOf(deps, peer),
        online: seen !== undefined && lastHandshakeAtMs !== null && clock.now() - lastHandshakeAtMs < onlineMs,
        lastHandshakeAtMs,
        endpoint: seen?.endpoint ?? null,
        receivedBytes: seen?.receivedBytes ?? 0,
        sentBytes: seen?.sentBytes ?? 0,
      };
    });
  }
}

const messages: Record<Status["state"], (failure: string | null) => string> = {
  off: () => "The VPN is off.",
  running: () => "The VPN runs.",
  "files-only": () =>
    "This process cannot change the machine's network. The files can be downloaded and put in place by hand; see what is missing.",
  failed: (failure) => `The VPN does not run: ${failure ?? "nothing more is known"}`,
};

/** HOST:PORT; the port of this machine when the configuration names none. */
function endpointOf({ config: { endpoint, port } }: VpnDeps): string | undefined {
  if (endpoint === undefined) return undefined;
  return /:\d+$/.test(endpoint.replace(/^\[.*\]/, "v6")) ? endpoint : `${endpoint}:${port}`;
}

interface ClientParts {
  readonly peer: Peer;
  readonly kind: TunnelKind;
  readonly keys: NewKeys | undefined;
  readonly serverKey: string | undefined;
}

function clientConfig(deps: VpnDeps, repository: Repository, { peer, kind, keys, serverKey }: ClientParts): Config {
  const setting = repository.setting();
  const endpoint = endpointOf(deps);
  if (setting === undefined || serverKey === undefined) {
    throw new AppError("conflict", "The VPN has to be switched on first.");
  }
  if (endpoint === undefined) {
    throw new AppError("conflict", `Devices would not know where to dial: ${noEndpoint.remedy}.`);
  }
  const given = currentZones(deps, repository).filter(({ id }) => peer.zones.includes(id));
  if (kind === "full" && !given.some(({ kind: zone }) => zone === "internet")) {
    throw new AppError("bad-request", "A full tunnel needs the zone internet: without it the device would have none.");
  }
  const server = addressesOf(setting, serverHost);
  const { dns } = deps.config;
  const split = () =>
    splitNetworks(
      server,
      dns,
      given.map(({ reach }) => reach),
    );
  return renderClient({
    device: peer.device,
    serverName: "hearth",
    ...addressesOf(setting, peer.host),
    privateKey: keys?.privateKey ?? null,
    presharedKey: keys?.presharedKey ?? null,
    serverKey,
    endpoint,
    dns,
    allowed: kind === "full" ? fullNetworks : split(),
    keepalive: peer.keepalive,
  });
}
