/** A packet as a hook of the kernel sees it. */
export interface SeenPacket {
  readonly hook: "input" | "forward";
  readonly iif: string;
  readonly oif: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: "tcp" | "udp" | "icmp" | "icmpv6";
  readonly sourcePort: number;
  readonly port: number;
  readonly state: "new" | "established" | "related" | "invalid";
  readonly direction: "original" | "reply";
  /** When it is seen. */
  readonly atMs: number;
}

interface Table {
  readonly sets: ReadonlyMap<string, readonly string[]>;
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

type Verdict = "accept" | "drop" | undefined;

/**
 * Reads the text of a table and says what becomes of a packet: the part of nftables that we write, worked out from its manual and
 * from nothing of ours, so that tests can hold the text against what it should mean.
 */
export function createInterpreter(text: string): (packet: SeenPacket) => "accept" | "drop" {
  const table = parseTable(text);
  return (packet) => runChain(table, packet.hook, packet) ?? "accept";
}

function parseTable(text: string): Table {
  const sets = new Map<string, string[]>();
  const chains = new Map<string, string[]>();
  for (const [, kind, name = "", body = ""] of text.matchAll(/^\t(set|chain) (\w+) \{\n(.*?)^\t\}$/gms)) {
    if (kind === "set") {
      const elements = /elements = \{(.*?)\}/s.exec(body)?.[1] ?? "";
      const addresses = elements.split(",").map((element) => element.trim().split(" ")[0] ?? "");
      sets.set(
        name,
        addresses.filter((address) => address !== ""),
      );
    } else {
      const lines = body.split("\n").map((line) => line.trim());
      chains.set(
        name,
        lines.filter((line) => line !== "" && !line.startsWith("type ")),
      );
    }
  }
  return { sets, chains };
}

function runChain(table: Table, name: string, packet: SeenPacket): Verdict {
  const rules = table.chains.get(name);
  if (rules === undefined) {
    if (name === packet.hook) return undefined;
    throw new Error(`there is no chain ${name}`);
  }
  for (const rule of rules) {
    const verdict = runRule(table, rule, packet);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function runRule(table: Table, rule: string, packet: SeenPacket): Verdict {
  let rest = rule;
  while (rest !== "") {
    const statement = /^(accept|drop)$|^jump (\w+)$|^tcp option maxseg size set rt mtu$/.exec(rest);
    if (statement !== null) {
      if (statement[1] !== undefined) return statement[1] === "accept" ? "accept" : "drop";
      return statement[2] === undefined ? undefined : runChain(table, statement[2], packet);
    }
    const [whole, field = "", not, value = ""] =
      /^(\S+ \S+) (!= |>= )?(\{[^}]*\}|@\w+|"[^"]*"|\S+)(?: |$)/.exec(normalize(rest)) ?? [];
    if (whole === undefined) throw new Error(`not understood: ${rest}`);
    if (matches(table, packet, field, value) === (not === "!= ")) return undefined;
    rest = normalize(rest).slice(whole.length);
  }
  return undefined;
}

/** `iif "lo"` and `iifname "x"` have one word before their value, all others two. */
function normalize(rule: string): string {
  return rule.replace(/^(iif|iifname|oifname) /, "meta $1 ").replace("tcp flags & (syn | rst) == syn", "tcp flags syn");
}

function matches(table: Table, packet: SeenPacket, field: string, value: string): boolean {
  const v6 = packet.from.includes(":");
  const values = value.startsWith("@")
    ? (table.sets.get(value.slice(1)) ?? [])
    : value
        .replaceAll(/[{}"]/g, "")
        .split(",")
        .map((part) => part.trim());
  const one = (text: string) => values.includes(text);
  const hasPorts = packet.protocol === "tcp" || packet.protocol === "udp";
  const port = (number: number) =>
    values.some((range) => {
      const [first, last = first] = range.split("-").map(Number);
      return (first ?? 0) <= number && number <= (last ?? 0);
    });
  switch (field) {
    case "meta iif":
    case "meta iifname":
      return one(packet.iif);
    case "meta oifname":
      return one(packet.oif);
    case "ct state":
      return one(packet.state);
    case "ct direction":
      return one(packet.direction);
    case "meta time":
      return packet.atMs / 1000 >= Number(value);
    case "meta l4proto":
      return one(packet.protocol);
    case "ip saddr":
    case "ip6 saddr":
      return v6 === (field === "ip6 saddr") && values.some((network) => isInNetwork(packet.from, network));
    case "ip daddr":
    case "ip6 daddr":
      return v6 === (field === "ip6 daddr") && values.some((network) => isInNetwork(packet.to, network));
    case "tcp dport":
    case "udp dport":
      return field.startsWith(packet.protocol) && port(packet.port);
    case "tcp sport":
    case "udp sport":
      return field.startsWith(packet.protocol) && port(packet.sourcePort);
    case "th dport":
      return hasPorts && port(packet.port);
    case "th sport":
      return hasPorts && port(packet.sourcePort);
    case "icmp type":
    case "icmpv6 type":
      return packet.protocol === field.split(" ")[0] && one("echo-request");
    case "tcp flags":
      return packet.protocol === "tcp" && packet.state === "new";
    default:
      throw new Error(`no such field: ${field}`);
  }
}

function isInNetwork(address: string, network: string): boolean {
  const [base = "", length] = network.split("/");
  if (base.includes(":") !== address.includes(":")) return false;
  const bits = address.includes(":") ? 128n : 32n;
  const shift = bits - BigInt(length ?? bits);
  return numberOf(address) >> shift === numberOf(base) >> shift;
}

function numberOf(address: string): bigint {
  if (!address.includes(":")) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - groups(head).length - after.length }, () => "0");
  return [...groups(head), ...zeros, ...after].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}
