import { isIP } from "node:net";

/** 4 or 16 bytes. An IPv4 address written as IPv6 (`::ffff:1.2.3.4`) has 4. */
export type AddressBytes = Uint8Array;

export interface Network {
  /** Bits after the prefix are 0. */
  readonly bytes: AddressBytes;
  readonly prefix: number;
}

/** Undefined when the text is no address. A zone (`fe80::1%eth0`) is left out. */
export function parseAddress(text: string): AddressBytes | undefined {
  const bare = text.includes("%") ? text.slice(0, text.indexOf("%")) : text;
  const family = isIP(bare);
  if (family === 4) return Uint8Array.from(bare.split("."), Number);
  if (family !== 6) return undefined;
  const bytes = parseIpv6(bare);
  return isMapped(bytes) ? bytes.slice(12) : bytes;
}

/** `text` is known to be an IPv6 address. */
function parseIpv6(text: string): AddressBytes {
  const [head = "", tail] = text.split("::");
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const bytes = new Uint8Array(16);
  bytes.set(left, 0);
  bytes.set(right, 16 - right.length);
  return bytes;
}

function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function isMapped(bytes: AddressBytes): boolean {
  return bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0);
}

const rangeForm = /^([^/]+)(?:\/(\d{1,3}))?$/;

/** An address or `ADDRESS/PREFIX`; bits after the prefix are dropped. Undefined when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const match = rangeForm.exec(text.trim());
  const bytes = match?.[1] === undefined ? undefined : parseAddress(match[1]);
  if (bytes === undefined) return undefined;
  const bits = bytes.length * 8;
  const prefix = match?.[2] === undefined ? bits : Number(match[2]);
  return prefix > bits ? undefined : { bytes: masked(bytes, prefix), prefix };
}

function masked(bytes: AddressBytes, prefix: number): AddressBytes {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff00 >> kept) & 0xff;
  });
}

/** What one household or line has: an IPv4 address, or the /64 of an IPv6 one. */
export function lineOf(bytes: AddressBytes): Network {
  const prefix = bytes.length === 4 ? 32 : 64;
  return { bytes: masked(bytes, prefix), prefix };
}

/** `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/64`. */
export function renderNetwork({ bytes, prefix }: Network): string {
  const text = bytes.length === 4 ? bytes.join(".") : renderIpv6(bytes);
  return prefix === bytes.length * 8 ? text : `${text}/${prefix}`;
}

/** The longest run of zero groups is `::` (RFC 5952). */
function renderIpv6(bytes: AddressBytes): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
  const text = groups.map((group) => group.toString(16)).join(":");
  const runs = text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  if (longest === "") return text;
  return text.replace(longest, "::").replace(/:{3,}/, "::");
}

export function contains(network: Network, bytes: AddressBytes): boolean {
  if (network.bytes.length !== bytes.length) return false;
  const whole = network.prefix >> 3;
  for (let i = 0; i < whole; i += 1) if (network.bytes[i] !== bytes[i]) return false;
  const rest = network.prefix & 7;
  return rest === 0 || ((bytes[whole] ?? 0) & (0xff00 >> rest) & 0xff) === network.bytes[whole];
}

/** Whether the two have an address in common. */
export function overlap(one: Network, other: Network): boolean {
  return contains(one, other.bytes) || contains(other, one.bytes);
}

/** Numbers for IPv4, as most keys are; the length is part of a key. */
function keyOf(bytes: AddressBytes, prefix: number): number | string {
  if (bytes.length !== 4) return `${prefix}/${masked(bytes, prefix).join(".")}`;
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const mask = prefix === 0 ? 0 : -1 << (32 - prefix);
  const held = (((a << 24) | (b << 16) | (c << 8) | d) & mask) >>> 0;
  return prefix * 2 ** 32 + held;
}

/** Networks by address: one look-up for each length of prefix in use, however many networks there are. */
export interface NetworkMap<Value> {
  readonly size: number;
  get(network: Network): Value | undefined;
  set(network: Network, value: Value): void;
  delete(network: Network): void;
  values(): IterableIterator<Value>;
  /** The values of all networks that hold the address, longest prefix first. */
  holding(bytes: AddressBytes): Value[];
}

export function createNetworkMap<Value>(): NetworkMap<Value> {
  const entries = new Map<number | string, Value>();
  const inUse = { 4: new Map<number, number>(), 16: new Map<number, number>() };
  const longestFirst: Record<4 | 16, readonly number[]> = { 4: [], 16: [] };
  const count = (bytes: AddressBytes, prefix: number, change: 1 | -1) => {
    const family = familyOf(bytes);
    const lengths = inUse[family];
    const left = (lengths.get(prefix) ?? 0) + change;
    if (left === 0) lengths.delete(prefix);
    else lengths.set(prefix, left);
    if (left === 0 || (left === 1 && change === 1)) {
      longestFirst[family] = [...lengths.keys()].toSorted((a, b) => b - a);
    }
  };
  return {
    get size() {
      return entries.size;
    },
    get: ({ bytes, prefix }) => entries.get(keyOf(bytes, prefix)),
    set: ({ bytes, prefix }, value) => {
      const key = keyOf(bytes, prefix);
      if (!entries.has(key)) count(bytes, prefix, 1);
      entries.set(key, value);
    },
    delete: ({ bytes, prefix }) => {
      if (entries.delete(keyOf(bytes, prefix))) count(bytes, prefix, -1);
    },
    values: () => entries.values(),
    holding: (bytes) => {
      const found: Value[] = [];
      for (const prefix of longestFirst[familyOf(bytes)]) {
        const value = entries.get(keyOf(bytes, prefix));
        if (value !== undefined) found.push(value);
      }
      return found;
    },
  };
}

const familyOf = (bytes: AddressBytes) => (bytes.length === 4 ? 4 : 16);
