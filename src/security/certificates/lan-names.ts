import { hostname, networkInterfaces } from "node:os";

const hostName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** What this machine is called in its network: its name, the same below `.local` (mDNS), names that were configured, its addresses. */
export function lanNames(configured: readonly string[]): string[] {
  const name = hostname().toLowerCase();
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    // Temporary and link-local IPv6 addresses come and go; nobody types them.
    .filter(({ family, address, internal }) => !internal && (family === "IPv4" || !address.startsWith("fe80:")))
    .map(({ address }) => address);
  const own = !hostName.test(name) ? [] : name.includes(".") ? [name] : [name, `${name}.local`];
  return [...new Set([...configured, ...own, "localhost", ...addresses, "127.0.0.1", "::1"])];
}
