import { AppError } from "#platform/errors";

/**
 * Refuses a write that another site's page made the browser send (CSRF). `Sec-Fetch-Site` is trusted when present, else the
 * `Origin` must be this host; a cookie without either is refused too.
 */
export function requireSameOrigin(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return;
  if (site === null) {
    const origin = request.headers.get("origin");
    const host = request.headers.get("host");
    if (origin !== null && host !== null && URL.canParse(origin) && new URL(origin).host === host) return;
  }
  throw new AppError("forbidden", "The request does not come from this site's own page.");
}
