import type { Permission } from "#wire";
import type { CertificateScope } from "./contract.ts";

const administration: ReadonlySet<Permission> = new Set([
  "people.manage",
  "server.read",
  "server.manage",
  "security.read",
  "security.manage",
]);
const davPrefixes = ["/dav/", "/dav", "/remote.php/", "/ocs/", "/index.php/"];
/** Content, uploads and events have routes of their own below /api/. */
const filePrefixes = ["files/", "uploads", "events"];

/**
 * What a request is about, for the rules on certificates; undefined for what anybody gets: the page, links, logging in. An
 * operation that asks for no right of its own is required only by `everything`.
 */
export function scopeOf(
  path: string,
  permissionOf: (operation: string) => Permission | undefined,
): CertificateScope | undefined {
  if (davPrefixes.some((prefix) => path.startsWith(prefix))) return "dav";
  if (path.startsWith("/oidc/")) return "everything";
  if (!path.startsWith("/api/")) return undefined;
  const operation = path.slice("/api/".length);
  // Who one is has to be said before anything can be required.
  if (operation.startsWith("session.")) return undefined;
  const permission = permissionOf(operation);
  if (permission === undefined) {
    return filePrefixes.some((prefix) => operation.startsWith(prefix)) ? "files" : "administration";
  }
  if (administration.has(permission)) return "administration";
  if (permission === "public") return undefined;
  if (permission === "self" || permission === "vpn.use") return "everything";
  return "files";
}
