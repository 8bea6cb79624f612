import { type Family, contains, disjoint, parseNetwork } from "./networks.ts";
import { type Ban, notPublicV4, type Protocol, publicV6, type Reach, type TablePolicy } from "./policy.ts";
import type { PortRange, Source, TunnelPolicy, ZonePolicy } from "./policy.ts";

/** The only table that is ours; nothing else of the machine's rules is read or written. */
export const tableName = "inet hearth";
const families = [4, 6] as const;
const ip = (family: Family) => (family === 4 ? "ip" : "ip6");

/** Makes the table anew, whatever was there, in the one transaction that a file is: `nft -f` (nft(8), ATOMICITY). */
export function renderTable(policy: TablePolicy, nowMs: number): string {
  const { tunnel } = policy;
  const zones = tunnel?.zones.filter(({ sources }) => sources.length > 0) ?? [];
  const sections = [
    ...families.map((family) => banSet(policy.bans, family, nowMs)),
    ...zones.flatMap((zone) => families.map((family) => sourceSet(zone, family, nowMs))),
    chain("bans", "type filter hook prerouting priority mangle; policy accept;", [
      'iif "lo" accept',
      ...(tunnel === null ? [] : [`iifname "${tunnel.interface}" accept`]),
      "ip saddr @ban_4 drop",
      "ip6 saddr @ban_6 drop",
    ]),
    ...(tunnel === null ? [] : tunnelChains(tunnel, zones)),
  ];
  return `${renderRemoval()}table ${tableName} {\n${sections.join("\n")}}\n`;
}

/** Takes the table away; does not mind when there is none. */
export function renderRemoval(): string {
  return `table ${tableName}\ndelete table ${tableName}\n`;
}

function tunnelChains(tunnel: TunnelPolicy, zones: readonly ZonePolicy[]): string[] {
  const name = `"${tunnel.interface}"`;
  const rules = (kind: "input" | "forward" | "return") =>
    zones.flatMap((zone) => families.flatMap((family) => zoneRules(zone, family, kind)));
  const answers = ["meta l4proto { icmp, icmpv6 } ct state related accept"];
  const sources = zones.flatMap((zone) => zone.sources);
  return [
    chain("input", "type filter hook input priority filter; policy accept;", [`iifname ${name} jump vpn_input`]),
    chain("forward", "type filter hook forward priority filter; policy accept;", [
      `iifname ${name} oifname ${name} ct direction reply jump vpn_return`,
      `iifname ${name} jump vpn_forward`,
      `oifname ${name} jump vpn_return`,
    ]),
    // A device's own packets are judged by today's rights each time, so taking a right away also ends what runs.
    chain("vpn_input", null, [
      "ct state invalid drop",
      ...endings(sources, "saddr"),
      ...answers,
      "ct state established ct direction reply accept",
      ...rules("input"),
      "drop",
    ]),
    chain("vpn_forward", null, [
      "ct state invalid drop",
      ...endings(sources, "saddr"),
      "tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu",
      ...answers,
      ...rules("forward"),
      "drop",
    ]),
    chain("vpn_return", null, [
      ...endings(sources, "daddr"),
      "tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu",
      ...answers,
      ...rules("return"),
      "drop",
    ]),
    chain("postrouting", "type nat hook postrouting priority srcnat; policy accept;", masquerades(tunnel)),
  ];
}

/**
 * A device's end as the clock tells it: it also holds while this program does not run, after a suspend, and when an old file is
 * loaded again. In seconds since 1970, as nft reads them.
 */
function endings(sources: readonly Source[], near: "saddr" | "daddr"): string[] {
  const ends = new Map(sources.map((source) => [source.addressV4, source]));
  return [...ends.values()].flatMap(({ addressV4, addressV6, expiresAtMs }) => {
    if (expiresAtMs === null) return [];
    const over = `meta time >= ${Math.ceil(expiresAtMs / 1000)} drop`;
    return [`ip ${near} ${addressV4} ${over}`, `ip6 ${near} ${addressV6} ${over}`];
  });
}

/** Behind another sender: neighbours and the internet know no way back to the VPN's addresses. */
function masquerades(tunnel: TunnelPolicy): string[] {
  return families.map((family) => {
    const range = family === 4 ? tunnel.rangeV4 : tunnel.rangeV6;
    const unmasked = disjoint(tunnel.unmasked, family);
    const except = unmasked.length === 0 ? "" : ` ${ip(family)} daddr != ${oneOf(unmasked)}`;
    return `${ip(family)} saddr ${range}${except} oifname != "${tunnel.interface}" masquerade`;
  });
}

/**
 * The rules of a zone: of packets from a device to this machine (`input`) or through it (`forward`), or of the answers that go
 * back through it (`return`), where only what was asked for passes.
 */
function zoneRules(zone: ZonePolicy, family: Family, kind: "input" | "forward" | "return"): string[] {
  const near = kind === "return" ? "daddr" : "saddr";
  const begin = `${kind === "return" ? "ct state established ct direction reply " : ""}${ip(family)} ${near} @${setOf(zone, family)}`;
  return matchers(zone.reach, family, kind).map((match) => `${begin} ${match} accept`);
}

function matchers(reach: Reach, family: Family, kind: "input" | "forward" | "return"): string[] {
  const far = `${ip(family)} ${kind === "return" ? "saddr" : "daddr"}`;
  const port = kind === "return" ? "sport" : "dport";
  switch (reach.kind) {
    case "server":
      if (kind !== "input") return [];
      return [
        ...(reach.tcpPorts.length === 0 ? [] : [`tcp dport { ${reach.tcpPorts.join(", ")} }`]),
        family === 4 ? "icmp type echo-request" : "icmpv6 type echo-request",
      ];
    case "lan": {
      const networks = disjoint(reach.networks, family);
      return kind === "input" || networks.length === 0 ? [] : [`${far} ${oneOf(networks)}`];
    }
    case "internet": {
      if (kind === "input") return [];
      const except = disjoint([...reach.except, ...(family === 4 ? notPublicV4 : [])], family);
      return [
        [
          ...(family === 6 ? [`${far} ${publicV6}`] : []),
          ...(except.length === 0 ? [] : [`${far} != ${oneOf(except)}`]),
        ].join(" "),
      ];
    }
    case "targets":
      return reach.targets.flatMap(({ network, protocol, ports }) => {
        const parsed = parseNetwork(network);
        if (parsed?.family !== family) return [];
        return [`${far} ${parsed.text}${protocolMatch(protocol, ports, port)}`];
      });
  }
}

function protocolMatch(protocol: Protocol, ports: readonly PortRange[], port: "sport" | "dport"): string {
  if (protocol === "any") return "";
  const either = protocol === "tcp+udp";
  if (ports.length === 0) return ` meta l4proto ${either ? "{ tcp, udp }" : protocol}`;
  const list = oneOf(mergePorts(ports).map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)));
  return either ? ` meta l4proto { tcp, udp } th ${port} ${list}` : ` ${protocol} ${port} ${list}`;
}

/** The kernel refuses ranges that overlap. */
function mergePorts(ports: readonly PortRange[]): PortRange[] {
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of ports.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else merged.push({ first, last });
  }
  return merged;
}

const oneOf = (values: readonly string[]): string => `{ ${values.join(", ")} }`;

/** Zone ids have dashes where names of sets may not. */
const setOf = ({ id }: ZonePolicy, family: Family): string => `vpn_${id.replaceAll("-", "_")}_${family}`;

function sourceSet(zone: ZonePolicy, family: Family, nowMs: number): string {
  const live = zone.sources.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs);
  const elements = live.map(({ addressV4, addressV6 }) => (family === 4 ? addressV4 : addressV6));
  return set(setOf(zone, family), family, null, elements);
}

function banSet(bans: readonly Ban[], family: Family, nowMs: number): string {
  return set(`ban_${family}`, family, "interval, timeout", liveBans(bans, family, nowMs));
}

/** Of nested bans the wider one counts while it lasts. */
function liveBans(bans: readonly Ban[], family: Family, nowMs: number): string[] {
  const live = new Map<string, number>();
  for (const { network, untilMs } of bans) {
    const parsed = parseNetwork(network);
    if (parsed?.family === family && untilMs > nowMs) live.set(parsed.text, untilMs);
  }
  return disjoint([...live.keys()], family).map((text) => `${text} ${timeout(live.get(text) ?? nowMs, nowMs)}`);
}

/** When the table has to be made again: a ban ends behind which a longer one of a part of it waits. */
export function nextRenderMs({ bans }: TablePolicy, nowMs: number): number | null {
  const live = bans.filter(({ untilMs }) => untilMs > nowMs);
  const covering = live.filter((outer) =>
    live.some((inner) => inner.untilMs > outer.untilMs && isInside(inner, outer)),
  );
  return covering.length === 0 ? null : Math.min(...covering.map(({ untilMs }) => untilMs));
}

function isInside(inner: Ban, outer: Ban): boolean {
  const [a, b] = [parseNetwork(inner.network), parseNetwork(outer.network)];
  return a !== undefined && b !== undefined && a.text !== b.text && contains(b, a);
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** As `2d3h`: nft reads no number of more than eight digits before a unit. */
function timeout(endMs: number, nowMs: number): string {
  let restMs = endMs - nowMs;
  const parts = units.map(([unit, sizeMs]) => {
    const count = Math.floor(restMs / sizeMs);
    restMs -= count * sizeMs;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return `timeout ${parts.join("")}`;
}

function set(name: string, family: Family, flags: string | null, elements: readonly string[]): string {
  const lines = [`type ipv${family}_addr`, ...(flags === null ? [] : [`flags ${flags}`])];
  if (elements.length > 0) lines.push(`elements = { ${elements.join(",\n\t\t             ")} }`);
  return `\tset ${name} {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
}

function chain(name: string, hook: string | null, rules: readonly string[]): string {
  const lines = hook === null ? rules : [hook, ...rules];
  return `\tchain ${name} {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
}
