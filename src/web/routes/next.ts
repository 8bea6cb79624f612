/** Where to go after the login: only a path of this site, or nothing (an open redirect would help phishing). */
export function safeNext(search: Record<string, unknown>): { next?: string } {
  const next = search["next"];
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next) || next.startsWith("/login")) return {};
  return { next };
}
