import { AppError } from "#platform/errors";

export const davPrefix = "/dav";
const maxNames = 512;

/** Where a URL points, not yet looked up. */
export interface DavPath {
  /** Decoded names below `/dav/`. */
  readonly names: readonly string[];
  readonly endsWithSlash: boolean;
}

/** How one surface writes addresses: which names of the tree a URL path means, and back. */
export interface Addresses {
  /** Throws `bad-request` for what cannot be an address, `not-found` for one of another surface or person. */
  parse(rawPath: string): DavPath;
  /** The URL path of names, without a slash at the end; safe inside XML. */
  href(names: readonly string[]): string;
}

/**
 * Names of a raw URL path below a prefix that has no slash at its end. Empty names (`//`) are dropped. Throws `bad-request` for what cannot be a name: broken
 * percent-encoding, invalid UTF-8, NUL, an encoded slash, `.` and `..`, a fragment.
 */
export function parsePathBelow(prefix: string, rawPath: string): DavPath {
  if (rawPath !== prefix && !rawPath.startsWith(`${prefix}/`)) throw new AppError("not-found");
  if (rawPath.includes("#")) throw new AppError("bad-request", "The address holds a fragment.");
  const names: string[] = [];
  for (const segment of rawPath.slice(prefix.length + 1).split("/")) {
    if (segment !== "") names.push(decodeName(segment));
  }
  if (names.length > maxNames) throw new AppError("bad-request", "The path is too deep.");
  return { names, endsWithSlash: rawPath.endsWith("/") };
}

function decodeName(segment: string): string {
  const name = segment.includes("%") ? decode(segment) : segment;
  if (name === "." || name === ".." || name.includes("/") || name.includes("\0")) {
    throw new AppError("bad-request", "The address holds a name that cannot exist.");
  }
  return name;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new AppError("bad-request", "The address is not percent-encoded UTF-8.", { cause });
  }
}

/** The URL path of names below a prefix, without a slash at the end; safe inside XML when the prefix is. */
export function encodePathBelow(prefix: string, names: readonly string[]): string {
  return names.reduce((path, name) => `${path}/${encodeName(name)}`, prefix);
}

/** The addresses of `/dav/`. */
export const davAddresses: Addresses = {
  parse: (rawPath) => parsePathBelow(davPrefix, rawPath),
  href: (names) => encodePathBelow(davPrefix, names),
};

const plain = /^[A-Za-z0-9._~-]+$/;

/** One name, percent-encoded. */
export function encodeName(name: string): string {
  return plain.test(name) ? name : encodeURIComponent(name.toWellFormed());
}

/**
 * The path of a URL another header names (Destination, If): absolute with this host, or just a path. `foreign` when it is
 * another host. Throws `bad-request` when it is no URL, `not-found` for a path of another surface.
 */
export function parseReference(reference: string, request: Request, { parse }: Addresses): DavPath | "foreign" {
  const isPath = reference.startsWith("/") && !reference.startsWith("//");
  const match = isPath ? undefined : /^https?:\/\/([^/?#]+)([^?]*)/i.exec(reference);
  if (match === null) throw new AppError("bad-request", "A header names an address that is no URL.");
  if (match === undefined) return parse(withoutQuery(reference));
  return isThisHost(match[1] ?? "", request) ? parse(match[2] ?? "") : "foreign";
}

function isThisHost(host: string, request: Request): boolean {
  const own = request.headers.get("host") ?? "";
  return comparableHost(host) === comparableHost(own);
}

/** The scheme may differ behind a front that ends TLS, so both default ports count as none. */
function comparableHost(host: string): string {
  const withoutUser = host.slice(host.lastIndexOf("@") + 1);
  return withoutUser.toLowerCase().replace(/:(80|443)$/, "");
}

function withoutQuery(path: string): string {
  const query = path.indexOf("?");
  return query === -1 ? path : path.slice(0, query);
}
