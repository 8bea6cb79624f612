import { parseNetwork } from "./addresses.ts";

/** A MaxMind database (format 2.0) of IPv4 networks and their countries, as small as the format allows. */
export function mmdbOf(countries: Readonly<Record<string, string>>, builtAtMs: number): Buffer {
  const nodes: [number | string, number | string][] = [[-1, -1]];
  for (const [text, country] of Object.entries(countries)) {
    const network = parseNetwork(text);
    if (network === undefined) throw new Error(`${text} is no network`);
    let at = 0;
    for (let bit = 0; bit < network.prefix; bit += 1) {
      const side = ((network.bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
      const node = nodes[at] as [number | string, number | string];
      if (bit === network.prefix - 1) node[side] = country;
      else if (node[side] === -1) node[side] = nodes.push([-1, -1]) - 1;
      at = node[side] as number;
    }
  }
  const offsets = new Map<string, number>();
  const data: Buffer[] = [];
  for (const country of new Set(Object.values(countries))) {
    offsets.set(country, Buffer.concat(data).length);
    data.push(map([["country", map([["iso_code", text(country)]])]]));
  }
  const record = (value: number | string) =>
    typeof value === "string" ? nodes.length + 16 + (offsets.get(value) ?? 0) : value === -1 ? nodes.length : value;
  const tree = Buffer.alloc(nodes.length * 6);
  nodes.forEach(([left, right], index) => {
    tree.writeUIntBE(record(left), index * 6, 3);
    tree.writeUIntBE(record(right), index * 6 + 3, 3);
  });
  const metadata = map([
    ["node_count", unsigned(6, nodes.length)],
    ["record_size", unsigned(5, 24)],
    ["ip_version", unsigned(5, 4)],
    ["database_type", text("Country")],
    ["languages", Buffer.from([0x00, 0x04])],
    ["binary_format_major_version", unsigned(5, 2)],
    ["binary_format_minor_version", unsigned(5, 0)],
    ["build_epoch", unsigned(9, Math.floor(builtAtMs / 1000))],
    ["description", map([])],
  ]);
  const marker = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, metadata]);
}

/** Types over 7 are extended: control byte 0, then type less 7. */
function control(type: number, size: number): Buffer {
  return type > 7 ? Buffer.from([size, type - 7]) : Buffer.from([(type << 5) | size]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = bytes.length < 29 ? control(2, bytes.length) : Buffer.from([(2 << 5) | 29, bytes.length - 29]);
  return Buffer.concat([head, bytes]);
}

function unsigned(type: number, value: number): Buffer {
  const bytes = Buffer.from(value.toString(16).padStart(value > 0xff_ff ? 8 : 4, "0"), "hex");
  return Buffer.concat([control(type, bytes.length), bytes]);
}

function map(entries: readonly (readonly [string, Buffer])[]): Buffer {
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, value]) => [text(key), value])]);
}
