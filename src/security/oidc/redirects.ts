import { AppError } from "#platform/errors";

const localName = /^(localhost|[a-z0-9-]+|.+\.(local|lan|internal|home\.arpa|localhost))$/i;
const ipv4 = /^\d+\.\d+\.\d+\.\d+$/;
const privateV4 =
  /^((127|10)\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
const privateV6 = /^\[(::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/i;

/** Whether a name can only mean a machine of this house: loopback, private ranges, names that no public DNS knows. */
export function isAtHome(hostname: string): boolean {
  if (ipv4.test(hostname)) return privateV4.test(hostname);
  return localName.test(hostname) || privateV6.test(hostname);
}

/**
 * An address that a login may be sent to or asked of. Plain HTTP only inside the house; no user part, no fragment (RFC 6749
 * §3.1.2), no wildcard. Throws `bad-request`.
 */
export function requireSafeAddress(text: string): void {
  const url = new URL(text);
  const refuse = (why: string) => {
    throw new AppError("bad-request", `${text}: ${why}`);
  };
  if (url.protocol !== "https:" && url.protocol !== "http:") refuse("use https:// or, at home, http://.");
  if (url.protocol === "http:" && !isAtHome(url.hostname)) refuse("outside the house, only https:// is safe.");
  if (url.username !== "" || url.password !== "") refuse("leave out name and password.");
  if (url.hash !== "" || text.includes("#")) refuse("leave out what follows #.");
  if (text.includes("*")) refuse("the address must be complete, without *.");
}
