/**
 * `__Host-` makes the browser insist on Secure, Path=/ and no Domain. A home network begins without TLS, where a browser
 * drops such a cookie, so a plain request gets a plain name; over TLS that plain name is never believed, because
 * anybody on the way could have planted it earlier.
 */
const secureName = "__Host-hearth";
const plainName = "hearth";
/** The ticket of a login that began away from the page, at a provider. */
const pendingNames = { secure: "__Host-hearth-login", plain: "hearth-login" };

function cookieName(secure: boolean): string {
  return secure ? secureName : plainName;
}

/** The session token in a `Cookie` header, if there is one. */
export function readSessionCookie(header: string, secure: boolean): string | undefined {
  return readCookie(header, cookieName(secure));
}

export function readPendingCookie(header: string, secure: boolean): string | undefined {
  return readCookie(header, secure ? pendingNames.secure : pendingNames.plain);
}

/** With an empty ticket the browser forgets it. */
export function renderPendingCookie(ticket: string, maxAgeS: number, secure: boolean): string {
  return renderCookie(secure ? pendingNames.secure : pendingNames.plain, ticket, ticket === "" ? 0 : maxAgeS, secure);
}

function readCookie(header: string, name: string): string | undefined {
  const start = `${name}=`;
  for (const part of header.split(";")) {
    const pair = part.trimStart();
    if (pair.startsWith(start)) return pair.slice(start.length).trimEnd();
  }
  return undefined;
}

export function renderSessionCookie(token: string, maxAgeS: number, secure: boolean): string {
  return renderCookie(cookieName(secure), token, maxAgeS, secure);
}

function renderCookie(name: string, value: string, maxAgeS: number, secure: boolean): string {
  const flags = secure ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${flags}`;
}

/** Makes the browser forget the session at once. */
export function renderExpiredCookie(secure: boolean): string {
  return renderSessionCookie("", 0, secure);
}
