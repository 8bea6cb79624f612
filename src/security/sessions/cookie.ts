/**
 * `__Host-` makes the browser insist on Secure, Path=/ and no Domain. A home network begins without TLS, where a browser
 * drops such a cookie, so a plain request gets a plain name; over TLS that plain name is never believed, because
 * anybody on the way could have planted it earlier.
 */
const secureName = "__Host-hearth";
const plainName = "hearth";

function cookieName(secure: boolean): string {
  return secure ? secureName : plainName;
}

/** The session token in a `Cookie` header, if there is one. */
export function readSessionCookie(header: string, secure: boolean): string | undefined {
  const start = `${cookieName(secure)}=`;
  for (const part of header.split(";")) {
    const pair = part.trimStart();
    if (pair.startsWith(start)) return pair.slice(start.length).trimEnd();
  }
  return undefined;
}

export function renderSessionCookie(token: string, maxAgeS: number, secure: boolean): string {
  const flags = secure ? "; Secure" : "";
  return `${cookieName(secure)}=${token}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${flags}`;
}

/** Makes the browser forget the session at once. */
export function renderExpiredCookie(secure: boolean): string {
  return renderSessionCookie("", 0, secure);
}
