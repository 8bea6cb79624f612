/** Where to go after the login: only a path of this site, or nothing (an open redirect would help phishing). */
export function safeNext(search: Record<string, unknown>): { next?: string } {
  const next = search["next"];
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next) || next.startsWith("/login")) return {};
  return { next };
}

/** What answers below these is no page of ours: it needs a new document. */
const outside = /^\/(oidc|api|index\.php)\//;

/** Whether a path of this site is somewhere the router cannot lead to, as the pages where another application asks for a login. */
export function isOutsidePage(next: string): boolean {
  return outside.test(next);
}
