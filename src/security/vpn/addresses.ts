import ipaddr from "ipaddr.js";
import type { Random } from "#platform/clock";
import { AppError } from "#platform/errors";
import { contains, parseNetwork } from "#security/firewall";

export interface Ranges {
  readonly rangeV4: string;
  readonly rangeV6: string;
}

export interface AddressPair {
  readonly addressV4: string;
  readonly addressV6: string;
}

/** The place of this machine in both ranges; devices come behind it. */
export const serverHost = 1;
/** Enough for any household, and both ranges have as many. */
const maxHosts = 4096;
const maxTries = 100;

/**
 * Ranges that nobody else is likely to use: a random 10.x.y.0/24 in the upper half of 10/8, apart from `taken`, and a random
 * unique local /64 (RFC 4193 §3.2.2).
 */
export function randomRanges(random: Random, taken: readonly string[]): Ranges {
  const rangeV6 = parseNetwork(`${ipaddr.fromByteArray(ulaBytes(random)).toString()}/64`);
  for (let tries = 0; tries < maxTries; tries++) {
    const [x = 0, y = 0] = random.bytes(2);
    const rangeV4 = parseNetwork(`10.${128 + (x % 127)}.${y}.0/24`);
    const clashes = taken.some((text) => {
      const other = parseNetwork(text);
      return other !== undefined && rangeV4 !== undefined && (contains(other, rangeV4) || contains(rangeV4, other));
    });
    if (rangeV4 !== undefined && rangeV6 !== undefined && !clashes) {
      return { rangeV4: rangeV4.text, rangeV6: rangeV6.text };
    }
  }
  throw new AppError("conflict", "No free range for the VPN was found. Set security.network.vpn.rangeV4.");
}

function ulaBytes(random: Random): number[] {
  return [0xfd, ...random.bytes(5), ...Array.from({ length: 10 }, () => 0)];
}

/** How many devices the smaller range has room for, this machine included. */
export function hostsIn({ rangeV4, rangeV6 }: Ranges): number {
  const bits = Math.min(
    32 - (parseNetwork(rangeV4)?.prefixLength ?? 32),
    128 - (parseNetwork(rangeV6)?.prefixLength ?? 128),
  );
  // The first address names the network and the last is for all.
  return Math.min(2 ** bits - 2, maxHosts);
}

/** The lowest place that is free. Throws `conflict` when all are taken. */
export function freeHost(ranges: Ranges, taken: ReadonlySet<number>): number {
  for (let host = serverHost + 1; host <= hostsIn(ranges); host++) if (!taken.has(host)) return host;
  throw new AppError(
    "conflict",
    "All addresses of the VPN are taken. Revoke a device, or widen the ranges in the configuration.",
  );
}

export function addressesOf({ rangeV4, rangeV6 }: Ranges, host: number): AddressPair {
  return { addressV4: addressAt(rangeV4, host), addressV6: addressAt(rangeV6, host) };
}

function addressAt(range: string, host: number): string {
  const bytes = ipaddr.parse((parseNetwork(range)?.text ?? range).split("/")[0] ?? "").toByteArray();
  let carry = host;
  for (let i = bytes.length - 1; i >= 0 && carry > 0; i--) {
    carry += bytes[i] ?? 0;
    bytes[i] = carry & 0xff;
    carry >>= 8;
  }
  return ipaddr.fromByteArray(bytes).toString();
}
