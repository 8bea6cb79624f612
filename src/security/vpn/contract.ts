import { z } from "zod";
import { defineContract } from "#wire";

const wireGuardKeyHint = "a WireGuard key is 32 bytes in base64: 44 characters, the last of them =";
/** 32 bytes in base64, as `wg pubkey` prints them. The last letter before `=` holds four bits and two zeros. */
export const WireGuardKey = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, wireGuardKeyHint);

/** `hearth` (only this server), `lan` and `internet` are always there; the others are named by the household. */
export const ZoneId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "name a zone with a-z, 0-9 and dash, letter first, at most 31 characters");
export type ZoneId = z.infer<typeof ZoneId>;

const PortRange = z
  .object({ first: z.int().min(1).max(65_535), last: z.int().min(1).max(65_535) })
  .refine(({ first, last }) => first <= last, "the last port is not below the first");

/** A part of a named zone: a network, and the ports in it. An address of this server opens the ports on the server. */
export const ZoneTarget = z
  .object({
    network: z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]),
    /** `any` is every protocol, ping among them; ports go with `tcp`, `udp` or `tcp+udp`. */
    protocol: z.enum(["any", "tcp", "udp", "tcp+udp"]).default("any"),
    /** Empty is every port. */
    ports: z.array(PortRange).max(50).default([]),
  })
  .refine(({ protocol, ports }) => protocol !== "any" || ports.length === 0, "ports need a protocol: tcp or udp");
export type ZoneTarget = z.infer<typeof ZoneTarget>;

export const NamedZone = z.object({
  id: ZoneId,
  label: z.string().trim().min(1).max(100),
  targets: z.array(ZoneTarget).min(1).max(50),
});
export type NamedZone = z.infer<typeof NamedZone>;

/** A zone as the page shows it. */
export const VpnZone = z.object({
  id: ZoneId,
  kind: z.enum(["hearth", "lan", "internet", "named"]),
  label: z.string(),
  /** What it reaches now, in words for `hearth` and `internet`; the networks for the others. */
  reaches: z.array(z.string()),
  targets: z.array(ZoneTarget),
  /** Whether devices of the person asked about may be given it, and why (not). */
  allowed: z.boolean(),
  reason: z.string(),
});
export type VpnZone = z.infer<typeof VpnZone>;

const PeerState = z.enum(["active", "expired", "person-disabled", "no-right"]);

/** A device that may dial in. */
export const VpnPeer = z.object({
  id: z.string(),
  personId: z.int(),
  personName: z.string(),
  device: z.string(),
  publicKey: WireGuardKey,
  keyMadeBy: z.enum(["device", "server"]),
  addressV4: z.string(),
  addressV6: z.string(),
  /** What it was given. */
  zones: z.array(ZoneId),
  /** What holds now: of these, what its person may reach. */
  effectiveZones: z.array(ZoneId),
  /** The device sends a packet every 25 s, so that it can be reached behind its router. Costs battery. */
  keepalive: z.boolean(),
  createdAtMs: z.int(),
  expiresAtMs: z.int().nullable(),
  /** Everything but `active` is cut off. */
  state: PeerState,
  /** A handshake within the last 180 s. */
  online: z.boolean(),
  lastHandshakeAtMs: z.int().nullable(),
  /** Where it dialled in from last, as `203.0.113.7:51820`. */
  endpoint: z.string().nullable(),
  /** Since the interface was made. */
  receivedBytes: z.int(),
  sentBytes: z.int(),
});
export type VpnPeer = z.infer<typeof VpnPeer>;

/** `full` sends all traffic of the device home and needs the zone `internet`; `split` only what its zones name. */
const Tunnel = z.enum(["full", "split"]);

/** What stands in a configuration where the device puts the key that it made. */
export const privateKeyPlaceholder = "<private key of this device>";
export const presharedKeyPlaceholder = "<preshared key of this device>";

/** A WireGuard configuration for the device: to save as a file, or to show as a QR code of `text`. */
export const ClientConfig = z.object({
  fileName: z.string(),
  text: z.string(),
  /**
   * `in-text`: ready to use. `placeholder`: the device made its key; `privateKeyPlaceholder` waits for it, to be replaced where
   * the key is and nowhere else.
   */
  privateKey: z.enum(["in-text", "placeholder"]),
  /** `in-text` once, after keys were made; later the line waits like that of the private key. */
  presharedKey: z.enum(["in-text", "placeholder"]),
});
export type ClientConfig = z.infer<typeof ClientConfig>;

export const VpnFinding = z.object({
  id: z.string(),
  state: z.enum(["ok", "warning", "error"]),
  message: z.string(),
  /** The line that mends it. */
  remedy: z.string().nullable(),
});
export type VpnFinding = z.infer<typeof VpnFinding>;

export const VpnStatus = z.object({
  enabled: z.boolean(),
  /**
   * `off`; `running`; `files-only`: this process cannot touch the network, the files can be downloaded and used by hand;
   * `failed`: it should run and does not, `findings` say why.
   */
  state: z.enum(["off", "running", "files-only", "failed"]),
  /** One plain sentence about the state. */
  message: z.string(),
  findings: z.array(VpnFinding),
  backend: z.enum(["kernel", "wireguard-go"]).nullable(),
  interface: z.string(),
  listenPort: z.int(),
  /** HOST:PORT that devices dial; null until `security.network.vpn.endpoint` is set. */
  endpoint: z.string().nullable(),
  /** Of the server; null until it was switched on once. */
  publicKey: WireGuardKey.nullable(),
  addressV4: z.string().nullable(),
  addressV6: z.string().nullable(),
  rangeV4: z.string().nullable(),
  rangeV6: z.string().nullable(),
  peerCount: z.int(),
  onlineCount: z.int(),
});
export type VpnStatus = z.infer<typeof VpnStatus>;

const DeviceName = z.string().trim().min(1).max(60);
const ExpiresAtMs = z.int().positive().nullable();
const PeerZones = z.array(ZoneId).max(50);

export const vpnContract = defineContract({
  "vpn.status": {
    summary: "Whether the VPN runs, how devices reach it, and what is missing.",
    input: z.object({}),
    output: VpnStatus,
    permission: "vpn.use",
    effect: "read",
  },
  "vpn.enable": {
    summary: "Switch the VPN on; makes the server's key and address ranges the first time.",
    input: z.object({}),
    output: VpnStatus,
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "vpn.disable": {
    summary: "Switch the VPN off: every device is cut off at once, and all are kept for the next time.",
    input: z.object({}),
    output: VpnStatus,
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "vpn.files": {
    summary:
      "Server files for use by hand (wg-quick, nft), with the server's private key: where the process has no right.",
    input: z.object({}),
    output: z.object({ files: z.array(z.object({ fileName: z.string(), text: z.string(), use: z.string() })) }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "vpnPeer.list": {
    summary: "One's own devices; everybody's for those who look after security.",
    input: z.object({}),
    output: z.object({ peers: z.array(VpnPeer) }),
    permission: "vpn.use",
    effect: "read",
  },
  "vpnPeer.create": {
    summary:
      "Let a device dial in. With `publicKey` the device made its key; without it the key is in this answer only.",
    input: z.object({
      /** Oneself when absent; another person needs security.manage. */
      personId: z.int().positive().optional(),
      device: DeviceName,
      publicKey: WireGuardKey.optional(),
      zones: PeerZones.default(["hearth"]),
      expiresAtMs: ExpiresAtMs.default(null),
      keepalive: z.boolean().default(false),
      tunnel: Tunnel.default("split"),
    }),
    output: z.object({ peer: VpnPeer, config: ClientConfig }),
    permission: "vpn.use",
    effect: "write",
    stepUp: true,
  },
  "vpnPeer.update": {
    summary: "Change name, zones, expiry or keepalive of a device; rights change at once, sessions go on.",
    input: z.object({
      id: z.string(),
      device: DeviceName.optional(),
      zones: PeerZones.optional(),
      expiresAtMs: ExpiresAtMs.optional(),
      keepalive: z.boolean().optional(),
    }),
    output: z.object({ peer: VpnPeer }),
    permission: "vpn.use",
    effect: "write",
    stepUp: true,
  },
  "vpnPeer.revoke": {
    summary: "Take a device's access away for good; it is cut off before this answers.",
    input: z.object({ id: z.string() }),
    output: z.object({}),
    permission: "vpn.use",
    effect: "write",
  },
  "vpnPeer.rotate": {
    summary: "New keys for a device, same addresses and rights; the old keys stop working before this answers.",
    input: z.object({ id: z.string(), publicKey: WireGuardKey.optional(), tunnel: Tunnel.default("split") }),
    output: z.object({ peer: VpnPeer, config: ClientConfig }),
    permission: "vpn.use",
    effect: "write",
    stepUp: true,
  },
  "vpnPeer.configText": {
    summary: "The configuration of a device as it should be now, without its keys: they were shown once.",
    input: z.object({ id: z.string(), tunnel: Tunnel.default("split") }),
    output: z.object({ config: ClientConfig }),
    permission: "vpn.use",
    effect: "read",
  },
  "vpnZone.list": {
    summary: "What devices can be let into, and which of it a person's devices may be given.",
    input: z.object({
      /** Oneself when absent; another person needs security.manage. */
      personId: z.int().positive().optional(),
    }),
    output: z.object({ zones: z.array(VpnZone) }),
    permission: "vpn.use",
    effect: "read",
  },
  "vpnZone.set": {
    summary: "Replace the named zones; a zone that goes is taken from every device.",
    input: z.object({ zones: z.array(NamedZone).max(50) }),
    output: z.object({ zones: z.array(VpnZone) }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "vpnPeer.explain": {
    summary: "Whether a device reaches an address and port, and which of its zones decides.",
    input: z.object({
      id: z.string(),
      address: z.union([z.ipv4(), z.ipv6()]),
      protocol: z.enum(["tcp", "udp", "icmp"]),
      /** Not for icmp. */
      port: z.int().min(1).max(65_535).optional(),
    }),
    output: z.object({ allowed: z.boolean(), zone: ZoneId.nullable(), reason: z.string() }),
    permission: "vpn.use",
    effect: "read",
  },
});
