import type { z } from "zod";
import { disjoint, type Reach } from "#security/firewall";
import type { AddressPair } from "./addresses.ts";
import { type ClientConfig, presharedKeyPlaceholder, privateKeyPlaceholder } from "./contract.ts";
import type { KeyPair } from "./keys.ts";

/** What WireGuard has to know of a device. */
export interface ServerPeer extends AddressPair {
  readonly publicKey: string;
  readonly presharedKey: string;
}

interface ServerConfig {
  readonly key: KeyPair;
  readonly port: number;
  readonly peers: readonly ServerPeer[];
}

/** For `wg syncconf` (wg(8), CONFIGURATION FILE FORMAT). */
export function renderServer({ key, port, peers }: ServerConfig): string {
  const head = `[Interface]\nPrivateKey = ${key.privateKey}\nListenPort = ${port}\n`;
  const sections = peers.map(
    ({ publicKey, presharedKey, addressV4, addressV6 }) =>
      `\n[Peer]\nPublicKey = ${publicKey}\nPresharedKey = ${presharedKey}\nAllowedIPs = ${addressV4}/32, ${addressV6}/128\n`,
  );
  return head + sections.join("");
}

/**
 * The same for `wg-quick` (wg-quick(8)), which also sets addresses; these with their length. The rules are loaded before the
 * interface is up, at every start of the machine, and an interface without them does not come up.
 */
export function renderWgQuick(config: ServerConfig, addresses: readonly string[], forwards: boolean): string {
  const lines = [
    `Address = ${addresses.join(", ")}`,
    `PreUp = nft -f ${rulesPath}`,
    ...(forwards ? ["PreUp = sysctl -q -w net.ipv4.ip_forward=1"] : []),
    "PostDown = nft delete table inet hearth",
  ];
  return renderServer(config).replace("[Interface]\n", `[Interface]\n${lines.join("\n")}\n`);
}

/** Where the rules lie for `wg-quick`. */
export const rulesPath = "/etc/wireguard/hearth.nft";

/** An address with the length of its range, as `10.86.0.1/24`. */
export function withLength(address: string, range: string): string {
  return `${address}/${range.split("/")[1] ?? ""}`;
}

/** Keeps the mapping in a home router alive (wireguard.com/quickstart). */
const keepaliveSeconds = 25;

interface Client extends AddressPair {
  readonly device: string;
  readonly serverName: string;
  /** Null: the device has it. */
  readonly privateKey: string | null;
  /** Null: the device has it. */
  readonly presharedKey: string | null;
  readonly serverKey: string;
  readonly endpoint: string;
  readonly dns: readonly string[];
  readonly allowed: readonly string[];
  readonly keepalive: boolean;
}

/** The file that a WireGuard app imports. */
export function renderClient(client: Client): z.infer<typeof ClientConfig> {
  const lines = [
    "[Interface]",
    `PrivateKey = ${client.privateKey ?? privateKeyPlaceholder}`,
    `Address = ${client.addressV4}/32, ${client.addressV6}/128`,
    ...(client.dns.length === 0 ? [] : [`DNS = ${client.dns.join(", ")}`]),
    "",
    "[Peer]",
    `PublicKey = ${client.serverKey}`,
    `PresharedKey = ${client.presharedKey ?? presharedKeyPlaceholder}`,
    `Endpoint = ${client.endpoint}`,
    `AllowedIPs = ${client.allowed.join(", ")}`,
    ...(client.keepalive ? [`PersistentKeepalive = ${keepaliveSeconds}`] : []),
  ];
  return {
    fileName: fileNameOf(client.serverName, client.device),
    text: `${lines.join("\n")}\n`,
    privateKey: client.privateKey === null ? "placeholder" : "in-text",
    presharedKey: client.presharedKey === null ? "placeholder" : "in-text",
  };
}

/** The apps call the tunnel by the file, and Linux takes 15 letters, digits and `_=+.-` (wg-quick(8)). */
function fileNameOf(serverName: string, device: string): string {
  const plain = `${serverName}-${device}`
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return `${plain.slice(0, 15).replaceAll(/^-+|-+$/g, "")}.conf`;
}

/** What goes into a tunnel that carries only what its zones reach: the server itself always, so that the page works. */
export function splitNetworks(server: AddressPair, dns: readonly string[], reaches: readonly Reach[]): string[] {
  const networks = reaches.flatMap((reach) => {
    if (reach.kind === "lan") return reach.networks;
    if (reach.kind === "targets") return reach.targets.map(({ network }) => network);
    return [];
  });
  const all = [server.addressV4, server.addressV6, ...dns, ...networks];
  return [...disjoint(all, 4), ...disjoint(all, 6)].map((text) => {
    if (text.includes("/")) return text;
    return text.includes(":") ? `${text}/128` : `${text}/32`;
  });
}
export const fullNetworks = ["0.0.0.0/0", "::/0"];
