import { isIP } from "node:net";
import * as der from "./der.ts";

/** Names that belong to nobody on the internet (RFC 6762, 8375; the rest is what routers use). */
const homeDomains = ["local", "localhost", "home.arpa", "lan", "home", "internal"];

/** The domains an intermediate may vouch for: those of a home, and the names its server has. */
export function domainsFor(names: readonly string[]): string[] {
  return [...new Set([...homeDomains, ...names.filter((name) => isIP(name) === 0)])];
}

/** Whether a certificate for this name holds below an intermediate with these domains; addresses are not limited. */
export function isWithin(domains: readonly string[], name: string): boolean {
  return isIP(name) !== 0 || domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

/**
 * The value of a name constraints extension (RFC 5280 §4.2.1.10): whoever trusts our root trusts it for the home and not for a bank,
 * even when the key of the intermediate is stolen. Names only: BoringSSL refuses every certificate with an address in it below
 * an issuer whose addresses are limited.
 */
export function encodeConstraints(domains: readonly string[]): Uint8Array {
  return der.sequence(der.implicitSequence0(...domains.map((domain) => der.sequence(der.implicitText2(domain)))));
}
