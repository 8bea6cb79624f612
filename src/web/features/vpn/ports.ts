import type { ZoneTarget } from "#contract/security/vpn";

type Ports = ZoneTarget["ports"];
const maxPort = 65_535;

/** `80, 443, 8000-8010` as ranges; empty is every port. Null when it cannot be read. */
export function portsFromText(text: string): Ports | null {
  const parts = text
    .split(/[,\s]+/)
    .map((part) => part.trim())
    .filter(Boolean);
  const ranges = parts.map((part) => {
    const [, from = "", to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    return { first: Number(from), last: Number(to) };
  });
  const isGood = ranges.every(({ first, last }) => first >= 1 && first <= last && last <= maxPort);
  return isGood ? ranges : null;
}

export const portsToText = (ports: Ports): string =>
  ports.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
